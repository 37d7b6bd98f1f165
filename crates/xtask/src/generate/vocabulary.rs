//! What a device may say, read from the embedded rulebooks at the moment: names are never written twice.
//!
//! Only the syntax is needed for that. What is read here is exactly what the generator writes: facts, controls and
//! entities with the types of their fields, evidence kinds, markets with their classes, and the codes of law.

use dossier_base::FileId;
use dossier_syntax::ast::{Block, Decl, Expr, ExprKind, Field, Header, Item, ItemKind, Name, Op, Tok, Value};
use dossier_syntax::{Parse, literal};
use std::collections::BTreeMap;

/// A type, as written after `:`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Type {
    pub(super) set: bool,
    pub(super) name: String,
}

/// A field of a control or entity.
#[derive(Clone, Debug)]
pub(super) struct FieldDef {
    pub(super) name: String,
    pub(super) ty: Type,
}

/// Where a fact is asked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Scope {
    Device,
    EveryMarket,
    Market(String),
}

/// A fact that a device declares.
#[derive(Clone, Debug)]
pub(super) struct Fact {
    pub(super) name: String,
    pub(super) ty: Type,
    pub(super) scope: Scope,
    pub(super) when: Option<Condition>,
}

#[derive(Clone, Debug)]
pub(super) struct Control {
    pub(super) name: String,
    pub(super) fields: Vec<FieldDef>,
    /// Whether its file is about what the maker does rather than what the device can do.
    pub(super) process: bool,
}

#[derive(Clone, Debug)]
pub(super) struct Kind {
    pub(super) name: String,
    /// The enum of its parts.
    pub(super) contents: Option<String>,
    /// The first of the formats in which it is read.
    pub(super) format: Option<String>,
}

#[derive(Clone, Debug)]
pub(super) struct Entity {
    pub(super) name: String,
    pub(super) fields: Vec<FieldDef>,
    pub(super) holds: Vec<String>,
    /// Whether it is read from files, and so never written.
    pub(super) read: bool,
}

#[derive(Clone, Debug)]
pub(super) struct Market {
    pub(super) code: String,
    pub(super) classes: Vec<String>,
    /// Requirements of its instruments, in order.
    pub(super) requirements: Vec<String>,
}

/// A condition, in as much of the language as facts' own conditions use.
#[derive(Clone, Debug)]
pub(super) enum Condition {
    Fact(String),
    Is(String, String),
    HasAny(String, Vec<String>),
    HasAll(String, Vec<String>),
    Not(Box<Condition>),
    Both(Box<Condition>, Box<Condition>),
    Either(Box<Condition>, Box<Condition>),
    /// Something else: what hangs on it is not written.
    Other,
}

/// All of it.
#[derive(Clone, Default, Debug)]
pub(super) struct Vocabulary {
    /// Values by the enum's or ladder's name.
    pub(super) enums: BTreeMap<String, Vec<String>>,
    pub(super) facts: Vec<Fact>,
    pub(super) controls: Vec<Control>,
    pub(super) kinds: Vec<Kind>,
    pub(super) entities: Vec<Entity>,
    pub(super) markets: Vec<Market>,
}

impl Vocabulary {
    /// Reads the embedded rulebooks.
    pub(super) fn embedded() -> Self {
        Self::read(dossier_rulebooks::ALL.iter().map(|book| (book.path, book.text)))
    }

    /// Reads rulebooks: their paths and texts.
    pub(super) fn read<'t>(books: impl Iterator<Item = (&'t str, &'t str)>) -> Self {
        let mut all = Self::default();
        // Which jurisdiction an instrument belongs to, and which instrument a requirement.
        let mut instruments: BTreeMap<String, String> = BTreeMap::new();
        let mut requirements: Vec<(String, String)> = Vec::new();
        for (path, text) in books {
            let parse = dossier_syntax::parse(FileId(0), text);
            let read = Reader { parse: &parse };
            for item in &parse.file.items {
                match &item.kind {
                    ItemKind::Header(h) if read.str(h.word) == "fact" => all.facts.extend(read.fact(h)),
                    ItemKind::Decl(d) => {
                        let name = read.name(d);
                        match read.str(d.word) {
                            "enum" | "ladder" => {
                                all.enums.insert(name, read.values(d));
                            }
                            "control" => all.controls.push(Control {
                                name,
                                fields: read.fields(d),
                                process: path.contains("process"),
                            }),
                            "evidence_kind" => all.kinds.push(Kind {
                                name,
                                contents: read.names(d, "contents").pop(),
                                format: read.names(d, "formats").into_iter().next(),
                            }),
                            "entity" => all.entities.push(Entity {
                                name,
                                fields: read.fields(d),
                                holds: read.names(d, "holds"),
                                read: !read.names(d, "read_from").is_empty(),
                            }),
                            "jurisdiction" => {
                                let classes = read.names(d, "classes");
                                all.enums.insert(format!("{}_class", name.to_lowercase()), classes.clone());
                                all.markets.push(Market { code: name, classes, requirements: Vec::new() });
                            }
                            "instrument" => {
                                instruments.extend(read.names(d, "jurisdiction").pop().map(|j| (name, j)));
                            }
                            "requirement" => {
                                requirements.extend(read.names(d, "under").pop().map(|under| (name, under)));
                            }
                            "family" => {
                                let Some(under) = read.names(d, "under").pop() else { continue };
                                let inside = items(d).filter_map(|i| match &i.kind {
                                    ItemKind::Decl(r) if read.str(r.word) == "requirement" => {
                                        Some(read.name(r))
                                    }
                                    _ => None,
                                });
                                requirements.extend(inside.map(|r| (r, under.clone())));
                            }
                            _ => {}
                        }
                    }
                    _ => {}
                }
            }
        }
        for (requirement, instrument) in requirements {
            let place = instruments.get(&instrument);
            if let Some(market) = all.markets.iter_mut().find(|m| place == Some(&m.code)) {
                market.requirements.push(requirement);
            }
        }
        all
    }
}

