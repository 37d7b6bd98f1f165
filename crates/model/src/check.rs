//! Reading a value where a type is known: shared by rulebooks and devices.

use crate::date::Date;
use crate::hir::{NodeRef, Origin, Tag};
use crate::value::{Bits, Type, Value, quantity};
use crate::vocab::{EnumId, Vocabulary};
use dossier_base::{Applicability, Code, Diagnostic, Edit, MOST_TOLD, Place, Sym, codes, spell};
use dossier_syntax::literal;
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::Arc;

/// Where diagnostics go, and how an origin becomes a place.
pub struct Sink<'a> {
    /// What was found so far.
    pub diagnostics: Vec<Diagnostic>,
    place: &'a dyn Fn(Origin) -> Place,
    /// Items that were reported as having no business where they stand.
    lost: FxHashSet<Origin>,
    /// Diagnostics, by number, that a name is unknown: what it should name.
    unknown: Vec<(usize, Sym)>,
    /// Diagnostics, by number, that something is missing in one of these.
    missing: Vec<(usize, Vec<Origin>)>,
    /// Of those the ones in which something could not be read.
    holed: FxHashSet<Origin>,
}

/// Diagnostics of a name that nobody declares, and of a word that heads an item and means nothing there.
static NAMES: [&Code; 5] = [
    &codes::UNKNOWN_NAME,
    &codes::UNKNOWN_COMPONENT,
    &codes::UNKNOWN_EVIDENCE,
    &codes::UNKNOWN_ENTITY,
    &codes::UNKNOWN_REFERENCE,
];
static WORDS: [&Code; 2] = [&codes::UNKNOWN_FIELD, &codes::UNKNOWN_BLOCK];

/// What may be declared in what could not be read: whoever uses such a name is not to blame, and the mistake has
/// been told where it is.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Perhaps {
    /// Names that stand in it.
    pub names: FxHashSet<Sym>,
    /// What is declared there under a name that could not be told, as [`Sink::unknown_name`] calls it.
    pub nameless: FxHashSet<Sym>,
    /// Where a name stands that is to blame for others: its diagnostic is no echo.
    pub blamed: FxHashSet<Place>,
}

impl Perhaps {
    /// Whether what a diagnostic is about is declared there, perhaps.
    fn is_about(&self, d: &Diagnostic) -> bool {
        !d.subject.is_empty() && self.names.contains(&Sym::new(&d.subject))
    }

    /// Whether a name is declared there, perhaps. `what` says what it names.
    pub fn holds(&self, what: &str, name: Sym) -> bool {
        self.names.contains(&name) || self.holds_nameless(what)
    }

    /// Whether something like that is declared there under a name that could not be told. `what` may name several
    /// sorts: `requirement, family or instrument`.
    fn holds_nameless(&self, what: &str) -> bool {
        let several = || what.split(", ").flat_map(|w| w.split(" or "));
        self.nameless.iter().any(|n| several().any(|w| w.replace(' ', "_") == n.as_str()))
    }

    /// Takes in what an item declares: its own name, and those of what stands in it.
    pub fn declare(&mut self, item: NodeRef<'_>) {
        self.names.extend(item.name().map(NodeRef::sym));
        self.names.extend(item.items().filter_map(NodeRef::name).map(NodeRef::sym));
    }

    /// Takes in what another holds.
    pub fn extend(&mut self, other: Self) {
        self.names.extend(other.names);
        self.nameless.extend(other.nameless);
        self.blamed.extend(other.blamed);
    }

    /// Takes in the names of an item that could not be read or has no business where it stands.
    pub fn add(&mut self, item: NodeRef<'_>) {
        if item.tag() == Tag::Field {
            // `evidence evidence sbom { … }`: the second word may be a name, and a list declares nothing.
            self.names.insert(item.sym());
            self.names.extend(item.value().filter(|v| v.tag() == Tag::Word).map(NodeRef::sym));
            return;
        }
        let named = |n: &NodeRef<'_>| {
            n.tag().is_item()
                || matches!(n.tag(), Tag::Name | Tag::RowName | Tag::Extra | Tag::Word | Tag::Code)
        };
        self.names.extend(item.within().filter(named).map(NodeRef::sym));
        // Further in, the words are those of fields, which declare nothing.
        let declares =
            item.parent().is_none_or(|p| matches!(p.sym().as_str(), "device" | "component" | "market"));
        if declares && matches!(item.tag(), Tag::Keyed | Tag::Error) && item.name().is_none() {
            self.nameless.insert(item.sym());
        }
    }
}

