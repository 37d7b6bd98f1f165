//! Instruments, families, requirements, exceptions and the ledger.

use super::exprs::{Bound, Context, Market};
use super::vocab::text_of;
use super::{Compiler, Item, title};
use crate::check;
use crate::date::Date;
use crate::expr::{Expr, ExprId, children};
use crate::hir::{NodeRef, Origin, Tag};
use crate::law::{
    Accepts, Brings, Clause, Edition, Effect, Exception, Expected, Family, FamilyId, For, Force, Gate,
    InForce, Instrument, InstrumentId, Ledger, LedgerReason, Outcome, Requirement, RequirementId, Source,
    Strength, Target, Test,
};
use crate::value::{Type, Value};
use dossier_base::{Sym, codes};
use dossier_syntax::ast::Op;
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::Arc;

const INSTRUMENT: [&str; 19] = [
    "jurisdiction",
    "native",
    "issuer",
    "number",
    "force",
    "gate",
    "issued",
    "in_force",
    "until",
    "read",
    "accepts",
    "applies",
    "opt_in",
    "supersedes",
    "given",
    "doc",
    "address",
    "relation",
    "edition",
];
const SHARED: [&str; 21] = [
    "under",
    "clause",
    "source",
    "strength",
    "editions",
    "in_force",
    "until",
    "for",
    "when",
    "unless",
    "require",
    "because",
    "reading",
    "accepts",
    "covers",
    "given",
    "doc",
    "test",
    "edition",
    "requirement",
    "family",
];

