//! Rulebooks, read once.

use super::tree::{self, Binder, Expr, Item, Row, Type, Value, expr_of, fields, words_of};
use super::value::When;
use std::collections::{BTreeMap, BTreeSet};

/// All that the rulebooks say.
#[derive(Clone, Default, Debug)]
pub struct Law {
    /// Values of enums and ladders, in order.
    pub(crate) enums: BTreeMap<String, Vec<String>>,
    pub(crate) facts: BTreeMap<String, Fact>,
    pub(crate) derived: BTreeMap<String, Derived>,
    pub(crate) conditions: BTreeMap<String, Expr>,
    /// Fields of controls and of evidence kinds.
    pub(crate) controls: BTreeMap<String, BTreeMap<String, Type>>,
    pub(crate) kinds: BTreeMap<String, Kind>,
    pub(crate) entities: BTreeMap<String, EntityKind>,
    pub(crate) instruments: BTreeMap<String, Instrument>,
    pub(crate) requirements: BTreeMap<String, Requirement>,
    pub(crate) exceptions: BTreeMap<String, Exception>,
}

/// `fact x : T { market …  when …  otherwise … }`
#[derive(Clone, Debug)]
pub(crate) struct Fact {
    pub(crate) ty: Type,
    /// The markets whose fact it is, `all` among them or not; none of a device's fact.
    pub(crate) markets: Vec<String>,
    pub(crate) when: Option<Expr>,
    pub(crate) otherwise: Option<Expr>,
}

/// `derived x : T = …` or with a table.
#[derive(Clone, Debug)]
pub(crate) struct Derived {
    pub(crate) ty: Type,
    pub(crate) how: How,
}

#[derive(Clone, Debug)]
pub(crate) enum How {
    Expr(Expr),
    Table(Vec<Expr>, Vec<(Vec<Expr>, Expr)>),
}

/// `evidence_kind x { … }`
#[derive(Clone, Default, Debug)]
pub(crate) struct Kind {
    pub(crate) url: bool,
    /// The enum of what it may contain.
    pub(crate) contents: Option<String>,
    pub(crate) fields: BTreeMap<String, Type>,
}

/// `entity x { … }`
#[derive(Clone, Debug)]
pub(crate) struct EntityKind {
    pub(crate) plural: String,
    pub(crate) when: Option<Expr>,
    /// The evidence kind whose files it is read from.
    pub(crate) read_from: Option<String>,
    pub(crate) fields: BTreeMap<String, Type>,
    pub(crate) holds: Vec<String>,
}

/// From when something is in force, and on what condition.
#[derive(Clone, Debug)]
pub(crate) struct Start {
    /// None: unverified.
    pub(crate) on: Option<When>,
    pub(crate) when: Option<Expr>,
}

/// `in_force … until …`
#[derive(Clone, Default, Debug)]
pub(crate) struct Window {
    pub(crate) starts: Vec<Start>,
    pub(crate) until: Option<When>,
    pub(crate) supersedes: Vec<String>,
}

/// `instrument X { … }`
#[derive(Clone, Debug)]
pub(crate) struct Instrument {
    pub(crate) jurisdiction: String,
    pub(crate) window: Window,
    /// In order; one without a name where the instrument has none.
    pub(crate) editions: Vec<(String, Window)>,
    pub(crate) applies: Vec<Expr>,
    pub(crate) opt_in: Vec<Expr>,
    pub(crate) accepts: Vec<Accepts>,
    given: Vec<Item>,
}

/// One entry of `accepts`.
#[derive(Clone, Debug)]
pub(crate) struct Accepts {
    /// `justification` or `alternative`.
    pub(crate) what: String,
    /// What it must bring: nothing, any evidence, or evidence of a kind.
    pub(crate) brings: Brings,
}

#[derive(Clone, Debug)]
pub(crate) enum Brings {
    Nothing,
    Evidence,
    Kind(String),
}

/// Which editions of its instrument a requirement or exception belongs to.
#[derive(Clone, Debug)]
pub(crate) enum Editions {
    All,
    Named(Vec<String>),
}

/// `requirement X { … }`, with what its family says.
#[derive(Clone, Debug)]
pub(crate) struct Requirement {
    pub(crate) code: String,
    pub(crate) family: Option<String>,
    pub(crate) under: String,
    pub(crate) may: bool,
    pub(crate) editions: Editions,
    pub(crate) window: Window,
    pub(crate) each: Option<Binder>,
    pub(crate) when: Vec<Expr>,
    pub(crate) unless: Vec<Expr>,
    pub(crate) require: Expr,
    pub(crate) accepts: Option<Vec<Accepts>>,
    pub(crate) tests: Vec<Test>,
}

