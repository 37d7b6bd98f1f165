//! Expressions as a person would write them.

use dossier_model::Rulebase;
use dossier_model::date::Unit;
use dossier_model::expr::{Compare, Expr, ExprId, Field, Over, SetTest, Thing};
use dossier_model::law::Target;
use dossier_model::value::{Type, Value};
use dossier_model::vocab::FactKind;

/// Names of bound slots, innermost last.
type Names = Vec<String>;

/// How an expression reads. `bound` are the names bound around it, outermost first.
pub(crate) fn expr(rules: &Rulebase, e: ExprId, bound: &[String]) -> String {
    Show { rules }.expr(e, &mut bound.to_vec())
}

/// The code of a target.
pub(crate) fn target(rules: &Rulebase, t: Target) -> dossier_base::Sym {
    match t {
        Target::Requirement(r) => rules.law.requirements[r].code,
        Target::Family(f) => rules.law.families[f].code,
        Target::Instrument(i) => rules.law.instruments[i].code,
    }
}

struct Show<'r> {
    rules: &'r Rulebase,
}

impl Show<'_> {
    fn expr(&self, id: ExprId, names: &mut Names) -> String {
        let rules = self.rules;
        let vocab = &rules.vocab;
        let node = rules.expr(id);
        match &node.expr {
            Expr::Const(v) => v.show(node.ty, vocab).to_string(),
            Expr::Fact(f) => vocab.facts[*f].name.to_string(),
            Expr::Bound(slot) | Expr::BoundPlace(slot) => name(names, *slot),
            Expr::BoundFact(slot, f) => format!("{}.{}", name(names, *slot), vocab.facts[*f].name),
            Expr::Field(thing, field) | Expr::DeclaredField(thing, field) => {
                let field = self.field(*thing, *field, id);
                let text = match thing {
                    Thing::Bound(slot) => format!("{}.{field}", name(names, *slot)),
                    Thing::Narrowed => field,
                    Thing::Control(c) => format!("{}.{field}", vocab.controls[*c].name),
                };
                if matches!(node.expr, Expr::DeclaredField(..)) { format!("declared({text})") } else { text }
            }
            Expr::DeclaredFact(f) => format!("declared({})", vocab.facts[*f].name),
            Expr::AsOf => "as_of".to_owned(),
            Expr::EndOf(unit, d) => {
                let unit = match unit {
                    Unit::Month => "month",
                    Unit::Quarter => "quarter",
                    Unit::Year => "year",
                };
                format!("end_of({unit}, {})", self.expr(*d, names))
            }
            Expr::Add(a, b, minus) => {
                format!(
                    "{} {} {}",
                    self.expr(*a, names),
                    if *minus { '-' } else { '+' },
                    self.expr(*b, names)
                )
            }
            Expr::Compare(op, a, b) => {
                let op = match op {
                    Compare::Eq => "==",
                    Compare::NotEq => "!=",
                    Compare::Lt => "<",
                    Compare::LtEq => "<=",
                    Compare::Gt => ">",
                    Compare::GtEq => ">=",
                };
                format!("{} {op} {}", self.expr(*a, names), self.expr(*b, names))
            }
            Expr::In(a, list) => {
                let items: Vec<String> = list.iter().map(|i| self.expr(*i, names)).collect();
                format!("{} in [{}]", self.expr(*a, names), items.join(", "))
            }
            Expr::InSet(a, b) => format!("{} in {}", self.expr(*a, names), self.expr(*b, names)),
            Expr::Has(a, b) => format!("{} has {}", self.expr(*a, names), self.expr(*b, names)),
            Expr::Sets(test, a, b) => {
                let op = match test {
                    SetTest::All => "has all",
                    SetTest::Any => "has any",
                    SetTest::None => "has none",
                    SetTest::Within => "within",
                };
                format!("{} {op} {}", self.expr(*a, names), self.expr(*b, names))
            }
            Expr::List(items) => {
                let items: Vec<String> = items.iter().map(|i| self.expr(*i, names)).collect();
                format!("[{}]", items.join(", "))
            }
            Expr::Not(a) => format!("not {}", self.tight(*a, names)),
            Expr::And(a, b) => format!("{} and {}", self.tight(*a, names), self.tight(*b, names)),
            Expr::Or(a, b) => format!("{} or {}", self.tight(*a, names), self.tight(*b, names)),
            Expr::Implies(a, b) => format!("{} implies {}", self.tight(*a, names), self.tight(*b, names)),
            Expr::Control(c) => format!("control({})", vocab.controls[*c].name),
            Expr::Considered(c) => format!("considered({})", vocab.controls[*c].name),
            Expr::Evidence(k) => format!("evidence({})", vocab.kinds[*k].name),
            Expr::Where(a, b) => format!("{} where {}", self.expr(*a, names), self.tight(*b, names)),
            Expr::With(a, b) => format!("{} with {}", self.expr(*a, names), self.expr(*b, names)),
            Expr::By(a, b) => format!("{} by {}", self.expr(*a, names), self.expr(*b, names)),
            Expr::Quantifier { every, over, slot, filter, body } => {
                let word = if *every { "every" } else { "some" };
                let binder = self.binder(id, *over, *slot, *filter, names);
                let body = self.expr(*body, names);
                names.truncate(usize::from(*slot));
                format!("{word} {binder}: {body}")
            }
            Expr::Count { over, slot, filter } => {
                let binder = self.binder(id, *over, *slot, *filter, names);
                names.truncate(usize::from(*slot));
                format!("count({binder})")
            }
            Expr::Conforms(t) => format!("conforms({})", target(rules, *t)),
            Expr::Unreadable => "…".to_owned(),
        }
    }

    fn binder(&self, id: ExprId, over: Over, slot: u8, filter: Option<ExprId>, names: &mut Names) -> String {
        let vocab = &self.rules.vocab;
        let bound =
            self.rules.node(self.rules.expr(id).origin).and_then(|n| n.child(0)).map(|b| b.sym().to_string());
        let over = match over {
            Over::Collection(e) => vocab.entities[e].plural.to_string(),
            Over::Held(outer, e) => format!("{}.{}", name(names, outer), vocab.entities[e].plural),
            Over::Markets => "markets".to_owned(),
            Over::Values(set) => self.expr(set, names),
        };
        names.truncate(usize::from(slot));
        names.push(bound.unwrap_or_else(|| "it".to_owned()));
        let filter = filter.map_or(String::new(), |f| format!(" where {}", self.expr(f, names)));
        format!("{} in {over}{filter}", names[names.len() - 1])
    }

    /// In parentheses where that is needed to be read right.
    fn tight(&self, e: ExprId, names: &mut Names) -> String {
        let text = self.expr(e, names);
        match self.rules.expr(e).expr {
            Expr::And(..) | Expr::Or(..) | Expr::Implies(..) | Expr::Quantifier { .. } => format!("({text})"),
            _ => text,
        }
    }

    fn field(&self, thing: Thing, field: Field, at: ExprId) -> String {
        match field {
            Field::BuiltIn(b) => b.name().to_owned(),
            Field::Own(n) => {
                let vocab = &self.rules.vocab;
                let own = match thing {
                    Thing::Control(c) => vocab.controls[c].fields.get(usize::from(n)).map(|f| f.name),
                    // The name as it was written.
                    Thing::Bound(_) | Thing::Narrowed => {
                        self.rules.node(self.rules.expr(at).origin).map(|node| match node.child(0) {
                            Some(arg) if node.sym().as_str() == "declared" => arg.sym(),
                            _ => node.sym(),
                        })
                    }
                };
                own.map_or_else(|| "…".to_owned(), |n| n.to_string())
            }
        }
    }
}

fn name(names: &[String], slot: u8) -> String {
    names.get(usize::from(slot)).cloned().unwrap_or_else(|| "it".to_owned())
}

/// A value in words, of that type.
pub(crate) fn value(rules: &Rulebase, v: &Value, ty: Type) -> String {
    v.show(ty, &rules.vocab).to_string()
}

/// Whether a fact follows from others.
pub(crate) fn is_derived(kind: &FactKind) -> bool {
    matches!(kind, FactKind::Derived(_) | FactKind::Table(..))
}