struct Reader<'p> {
    parse: &'p Parse,
}

impl<'p> Reader<'p> {
    fn str(&self, tok: Tok) -> &'p str {
        self.parse.str(tok)
    }

    fn name(&self, d: &Decl) -> String {
        let (Name::Plain(name) | Name::Row(_, name)) = d.name;
        self.str(name).to_owned()
    }

    /// The values of an enum or ladder: fields with a text, or the list `values`.
    fn values(&self, d: &Decl) -> Vec<String> {
        let listed = self.names(d, "values");
        if !listed.is_empty() {
            return listed;
        }
        let value = |i: &Item| match &i.kind {
            ItemKind::Field(f) if self.str(f.word) != "doc" => Some(self.str(f.word).to_owned()),
            ItemKind::Keyed(k) => Some(self.str(k.word).to_owned()),
            ItemKind::Decl(d) => Some(self.str(d.word).to_owned()),
            _ => None,
        };
        items(d).filter_map(value).collect()
    }

    /// The names in a field, a list or a single one.
    fn names(&self, d: &Decl, field: &str) -> Vec<String> {
        self.field(d.block.as_ref(), field).map_or_else(Vec::new, |e| self.listed(e))
    }

    fn field(&self, block: Option<&'p Block>, field: &str) -> Option<&'p Expr>
    where
        Self: 'p,
    {
        block?.items.iter().find_map(|i| match &i.kind {
            ItemKind::Field(Field { word, value: Value::Expr(e) }) if self.str(*word) == field => Some(e),
            _ => None,
        })
    }

    fn listed(&self, e: &Expr) -> Vec<String> {
        match &e.kind {
            ExprKind::List(items) => items.iter().flat_map(|i| self.listed(i)).collect(),
            ExprKind::Name(t) | ExprKind::Code(t) | ExprKind::Number(t) => vec![self.str(*t).to_owned()],
            ExprKind::Text(t) => vec![literal::unquote(self.str(*t))],
            _ => Vec::new(),
        }
    }

    fn ty(&self, h: &Header) -> Option<Type> {
        h.ty.map(|t| Type { set: t.set, name: self.str(t.name).to_owned() })
    }

    fn fields(&self, d: &Decl) -> Vec<FieldDef> {
        let field = |i: &Item| match &i.kind {
            ItemKind::Header(h) if self.str(h.word) == "field" => {
                Some(FieldDef { name: self.str(h.name).to_owned(), ty: self.ty(h)? })
            }
            _ => None,
        };
        items(d).filter_map(field).collect()
    }

    fn fact(&self, h: &'p Header) -> Option<Fact> {
        let market = self.field(h.block.as_ref(), "market").map(|e| self.listed(e).concat());
        let scope = match market.as_deref() {
            None => Scope::Device,
            // `all` is a word of its own to the lexer, and a name to the parser.
            Some("all") => Scope::EveryMarket,
            Some(code) => Scope::Market(code.to_owned()),
        };
        let when = self.field(h.block.as_ref(), "when").map(|e| self.condition(e));
        Some(Fact { name: self.str(h.name).to_owned(), ty: self.ty(h)?, scope, when })
    }

    fn condition(&self, e: &Expr) -> Condition {
        let boxed = |e: &Expr| Box::new(self.condition(e));
        match &e.kind {
            ExprKind::Name(t) => Condition::Fact(self.str(*t).to_owned()),
            ExprKind::Paren(inner) => self.condition(inner),
            ExprKind::Not(inner) => Condition::Not(boxed(inner)),
            ExprKind::Binary(op, sides) => {
                let (a, b) = &**sides;
                let (names, values) = (self.listed(a), self.listed(b));
                match (op, names.as_slice(), values.as_slice()) {
                    (Op::And, ..) => Condition::Both(boxed(a), boxed(b)),
                    (Op::Or, ..) => Condition::Either(boxed(a), boxed(b)),
                    (Op::Eq, [name], [value]) => Condition::Is(name.clone(), value.clone()),
                    (Op::NotEq, [name], [value]) => {
                        Condition::Not(Box::new(Condition::Is(name.clone(), value.clone())))
                    }
                    (Op::Has | Op::HasAny, [name], _) => Condition::HasAny(name.clone(), values),
                    (Op::HasAll, [name], _) => Condition::HasAll(name.clone(), values),
                    (Op::HasNone, [name], _) => {
                        Condition::Not(Box::new(Condition::HasAny(name.clone(), values)))
                    }
                    // `x in [a, b]`: one value is in a list as a list has one of them.
                    (Op::In, [name], _) => Condition::HasAny(name.clone(), values),
                    _ => Condition::Other,
                }
            }
            _ => Condition::Other,
        }
    }
}