/// `test "title" outcome { … }`
#[derive(Clone, Debug)]
pub(crate) struct Test {
    pub(crate) title: String,
    pub(crate) expected: String,
    pub(crate) at: Option<When>,
    pub(crate) conforms: BTreeSet<String>,
    /// The device, all of `given` merged in.
    pub(crate) device: Vec<Item>,
}

/// `exception X { … }`
#[derive(Clone, Debug)]
pub(crate) struct Exception {
    pub(crate) under: String,
    pub(crate) editions: Editions,
    pub(crate) window: Window,
    pub(crate) when: Vec<Expr>,
    pub(crate) exempts: Vec<String>,
    pub(crate) deems_met: Vec<String>,
}

impl Law {
    /// Reads the rulebooks among the files (path, text).
    ///
    /// # Panics
    /// On whatever it cannot read.
    pub fn read(files: &[(String, String)]) -> Self {
        let (law, problems) = Self::read_leniently(files);
        assert!(problems.is_empty(), "{problems:?}");
        law
    }

    /// Reads what it can: beside the law the files and requirements that it cannot read, with the reason.
    pub(crate) fn read_leniently(files: &[(String, String)]) -> (Self, Vec<(String, String)>) {
        let mut law = Self::default();
        let mut problems = Vec::new();
        let mut requirements = Vec::new();
        for (path, text) in files.iter().filter(|(path, _)| path.ends_with(".rulebook")) {
            match caught(|| tree::read(path, text)) {
                Ok(items) => items.into_iter().for_each(|item| {
                    if let Err(problem) = caught(|| law.item(item, &mut requirements)) {
                        problems.push((path.clone(), problem));
                    }
                }),
                Err(problem) => problems.push((path.clone(), problem)),
            }
        }
        // Tests need all instruments and entities, wherever they stand.
        for (code, family, own) in &requirements {
            let family = family.as_ref().map(|(c, i)| (c.as_str(), i.as_slice()));
            match caught(|| law.requirement(code, family, own)) {
                Ok(requirement) => {
                    if law.requirements.insert(code.clone(), requirement).is_some() {
                        problems.push((code.clone(), "the requirement stands twice".to_owned()));
                    }
                }
                Err(problem) => problems.push((code.clone(), problem)),
            }
        }
        (law, problems)
    }

    /// The codes of all requirements with that of their instrument's jurisdiction.
    pub fn requirements(&self) -> Vec<(String, String)> {
        let place = |r: &Requirement| self.instrument(&r.under).jurisdiction.clone();
        self.requirements.values().map(|r| (r.code.clone(), place(r))).collect()
    }

    pub(crate) fn instrument(&self, code: &str) -> &Instrument {
        self.instruments.get(code).unwrap_or_else(|| panic!("no instrument `{code}`"))
    }

    /// The type of a fact as a market has it.
    pub(crate) fn fact_type(&self, name: &str, market: Option<&str>) -> Option<Type> {
        match (name, market) {
            ("class", Some(market)) => {
                Some(Type { set: false, name: format!("{}_class", market.to_lowercase()) })
            }
            _ => self.facts.get(name).map(|f| f.ty.clone()),
        }
    }

    /// Whether a fact belongs to markets rather than to the device.
    pub(crate) fn is_of_markets(&self, name: &str) -> bool {
        name == "class" || self.facts.get(name).is_some_and(|f| !f.markets.is_empty())
    }

    fn item(&mut self, item: Item, requirements: &mut Vec<Declared>) {
        match item {
            Item::Field { word, .. } if word == "vocabulary" => {}
            Item::Header { word, name, ty, value, items } => match (word.as_str(), ty, value) {
                ("fact", Some(ty), None) => {
                    let fact = Fact {
                        ty,
                        markets: expr_of(&items, "market").map(words_of).unwrap_or_default(),
                        when: expr_of(&items, "when").cloned(),
                        otherwise: expr_of(&items, "otherwise").cloned(),
                    };
                    self.facts.insert(name, fact);
                }
                ("derived", Some(ty), Some(value)) => {
                    self.derived.insert(name, Derived { ty, how: How::Expr(value) });
                }
                ("derived", Some(ty), None) => {
                    self.derived.insert(name, Derived { ty, how: table(&items) });
                }
                ("condition", _, Some(value)) => {
                    self.conditions.insert(name, value);
                }
                (word, ..) => panic!("`{word} {name}` in a rulebook"),
            },
            Item::Decl { word, name, items, .. } => {
                let items = items.unwrap_or_default();
                self.decl(&word, name, items, requirements);
            }
            other => panic!("{other:?} in a rulebook"),
        }
    }

