//! Typing and resolving expressions.

use super::Compiler;
use crate::check;
use crate::date::Unit;
use crate::expr::{Compare, Expr, ExprId, Field, Over, SetTest, Thing};
use crate::hir::{NodeRef, Tag};
use crate::law::Target;
use crate::value::{Bits, Type, Value};
use crate::vocab::{BuiltIn, ControlId, EntityId, FactId, KindId, Scope};
use dossier_base::{Applicability, Edit, Sym, codes, spell};
use dossier_syntax::ast::Op;

/// What a name is bound to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Bound {
    /// An entity.
    Entity(EntityId),
    /// A market.
    Market,
    /// A value of a set.
    Value(Type),
}

/// What `where` narrows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Narrowed {
    Control(ControlId),
    Evidence(KindId),
}

/// Where an expression stands.
pub(super) struct Context<'t> {
    /// The market whose facts may be read; none where there is no one market.
    pub(super) market: Market,
    /// Bound names, in order of their slots.
    pub(super) bound: Vec<(Sym, Bound)>,
    narrowed: Option<Narrowed>,
    /// The family member whose plain fields `row.x` reads.
    pub(super) row: Option<NodeRef<'t>>,
    /// Whether a term's being true helps the maker here.
    pub(super) helps: bool,
    /// Whether such a term stood anywhere.
    pub(super) saw_helpful: bool,
    quantifiers: usize,
}

/// Which market facts may be read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Market {
    /// Any: a fact of another market than the one at hand is simply not known there.
    Any,
    /// One jurisdiction's, and every market's.
    One(Sym),
    /// None: the law is asked once, of no market.
    None,
}

impl<'t> Context<'t> {
    /// In the vocabulary.
    pub(super) fn vocabulary(helps: bool) -> Self {
        Self {
            market: Market::Any,
            bound: Vec::new(),
            narrowed: None,
            row: None,
            helps,
            saw_helpful: false,
            quantifiers: 0,
        }
    }

    /// In law.
    pub(super) fn law(market: Market, helps: bool) -> Self {
        Self { market, ..Self::vocabulary(helps) }
    }

    fn unhelpful<R>(&mut self, f: impl FnOnce(&mut Self) -> R) -> R {
        let before = std::mem::replace(&mut self.helps, false);
        let r = f(self);
        self.helps = before;
        r
    }

    fn bound_name(&self, name: Sym) -> Option<(u8, Bound)> {
        self.bound.iter().rposition(|(n, _)| *n == name).map(|i| (i as u8, self.bound[i].1))
    }
}