impl<'a> Sink<'a> {
    /// An empty sink.
    pub fn new(place: &'a dyn Fn(Origin) -> Place) -> Self {
        Self {
            diagnostics: Vec::new(),
            place,
            lost: FxHashSet::default(),
            unknown: Vec::new(),
            missing: Vec::new(),
            holed: FxHashSet::default(),
        }
    }

    /// What was found, each once and without what follows from another mistake: names and words that are declared
    /// perhaps, and fields that miss in a block of which something could not be read. `words` holds of the words that
    /// head items, which the rulebooks declare, `names` of all other names.
    pub fn finish(self, names: &Perhaps, words: &Perhaps) -> Vec<Diagnostic> {
        if self.diagnostics.is_empty() {
            return self.diagnostics;
        }
        if self.diagnostics.len() > MOST_TOLD {
            // What is an echo of what cannot be said, since not all is there.
            let mut found = self.diagnostics;
            found.truncate(MOST_TOLD);
            let last = found.pop().map(Diagnostic::and_more);
            found.extend(last);
            return found;
        }
        let mut echo: Vec<bool> = self
            .diagnostics
            .iter()
            .map(|d| {
                let is = |codes: &[&'static Code]| codes.contains(&d.code);
                (is(&NAMES) && (names.is_about(d) || words.is_about(d))) || (is(&WORDS) && words.is_about(d))
            })
            .collect();
        for (n, what) in &self.unknown {
            echo[*n] |= names.holds_nameless(what.as_str()) || words.holds_nameless(what.as_str());
        }
        for (d, echo) in self.diagnostics.iter().zip(&mut echo) {
            *echo &= d.place.is_none_or(|p| !names.blamed.contains(&p));
        }
        for (n, owners) in &self.missing {
            echo[*n] |= owners.iter().any(|o| self.holed.contains(o));
        }
        let mut found: Vec<Diagnostic> = Vec::with_capacity(self.diagnostics.len());
        let mut seen = FxHashSet::default();
        for (d, echo) in self.diagnostics.into_iter().zip(echo) {
            if !echo && seen.insert((d.place, d.code.id, d.message.clone())) {
                found.push(d);
            }
        }
        found
    }

    /// Items that were reported as having no business where they stand.
    pub fn lost(&self) -> impl Iterator<Item = Origin> {
        self.lost.iter().copied()
    }

    /// Whether something directly in an item could not be read, or has no business there.
    pub fn is_holed(&self, item: NodeRef<'_>) -> bool {
        self.holed.contains(&item.origin()) || item.items().any(|i| i.tag() == Tag::Error)
    }

    /// Adds a diagnostic that a name is unknown. `what` says what it should name.
    pub fn push_unknown(&mut self, diagnostic: Diagnostic, what: &str) {
        self.unknown.push((self.diagnostics.len(), Sym::new(what)));
        self.push(diagnostic);
    }

    /// Notes that an item has no business where it stands; tells whether that is worth a diagnostic. It is not where
    /// something is wrong with the item before it on the line, too: one mistake put both out of place.
    pub fn lose(&mut self, item: NodeRef<'_>) -> bool {
        if self.diagnostics.len() > MOST_TOLD {
            // Nothing more is told, and looking around among so many costs.
            return false;
        }
        let parent = item.parent();
        self.holed.extend(parent.map(NodeRef::origin));
        if item.tag() == Tag::Error {
            return false;
        }
        self.lost.insert(item.origin());
        let Some(before) = self.before(item, parent).filter(|_| item.shares_line()) else { return true };
        // What is missing there may be here.
        self.holed.insert(before);
        let place = self.place(before);
        let told = |d: &Diagnostic| {
            d.place
                .is_some_and(|p| p.file == place.file && place.start() <= p.start() && p.end() <= place.end())
        };
        !self.lost.contains(&before) && !self.diagnostics.iter().any(told)
    }

    /// Adds a diagnostic that something is missing in an item (or in those around it that could bring it). It may be
    /// in what could not be read of them; then it is not told.
    pub fn missing(&mut self, owners: &[NodeRef<'_>], diagnostic: Diagnostic) {
        for owner in owners {
            if self.is_holed(*owner) {
                self.holed.insert(owner.origin());
            }
        }
        self.missing.push((self.diagnostics.len(), owners.iter().map(|o| o.origin()).collect()));
        self.push(diagnostic);
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
        if self.diagnostics.len() > MOST_TOLD {
            return;
        }
        self.diagnostics.push(diagnostic);
    }

    /// An item that has no business where it stands.
    pub fn unknown_item(&mut self, item: NodeRef<'_>, place: &str, fields: &[&str], blocks: &[&str]) {
        let word = item.sym().as_str();
        if !self.lose(item) {
            return;
        }
        let at = self.word(item);
        if item.tag() == Tag::Keyed && blocks.contains(&word) {
            let d = codes::missing_field(at, format!("`{word}`"), "a name").subject(word);
            self.push(d.help(format!("the name stands before the title: `{word} … \"…\" {{ }}`")));
            return;
        }
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

    /// The item before an item.
    fn before(&self, item: NodeRef<'_>, parent: Option<NodeRef<'_>>) -> Option<Origin> {
        let here = item.origin();
        match parent {
            Some(p) => p.items().map(NodeRef::origin).take_while(|o| *o != here).last(),
            None => here.tree.checked_sub(1).map(|tree| Origin { tree, node: 0, ..here }),
        }
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
            None if known.len() <= LISTED => d = d.help(format!("known are {}", listed(&known))),
            None => {}
        }
        if let [only] = near.as_slice() {
            d = d.fix(
                format!("replace `{name}` by `{only}`"),
                Applicability::Maybe,
                vec![Edit { place: at, text: (*only).to_owned() }],
            );
        }
        self.push_unknown(d, what);
    }

    /// A value of the wrong type.
    pub fn wrong_type(&mut self, node: NodeRef<'_>, what: &str, expected: &str) {
        let at = self.at(node);
        self.push(codes::wrong_type(at, what, expected, describe(node)).subject(what));
    }
}

impl Sink<'_> {
    /// The elements of a list. Where something else stands, says that a list belongs there, and gives none.
    pub fn list<'n>(&mut self, node: NodeRef<'n>, what: &str, of: &str) -> Option<Vec<NodeRef<'n>>> {
        if node.tag() == Tag::List {
            return Some(node.children().collect());
        }
        if node.broken() {
            return None;
        }
        let at = self.at(node);
        let mut d = codes::wrong_type(at, what, format!("a list of {of}"), describe(node)).subject(what);
        if let Some(written) = written(node) {
            d = in_brackets(d, at, &written);
        }
        self.push(d);
        None
    }

    /// Fields that stand twice in a block, each told once: nobody can tell which was meant. `several` may.
    pub fn doubled<'n>(&mut self, block: NodeRef<'n>, several: &[&str]) -> Vec<Sym> {
        let mut seen: FxHashMap<Sym, NodeRef<'n>> = FxHashMap::default();
        let mut doubled: Vec<Sym> = Vec::new();
        let single = |item: &NodeRef<'n>| {
            let word = item.sym();
            // `clause "…" { … }` is a field, too, that tells more than its text.
            let is_field = item.is_field() || (item.tag() == Tag::Keyed && word == Sym::new("clause"));
            is_field && !several.contains(&word.as_str())
        };
        for item in block.items().filter(single) {
            let word = item.sym();
            match seen.get(&word) {
                None => {
                    seen.insert(word, item);
                }
                Some(_) if doubled.contains(&word) => {}
                Some(first) => {
                    let d = codes::declared_twice(self.word(item), "field", word)
                        .subject(word.as_str())
                        .also(self.word(*first), "first written here");
                    self.push(d);
                    doubled.push(word);
                }
            }
        }
        doubled
    }
}