    fn decl(&mut self, word: &str, name: String, items: Vec<Item>, requirements: &mut Vec<Declared>) {
        match word {
            "enum" | "ladder" => {
                let values = match expr_of(&items, "values") {
                    Some(list) => words_of(list),
                    None => items.iter().map(heading).collect(),
                };
                self.enums.insert(name, values);
            }
            "control" => {
                self.controls.insert(name, typed_fields(&items));
            }
            "evidence_kind" => {
                let kind = Kind {
                    url: expr_of(&items, "url").is_some(),
                    contents: expr_of(&items, "contents").map(tree::word_of),
                    fields: typed_fields(&items),
                };
                self.kinds.insert(name, kind);
            }
            "entity" => {
                let kind = EntityKind {
                    plural: expr_of(&items, "plural")
                        .map(tree::word_of)
                        .unwrap_or_else(|| panic!("entity {name} has no plural")),
                    when: expr_of(&items, "when").cloned(),
                    read_from: expr_of(&items, "read_from").map(tree::word_of),
                    fields: typed_fields(&items),
                    holds: expr_of(&items, "holds").map(words_of).unwrap_or_default(),
                };
                self.entities.insert(name, kind);
            }
            "jurisdiction" => {
                if let Some(classes) = expr_of(&items, "classes") {
                    self.enums.insert(format!("{}_class", name.to_lowercase()), words_of(classes));
                }
            }
            "instrument" => {
                self.instruments.insert(name, instrument(&items));
            }
            "requirement" => requirements.push((name, None, items)),
            "family" => {
                for item in &items {
                    if let Item::Decl { word, name: member, items: own, .. } = item
                        && word == "requirement"
                    {
                        let own = own.clone().unwrap_or_default();
                        requirements.push((member.clone(), Some((name.clone(), items.clone())), own));
                    }
                }
            }
            "exception" => {
                self.exceptions.insert(name.clone(), exception(&name, &items));
            }
            "ledger" => {}
            other => panic!("`{other} {name}` in a rulebook"),
        }
    }

    fn requirement(&self, code: &str, family: Option<(&str, &[Item])>, own: &[Item]) -> Requirement {
        let row = row(code, own);
        let shared: Vec<Item> = family
            .map(|(_, items)| {
                let shared = items
                    .iter()
                    .filter(|i| !matches!(i, Item::Decl { word, .. } if word == "requirement"))
                    .cloned()
                    .collect::<Vec<_>>();
                tree::fill_items(&shared, &row)
            })
            .unwrap_or_default();
        let own = &tree::fill_items(own, &row);
        // What a requirement says itself wins.
        let one = |name: &str| expr_of(own, name).or_else(|| expr_of(&shared, name));
        let both = |name: &str| {
            fields(&shared, name)
                .into_iter()
                .chain(fields(own, name))
                .map(|v| match v {
                    Value::Expr(e) => e.clone(),
                    other => panic!("{code}: `{name}` holds {other:?}"),
                })
                .collect()
        };
        let under = one("under").map(tree::word_of).unwrap_or_else(|| panic!("{code} is under nothing"));
        let each = fields(own, "for").into_iter().chain(fields(&shared, "for")).next().map(|v| match v {
            Value::Binder(b) => b.clone(),
            other => panic!("{code}: `for` holds {other:?}"),
        });
        let mut window = window(&shared);
        let own_window = self::window(own);
        if !own_window.starts.is_empty() {
            window.starts = own_window.starts;
        }
        window.until = own_window.until.or(window.until);

        let mut given = self.instrument(&under).given.clone();
        for layer in [&shared, own] {
            for value in fields(layer, "given") {
                given = self.merge(given, block(value));
            }
        }
        let tests = shared.iter().chain(own).filter_map(|i| self.read_test(i, &given)).collect();
        Requirement {
            code: code.to_owned(),
            family: family.map(|(code, _)| code.to_owned()),
            under,
            may: one("strength").is_some_and(|s| tree::word_of(s) == "may"),
            editions: editions(one("editions")),
            window,
            each,
            when: both("when"),
            unless: both("unless"),
            require: one("require").unwrap_or_else(|| panic!("{code} requires nothing")).clone(),
            accepts: one("accepts").map(accepts),
            tests,
        }
    }