/// The items in a declaration's block.
fn items(d: &Decl) -> impl Iterator<Item = &Item> {
    d.block.iter().flat_map(|b| &b.items)
}

impl Condition {
    /// Whether it holds; none if that cannot be told from `value`, which gives what a fact holds, a single value as
    /// a list of one and `yes` and `no` by their words.
    pub(super) fn holds(&self, value: &dyn Fn(&str) -> Option<Vec<String>>) -> Option<bool> {
        match self {
            Self::Fact(name) => Some(value(name)? == ["yes"]),
            Self::Is(name, is) => Some(value(name)?.contains(is)),
            Self::HasAny(name, any) => value(name).map(|v| any.iter().any(|a| v.contains(a))),
            Self::HasAll(name, all) => value(name).map(|v| all.iter().all(|a| v.contains(a))),
            Self::Not(c) => c.holds(value).map(|b| !b),
            Self::Both(a, b) => Some(a.holds(value)? && b.holds(value)?),
            Self::Either(a, b) => Some(a.holds(value)? || b.holds(value)?),
            Self::Other => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_of_a_vocabulary_is_read() {
        let text = "\
enum colour { red \"Red\"  blue \"Blue\" }
ladder size { values [s, m] }
fact paint : set of colour \"Paint\" { when big and not (size_now == s)  otherwise [] }
fact licence : text \"Licence\" { market XX }
fact name : text { market all }
control lock \"Lock\" { field delay : duration \"Delay\"  doc \"x\" }
evidence_kind report \"Report\" { contents colour  formats [json] }
entity part \"Part\" { plural parts  field size : size  holds [screw] }
entity screw { plural screws  read_from report }
jurisdiction XX \"Land\" { classes [1, 2] }
instrument XX-A \"Act\" { jurisdiction XX }
requirement XX-A-1 \"One\" { under XX-A }
family XX-A-F \"More\" { under XX-A  requirement XX-A-2 \"Two\" { } }
";
        let v = Vocabulary::read([("process.rulebook", text)].into_iter());
        assert_eq!(v.enums["colour"], ["red", "blue"]);
        assert_eq!(v.enums["size"], ["s", "m"]);
        assert_eq!(v.enums["xx_class"], ["1", "2"]);
        assert!(v.facts[0].ty.set && v.facts[0].ty.name == "colour");
        assert_eq!(v.facts[1].scope, Scope::Market("XX".to_owned()));
        assert_eq!(v.facts[2].scope, Scope::EveryMarket);
        assert!(v.controls[0].process && v.controls[0].fields[0].name == "delay");
        assert_eq!(
            (v.kinds[0].contents.as_deref(), v.kinds[0].format.as_deref()),
            (Some("colour"), Some("json"))
        );
        assert_eq!(v.entities[0].holds, ["screw"]);
        assert!(v.entities[1].read);
        assert_eq!(v.markets[0].requirements, ["XX-A-1", "XX-A-2"]);
        let when = v.facts[0].when.clone().expect("a condition");
        let given = |big: &str, size: &str| {
            let (big, size) = (big.to_owned(), size.to_owned());
            when.holds(&move |name| Some(vec![if name == "big" { big.clone() } else { size.clone() }]))
        };
        assert_eq!(given("yes", "m"), Some(true));
        assert_eq!(given("yes", "s"), Some(false));
        assert_eq!(given("no", "m"), Some(false));
        assert_eq!(when.holds(&|_| None), None);
    }

    #[test]
    fn the_embedded_vocabulary_is_read() {
        let v = Vocabulary::embedded();
        assert!(v.facts.len() > 20 && v.controls.len() > 80 && v.kinds.len() > 20 && v.entities.len() > 5);
        assert!(v.markets.iter().any(|m| m.requirements.len() > 10));
        for fact in &v.facts {
            assert!(
                !matches!(fact.when, Some(Condition::Other)),
                "{}: its condition is not understood",
                fact.name
            );
        }
    }
}