impl<'t> Compiler<'t, '_> {
    pub(super) fn law(&mut self) {
        let instruments = self.headed(&["instrument"]);
        let mut made: Vec<(InstrumentId, Item<'t>)> = Vec::new();
        for item in instruments {
            if let Some(id) = self.instrument(item) {
                made.push((id, item));
            }
        }
        self.supersedes(&made);
        self.derived_law();
        // Codes first: `conforms` and exceptions name what stands further down.
        let mut members: Vec<(RequirementId, Item<'t>, Option<NodeRef<'t>>)> = Vec::new();
        for item in self.items.clone() {
            match (item.node.tag(), item.node.sym().as_str()) {
                (Tag::Decl, "family") => {
                    if let Some(family) = self.family(item) {
                        for node in item.node.items() {
                            if node.tag() == Tag::Decl && node.sym() == Sym::new("requirement") {
                                let member = Item { node, embedded: item.embedded };
                                if let Some(id) = self.requirement_code(member, Some((family, item.node))) {
                                    members.push((id, member, Some(item.node)));
                                }
                            }
                        }
                    }
                }
                (Tag::Decl, "requirement") => {
                    if let Some(id) = self.requirement_code(item, None) {
                        members.push((id, item, None));
                    }
                }
                _ => {}
            }
        }
        for (id, item) in &made {
            self.instrument_rules(*id, item.node);
        }
        for (id, item, family) in &members {
            self.requirement(*id, item.node, *family);
        }
        for item in self.headed(&["exception"]) {
            self.exception(item);
        }
        for item in self.headed(&["ledger"]) {
            self.ledger(item);
        }
        self.circles_of_conforms();
        let markets = self.law.jurisdictions.len();
        self.law.by_market = vec![Vec::new(); markets + 1];
        for (id, r) in self.law.requirements.enumerate() {
            let at = self.law.instruments[r.instrument].jurisdiction.map_or(markets, |j| j.0 as usize);
            self.law.by_market[at].push(id);
        }
        let mut by_market = std::mem::take(&mut self.law.by_market);
        for list in &mut by_market {
            list.sort_by_key(|r| self.law.requirements[*r].code.as_str());
        }
        self.law.by_market = by_market;
    }

    pub(super) fn instrument_named(&mut self, node: NodeRef<'t>) -> Option<InstrumentId> {
        if let Some(Target::Instrument(i)) = self.law.targets.get(&node.sym()) {
            return Some(*i);
        }
        let known: Vec<&str> = self.law.instruments.iter().map(|i| i.code.as_str()).collect();
        self.sink.unknown_name(node, "instrument", node.sym().as_str(), known);
        None
    }

    fn taken(&self, node: NodeRef<'t>) -> Option<Origin> {
        let name = node.name()?.sym();
        if let Some(e) = self.law.exception_codes.get(&name) {
            return Some(self.law.exceptions[*e].origin);
        }
        self.law.targets.get(&name).map(|t| match t {
            Target::Requirement(r) => self.law.requirements[*r].origin,
            Target::Family(f) => self.law.families[*f].origin,
            Target::Instrument(i) => self.law.instruments[*i].origin,
        })
    }

    fn text(&mut self, node: NodeRef<'t>, field: &str) -> Arc<str> {
        if let Some(v) = node.field(Sym::new(field)).and_then(NodeRef::value)
            && v.tag() != Tag::Text
        {
            self.sink.wrong_type(v, field, "a text");
        }
        text_of(node, field).unwrap_or_else(|| Arc::from(""))
    }

    fn date(&mut self, node: NodeRef<'t>, field: &str) -> Option<Date> {
        let v = node.field(Sym::new(field)).and_then(NodeRef::value)?;
        match check::value(v, Type::Date, field, &self.vocab, &mut self.sink) {
            Some(Value::Date(d)) => Some(d),
            _ => None,
        }
    }

    fn instrument(&mut self, item: Item<'t>) -> Option<InstrumentId> {
        let node = item.node;
        let taken = self.taken(node);
        let code = self.declare(item, "code", taken)?;
        let jurisdiction = match node.field(Sym::new("jurisdiction")).and_then(NodeRef::value) {
            Some(v) if v.sym() == Sym::new("any") => None,
            Some(v) => {
                let found = self.law.jurisdiction_codes.get(&v.sym()).copied();
                if found.is_none() {
                    let known: Vec<&str> =
                        self.law.jurisdictions.iter().map(|j| j.code.as_str()).chain(["any"]).collect();
                    self.sink.unknown_name(v, "jurisdiction", v.sym().as_str(), known);
                    self.dropped.push((node, v));
                    return None;
                }
                found
            }
            None => {
                let at = self.sink.name(node);
                let d = codes::missing_field(at, format!("instrument `{code}`"), "jurisdiction");
                self.sink.missing(&[node], d);
                self.sink.lose(node);
                return None;
            }
        };
        let force = self.word_field(node, "force", Force::from_word, Force::ALL, Force::as_str);
        if force.is_none() && node.field(Sym::new("force")).is_none() {
            let at = self.sink.name(node);
            let d = codes::missing_field(at, format!("instrument `{code}`"), "force");
            self.sink.missing(&[node], d);
        }
        let gate =
            self.word_field(node, "gate", Gate::from_word, Gate::ALL, Gate::as_str).unwrap_or(Gate::None);
        let mut broken = force.is_none() || node.broken();
        broken |= !self.sink.doubled(node, &["in_force"]).is_empty();
        for part in node.items() {
            let word = part.sym().as_str();
            broken |= part.tag() == Tag::Error || part.broken();
            let fits = match part.tag() {
                Tag::Keyed => word == "edition",
                Tag::Error => true,
                _ => word != "edition" && INSTRUMENT.contains(&word),
            };
            if !fits {
                self.sink.unknown_item(part, "an instrument", &INSTRUMENT[..17], &["edition"]);
            }
        }
        let instrument = Instrument {
            code,
            title: title(node),
            native: self.text(node, "native"),
            jurisdiction,
            issuer: self.text(node, "issuer"),
            number: self.text(node, "number"),
            force: force.unwrap_or(Force::Statute),
            gate,
            issued: self.date(node, "issued"),
            read: self.text(node, "read"),
            accepts: Accepts::default(),
            applies: None,
            opt_in: None,
            editions: Vec::new(),
            supersedes: Vec::new(),
            superseded_by: None,
            given: None,
            requirements: Vec::new(),
            broken,
            origin: node.origin(),
        };
        let id = self.law.instruments.push(instrument);
        self.law.targets.insert(code, Target::Instrument(id));
        Some(id)
    }

    fn supersedes(&mut self, made: &[(InstrumentId, Item<'t>)]) {
        for &(id, item) in made {
            let Some(v) = item.node.field(Sym::new("supersedes")).and_then(NodeRef::value) else { continue };
            let Some(names) = self.sink.list(v, "supersedes", "instruments") else {
                self.law.instruments[id].broken = true;
                continue;
            };
            for name in names {
                let Some(other) = self.instrument_named(name) else { continue };
                if other == id {
                    let at = self.sink.at(name);
                    self.sink.push(codes::supersedes_itself(at, name.sym()));
                    continue;
                }
                self.law.instruments[id].supersedes.push(other);
                self.law.instruments[other].superseded_by = Some(id);
            }
        }
    }

    /// Which market facts law of an instrument may read.
    fn market_of(&self, id: InstrumentId) -> Market {
        match self.law.instruments[id].jurisdiction {
            Some(j) => Market::One(self.law.jurisdictions[j].code),
            None => Market::None,
        }
    }

    /// Editions, `applies`, `opt_in`, `accepts`, `given`: what needs all names.
    fn instrument_rules(&mut self, id: InstrumentId, node: NodeRef<'t>) {
        let market = self.market_of(id);
        for part in node.items() {
            match (part.tag(), part.sym().as_str()) {
                (Tag::FieldWhen, "applies") => {
                    if let Some(c) = part.child(0) {
                        let mut cx = Context::law(market, false);
                        let e = self.condition(c, &mut cx);
                        self.law.instruments[id].applies = Some(e);
                    }
                }
                (Tag::FieldWhen, "opt_in") => {
                    if let Some(c) = part.child(0) {
                        let mut cx = Context::law(market, false);
                        let e = self.condition(c, &mut cx);
                        self.law.instruments[id].opt_in = Some(e);
                    }
                }
                (Tag::Field, "accepts") => {
                    if let Some(a) = self.accepts(part) {
                        self.law.instruments[id].accepts = a;
                    }
                }
                (Tag::FieldBlock, "given") => self.law.instruments[id].given = Some(part.origin()),
                (Tag::Field, "applies" | "opt_in") => {
                    let at = self.sink.word(part);
                    let word = part.sym();
                    self.sink.push(codes::wrong_type(
                        at,
                        word,
                        format!("a condition: `{word} when …`"),
                        "something else",
                    ));
                    self.law.instruments[id].broken = true;
                }
                _ => {}
            }
        }
        let mut editions: Vec<Edition> = Vec::new();
        for part in node.items().filter(|p| p.tag() == Tag::Keyed && p.sym() == Sym::new("edition")) {
            let in_force = self.in_force(part, market);
            self.law.instruments[id].broken |= !self.sink.doubled(part, &["in_force"]).is_empty();
            if editions.iter().any(|e| e.name.as_ref() == Some(&title(part))) {
                let at = self.sink.name(part);
                self.sink.push(codes::declared_twice(at, "edition", title(part)));
                self.law.instruments[id].broken = true;
            }
            for field in part.items() {
                if !matches!(field.sym().as_str(), "in_force" | "until" | "issued" | "doc") {
                    self.sink.unknown_item(field, "an edition", &["in_force", "until", "issued"], &[]);
                }
            }
            if in_force.is_empty() {
                let at = self.sink.name(part);
                self.sink.missing(&[part], codes::missing_field(at, "an edition", "in_force"));
                self.law.instruments[id].broken = true;
            }
            let (until, issued) = (self.date(part, "until"), self.date(part, "issued"));
            self.law.instruments[id].broken |= until.is_none() && part.field(Sym::new("until")).is_some();
            let edition = Edition { name: Some(title(part)), in_force, until, issued, origin: part.origin() };
            let first = |e: &Edition| e.in_force.iter().filter_map(|f| f.from).map(|d| d.first).min();
            if let Some(before) = editions.last()
                && let (Some(a), Some(b)) = (first(before), first(&edition))
                && b <= a
            {
                let at = self.sink.name(part);
                self.sink.push(
                    codes::overlapping_editions(at, title(part))
                        .also(self.sink.place(before.origin), "the edition before it")
                        .help("editions stand in order, each coming into force after the one before"),
                );
                self.law.instruments[id].broken = true;
            }
            editions.push(edition);
        }
        if editions.is_empty() {
            let in_force = self.in_force(node, market);
            if in_force.is_empty() {
                let at = self.sink.name(node);
                let code = self.law.instruments[id].code;
                let d = codes::missing_field(at, format!("instrument `{code}`"), "in_force")
                    .help("write `in_force unverified` where no date was read");
                self.sink.missing(&[node], d);
                self.law.instruments[id].broken = true;
            }
            let until = self.date(node, "until");
            self.law.instruments[id].broken |= until.is_none() && node.field(Sym::new("until")).is_some();
            editions.push(Edition { name: None, in_force, until, issued: None, origin: node.origin() });
        }
        self.law.instruments[id].editions = editions;
        let broken = {
            let i = &self.law.instruments[id];
            i.applies.into_iter().chain(i.opt_in).any(|e| self.is_unreadable(e))
        };
        self.law.instruments[id].broken |= broken;
    }

    fn is_unreadable(&self, root: ExprId) -> bool {
        let node = &self.exprs[root];
        node.expr == Expr::Unreadable || children(&node.expr).into_iter().any(|c| self.is_unreadable(c))
    }

    /// `in_force D`, `in_force D when C`, `in_force unverified`; several may stand.
    fn in_force(&mut self, node: NodeRef<'t>, market: Market) -> Vec<InForce> {
        let mut found = Vec::new();
        for part in node.items().filter(|p| p.sym() == Sym::new("in_force") && p.is_field()) {
            let Some(v) = part.child(0) else { continue };
            let from = if v.tag() == Tag::Word && v.sym() == Sym::new("unverified") {
                None
            } else {
                match check::value(v, Type::Date, "in_force", &self.vocab, &mut self.sink) {
                    Some(Value::Date(d)) => Some(d),
                    _ => continue,
                }
            };
            let when = match (part.tag(), part.child(1)) {
                (Tag::FieldWhen, Some(c)) => {
                    let mut cx = Context::law(market, false);
                    Some(self.condition(c, &mut cx))
                }
                _ => None,
            };
            found.push(InForce { from, when });
        }
        found
    }

    fn accepts(&mut self, part: NodeRef<'t>) -> Option<Accepts> {
        let list = part.value()?;
        let items: Vec<NodeRef<'t>> = match list.tag() {
            Tag::List => list.children().collect(),
            // `accepts none`: nothing is.
            Tag::Word if list.sym() == Sym::new("none") => Vec::new(),
            _ => vec![list],
        };
        let mut accepts = Accepts::default();
        for item in items {
            let (what, brings) = match item.tag() {
                Tag::Binary if item.op() == Op::With => {
                    let (l, r) = (item.child(0)?, item.child(1)?);
                    let brings = match r.tag() {
                        Tag::Word if r.sym() == Sym::new("evidence") => Brings::Evidence,
                        Tag::Call if r.sym() == Sym::new("evidence") => {
                            let kind = r.child(0)?;
                            Brings::Kind(self.kind_named(kind)?)
                        }
                        _ => {
                            self.sink.wrong_type(r, "with", "`evidence` or `evidence(kind)`");
                            continue;
                        }
                    };
                    (l, brings)
                }
                _ => (item, Brings::Nothing),
            };
            match what.sym().as_str() {
                "justification" => accepts.justification = Some(brings),
                "alternative" => accepts.alternative = Some(brings),
                other => {
                    self.sink.unknown_name(what, "thing to accept", other, ["justification", "alternative"])
                }
            }
        }
        Some(accepts)
    }

    /// The clause of a requirement, family, exception or derived fact, and whether one is given at all
    /// (`clause unverified` gives one).
    pub(super) fn clause(&mut self, node: NodeRef<'t>) -> Option<(Clause, bool)> {
        let part = node.items().find(|p| p.sym() == Sym::new("clause"))?;
        match part.tag() {
            Tag::Keyed => {
                self.sink.doubled(part, &[]);
                let source = self.word_field(part, "source", Source::from_word, Source::ALL, Source::as_str);
                Some((Clause { text: Some(title(part)), source }, true))
            }
            Tag::Field => {
                let v = part.value()?;
                match v.tag() {
                    Tag::Text => Some((Clause { text: Some(v.text().clone()), source: None }, true)),
                    Tag::Word if v.sym() == Sym::new("unverified") => Some((Clause::default(), true)),
                    _ => {
                        self.sink.wrong_type(v, "clause", "a text, or `unverified`");
                        None
                    }
                }
            }
            _ => None,
        }
    }

    fn family(&mut self, item: Item<'t>) -> Option<FamilyId> {
        let node = item.node;
        let taken = self.taken(node);
        let code = self.declare(item, "code", taken)?;
        let Some(under) = node.field(Sym::new("under")).and_then(NodeRef::value) else {
            let at = self.sink.name(node);
            self.sink.missing(&[node], codes::missing_field(at, format!("family `{code}`"), "under"));
            self.sink.lose(node);
            return None;
        };
        let Some(instrument) = self.instrument_named(under) else {
            self.dropped.push((node, under));
            return None;
        };
        for part in node.items() {
            let word = part.sym().as_str();
            let fits = match part.tag() {
                Tag::Error => true,
                Tag::Decl => word == "requirement",
                Tag::Keyed => matches!(word, "test" | "edition" | "clause"),
                _ => SHARED[..17].contains(&word),
            };
            if !fits {
                self.sink.unknown_item(part, "a family", &SHARED[1..17], &["requirement", "test", "edition"]);
            }
        }
        let id = self.law.families.push(Family {
            code,
            title: title(node),
            instrument,
            requirements: Vec::new(),
            origin: node.origin(),
        });
        self.law.targets.insert(code, Target::Family(id));
        Some(id)
    }

    /// Declares a requirement's code, so that others can name it.
    fn requirement_code(
        &mut self,
        item: Item<'t>,
        family: Option<(FamilyId, NodeRef<'t>)>,
    ) -> Option<RequirementId> {
        let node = item.node;
        let taken = self.taken(node);
        let code = self.declare(item, "code", taken)?;
        let instrument = match family {
            Some((f, _)) => self.law.families[f].instrument,
            None => match node.field(Sym::new("under")).and_then(NodeRef::value) {
                Some(under) => match self.instrument_named(under) {
                    Some(found) => found,
                    None => {
                        self.dropped.push((node, under));
                        return None;
                    }
                },
                None => {
                    let at = self.sink.name(node);
                    let d = codes::missing_field(at, format!("requirement `{code}`"), "under");
                    self.sink.missing(&[node], d);
                    self.sink.lose(node);
                    return None;
                }
            },
        };
        let require = self.unreadable(node);
        let id = self.law.requirements.push(Requirement {
            code,
            title: title(node),
            instrument,
            family: family.map(|f| f.0),
            clause: Clause::default(),
            edition_clauses: Vec::new(),
            editions: None,
            source: Source::Background,
            strength: Strength::Shall,
            in_force: None,
            until: None,
            each: None,
            when: Vec::new(),
            unless: Vec::new(),
            require,
            because: Arc::from(""),
            reading: None,
            accepts: None,
            covers: Vec::new(),
            exceptions: Vec::new(),
            given: Vec::new(),
            tests: Vec::new(),
            broken: false,
            origin: node.origin(),
        });
        self.law.targets.insert(code, Target::Requirement(id));
        self.law.instruments[instrument].requirements.push(id);
        if let Some((f, _)) = family {
            self.law.families[f].requirements.push(id);
        }
        Some(id)
    }

    fn requirement(&mut self, id: RequirementId, node: NodeRef<'t>, family: Option<NodeRef<'t>>) {
        let instrument = self.law.requirements[id].instrument;
        let market = self.market_of(instrument);
        let code = self.law.requirements[id].code;
        let mut r = self.law.requirements[id].clone();
        // What is said of the requirement itself, and of all of its family.
        let owners: Vec<NodeRef<'t>> = [node].into_iter().chain(family).collect();
        let doubled =
            |n: NodeRef<'t>, sink: &mut check::Sink<'_>| !sink.doubled(n, &["when", "unless"]).is_empty();
        r.broken = doubled(node, &mut self.sink)
            || family.is_some_and(|f| doubled(f, &mut self.sink))
            || node.broken()
            || family.is_some_and(|f| f.broken() || self.sink.is_holed(f))
            || node
                .items()
                .chain(family.into_iter().flat_map(NodeRef::items))
                .any(|p| p.tag() == Tag::Error || (p.broken() && p.sym() != Sym::new("requirement")));
        for part in node.items() {
            let word = part.sym().as_str();
            let fits = match part.tag() {
                Tag::Error => true,
                Tag::Keyed => matches!(word, "test" | "edition" | "clause"),
                Tag::Decl | Tag::Header | Tag::Row => false,
                Tag::Field => SHARED[..17].contains(&word) || family.is_some(),
                _ => SHARED[..17].contains(&word),
            };
            if !fits {
                // It may be a condition misspelt.
                r.broken = true;
                self.sink.unknown_item(part, "a requirement", &SHARED[..17], &["test", "edition"]);
            }
        }
        // What a requirement says itself wins over its family.
        let own_or = |field: &str| {
            let f = Sym::new(field);
            node.items()
                .find(|i| i.sym() == f && i.tag() != Tag::Error)
                .or_else(|| family.and_then(|n| n.items().find(|i| i.sym() == f && i.tag() != Tag::Error)))
        };
        let holder = |field: &str| {
            let f = Sym::new(field);
            if node.items().any(|i| i.sym() == f) {
                Some(node)
            } else {
                family.filter(|n| n.items().any(|i| i.sym() == f))
            }
        };
        let member = family.map(|_| node);

        match holder("clause").and_then(|h| self.clause(h)) {
            Some((clause, _)) => r.clause = self.fill_clause(clause, member),
            None if own_or("clause").is_none() && own_or("edition").is_none() && !r.broken => {
                let at = self.sink.name(node);
                self.sink.push(
                    codes::no_clause(at, code)
                        .subject(code.as_str())
                        .help("cite it: `clause \"…\"`; where none was read write `clause unverified`"),
                );
            }
            None => {}
        }
        let source = holder("source")
            .and_then(|h| self.word_field(h, "source", Source::from_word, Source::ALL, Source::as_str));
        r.source = source.unwrap_or(Source::Background);
        if source.is_none() && own_or("source").is_none() {
            let at = self.sink.name(node);
            self.sink.missing(&owners, codes::missing_field(at, format!("requirement `{code}`"), "source"));
        }
        let strength = holder("strength").and_then(|h| {
            self.word_field(h, "strength", Strength::from_word, Strength::ALL, Strength::as_str)
        });
        r.strength = strength.unwrap_or(Strength::Shall);
        if strength.is_none() && own_or("strength").is_none() {
            let at = self.sink.name(node);
            self.sink.missing(&owners, codes::missing_field(at, format!("requirement `{code}`"), "strength"));
        }
        match holder("because").and_then(|h| text_of(h, "because")) {
            Some(text) => r.because = self.fill(&prose(&text), node, member).into(),
            None if !r.broken => {
                let at = self.sink.name(node);
                self.sink.push(
                    codes::no_reason(at, code)
                        .subject(code.as_str())
                        .help("say in `because` what is asked of whom and when, in plain words"),
                );
            }
            None => {}
        }
        r.reading = holder("reading").and_then(|h| text_of(h, "reading")).map(|t| prose(&t).into());
        r.editions = self.editions(instrument, own_or("editions"), code, node);
        r.broken |= r.editions.as_ref().is_some_and(Vec::is_empty);
        for h in [family, Some(node)].into_iter().flatten() {
            for part in h.items().filter(|p| p.tag() == Tag::Keyed && p.sym() == Sym::new("edition")) {
                let name = title(part);
                let Some(n) = self.law.instruments[instrument]
                    .editions
                    .iter()
                    .position(|e| e.name.as_deref() == Some(&*name))
                else {
                    self.unknown_edition(part, instrument, &name);
                    continue;
                };
                if let Some((mut clause, _)) = self.clause(part) {
                    clause = self.fill_clause(clause, member);
                    let source =
                        self.word_field(part, "source", Source::from_word, Source::ALL, Source::as_str);
                    clause.source = clause.source.or(source);
                    r.edition_clauses.retain(|(m, _)| *m != n);
                    r.edition_clauses.push((n, clause));
                }
            }
        }
        if let Some(part) = own_or("in_force")
            && let Some(v) = part.value()
            && v.sym() != Sym::new("unverified")
        {
            match check::value(v, Type::Date, "in_force", &self.vocab, &mut self.sink) {
                Some(Value::Date(d)) => r.in_force = Some(d),
                _ => r.broken = true,
            }
        }
        r.until = holder("until").and_then(|h| self.date(h, "until"));
        r.broken |= r.until.is_none() && holder("until").is_some();
        let covers = own_or("covers").and_then(NodeRef::value);
        r.covers = covers.map_or(Vec::new(), |v| self.covers(v));
        if let Some(part) = own_or("accepts") {
            r.accepts = self.accepts(part);
        }

        let mut cx = Context::law(market, false);
        cx.row = member;
        if let Some(part) = own_or("for") {
            match (part.tag(), part.child(0)) {
                (Tag::FieldFor, Some(binder)) => match self.binder(binder, &mut cx) {
                    Some((over, slot, filter)) => {
                        r.each =
                            Some(For { over, name: binder.sym(), slot, filter, origin: binder.origin() });
                    }
                    None => {
                        // Who reads the name has done nothing wrong.
                        cx.bound.push((binder.sym(), Bound::Value(Type::Error)));
                        r.broken = true;
                    }
                },
                _ => {
                    r.broken = true;
                    self.sink.unknown_item(part, "a requirement", &SHARED[..17], &[]);
                }
            }
        }
        for h in [family, Some(node)].into_iter().flatten() {
            for part in h.items().filter(|p| p.tag() == Tag::Field) {
                match (part.sym().as_str(), part.value()) {
                    ("when", Some(v)) => {
                        cx.helps = false;
                        r.when.push(self.condition(v, &mut cx));
                    }
                    ("unless", Some(v)) => {
                        cx.helps = true;
                        r.unless.push(self.condition(v, &mut cx));
                    }
                    _ => {}
                }
            }
        }
        cx.helps = true;
        match own_or("require").filter(|p| p.tag() == Tag::Field).and_then(NodeRef::value) {
            Some(v) => r.require = self.condition(v, &mut cx),
            None => {
                if !r.broken {
                    let at = self.sink.name(node);
                    let d = codes::missing_field(at, format!("requirement `{code}`"), "require");
                    self.sink.missing(&owners, d);
                }
                r.broken = true;
            }
        }
        let filter = r.each.as_ref().and_then(|e| e.filter);
        let unreadable = r
            .when
            .iter()
            .chain(&r.unless)
            .chain([&r.require])
            .chain(filter.iter())
            .any(|e| self.is_unreadable(*e));
        r.broken |= unreadable;

        r.given = self.law.instruments[instrument].given.into_iter().collect();
        for h in [family, Some(node)].into_iter().flatten() {
            let given = h.items().find(|i| i.sym() == Sym::new("given") && i.tag() == Tag::FieldBlock);
            r.given.extend(given.map(NodeRef::origin));
            for part in h.items().filter(|p| p.tag() == Tag::Keyed && p.sym() == Sym::new("test")) {
                if let Some(test) = self.test(part) {
                    r.tests.push(test);
                }
            }
        }
        if r.tests.is_empty() && !r.broken {
            let at = self.sink.name(node);
            self.sink.push(
                codes::no_tests(at, code).subject(code.as_str()).help(
                    "show at least once that it is met and once that it is not: `test \"…\" met { … }`",
                ),
            );
        }
        self.law.requirements[id] = r;
    }

    fn unknown_edition(&mut self, part: NodeRef<'t>, instrument: InstrumentId, name: &str) {
        let holder = self.items.iter().find(|i| i.node.origin() == self.law.instruments[instrument].origin);
        if holder.is_some_and(|i| self.sink.is_holed(i.node)) {
            // It may be in what could not be read of the instrument.
            return;
        }
        let known: Vec<String> = self.law.instruments[instrument]
            .editions
            .iter()
            .filter_map(|e| e.name.as_ref().map(ToString::to_string))
            .collect();
        self.sink.unknown_name(part, "edition", name, known.iter().map(String::as_str));
    }

    /// Which editions have it: by number, or none for all.
    fn editions(
        &mut self,
        instrument: InstrumentId,
        part: Option<NodeRef<'t>>,
        code: Sym,
        node: NodeRef<'t>,
    ) -> Option<Vec<usize>> {
        let several = self.law.instruments[instrument].editions.len() > 1;
        let Some(v) = part.and_then(NodeRef::value) else {
            if several {
                let at = self.sink.name(node);
                self.sink.missing(&[node], codes::needs_editions(at, code).subject(code.as_str()));
            }
            return None;
        };
        if v.tag() == Tag::Word && v.sym() == Sym::new("all") {
            return None;
        }
        let mut found = Vec::new();
        for name in self.sink.list(v, "editions", "texts that name editions, or `all`").unwrap_or_default() {
            if name.tag() != Tag::Text {
                self.sink.wrong_type(name, "editions", "texts that name editions, or `all`");
                continue;
            }
            let n = self.law.instruments[instrument]
                .editions
                .iter()
                .position(|e| e.name.as_deref() == Some(&**name.text()));
            match n {
                Some(n) => found.push(n),
                None => self.unknown_edition(name, instrument, name.text()),
            }
        }
        found.sort_unstable();
        Some(found)
    }

    fn fill_clause(&mut self, clause: Clause, member: Option<NodeRef<'t>>) -> Clause {
        let text = match (&clause.text, member) {
            (Some(t), Some(m)) => Some(self.fill(t, m, Some(m)).into()),
            (t, _) => t.clone(),
        };
        Clause { text, ..clause }
    }

    /// Fills `{x}` in a family's text with what the member says for `x`; `{title}` and `{code}` are the member's.
    fn fill(&mut self, text: &str, node: NodeRef<'t>, member: Option<NodeRef<'t>>) -> String {
        let Some(member) = member else { return text.to_owned() };
        let mut out = String::new();
        let mut rest = text;
        while let Some(open) = rest.find('{') {
            let Some(close) = rest[open..].find('}').map(|c| c + open) else { break };
            out.push_str(&rest[..open]);
            let name = &rest[open + 1..close];
            let value = match name {
                "title" => Some(title(member).to_string()),
                "code" => member.name().map(|n| n.sym().to_string()),
                _ => member
                    .field(Sym::new(name))
                    .and_then(NodeRef::value)
                    .map(|v| if v.tag() == Tag::Text { v.text().to_string() } else { v.sym().to_string() }),
            };
            match value {
                Some(v) => out.push_str(&v),
                None => {
                    let code = member.name().map_or("", |n| n.sym().as_str());
                    let at = self.sink.name(node);
                    let d = codes::missing_field(at, format!("`{code}`"), name)
                        .note("its family writes this field of every member into a text");
                    self.sink.missing(&[member], d);
                }
            }
            rest = &rest[close + 1..];
        }
        out.push_str(rest);
        out
    }

    fn test(&mut self, part: NodeRef<'t>) -> Option<Test> {
        let Some(extra) = part.children().find(|c| c.tag() == Tag::Extra) else {
            let at = self.sink.name(part);
            self.sink.push(
                codes::missing_field(at, "a test", "an outcome")
                    .help("write it after the title: `test \"…\" met { … }`"),
            );
            return None;
        };
        let word = extra.sym().as_str();
        let expects = match (word, Outcome::from_word(word)) {
            ("not_in_force", _) => Expected::NotInForce,
            (_, Some(o)) => Expected::Outcome(o),
            (_, None) => {
                let known = Outcome::ALL.iter().map(|o| o.as_str()).chain(["not_in_force"]);
                self.sink.unknown_name(extra, "outcome", word, known);
                return None;
            }
        };
        let at = self.date(part, "at");
        let mut conforms = Vec::new();
        if let Some(v) = part.field(Sym::new("conforms")).and_then(NodeRef::value) {
            for name in
                self.sink.list(v, "conforms", "requirements, families and instruments").unwrap_or_default()
            {
                conforms.extend(self.target_named(name));
            }
        }
        Some(Test { title: title(part), expects, at, conforms, origin: part.origin() })
    }

    fn exception(&mut self, item: Item<'t>) {
        let node = item.node;
        let taken = self.taken(node);
        let Some(code) = self.declare(item, "code", taken) else { return };
        let Some(under) = node.field(Sym::new("under")).and_then(NodeRef::value) else {
            let at = self.sink.name(node);
            self.sink.missing(&[node], codes::missing_field(at, format!("exception `{code}`"), "under"));
            self.sink.lose(node);
            return;
        };
        let Some(instrument) = self.instrument_named(under) else {
            self.dropped.push((node, under));
            return;
        };
        let known = [
            "under",
            "clause",
            "source",
            "editions",
            "in_force",
            "until",
            "exempts",
            "deems_met",
            "when",
            "covers",
            "doc",
            "because",
        ];
        let mut effect: Option<Effect> = None;
        let mut targets = Vec::new();
        let mut broken = node.broken() || !self.sink.doubled(node, &[]).is_empty();
        for part in node.items() {
            let word = part.sym().as_str();
            broken |= part.tag() == Tag::Error || part.broken();
            match (part.tag(), word) {
                (Tag::Field, "exempts" | "deems_met") if effect.is_some() => {
                    let at = self.sink.word(part);
                    self.sink.push(codes::declared_twice(at, "effect of", code).help(
                        "an exception either `exempts` or `deems_met`; write two where the law has both",
                    ));
                    broken = true;
                }
                (Tag::Field, "exempts" | "deems_met") => {
                    effect = Some(if word == "exempts" { Effect::Exempts } else { Effect::DeemsMet });
                    let list = part
                        .value()
                        .and_then(|v| self.sink.list(v, word, "requirements, families or instruments"));
                    broken |= list.is_none();
                    for name in list.unwrap_or_default() {
                        let Some(target) = self.target_named(name) else { continue };
                        if !item.embedded && self.is_embedded(target) {
                            let at = self.sink.at(name);
                            self.sink
                                .push(codes::foreign_target(at, name.sym()).subject(name.sym().as_str()).help(
                                "accept the risk on the device instead: `waive` says who did and until when",
                            ));
                            continue;
                        }
                        targets.push(target);
                    }
                }
                (Tag::Error, _) | (Tag::Keyed, "clause") => {}
                _ if part.is_field() && known.contains(&word) => {}
                _ => {
                    broken = true;
                    self.sink.unknown_item(part, "an exception", &known, &[]);
                }
            }
        }
        let Some(effect) = effect else {
            let at = self.sink.name(node);
            let d = codes::missing_field(at, format!("exception `{code}`"), "exempts` or `deems_met");
            self.sink.missing(&[node], d);
            self.sink.lose(node);
            return;
        };
        let clause = match self.clause(node) {
            Some((c, _)) => c,
            None => {
                let at = self.sink.name(node);
                self.sink.push(codes::no_clause(at, code).subject(code.as_str()));
                Clause::default()
            }
        };
        let source = self.word_field(node, "source", Source::from_word, Source::ALL, Source::as_str);
        if source.is_none() && node.field(Sym::new("source")).is_none() {
            let at = self.sink.name(node);
            self.sink.missing(&[node], codes::missing_field(at, format!("exception `{code}`"), "source"));
        }
        let editions_part = node.field(Sym::new("editions"));
        let editions = self.editions(instrument, editions_part, code, node);
        let when = node.field(Sym::new("when")).and_then(NodeRef::value).map(|v| {
            let market = self.market_of(instrument);
            let mut cx = Context::law(market, true);
            self.condition(v, &mut cx)
        });
        let in_force = self.date(node, "in_force");
        let until = self.date(node, "until");
        broken |= (in_force.is_none() && node.field(Sym::new("in_force")).is_some())
            || (until.is_none() && node.field(Sym::new("until")).is_some())
            || when.is_some_and(|w| self.is_unreadable(w))
            || editions.as_ref().is_some_and(Vec::is_empty);
        // An exception of which something could not be read has no effect.
        let targets = if broken { Vec::new() } else { targets };
        let covers = node.field(Sym::new("covers")).and_then(NodeRef::value);
        let covers = covers.map_or(Vec::new(), |v| self.covers(v));
        let id = self.law.exceptions.push(Exception {
            code,
            title: title(node),
            instrument,
            clause,
            source: source.unwrap_or(Source::Background),
            editions,
            in_force,
            until,
            effect,
            targets: targets.clone(),
            when,
            covers,
            origin: node.origin(),
        });
        self.law.exception_codes.insert(code, id);
        for target in targets {
            for r in self.law.requirements_of(target) {
                self.law.requirements[r].exceptions.push(id);
            }
        }
    }

    /// The rows of the source books that something covers.
    fn covers(&mut self, list: NodeRef<'t>) -> Vec<Sym> {
        let rows = self.sink.list(list, "covers", "rows of law").unwrap_or_default();
        rows.into_iter().map(NodeRef::sym).collect()
    }

    fn is_embedded(&self, target: Target) -> bool {
        let code = match target {
            Target::Requirement(r) => self.law.requirements[r].code,
            Target::Family(f) => self.law.families[f].code,
            Target::Instrument(i) => self.law.instruments[i].code,
        };
        self.embedded_names.contains(&("code", code))
    }

    fn ledger(&mut self, item: Item<'t>) {
        let node = item.node;
        let Some(name) = node.name() else { return };
        let code = name.sym();
        let reason =
            self.word_field(node, "reason", LedgerReason::from_word, LedgerReason::ALL, LedgerReason::as_str);
        let because = self.text(node, "because");
        self.sink.doubled(node, &[]);
        for part in node.items() {
            if !matches!(part.sym().as_str(), "reason" | "because" | "into") {
                self.sink.unknown_item(part, "a line of the ledger", &["reason", "because", "into"], &[]);
            }
        }
        let taken = self.law.ledger.iter().find(|l| l.code == code).map(|l| l.origin);
        if let Some(first) = taken.or_else(|| self.taken(node)) {
            let d = codes::declared_twice(self.sink.at(name), "row of law", code)
                .also(self.sink.place(first), "first accounted for here");
            self.sink.push(d);
            return;
        }
        for (field, missing) in
            [("reason", node.field(Sym::new("reason")).is_none()), ("because", because.is_empty())]
        {
            if missing {
                let at = self.sink.at(name);
                self.sink.missing(&[node], codes::missing_field(at, format!("ledger line `{code}`"), field));
            }
        }
        let Some(reason) = reason else { return };
        let into = node.field(Sym::new("into")).and_then(NodeRef::value).map(NodeRef::sym);
        self.law.ledger.push(Ledger { code, reason, into, because, origin: node.origin() });
    }

    /// Verdicts that wait for themselves: through `conforms`, and through exceptions that read it.
    fn circles_of_conforms(&mut self) {
        let mut edges: FxHashMap<RequirementId, Vec<RequirementId>> = FxHashMap::default();
        for (id, r) in self.law.requirements.enumerate() {
            let exceptions = r.exceptions.iter().filter_map(|e| self.law.exceptions[*e].when);
            let roots = r.when.iter().chain(&r.unless).copied().chain([r.require]).chain(exceptions);
            let mut to: Vec<RequirementId> = Vec::new();
            for root in roots {
                for target in self.conforms_in(root) {
                    to.extend(self.law.requirements_of(target));
                }
            }
            if !to.is_empty() {
                edges.insert(id, to);
            }
        }
        let mut done = FxHashSet::default();
        for id in self.law.requirements.ids().collect::<Vec<_>>() {
            while let Some(circle) = circle(id, &edges, &mut Vec::new(), &mut done) {
                let names: Vec<String> =
                    circle.iter().map(|r| format!("`{}`", self.law.requirements[*r].code)).collect();
                // The one that is looked at may only lead there.
                let origin = self.law.requirements[circle[0]].origin;
                let at = self.sink.place(origin);
                self.sink.push(codes::circle(at, "this requirement", names.join(" → ")));
                for r in circle {
                    self.law.requirements[r].broken = true;
                    // It is told once: from here on there is no way round.
                    edges.remove(&r);
                }
            }
        }
    }

    fn conforms_in(&self, root: ExprId) -> Vec<Target> {
        let expr = &self.exprs[root].expr;
        let own = match expr {
            Expr::Conforms(t) => Some(*t),
            _ => None,
        };
        own.into_iter().chain(children(expr).into_iter().flat_map(|c| self.conforms_in(c))).collect()
    }
}

fn circle(
    id: RequirementId,
    edges: &FxHashMap<RequirementId, Vec<RequirementId>>,
    path: &mut Vec<RequirementId>,
    done: &mut FxHashSet<RequirementId>,
) -> Option<Vec<RequirementId>> {
    if let Some(start) = path.iter().position(|p| *p == id) {
        let mut found = path[start..].to_vec();
        found.push(id);
        return Some(found);
    }
    if done.contains(&id) {
        return None;
    }
    path.push(id);
    for next in edges.get(&id).into_iter().flatten() {
        if let Some(found) = circle(*next, edges, path, done) {
            return Some(found);
        }
    }
    path.pop();
    done.insert(id);
    None
}

/// A text as one paragraph, however its lines were broken.
fn prose(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