impl<'t> Compiler<'t, '_> {
    /// An expression that must be true or false.
    pub(super) fn condition(&mut self, node: NodeRef<'t>, cx: &mut Context<'t>) -> ExprId {
        let e = self.expr(node, Some(Type::Bool), cx);
        let ty = self.exprs[e].ty;
        if ty.agrees(Type::Bool) {
            return e;
        }
        let at = self.sink.at(node);
        let found = ty.describe(&self.vocab);
        self.sink.push(codes::not_a_condition(at, "a condition", found));
        self.unreadable(node)
    }

    pub(super) fn expect_type(&mut self, e: ExprId, ty: Type, node: NodeRef<'t>) {
        let found = self.exprs[e].ty;
        if !found.agrees(ty) {
            let (wanted, found) = (ty.describe(&self.vocab), found.describe(&self.vocab));
            let at = self.sink.at(node);
            self.sink.push(codes::wrong_type(at, "this expression", wanted, found));
            self.exprs[e].expr = Expr::Unreadable;
            self.exprs[e].ty = Type::Error;
        }
    }

    /// An expression. `want` is the type of what it is compared with, if it stands right of a comparison or where
    /// only one type can stand.
    pub(super) fn expr(&mut self, node: NodeRef<'t>, want: Option<Type>, cx: &mut Context<'t>) -> ExprId {
        if node.broken() {
            return self.unreadable(node);
        }
        match node.tag() {
            Tag::Yes => self.push_expr(Expr::Const(Value::Bool(true)), Type::Bool, node),
            Tag::No => self.push_expr(Expr::Const(Value::Bool(false)), Type::Bool, node),
            Tag::Word | Tag::Code => self.word(node, want, cx),
            Tag::Number | Tag::Quantity | Tag::Date | Tag::Text => self.literal(node, want),
            Tag::List => self.list(node, want, cx),
            Tag::Path => self.path(node, want, cx),
            Tag::Call => self.call(node, cx),
            Tag::Not => {
                let Some(inner) = node.child(0) else { return self.unreadable(node) };
                let e = cx.unhelpful(|cx| self.condition(inner, cx));
                self.push_expr(Expr::Not(e), Type::Bool, node)
            }
            Tag::Binary => self.binary(node, cx),
            Tag::Some | Tag::Every => self.quantifier(node, cx),
            Tag::Count => {
                let Some((over, slot, filter)) = node.child(0).and_then(|b| self.binder(b, cx)) else {
                    return self.unreadable(node);
                };
                cx.bound.truncate(usize::from(slot));
                cx.quantifiers -= 1;
                self.push_expr(Expr::Count { over, slot, filter }, Type::Number, node)
            }
            _ => self.unreadable(node),
        }
    }

    fn literal(&mut self, node: NodeRef<'t>, want: Option<Type>) -> ExprId {
        let ty = match (node.tag(), want) {
            (Tag::Number, Some(t @ (Type::Enum(_) | Type::Date))) => t,
            (Tag::Number, _) => Type::Number,
            (Tag::Date, _) => Type::Date,
            (Tag::Text, _) => Type::Text,
            (_, Some(t @ (Type::Duration | Type::Period | Type::Percent))) => {
                // The unit decides; `want` only words the complaint.
                self.quantity_type(node).unwrap_or(t)
            }
            _ => self.quantity_type(node).unwrap_or(Type::Duration),
        };
        match check::value(node, ty, "this value", &self.vocab, &mut self.sink) {
            Some(v) => self.push_expr(Expr::Const(v), ty, node),
            None => self.unreadable(node),
        }
    }

    fn quantity_type(&self, node: NodeRef<'t>) -> Option<Type> {
        let n = dossier_syntax::literal::number(node.sym().as_str()).ok()?;
        crate::value::quantity(n, node.child(0)?.sym().as_str()).map(|(t, _)| t)
    }

    /// A list right of `in`, `has …` or `within`; elsewhere only where a set can stand.
    fn list(&mut self, node: NodeRef<'t>, want: Option<Type>, cx: &mut Context<'t>) -> ExprId {
        let element = want.and_then(Type::element);
        let Some(element) = element else {
            let at = self.sink.at(node);
            self.sink.push(codes::wrong_type(at, "this place", "a single value", "a list"));
            return self.unreadable(node);
        };
        let items: Vec<ExprId> = node.children().map(|i| self.expr(i, Some(element), cx)).collect();
        for (e, item) in items.iter().zip(node.children()) {
            self.expect_type(*e, element, item);
        }
        let mut bits = Bits::default();
        let all_known = items.iter().all(|e| match self.exprs[*e].expr {
            Expr::Const(Value::Enum(n)) => {
                bits = bits.with(n);
                true
            }
            _ => false,
        });
        let ty = want.unwrap_or(Type::Error);
        match (all_known, ty) {
            (true, Type::EnumSet(_)) => {
                self.push_expr(Expr::Const(Value::Set { bits, open: false }), ty, node)
            }
            _ => self.push_expr(Expr::List(items.into()), ty, node),
        }
    }

    fn word(&mut self, node: NodeRef<'t>, want: Option<Type>, cx: &mut Context<'t>) -> ExprId {
        let name = node.sym();
        if let Some((slot, bound)) = cx.bound_name(name) {
            let ty = match bound {
                Bound::Entity(e) => Type::Ref(e),
                Bound::Market => self.vocab.places.map_or(Type::Error, Type::Enum),
                Bound::Value(t) => t,
            };
            return match bound {
                Bound::Market => self.push_expr(Expr::BoundPlace(slot), ty, node),
                _ => self.push_expr(Expr::Bound(slot), ty, node),
            };
        }
        if let Some(Type::Enum(e)) = want {
            // Right of a comparison: a value of the left side's type.
            if let Some(&n) = self.vocab.enums[e].by_name.get(&name) {
                return self.push_expr(Expr::Const(Value::Enum(n)), Type::Enum(e), node);
            }
        }
        if let Some(found) = self.narrowed_field(name, cx) {
            let (field, ty) = found;
            return self.push_expr(Expr::Field(Thing::Narrowed, field), ty, node);
        }
        if name == Sym::new("as_of") {
            return self.push_expr(Expr::AsOf, Type::Date, node);
        }
        if want == Some(Type::Error) {
            // The other side has been complained about; what this is cannot be told.
            return self.unreadable(node);
        }
        let fact = self.fact_named(name, cx);
        if want.is_some_and(|w| w != Type::Bool) || cx.narrowed.is_some() {
            if let Some(f) = fact {
                let scope = if self.vocab.facts[f].scope == Scope::Device { "device" } else { "market" };
                let written = format!("{scope}.{name}");
                let at = self.sink.at(node);
                let d = codes::fact_right_of_comparison(at, name, &written).subject(name.as_str());
                self.sink.push(d.fix(
                    format!("write `{written}`"),
                    Applicability::Safe,
                    vec![Edit { place: at, text: written.clone() }],
                ));
            } else if let Some(Type::Enum(e)) = want {
                let (what, known) = {
                    let e = &self.vocab.enums[e];
                    (
                        format!("value of `{}`", e.name),
                        e.values.iter().map(|v| v.name.as_str()).collect::<Vec<_>>(),
                    )
                };
                if !self.vocab.enums[e].holed {
                    self.sink.unknown_name(node, &what, name.as_str(), known);
                }
            } else if !self.narrowed_holed(cx) {
                let known = self.narrowed_names(cx);
                self.sink.unknown_name(node, "field or name", name.as_str(), known);
            }
            return self.unreadable(node);
        }
        match fact {
            Some(f) => self.fact(f, node, cx),
            None => {
                let help = self.near_facts(name.as_str());
                let at = self.sink.at(node);
                let mut d = codes::unknown_name(at, "fact", name).subject(name.as_str());
                d = match help {
                    Some(h) => d.help(h),
                    None if node.tag() == Tag::Word && self.vocab.control_names.contains_key(&name) => {
                        d.help(format!("`{name}` is a control: write `control({name})`"))
                    }
                    None if self.vocab.plural_names.contains_key(&name) => d.help(format!(
                        "`{name}` is a collection: write `some x in {name}: …` or `every x in {name}: …`"
                    )),
                    None => d,
                };
                self.sink.push(d);
                self.unreadable(node)
            }
        }
    }

    fn fact_named(&self, name: Sym, cx: &Context<'t>) -> Option<FactId> {
        match cx.market {
            Market::One(code) => self.vocab.fact(name, Some(code)),
            Market::Any | Market::None => self.vocab.fact(name, None),
        }
    }

    fn fact(&mut self, f: FactId, node: NodeRef<'t>, cx: &mut Context<'t>) -> ExprId {
        let fact = &self.vocab.facts[f];
        let (ty, scope, name) = (fact.ty, fact.scope, fact.name);
        let wrong = match (cx.market, scope) {
            (Market::One(here), Scope::Market(there)) if here != there => Some(there),
            (Market::None, Scope::Market(there)) => Some(there),
            (Market::None, Scope::Markets) => Some(Sym::new("…")),
            _ => None,
        };
        if let Some(there) = wrong {
            let at = self.sink.at(node);
            self.sink.push(codes::out_of_market(at, name, there));
            return self.unreadable(node);
        }
        if self.helpful.contains(&f) && !self.helpful_term(name.as_str(), node, cx) {
            return self.unreadable(node);
        }
        self.push_expr(Expr::Fact(f), ty, node)
    }

    fn narrowed_field(&self, name: Sym, cx: &Context<'t>) -> Option<(Field, Type)> {
        match cx.narrowed? {
            Narrowed::Control(c) => self.control_field(c, name),
            Narrowed::Evidence(k) => self.evidence_field(k, name),
        }
    }

    /// Whether what is narrowed may have fields that could not be read.
    fn narrowed_holed(&self, cx: &Context<'t>) -> bool {
        match cx.narrowed {
            Some(Narrowed::Control(c)) => self.vocab.controls[c].holed,
            Some(Narrowed::Evidence(k)) => self.vocab.kinds[k].holed,
            None => false,
        }
    }

    fn narrowed_names(&self, cx: &Context<'t>) -> Vec<&'static str> {
        match cx.narrowed {
            Some(Narrowed::Control(c)) => self.vocab.controls[c]
                .fields
                .iter()
                .map(|f| f.name.as_str())
                .chain(BuiltIn::ALL.into_iter().filter(|b| b.of_control()).map(BuiltIn::name))
                .collect(),
            Some(Narrowed::Evidence(_)) => {
                BuiltIn::ALL.into_iter().filter(|b| b.of_evidence()).map(BuiltIn::name).collect()
            }
            None => Vec::new(),
        }
    }

    fn control_field(&self, c: ControlId, name: Sym) -> Option<(Field, Type)> {
        let fields = &self.vocab.controls[c].fields;
        if let Some(i) = fields.iter().position(|f| f.name == name) {
            return Some((Field::Own(i as u16), fields[i].ty));
        }
        let b = BuiltIn::ALL.into_iter().find(|b| b.of_control() && b.name() == name.as_str())?;
        Some((Field::BuiltIn(b), self.built_in_type(b, None)))
    }

    fn evidence_field(&self, k: KindId, name: Sym) -> Option<(Field, Type)> {
        let b = BuiltIn::ALL.into_iter().find(|b| b.of_evidence() && b.name() == name.as_str())?;
        if b == BuiltIn::Contains && self.vocab.kinds[k].contents.is_none() {
            return None;
        }
        Some((Field::BuiltIn(b), self.built_in_type(b, Some(k))))
    }

    fn built_in_type(&self, b: BuiltIn, kind: Option<KindId>) -> Type {
        match b {
            BuiltIn::Due | BuiltIn::Since | BuiltIn::Issued | BuiltIn::Expires => Type::Date,
            BuiltIn::Because | BuiltIn::Issuer | BuiltIn::Url => Type::Text,
            BuiltIn::ProvidedBy => self.vocab.providers.map_or(Type::Error, Type::Enum),
            BuiltIn::Independent => Type::Bool,
            BuiltIn::Contains => {
                kind.and_then(|k| self.vocab.kinds[k].contents).map_or(Type::Error, Type::EnumSet)
            }
        }
    }

    fn entity_field(&self, e: EntityId, name: Sym) -> Option<(Field, Type)> {
        let fields = &self.vocab.entities[e].fields;
        fields.iter().position(|f| f.name == name).map(|i| (Field::Own(i as u16), fields[i].ty))
    }

    fn path(&mut self, node: NodeRef<'t>, want: Option<Type>, cx: &mut Context<'t>) -> ExprId {
        let name = node.sym();
        let Some(base) = node.child(0) else { return self.unreadable(node) };
        if base.tag() != Tag::Word {
            let at = self.sink.at(node);
            self.sink.push(codes::wrong_type(at, name, "a name before the point", check::describe(base)));
            return self.unreadable(node);
        }
        if let Some((slot, bound)) = cx.bound_name(base.sym()) {
            return match bound {
                Bound::Entity(e) => match self.entity_field(e, name) {
                    Some((field, ty)) => self.push_expr(Expr::Field(Thing::Bound(slot), field), ty, node),
                    None => {
                        let what = format!("field of a {}", self.vocab.entities[e].name);
                        let known: Vec<&str> =
                            self.vocab.entities[e].fields.iter().map(|f| f.name.as_str()).collect();
                        if !self.vocab.entities[e].holed {
                            self.sink.unknown_name(node, &what, name.as_str(), known);
                        }
                        self.unreadable(node)
                    }
                },
                Bound::Market if name == Sym::new("place") => {
                    let ty = self.vocab.places.map_or(Type::Error, Type::Enum);
                    self.push_expr(Expr::BoundPlace(slot), ty, node)
                }
                Bound::Market => match self.vocab.fact_names.get(&name).copied() {
                    Some(f) => {
                        let ty = self.vocab.facts[f].ty;
                        self.push_expr(Expr::BoundFact(slot, f), ty, node)
                    }
                    None => {
                        let known: Vec<&str> = self.vocab.facts.iter().map(|f| f.name.as_str()).collect();
                        self.sink.unknown_name(node, "fact of a market", name.as_str(), known);
                        self.unreadable(node)
                    }
                },
                Bound::Value(Type::Error) => self.unreadable(node),
                Bound::Value(_) => {
                    let at = self.sink.at(node);
                    self.sink
                        .push(codes::unknown_name(at, "field", name).help("a plain value has no fields"));
                    self.unreadable(node)
                }
            };
        }
        match base.sym().as_str() {
            "device" | "market" => match self.fact_named(name, cx) {
                Some(f) => {
                    let is_market = self.vocab.facts[f].scope != Scope::Device;
                    if is_market != (base.sym() == Sym::new("market")) {
                        let right = if is_market { "market" } else { "device" };
                        let at = self.sink.at(base);
                        self.sink.push(
                            codes::unknown_name(at, "fact", format!("{}.{name}", base.sym()))
                                .help(format!("it belongs to the {right}: write `{right}.{name}`")),
                        );
                        return self.unreadable(node);
                    }
                    self.fact(f, node, cx)
                }
                None => {
                    let known: Vec<&str> = self.vocab.facts.iter().map(|f| f.name.as_str()).collect();
                    self.sink.unknown_name(node, "fact", name.as_str(), known);
                    self.unreadable(node)
                }
            },
            "row" => match self.row_field(node, cx) {
                Some(v) => self.expr(v, want, cx),
                None => self.unreadable(node),
            },
            other => {
                let known: Vec<&str> = ["device", "market"]
                    .into_iter()
                    .chain(cx.bound.iter().map(|(n, _)| n.as_str()))
                    .collect();
                self.sink.unknown_name(base, "name", other, known);
                self.unreadable(node)
            }
        }
    }

    /// What a family member says for `row.x`.
    pub(super) fn row_field(&mut self, node: NodeRef<'t>, cx: &Context<'t>) -> Option<NodeRef<'t>> {
        let name = node.sym();
        let found = cx.row.and_then(|r| r.field(name)).and_then(NodeRef::value);
        if found.is_none() {
            match cx.row {
                Some(row) => {
                    let at = self.sink.name(row);
                    let code = row.name().map_or("", |n| n.sym().as_str());
                    let d = codes::missing_field(at, format!("`{code}`"), name)
                        .note("its family reads this field of every member");
                    self.sink.missing(&[row], d);
                }
                None => {
                    let at = self.sink.at(node);
                    self.sink.push(
                        codes::unknown_name(at, "name", "row")
                            .help("`row.x` is read in families, of their members"),
                    );
                }
            }
        }
        found
    }

    /// Notes a term that may stand only where it helps the maker, and tells whether it does.
    fn helpful_term(&mut self, term: &str, node: NodeRef<'t>, cx: &mut Context<'t>) -> bool {
        cx.saw_helpful = true;
        if !cx.helps {
            let at = self.sink.at(node);
            self.sink.push(codes::unhelpful_position(at, term).subject(term).help(
                "what switches a duty on is a fact; controls, evidence and what is declared only ever help",
            ));
        }
        cx.helps
    }

    fn call(&mut self, node: NodeRef<'t>, cx: &mut Context<'t>) -> ExprId {
        let name = node.sym();
        let args: Vec<NodeRef<'t>> = node.children().collect();
        let wanted = if name == Sym::new("end_of") { 2 } else { 1 };
        let known = ["control", "considered", "evidence", "conforms", "declared", "end_of"];
        if !known.contains(&name.as_str()) {
            self.sink.unknown_name(node, "function", name.as_str(), known);
            return self.unreadable(node);
        }
        if args.len() != wanted {
            let at = self.sink.at(node);
            let expected = if wanted == 1 { "one name" } else { "a unit and a date" };
            self.sink.push(codes::wrong_type(at, name, expected, format!("{} arguments", args.len())));
            return self.unreadable(node);
        }
        if name == Sym::new("end_of") {
            let unit = match args[0].sym().as_str() {
                "month" => Unit::Month,
                "quarter" => Unit::Quarter,
                "year" => Unit::Year,
                other => {
                    self.sink.unknown_name(args[0], "unit", other, ["month", "quarter", "year"]);
                    return self.unreadable(node);
                }
            };
            let date = self.operand(args[1], cx);
            self.expect_type(date, Type::Date, args[1]);
            return self.push_expr(Expr::EndOf(unit, date), Type::Date, node);
        }
        if !self.helpful_term(&format!("{name}(…)"), node, cx) {
            return self.unreadable(node);
        }
        // `row.x` stands for the name that the member gives.
        let mut arg = args[0];
        if arg.tag() == Tag::Path && arg.child(0).is_some_and(|b| b.sym() == Sym::new("row")) {
            match self.row_field(arg, cx) {
                Some(v) => arg = v,
                None => return self.unreadable(node),
            }
        }
        match name.as_str() {
            "control" | "considered" => {
                let Some(c) = self.control_named(arg) else { return self.unreadable(node) };
                let e = if name == Sym::new("control") { Expr::Control(c) } else { Expr::Considered(c) };
                self.push_expr(e, Type::Bool, node)
            }
            "evidence" => match self.kind_named(arg) {
                Some(k) => self.push_expr(Expr::Evidence(k), Type::Bool, node),
                None => self.unreadable(node),
            },
            "conforms" => match self.target_named(arg) {
                Some(t) => match self.foreign(t, cx.market) {
                    Some(there) => {
                        let at = self.sink.at(arg);
                        self.sink
                            .push(codes::foreign_verdict(at, arg.sym(), there).subject(arg.sym().as_str()));
                        self.unreadable(node)
                    }
                    None => self.push_expr(Expr::Conforms(t), Type::Bool, node),
                },
                None => self.unreadable(node),
            },
            _ => self.declared_call(arg, node, cx),
        }
    }

    /// The market whose law something is, if law of this market has no verdicts of it.
    fn foreign(&self, target: Target, market: Market) -> Option<Sym> {
        let instrument = match target {
            Target::Requirement(r) => self.law.requirements[r].instrument,
            Target::Family(f) => self.law.families[f].instrument,
            Target::Instrument(i) => i,
        };
        let there = self.law.jurisdictions[self.law.instruments[instrument].jurisdiction?].code;
        match market {
            // A condition of the vocabulary is read wherever law names it.
            Market::Any => None,
            Market::One(here) => (here != there).then_some(there),
            Market::None => Some(there),
        }
    }

    fn declared_call(&mut self, arg: NodeRef<'t>, node: NodeRef<'t>, cx: &mut Context<'t>) -> ExprId {
        let name = arg.sym();
        let found = match (arg.tag(), arg.child(0)) {
            (Tag::Word, _) => match self.narrowed_field(name, cx) {
                Some((field, _)) => Some(Expr::DeclaredField(Thing::Narrowed, field)),
                None => self.fact_named(name, cx).map(Expr::DeclaredFact),
            },
            (Tag::Path, Some(base)) if base.tag() == Tag::Word => match cx.bound_name(base.sym()) {
                Some((slot, Bound::Entity(e))) => {
                    self.entity_field(e, name).map(|(f, _)| Expr::DeclaredField(Thing::Bound(slot), f))
                }
                Some(_) => None,
                None if matches!(base.sym().as_str(), "device" | "market") => {
                    self.fact_named(name, cx).map(Expr::DeclaredFact)
                }
                None => self.vocab.control_names.get(&base.sym()).copied().and_then(|c| {
                    self.control_field(c, name).map(|(f, _)| Expr::DeclaredField(Thing::Control(c), f))
                }),
            },
            _ => None,
        };
        match found {
            Some(e) => self.push_expr(e, Type::Bool, node),
            None => {
                let mut known = self.narrowed_names(cx);
                known.extend(self.vocab.facts.iter().map(|f| f.name.as_str()));
                self.sink.unknown_name(arg, "field or fact", name.as_str(), known);
                self.unreadable(node)
            }
        }
    }

    pub(super) fn control_named(&mut self, node: NodeRef<'t>) -> Option<ControlId> {
        let found = self.vocab.control_names.get(&node.sym()).copied();
        if found.is_none() {
            let known: Vec<&str> = self.vocab.controls.iter().map(|c| c.name.as_str()).collect();
            self.sink.unknown_name(node, "control", node.sym().as_str(), known);
        }
        found
    }

    pub(super) fn kind_named(&mut self, node: NodeRef<'t>) -> Option<KindId> {
        let found = self.vocab.kind_names.get(&node.sym()).copied();
        if found.is_none() {
            let known: Vec<&str> = self.vocab.kinds.iter().map(|c| c.name.as_str()).collect();
            self.sink.unknown_name(node, "evidence kind", node.sym().as_str(), known);
        }
        found
    }

    pub(super) fn target_named(&mut self, node: NodeRef<'t>) -> Option<Target> {
        let found = self.law.targets.get(&node.sym()).copied();
        if found.is_none() {
            let mut known: Vec<&str> = self.law.targets.keys().map(|c| c.as_str()).collect();
            known.sort_unstable();
            self.sink.unknown_name(node, "requirement, family or instrument", node.sym().as_str(), known);
        }
        found
    }

    /// An operand without an expected type: a name in it is a fact, a field or a bound name.
    fn operand(&mut self, node: NodeRef<'t>, cx: &mut Context<'t>) -> ExprId {
        self.expr(node, None, cx)
    }

    fn binary(&mut self, node: NodeRef<'t>, cx: &mut Context<'t>) -> ExprId {
        let (Some(l), Some(mut r)) = (node.child(0), node.child(1)) else { return self.unreadable(node) };
        if r.tag() == Tag::Path && r.child(0).is_some_and(|b| b.sym() == Sym::new("row")) {
            // `row.x` stands for what the member says, a list perhaps.
            match self.row_field(r, cx) {
                Some(v) => r = v,
                None => return self.unreadable(node),
            }
        }
        match node.op() {
            Op::And => {
                let (a, b) = (self.condition(l, cx), self.condition(r, cx));
                self.push_expr(Expr::And(a, b), Type::Bool, node)
            }
            Op::Or => {
                let (a, b) = (self.condition(l, cx), self.condition(r, cx));
                self.push_expr(Expr::Or(a, b), Type::Bool, node)
            }
            Op::Implies => {
                let a = cx.unhelpful(|cx| self.condition(l, cx));
                let b = self.condition(r, cx);
                self.push_expr(Expr::Implies(a, b), Type::Bool, node)
            }
            Op::Add | Op::Sub => self.sum(node, l, r, cx),
            Op::Eq => self.compare(Compare::Eq, node, l, r, cx),
            Op::NotEq => self.compare(Compare::NotEq, node, l, r, cx),
            Op::Lt => self.compare(Compare::Lt, node, l, r, cx),
            Op::LtEq => self.compare(Compare::LtEq, node, l, r, cx),
            Op::Gt => self.compare(Compare::Gt, node, l, r, cx),
            Op::GtEq => self.compare(Compare::GtEq, node, l, r, cx),
            Op::In => {
                let a = self.operand(l, cx);
                let ty = self.exprs[a].ty;
                if r.tag() == Tag::List {
                    let items: Vec<ExprId> = r.children().map(|i| self.expr(i, Some(ty), cx)).collect();
                    for (e, item) in items.iter().zip(r.children()) {
                        self.expect_type(*e, ty, item);
                    }
                    return self.push_expr(Expr::In(a, items.into()), Type::Bool, node);
                }
                let b = self.operand(r, cx);
                self.set_agrees(
                    "in",
                    b,
                    ty,
                    node,
                    |e, a, b| e.push_expr(Expr::InSet(a, b), Type::Bool, node),
                    a,
                )
            }
            Op::Has => {
                let a = self.operand(l, cx);
                let Some(element) = self.exprs[a].ty.element() else {
                    return self.no_set("has", a, l, node);
                };
                if r.tag() == Tag::List {
                    let at = self.sink.at(r);
                    self.sink.push(
                        codes::wrong_type(at, "has", "one value", "a list")
                            .help("for several write `has all […]`, `has any […]` or `has none […]`"),
                    );
                    return self.unreadable(node);
                }
                let b = self.expr(r, Some(element), cx);
                self.expect_type(b, element, r);
                self.push_expr(Expr::Has(a, b), Type::Bool, node)
            }
            Op::HasAll => self.sets(SetTest::All, "has all", node, l, r, cx),
            Op::HasAny => self.sets(SetTest::Any, "has any", node, l, r, cx),
            Op::HasNone => self.sets(SetTest::None, "has none", node, l, r, cx),
            Op::Within => self.sets(SetTest::Within, "within", node, l, r, cx),
            Op::Where => self.narrow(node, l, r, cx),
            Op::With => self.with(node, l, r, cx),
            Op::By => self.by(node, l, r, cx),
        }
    }

    fn no_set(&mut self, op: &str, e: ExprId, l: NodeRef<'t>, node: NodeRef<'t>) -> ExprId {
        let ty = self.exprs[e].ty;
        if ty != Type::Error {
            let at = self.sink.at(l);
            let found = ty.describe(&self.vocab);
            self.sink.push(codes::wrong_type(at, op, "a list on its left", found));
        }
        self.unreadable(node)
    }

    fn set_agrees(
        &mut self,
        op: &str,
        set: ExprId,
        element: Type,
        node: NodeRef<'t>,
        make: impl FnOnce(&mut Self, ExprId, ExprId) -> ExprId,
        value: ExprId,
    ) -> ExprId {
        match self.exprs[set].ty.element() {
            Some(t) if t.agrees(element) => make(self, value, set),
            _ => self.mismatch(op, value, set, node),
        }
    }

    fn sets(
        &mut self,
        test: SetTest,
        op: &str,
        node: NodeRef<'t>,
        l: NodeRef<'t>,
        r: NodeRef<'t>,
        cx: &mut Context<'t>,
    ) -> ExprId {
        let a = self.operand(l, cx);
        let ty = self.exprs[a].ty;
        if ty.element().is_none() {
            return self.no_set(op, a, l, node);
        }
        let b = if r.tag() == Tag::List { self.list(r, Some(ty), cx) } else { self.operand(r, cx) };
        if !self.exprs[b].ty.agrees(ty) {
            return self.mismatch(op, a, b, node);
        }
        self.push_expr(Expr::Sets(test, a, b), Type::Bool, node)
    }

    fn mismatch(&mut self, op: &str, a: ExprId, b: ExprId, node: NodeRef<'t>) -> ExprId {
        let (x, y) = (self.exprs[a].ty, self.exprs[b].ty);
        if x != Type::Error && y != Type::Error {
            let (x, y) = (x.describe(&self.vocab), y.describe(&self.vocab));
            let at = self.sink.at(node);
            let both_spans = (self.exprs[a].ty == Type::Duration && self.exprs[b].ty == Type::Period)
                || (self.exprs[a].ty == Type::Period && self.exprs[b].ty == Type::Duration);
            let d = codes::types_differ(at, op, x, y);
            self.sink.push(if both_spans {
                d.help("a month has no fixed length: durations and periods do not compare")
            } else {
                d
            });
        }
        self.unreadable(node)
    }

    fn compare(
        &mut self,
        op: Compare,
        node: NodeRef<'t>,
        l: NodeRef<'t>,
        r: NodeRef<'t>,
        cx: &mut Context<'t>,
    ) -> ExprId {
        let helps = cx.helps;
        // More of what is counted helps left of `>`; either side of `==` nothing does.
        cx.helps = helps && matches!(op, Compare::Gt | Compare::GtEq);
        let a = self.operand(l, cx);
        let ty = self.exprs[a].ty;
        cx.helps = helps && matches!(op, Compare::Lt | Compare::LtEq);
        if let Type::EnumSet(e) = ty
            && self.vocab.enums[e].by_name.contains_key(&r.sym())
        {
            cx.helps = helps;
            let (at, list, one) = (self.sink.at(node), ty.describe(&self.vocab), r.sym());
            let left = if l.tag() == Tag::Word { l.sym().as_str() } else { "…" };
            self.sink.push(codes::types_differ(at, word(op), list, format!("the one value `{one}`")).help(
                format!("to ask whether it is in the list, write `{left} has {one}`; whether it is all of it, `{left} == [{one}]`"),
            ));
            return self.unreadable(node);
        }
        let b = self.expr(r, Some(ty), cx);
        cx.helps = helps;
        let other = self.exprs[b].ty;
        if !other.agrees(ty) {
            return self.mismatch(word(op), a, b, node);
        }
        let ordered = match ty {
            Type::Number | Type::Percent | Type::Date | Type::Duration | Type::Period | Type::Error => true,
            Type::Enum(e) => self.vocab.enums[e].ladder,
            _ => false,
        };
        if !ordered && !matches!(op, Compare::Eq | Compare::NotEq) {
            let at = self.sink.at(node);
            let found = ty.describe(&self.vocab);
            self.sink.push(codes::wrong_type(at, word(op), "values that have an order", found));
            return self.unreadable(node);
        }
        self.push_expr(Expr::Compare(op, a, b), Type::Bool, node)
    }

    fn sum(&mut self, node: NodeRef<'t>, l: NodeRef<'t>, r: NodeRef<'t>, cx: &mut Context<'t>) -> ExprId {
        let minus = node.op() == Op::Sub;
        let (a, b) = (self.operand(l, cx), self.operand(r, cx));
        let (x, y) = (self.exprs[a].ty, self.exprs[b].ty);
        let ty = match (x, y) {
            (Type::Error, _) | (_, Type::Error) => Type::Error,
            (Type::Date, Type::Duration | Type::Period) => Type::Date,
            (Type::Number, Type::Number)
            | (Type::Percent, Type::Percent)
            | (Type::Duration, Type::Duration)
            | (Type::Period, Type::Period) => x,
            _ => return self.mismatch(if minus { "-" } else { "+" }, a, b, node),
        };
        if ty == Type::Date
            && let Expr::Const(Value::Duration(ms)) = self.exprs[b].expr
            && ms % 3_600_000 != 0
        {
            let at = self.sink.at(r);
            self.sink.push(codes::time_of_day(at));
            return self.unreadable(node);
        }
        if ty == Type::Error {
            return self.unreadable(node);
        }
        self.push_expr(Expr::Add(a, b, minus), ty, node)
    }

    fn narrow(&mut self, node: NodeRef<'t>, l: NodeRef<'t>, r: NodeRef<'t>, cx: &mut Context<'t>) -> ExprId {
        let term = self.condition(l, cx);
        let narrowed = match self.exprs[term].expr {
            Expr::Control(c) | Expr::Considered(c) => Narrowed::Control(c),
            Expr::Evidence(k) => Narrowed::Evidence(k),
            Expr::Unreadable => return self.unreadable(node),
            _ => {
                let at = self.sink.at(l);
                self.sink.push(codes::wrong_type(
                    at,
                    "where",
                    "`control(…)`, `considered(…)` or `evidence(…)` on its left",
                    check::describe(l),
                ));
                return self.unreadable(node);
            }
        };
        let before = cx.narrowed.replace(narrowed);
        let condition = self.condition(r, cx);
        cx.narrowed = before;
        self.push_expr(Expr::Where(term, condition), Type::Bool, node)
    }

    fn with(&mut self, node: NodeRef<'t>, l: NodeRef<'t>, r: NodeRef<'t>, cx: &mut Context<'t>) -> ExprId {
        let thing = match cx.bound_name(l.sym()) {
            Some((slot, Bound::Entity(e))) if l.tag() == Tag::Word => {
                self.push_expr(Expr::Bound(slot), Type::Ref(e), l)
            }
            _ => {
                let e = self.condition(l, cx);
                let control = match &self.exprs[e].expr {
                    Expr::Where(t, _) => {
                        matches!(self.exprs[*t].expr, Expr::Control(_) | Expr::Considered(_))
                    }
                    Expr::Control(_) | Expr::Considered(_) | Expr::Unreadable => true,
                    _ => false,
                };
                if !control {
                    let at = self.sink.at(l);
                    self.sink.push(codes::wrong_type(
                        at,
                        "with",
                        "a control or a bound entity on its left",
                        check::describe(l),
                    ));
                    return self.unreadable(node);
                }
                e
            }
        };
        let term = self.condition(r, cx);
        let inner = match &self.exprs[term].expr {
            Expr::Where(t, _) => &self.exprs[*t].expr,
            other => other,
        };
        let of_entity = matches!(self.exprs[thing].expr, Expr::Bound(_));
        let fits = match inner {
            Expr::Evidence(_) | Expr::Unreadable => true,
            Expr::Control(_) | Expr::Considered(_) => of_entity,
            _ => false,
        };
        if !fits {
            let at = self.sink.at(r);
            let expected = if of_entity {
                "`evidence(…)`, `control(…)` or `considered(…)` on its right"
            } else {
                "`evidence(…)` on its right"
            };
            self.sink.push(codes::wrong_type(at, "with", expected, check::describe(r)));
            return self.unreadable(node);
        }
        self.push_expr(Expr::With(thing, term), Type::Bool, node)
    }

    fn by(&mut self, node: NodeRef<'t>, l: NodeRef<'t>, r: NodeRef<'t>, cx: &mut Context<'t>) -> ExprId {
        let done = self.expr(l, None, cx);
        let ty = self.exprs[done].ty;
        let term =
            |e: &Expr| matches!(e, Expr::Control(_) | Expr::Evidence(_) | Expr::Where(..) | Expr::With(..));
        let fits = match (&self.exprs[done].expr, ty) {
            (Expr::Unreadable, _) => true,
            (Expr::Fact(_) | Expr::Field(..) | Expr::BoundFact(..), Type::Date) => true,
            (e, Type::Bool) => term(e),
            _ => false,
        };
        if matches!(self.exprs[done].expr, Expr::Fact(_) | Expr::Field(..) | Expr::BoundFact(..))
            && !self.helpful_term("by", node, cx)
        {
            return self.unreadable(node);
        }
        if !fits {
            let at = self.sink.at(l);
            self.sink.push(codes::wrong_type(
                at,
                "by",
                "a date field, `evidence(…)` or `control(…)` on its left",
                check::describe(l),
            ));
            return self.unreadable(node);
        }
        let date = cx.unhelpful(|cx| self.operand(r, cx));
        self.expect_type(date, Type::Date, r);
        self.push_expr(Expr::By(done, date), Type::Bool, node)
    }

    fn quantifier(&mut self, node: NodeRef<'t>, cx: &mut Context<'t>) -> ExprId {
        let every = node.tag() == Tag::Every;
        let (Some(binder), Some(body)) = (node.child(0), node.child(1)) else { return self.unreadable(node) };
        let helps = cx.helps;
        if every {
            // What `every` filters away is not asked: nothing helpful may filter.
            cx.helps = false;
        }
        let bound = self.binder(binder, cx);
        cx.helps = helps;
        let Some((over, slot, filter)) = bound else { return self.unreadable(node) };
        let body = self.condition(body, cx);
        cx.bound.truncate(usize::from(slot));
        cx.quantifiers -= 1;
        self.push_expr(Expr::Quantifier { every, over, slot, filter, body }, Type::Bool, node)
    }

    /// Binds a name. The caller truncates `cx.bound` to the slot when the name goes out of scope, and takes one
    /// from `cx.quantifiers`.
    pub(super) fn binder(
        &mut self,
        node: NodeRef<'t>,
        cx: &mut Context<'t>,
    ) -> Option<(Over, u8, Option<ExprId>)> {
        let name = node.sym();
        let over_node = node.child(0)?;
        let (over, bound) = self.over(over_node, cx)?;
        if cx.quantifiers == 3 {
            let at = self.sink.at(node);
            self.sink.push(codes::too_many_quantifiers(at));
            return None;
        }
        let taken = cx.bound_name(name).is_some()
            || self.vocab.fact_names.contains_key(&name)
            || self.vocab.plural_names.contains_key(&name)
            || matches!(name.as_str(), "device" | "market" | "row" | "markets" | "as_of");
        if taken {
            let at = self.sink.at(node);
            self.sink.push(
                codes::declared_twice(at, "name", name)
                    .help("a bound name may repeat no fact, collection or bound name"),
            );
            return None;
        }
        cx.quantifiers += 1;
        let slot = cx.bound.len() as u8;
        cx.bound.push((name, bound));
        let filter = node.child(1).map(|f| self.condition(f, cx));
        Some((over, slot, filter))
    }

    fn over(&mut self, node: NodeRef<'t>, cx: &mut Context<'t>) -> Option<(Over, Bound)> {
        let name = node.sym();
        if node.tag() == Tag::Word && cx.bound_name(name).is_none() {
            if name == Sym::new("markets") {
                return Some((Over::Markets, Bound::Market));
            }
            if let Some(&e) = self.vocab.plural_names.get(&name)
                && self.narrowed_field(name, cx).is_none()
            {
                return Some((Over::Collection(e), Bound::Entity(e)));
            }
        }
        if node.tag() == Tag::Path
            && let Some(base) = node.child(0)
            && let Some((slot, Bound::Entity(outer))) = cx.bound_name(base.sym())
            && let Some(&e) = self.vocab.plural_names.get(&name)
            && self.vocab.entities[outer].holds.contains(&e)
        {
            return Some((Over::Held(slot, e), Bound::Entity(e)));
        }
        let set = self.expr(node, None, cx);
        let ty = self.exprs[set].ty;
        match ty.element() {
            Some(Type::Error) => None,
            Some(Type::Ref(e)) => Some((Over::Values(set), Bound::Value(Type::Ref(e)))),
            Some(t) => Some((Over::Values(set), Bound::Value(t))),
            None => {
                if ty != Type::Error {
                    let at = self.sink.at(node);
                    let found = ty.describe(&self.vocab);
                    let near = spell::did_you_mean(
                        name.as_str(),
                        self.vocab.plural_names.keys().map(|p| p.as_str()),
                    );
                    self.sink.push(
                        codes::wrong_type(at, "in", "a collection or a list after it", found).help_if(near),
                    );
                }
                None
            }
        }
    }
}

fn word(op: Compare) -> &'static str {
    match op {
        Compare::Eq => "==",
        Compare::NotEq => "!=",
        Compare::Lt => "<",
        Compare::LtEq => "<=",
        Compare::Gt => ">",
        Compare::GtEq => ">=",
    }
}
