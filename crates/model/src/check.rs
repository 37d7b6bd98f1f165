//! Reading a value where a type is known: shared by rulebooks and devices.

use crate::date::Date;
use crate::hir::{NodeRef, Origin, Tag};
use crate::value::{Bits, Type, Value, quantity};
use crate::vocab::{EnumId, Vocabulary};
use dossier_base::{Applicability, Diagnostic, Edit, Place, Sym, codes, spell};
use dossier_syntax::literal;
use std::sync::Arc;

/// Where diagnostics go, and how an origin becomes a place.
pub struct Sink<'a> {
    /// What was found so far.
    pub diagnostics: Vec<Diagnostic>,
    place: &'a dyn Fn(Origin) -> Place,
}

impl<'a> Sink<'a> {
    /// An empty sink.
    pub fn new(place: &'a dyn Fn(Origin) -> Place) -> Self {
        Self { diagnostics: Vec::new(), place }
    }

    /// Where something stands.
    pub fn place(&self, origin: Origin) -> Place {
        (self.place)(origin)
    }

    /// Where a node stands.
    pub fn at(&self, node: NodeRef<'_>) -> Place {
        self.place(node.origin())
    }

    /// Where the word that heads an item stands.
    pub fn word(&self, item: NodeRef<'_>) -> Place {
        let whole = self.at(item).text_range();
        let word = dossier_base::TextSize::of(item.sym().as_str()).min(whole.len());
        Place::new(item.origin().file, dossier_base::TextRange::at(whole.start(), word))
    }

    /// Where the name that a declaration gives stands, or the declaration itself.
    pub fn name(&self, item: NodeRef<'_>) -> Place {
        item.name().or_else(|| item.title()).map_or_else(|| self.word(item), |n| self.at(n))
    }

    /// Adds a diagnostic.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// An item that has no business where it stands.
    pub fn unknown_item(&mut self, item: NodeRef<'_>, place: &str, fields: &[&str], blocks: &[&str]) {
        let word = item.sym().as_str();
        if item.tag() == Tag::Error {
            return;
        }
        let at = self.word(item);
        let is_field = item.is_field();
        if is_field && blocks.contains(&word) {
            let end = Place::new(at.file, dossier_base::TextRange::empty(self.at(item).text_range().end()));
            self.push(
                codes::unknown_field(at, word, place)
                    .subject(word)
                    .help(format!("did you mean a block? add `{{ }}`: `{word} … {{ }}`"))
                    .fix(
                        "make it a block",
                        Applicability::Maybe,
                        vec![Edit { place: end, text: " { }".to_owned() }],
                    ),
            );
            return;
        }
        let known = fields.iter().chain(blocks).copied();
        let near = spell::nearest(word, known.clone());
        let help = spell::did_you_mean(word, known.clone()).unwrap_or_else(|| {
            let mut all: Vec<String> = known.map(|k| format!("`{k}`")).collect();
            all.truncate(12);
            format!("what may stand here: {}", all.join(", "))
        });
        let mut d = if is_field {
            codes::unknown_field(at, word, place)
        } else {
            codes::unknown_block(at, word, place)
        };
        d = d.subject(word).help(help);
        if let [only] = near.as_slice() {
            d = d.fix(
                format!("replace `{word}` by `{only}`"),
                Applicability::Maybe,
                vec![Edit { place: at, text: (*only).to_owned() }],
            );
        }
        self.push(d);
    }

    /// A name that nobody declares.
    pub fn unknown_name<'n>(
        &mut self,
        node: NodeRef<'_>,
        what: &str,
        name: &str,
        known: impl IntoIterator<Item = &'n str>,
    ) {
        let at = self.at(node);
        let known: Vec<&str> = known.into_iter().collect();
        let near = spell::nearest(name, known.iter().copied());
        let mut d = codes::unknown_name(at, what, name).subject(name);
        match spell::did_you_mean(name, known.iter().copied()) {
            Some(help) => d = d.help(help),
            None if known.is_empty() => {}
            None if known.len() <= 12 => {
                let all: Vec<String> = known.iter().map(|k| format!("`{k}`")).collect();
                d = d.help(format!("known: {}", all.join(", ")));
            }
            None => {}
        }
        if let [only] = near.as_slice() {
            d = d.fix(
                format!("replace `{name}` by `{only}`"),
                Applicability::Maybe,
                vec![Edit { place: at, text: (*only).to_owned() }],
            );
        }
        self.push(d);
    }

    /// A value of the wrong type.
    pub fn wrong_type(&mut self, node: NodeRef<'_>, what: &str, expected: &str) {
        let at = self.at(node);
        self.push(codes::wrong_type(at, what, expected, describe(node)).subject(what));
    }
}

/// What a written value looks like.
pub fn describe(node: NodeRef<'_>) -> String {
    match node.tag() {
        Tag::Word | Tag::Code => format!("`{}`", node.sym()),
        Tag::Yes => "`yes`".to_owned(),
        Tag::No => "`no`".to_owned(),
        Tag::Number => format!("the number {}", node.sym()),
        Tag::Quantity => {
            format!("`{} {}`", node.sym(), node.child(0).map_or("", |u| u.sym().as_str()))
        }
        Tag::Date => format!("the date {}", node.sym()),
        Tag::Text => "a text".to_owned(),
        Tag::List => "a list".to_owned(),
        _ => "an expression".to_owned(),
    }
}

