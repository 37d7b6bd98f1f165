//! What verdicts rest on or lack, by kind and name.

use dossier_model::Rulebase;
use dossier_model::law::Target;
use dossier_model::vocab::FieldDef;
use dossier_verdict::{FieldName, Premise};

/// The kind of a premise, as machine formats call it.
pub(crate) fn kind(p: &Premise) -> &'static str {
    match p {
        Premise::Fact(..) => "fact",
        Premise::NoControl(..) | Premise::Control(..) => "control",
        Premise::ControlField(..) => "control_field",
        Premise::NoEvidence(..) => "evidence_kind",
        Premise::Evidence(..) => "evidence",
        Premise::EvidenceField(..) => "evidence_field",
        Premise::EntityField(..) => "entity_field",
        Premise::Collection(_) | Premise::Held(..) => "entities",
        Premise::Files(_) => "evidence_reader",
        Premise::Deadline(_) => "deadline",
        Premise::Conforms(_) => "verdicts",
        Premise::Broken(_) => "unreadable",
    }
}

/// What a premise is called: a name of the vocabulary or of the file, `thing.field` for fields.
pub(crate) fn name(rules: &Rulebase, p: &Premise) -> String {
    let vocab = &rules.vocab;
    let field = |own: &[FieldDef], f: &FieldName| match f {
        FieldName::Own(n) => own.get(usize::from(*n)).map_or("?", |f| f.name.as_str()),
        FieldName::BuiltIn(b) => b.name(),
    };
    match p {
        Premise::Fact(f, _) => vocab.facts[*f].name.to_string(),
        Premise::NoControl(c, _) | Premise::Control(c, _) => vocab.controls[*c].name.to_string(),
        Premise::ControlField(c, f, _) => {
            let control = &vocab.controls[*c];
            format!("{}.{}", control.name, field(&control.fields, f))
        }
        Premise::NoEvidence(k, _) => vocab.kinds[*k].name.to_string(),
        Premise::Evidence(_, name, _) => name.to_string(),
        Premise::EvidenceField(name, f, _) => format!("{name}.{}", field(&[], f)),
        Premise::EntityField(e, name, f, _) => format!("{name}.{}", field(&vocab.entities[*e].fields, f)),
        Premise::Collection(e) | Premise::Held(e, _) | Premise::Files(e) => {
            vocab.entities[*e].plural.to_string()
        }
        Premise::Deadline(d) => d.to_string(),
        Premise::Conforms(Target::Requirement(r)) => rules.law.requirements[*r].code.to_string(),
        Premise::Conforms(Target::Family(f)) => rules.law.families[*f].code.to_string(),
        Premise::Conforms(Target::Instrument(i)) => rules.law.instruments[*i].code.to_string(),
        Premise::Broken(_) => String::new(),
    }
}

/// Whether an author can answer it.
pub(crate) fn is_question(p: &Premise) -> bool {
    matches!(
        p,
        Premise::Fact(..)
            | Premise::ControlField(..)
            | Premise::EvidenceField(..)
            | Premise::EntityField(..)
            | Premise::Collection(_)
            | Premise::Held(..)
    )
}
