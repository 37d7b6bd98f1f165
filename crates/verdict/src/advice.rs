//! How something could be written, in the words of a message.

use crate::declared;
use crate::explain::{FieldName, Premise};
use dossier_base::Sym;
use dossier_model::value::Type;
use dossier_model::vocab::{BuiltIn, EnumId, FieldDef, Vocabulary};
use dossier_model::{Model, Rulebase};

/// How many values of an enum are put up to choose from at a keystroke.
const CHOICES: usize = 6;

/// How many values are listed in a sentence.
const LISTED: usize = 40;

/// Names in a sentence: `a`, `b` and 3 more.
pub(crate) fn listed(names: &[&str], most: usize) -> String {
    let shown: Vec<String> = names.iter().take(most).map(|n| format!("`{n}`")).collect();
    match names.len().saturating_sub(most) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

fn values(vocab: &Vocabulary, e: EnumId) -> String {
    let names: Vec<&str> = vocab.enums[e].values.iter().map(|v| v.name.as_str()).collect();
    listed(&names, LISTED)
}

/// How a fact or field is written, with all that it may say.
pub(crate) fn written(vocab: &Vocabulary, name: Sym, ty: Type, unit: Option<&str>) -> String {
    match ty {
        Type::Bool => format!("`{name} yes` or `{name} no`"),
        Type::Text => format!("`{name} \"…\"`"),
        Type::Number => match unit {
            Some(unit) => format!("`{name} 1`, the number of {unit}"),
            None => format!("`{name} 1`, a number"),
        },
        Type::Percent => format!("`{name} 95 %`, a percentage"),
        Type::Date => format!("`{name} 2026-01-31`, a date"),
        Type::Duration => format!("`{name} 10 min`, a duration"),
        Type::Period => format!("`{name} 12 months`, a period"),
        Type::Enum(e) => format!("`{name} …`, one of {}", values(vocab, e)),
        Type::EnumSet(e) => {
            format!("`{name} […]`, those that hold of {}; `{name} []` if none", values(vocab, e))
        }
        Type::Ref(e) => format!("`{name} …`, the name of a {}", vocab.entities[e].name),
        Type::RefSet(e) => {
            format!("`{name} […]`, names of {}; `{name} []` if none", vocab.entities[e].plural)
        }
        Type::TextSet => format!("`{name} [\"…\"]`; `{name} []` if none"),
        Type::Error => format!("`{name} …`"),
    }
}

/// A field to be filled in.
pub(crate) fn blank(name: Sym, ty: Type) -> String {
    match ty {
        Type::Bool => format!("{name} yes/no"),
        _ if ty.element().is_some() => format!("{name} […]"),
        _ => format!("{name} …"),
    }
}

/// Values that can be put in as they are.
pub(crate) fn choices(vocab: &Vocabulary, ty: Type) -> Vec<String> {
    match ty {
        Type::Bool => vec!["yes".to_owned(), "no".to_owned()],
        Type::Enum(e) if vocab.enums[e].values.len() <= CHOICES => {
            vocab.enums[e].values.iter().map(|v| v.name.to_string()).collect()
        }
        Type::EnumSet(_) | Type::RefSet(_) | Type::TextSet => vec!["[]".to_owned()],
        _ => Vec::new(),
    }
}

/// A premise in a sentence, names set off.
pub(crate) fn told(rules: &Rulebase, p: &Premise) -> String {
    let vocab = &rules.vocab;
    let field = |own: &[FieldDef], f: &FieldName| match f {
        FieldName::Own(n) => own.get(usize::from(*n)).map_or("?", |f| f.name.as_str()),
        FieldName::BuiltIn(b) => b.name(),
    };
    match p {
        Premise::ControlField(c, f, _) => {
            let control = &vocab.controls[*c];
            format!("`{}` of control `{}`", field(&control.fields, f), control.name)
        }
        Premise::EvidenceField(name, f, _) => format!("`{}` of evidence `{name}`", field(&[], f)),
        Premise::EntityField(e, name, f, _) => {
            let entity = &vocab.entities[*e];
            format!("`{}` of {} `{name}`", field(&entity.fields, f), entity.name)
        }
        Premise::Evidence(_, name, _) => format!("evidence `{name}`"),
        other => crate::check::describe(rules, other),
    }
}

/// What to write where a field is missing, and what the field means.
pub(crate) fn answer(model: &Model, p: &Premise) -> (Option<String>, Option<String>) {
    let vocab = &model.rules.vocab;
    let def = match p {
        Premise::ControlField(c, FieldName::Own(n), _) => vocab.controls[*c].fields.get(usize::from(*n)),
        Premise::EntityField(e, _, FieldName::Own(n), _) => vocab.entities[*e].fields.get(usize::from(*n)),
        Premise::ControlField(_, FieldName::BuiltIn(b), o)
        | Premise::EvidenceField(_, FieldName::BuiltIn(b), o)
        | Premise::EntityField(_, _, FieldName::BuiltIn(b), o) => {
            return (Some(format!("add {}", built_in(model, *b, declared::evidence(model, *o)))), None);
        }
        _ => None,
    };
    let Some(def) = def else { return (None, None) };
    let doc = if def.doc.is_empty() { def.title.to_string() } else { format!("{}: {}", def.title, def.doc) };
    let add = format!("add {}", written(vocab, def.name, def.ty, def.unit.as_deref()));
    (Some(add), (!doc.is_empty()).then_some(doc))
}

/// How a field is written to which the language gives its meaning.
fn built_in(model: &Model, b: BuiltIn, evidence: Option<&dossier_model::device::EvidenceDecl>) -> String {
    let name = b.name();
    match b {
        BuiltIn::Due | BuiltIn::Since | BuiltIn::Issued | BuiltIn::Expires => {
            format!("`{name} 2026-01-31`, a date with its day")
        }
        BuiltIn::Because | BuiltIn::Issuer => format!("`{name} \"…\"`"),
        BuiltIn::Url => format!("`{name} \"https://…\"`"),
        BuiltIn::Independent => format!("`{name} yes` or `{name} no`"),
        BuiltIn::ProvidedBy => format!("`{name} device` or `{name} environment`"),
        BuiltIn::Contains => {
            let vocab = &model.rules.vocab;
            let kinds = evidence.into_iter().flat_map(|d| &d.kinds);
            let parts: Vec<String> =
                kinds.filter_map(|k| vocab.kinds[*k].contents).map(|e| values(vocab, e)).collect();
            format!("`{name} […]`, the parts that it has of {}; `{name} []` if none", parts.join(", "))
        }
    }
}