/// Reads a value of that type; on failure says why and gives none.
pub fn value(
    node: NodeRef<'_>,
    ty: Type,
    what: &str,
    vocab: &Vocabulary,
    sink: &mut Sink<'_>,
) -> Option<Value> {
    if node.broken() {
        return None;
    }
    let found = match (ty, node.tag()) {
        (Type::Bool, Tag::Yes) => Some(Value::Bool(true)),
        (Type::Bool, Tag::No) => Some(Value::Bool(false)),
        (Type::Text, Tag::Text) => Some(Value::Text(node.text().clone())),
        (Type::Number, Tag::Number) => literal::number(node.sym().as_str()).ok().map(Value::Number),
        (Type::Date, Tag::Date | Tag::Number) => match Date::parse(node.sym().as_str()) {
            Ok(date) => Some(Value::Date(date)),
            // Of a date token the reader of tokens has told already.
            Err(_) if node.tag() == Tag::Date => return None,
            Err(_) => None,
        },
        (Type::Duration | Type::Period | Type::Percent, Tag::Quantity) => {
            literal::number(node.sym().as_str())
                .ok()
                .and_then(|n| quantity(n, node.child(0)?.sym().as_str()))
                .filter(|(found, _)| *found == ty)
                .map(|(_, v)| v)
        }
        (Type::Enum(e), Tag::Word | Tag::Code | Tag::Number | Tag::Date) => {
            return enum_value(node, e, what, vocab, sink).map(Value::Enum);
        }
        (Type::EnumSet(e), Tag::List) => {
            let mut bits = Bits::default();
            let mut whole = true;
            for item in node.children() {
                match item.tag() {
                    Tag::Word | Tag::Code | Tag::Number => match enum_value(item, e, what, vocab, sink) {
                        Some(n) => bits = bits.with(n),
                        None => whole = false,
                    },
                    _ => {
                        sink.wrong_type(item, what, &Type::Enum(e).describe(vocab));
                        whole = false;
                    }
                }
            }
            return whole.then_some(Value::Set { bits, open: false });
        }
        (Type::Ref(_), Tag::Word) => Some(Value::Name(node.sym())),
        (Type::RefSet(_), Tag::List) => {
            let mut names: Vec<Sym> = Vec::new();
            for item in node.children() {
                if item.tag() != Tag::Word {
                    sink.wrong_type(item, what, "a name");
                    return None;
                }
                names.push(item.sym());
            }
            Some(Value::Names(names.into()))
        }
        (Type::TextSet, Tag::List) => {
            let mut texts: Vec<Arc<str>> = Vec::new();
            for item in node.children() {
                if item.tag() != Tag::Text {
                    sink.wrong_type(item, what, "a text");
                    return None;
                }
                texts.push(item.text().clone());
            }
            Some(Value::Texts(texts.into()))
        }
        (Type::EnumSet(_) | Type::RefSet(_) | Type::TextSet, Tag::Word | Tag::Text) => {
            let at = sink.at(node);
            let written =
                if node.tag() == Tag::Text { literal::quote(node.text()) } else { node.sym().to_string() };
            let d = codes::wrong_type(at, what, ty.describe(vocab), describe(node))
                .subject(what)
                .help(format!("a list stands in brackets: `[{written}]`"))
                .fix(
                    "put it in brackets",
                    Applicability::Safe,
                    vec![Edit { place: at, text: format!("[{written}]") }],
                );
            sink.push(d);
            return None;
        }
        _ => None,
    };
    if found.is_none() {
        let help = match (ty, node.tag()) {
            (Type::Duration, Tag::Number) => {
                Some("a duration has a unit: `10 min`, `48 h`, `30 days`, `2 weeks`")
            }
            (Type::Period, Tag::Number) => Some("a period has a unit: `12 months`, `3 years`"),
            (Type::Duration, Tag::Quantity) => {
                Some("a duration is counted in ms, s, min, h, days or weeks; months and years are periods")
            }
            (Type::Period, Tag::Quantity) => {
                Some("a period is counted in months or years; days and weeks are durations")
            }
            (Type::Percent, Tag::Number) => Some("a percentage is written `95 %`"),
            (Type::Bool, Tag::Word) => Some("write `yes` or `no`"),
            (Type::Text, _) => Some("a text stands between double quotes"),
            (Type::Date, _) => Some("a date is written `2026-03-04`"),
            _ => None,
        };
        let at = sink.at(node);
        let d = codes::wrong_type(at, what, ty.describe(vocab), describe(node)).subject(what);
        sink.push(d.help_if(help.map(str::to_owned)));
    }
    found
}

fn enum_value(
    node: NodeRef<'_>,
    id: EnumId,
    what: &str,
    vocab: &Vocabulary,
    sink: &mut Sink<'_>,
) -> Option<u16> {
    let e = &vocab.enums[id];
    let found = e.by_name.get(&node.sym()).copied();
    if found.is_none() {
        let what = format!("value of `{what}`");
        sink.unknown_name(node, &what, node.sym().as_str(), e.values.iter().map(|v| v.name.as_str()));
    }
    found
}