    fn read_test(&self, item: &Item, given: &[Item]) -> Option<Test> {
        let Item::Keyed { word, key, extra, items } = item else { return None };
        if word != "test" {
            return None;
        }
        let says = |name: &str| expr_of(items, name);
        let device = items
            .iter()
            .filter(|i| !matches!(i, Item::Field { word, .. } if word == "at" || word == "conforms"))
            .cloned()
            .collect::<Vec<_>>();
        Some(Test {
            title: key.clone(),
            expected: extra.clone().unwrap_or_else(|| panic!("test \"{key}\" expects nothing")),
            at: says("at").map(|e| When::read(&tree::word_of(e))),
            conforms: says("conforms").map(words_of).unwrap_or_default().into_iter().collect(),
            device: self.merge(given.to_vec(), &device),
        })
    }

    /// Lays `over` on `base`: fields are replaced, blocks of the same word and name merged. `has_no` and an entity
    /// of that kind exclude each other; what is laid over wins.
    fn merge(&self, base: Vec<Item>, over: &[Item]) -> Vec<Item> {
        let mut out = base;
        for item in over {
            match item {
                Item::Field { word, value } => {
                    if word == "has_no"
                        && let Value::Expr(list) = value
                    {
                        let none = words_of(list);
                        out.retain(|i| !matches!(i, Item::Decl { word, .. } if none.contains(word)));
                    }
                    let same = |i: &&mut Item| matches!(i, Item::Field { word: w, .. } if w == word);
                    match out.iter_mut().find(same) {
                        Some(found) => *found = item.clone(),
                        None => out.push(item.clone()),
                    }
                }
                Item::Decl { word, name, title, items } => {
                    if self.entities.contains_key(word) {
                        out.iter_mut().for_each(|i| drop_from_has_no(i, word));
                    }
                    let same = |i: &&mut Item| matches!(i, Item::Decl { word: w, name: n, .. } if w == word && n == name);
                    match out.iter_mut().find(same) {
                        Some(Item::Decl { title: t, items: i, .. }) => {
                            *t = title.clone().or(t.take());
                            let base = i.take().unwrap_or_default();
                            *i = Some(self.merge(base, items.as_deref().unwrap_or_default()));
                        }
                        _ => out.push(item.clone()),
                    }
                }
                other => panic!("{other:?} in a test or `given`"),
            }
        }
        out
    }
}

/// What `f` gives, or with which words it panics.
pub(crate) fn caught<T>(f: impl FnOnce() -> T) -> Result<T, String> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(f)).map_err(|cause| {
        let text = cause.downcast_ref::<String>().cloned();
        text.or_else(|| cause.downcast_ref::<&str>().map(|s| (*s).to_owned())).unwrap_or_default()
    })
}

/// Code, family with its items, own items.
type Declared = (String, Option<(String, Vec<Item>)>, Vec<Item>);

fn drop_from_has_no(item: &mut Item, entity: &str) {
    if let Item::Field { word, value: Value::Expr(Expr::List(list)) } = item
        && word == "has_no"
    {
        list.retain(|e| tree::word_of(e) != entity);
    }
}

fn heading(item: &Item) -> String {
    match item {
        Item::Field { word, .. } | Item::Keyed { word, .. } => word.clone(),
        other => panic!("{other:?} in an enum"),
    }
}

fn block(value: &Value) -> &[Item] {
    match value {
        Value::Block(items) => items,
        other => panic!("{other:?} stands where a block is meant"),
    }
}

fn typed_fields(items: &[Item]) -> BTreeMap<String, Type> {
    items
        .iter()
        .filter_map(|i| match i {
            Item::Header { word, name, ty: Some(ty), items, .. } if word == "field" => {
                assert!(expr_of(items, "when").is_none(), "field {name} has a `when`");
                Some((name.clone(), ty.clone()))
            }
            _ => None,
        })
        .collect()
}

fn table(items: &[Item]) -> How {
    let found = fields(items, "table");
    let [Value::Table(Expr::List(columns), rows)] = found.as_slice() else {
        panic!("a derived fact with neither expression nor one table")
    };
    let rows = rows
        .iter()
        .map(|r| match r {
            Item::Row { cells, result } => {
                assert_eq!(cells.len(), columns.len(), "cells of a row: {r:?}");
                (cells.clone(), result.clone())
            }
            other => panic!("{other:?} in a table"),
        })
        .collect();
    How::Table(columns.clone(), rows)
}