/// A plain value as it was written.
fn written(node: NodeRef<'_>) -> Option<String> {
    match node.tag() {
        Tag::Text => Some(literal::quote(node.text())),
        Tag::Word | Tag::Code | Tag::Number | Tag::Date => Some(node.sym().to_string()),
        _ => None,
    }
}

fn in_brackets(d: Diagnostic, at: Place, written: &str) -> Diagnostic {
    d.help(format!("a list stands in brackets: `[{written}]`")).fix(
        "put it in brackets",
        Applicability::Safe,
        vec![Edit { place: at, text: format!("[{written}]") }],
    )
}

/// Whether a value would be right if it stood in a list.
fn listable(ty: Type, node: NodeRef<'_>, vocab: &Vocabulary) -> bool {
    match ty {
        Type::EnumSet(e) => vocab.enums[e].by_name.contains_key(&node.sym()) && written(node).is_some(),
        Type::RefSet(_) => node.tag() == Tag::Word,
        Type::TextSet => node.tag() == Tag::Text,
        _ => false,
    }
}

/// More names than this do not help.
const LISTED: usize = 24;

/// Names in a sentence.
fn listed(names: &[&str]) -> String {
    let shown: Vec<String> = names.iter().take(LISTED).map(|n| format!("`{n}`")).collect();
    match names.len().saturating_sub(LISTED) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// The values of an enum in a sentence.
fn values(e: EnumId, vocab: &Vocabulary) -> String {
    let names: Vec<&str> = vocab.enums[e].values.iter().map(|v| v.name.as_str()).collect();
    listed(&names)
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
    if node.broken() || ty == Type::Error {
        // Either has been told where it stands.
        return None;
    }
    if matches!(node.tag(), Tag::Number | Tag::Quantity) && literal::number(node.sym().as_str()).is_err() {
        // The reader of tokens has told.
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
                        let at = sink.at(item);
                        let found = describe(item);
                        let d = codes::wrong_type(at, what, expected(Type::Enum(e), vocab), found);
                        sink.push(d.subject(what).help(format!("its values are {}", values(e, vocab))));
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
        (Type::EnumSet(_) | Type::RefSet(_) | Type::TextSet, _) if listable(ty, node, vocab) => {
            let at = sink.at(node);
            let d = codes::wrong_type(at, what, expected(ty, vocab), describe(node)).subject(what);
            sink.push(in_brackets(d, at, &written(node).unwrap_or_default()));
            return None;
        }
        _ => None,
    };
    if found.is_none() {
        let help = match (ty, node.tag()) {
            (Type::Enum(e), Tag::List) => Some(format!("it takes one value: {}", values(e, vocab))),
            (Type::Enum(e), _) => Some(format!("its values are {}", values(e, vocab))),
            (Type::EnumSet(e), _) => {
                Some(format!("write those that hold in brackets: {}; `[]` if none", values(e, vocab)))
            }
            (ty, tag) => plain_help(ty, tag).map(str::to_owned),
        };
        let at = sink.at(node);
        let d = codes::wrong_type(at, what, expected(ty, vocab), describe(node)).subject(what);
        sink.push(d.help_if(help));
    }
    found
}

/// What a field takes; of values that are listed below it the name of the list says nothing.
fn expected(ty: Type, vocab: &Vocabulary) -> String {
    match ty {
        Type::Enum(_) => "one of its values".to_owned(),
        Type::EnumSet(_) => "a list".to_owned(),
        ty => ty.describe(vocab),
    }
}

/// How a value of a type that has no list of values is written.
fn plain_help(ty: Type, tag: Tag) -> Option<&'static str> {
    match (ty, tag) {
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
    }
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
    if found.is_none() && !e.holed {
        let what = format!("value of `{what}`");
        sink.unknown_name(node, &what, node.sym().as_str(), e.values.iter().map(|v| v.name.as_str()));
    }
    found
}