fn date(expr: &Expr) -> Option<When> {
    match expr {
        Expr::Name(n) if n == "unverified" => None,
        Expr::Date(d) | Expr::Number(d) => Some(When::read(d)),
        other => panic!("{other:?} stands where a date is meant"),
    }
}

fn window(items: &[Item]) -> Window {
    let start = |v: &Value| match v {
        Value::Expr(d) => Start { on: date(d), when: None },
        Value::When(Some(d), c) => Start { on: date(d), when: Some(c.clone()) },
        other => panic!("`in_force` holds {other:?}"),
    };
    Window {
        starts: fields(items, "in_force").into_iter().map(start).collect(),
        until: expr_of(items, "until").and_then(date),
        supersedes: expr_of(items, "supersedes").map(words_of).unwrap_or_default(),
    }
}

fn conditions(items: &[Item], name: &str) -> Vec<Expr> {
    fields(items, name)
        .into_iter()
        .map(|v| match v {
            Value::When(None, c) => c.clone(),
            other => panic!("`{name}` holds {other:?}"),
        })
        .collect()
}

fn instrument(items: &[Item]) -> Instrument {
    let mut editions = Vec::new();
    for item in items {
        if let Item::Keyed { word, key, items, .. } = item
            && word == "edition"
        {
            for inner in items {
                match inner {
                    Item::Field { word, .. } if word != "applies" && word != "opt_in" && word != "given" => {}
                    other => panic!("{other:?} in an edition"),
                }
            }
            editions.push((key.clone(), window(items)));
        }
    }
    Instrument {
        jurisdiction: expr_of(items, "jurisdiction").map(tree::word_of).expect("a jurisdiction"),
        window: window(items),
        editions,
        applies: conditions(items, "applies"),
        opt_in: conditions(items, "opt_in"),
        accepts: expr_of(items, "accepts").map(accepts).unwrap_or_default(),
        given: fields(items, "given").into_iter().flat_map(|v| block(v).to_vec()).collect(),
    }
}

fn accepts(expr: &Expr) -> Vec<Accepts> {
    let entry = |e: &Expr| match e {
        Expr::Binary(tree::Op::With, what, with) => {
            let brings = match &**with {
                Expr::Name(n) if n == "evidence" => Brings::Evidence,
                Expr::Call(n, args) if n == "evidence" && args.len() == 1 => {
                    Brings::Kind(tree::word_of(&args[0]))
                }
                other => panic!("`accepts … with {other:?}`"),
            };
            Accepts { what: tree::word_of(what), brings }
        }
        what => Accepts { what: tree::word_of(what), brings: Brings::Nothing },
    };
    match expr {
        Expr::List(list) => list.iter().map(entry).collect(),
        one => vec![entry(one)],
    }
}

fn editions(expr: Option<&Expr>) -> Editions {
    match expr {
        None => Editions::All,
        Some(Expr::Name(n)) if n == "all" => Editions::All,
        Some(list) => Editions::Named(words_of(list)),
    }
}

fn exception(code: &str, items: &[Item]) -> Exception {
    for item in items {
        let known = match item {
            Item::Field { word, .. } => [
                "under",
                "clause",
                "source",
                "editions",
                "in_force",
                "until",
                "when",
                "exempts",
                "deems_met",
                "because",
                "reading",
                "covers",
                "doc",
            ]
            .contains(&word.as_str()),
            Item::Keyed { word, .. } => word == "edition" || word == "clause",
            _ => false,
        };
        assert!(known, "exception {code}: {item:?}");
    }
    let when = fields(items, "when").into_iter().map(|v| match v {
        Value::Expr(e) => e.clone(),
        other => panic!("`when` holds {other:?}"),
    });
    Exception {
        under: expr_of(items, "under").map(tree::word_of).expect("an instrument"),
        editions: editions(expr_of(items, "editions")),
        window: window(items),
        when: when.collect(),
        exempts: expr_of(items, "exempts").map(words_of).unwrap_or_default(),
        deems_met: expr_of(items, "deems_met").map(words_of).unwrap_or_default(),
    }
}

/// The plain fields of a member, which its family reads as `row.x`.
fn row(code: &str, own: &[Item]) -> Row {
    let mut row = Row::new();
    row.insert("code".to_owned(), Expr::Code(code.to_owned()));
    for item in own {
        if let Item::Field { word, value: Value::Expr(e) } = item {
            row.insert(word.clone(), e.clone());
        }
    }
    row
}
