//! Typed expressions: flat, names resolved, every operand's type known.

use crate::date::Unit;
use crate::hir::Origin;
use crate::id;
use crate::idx::IdVec;
use crate::law::Target;
use crate::value::{Type, Value};
use crate::vocab::{BuiltIn, ControlId, EntityId, FactId, KindId};

id!(
    /// An expression.
    ExprId
);

/// A comparison.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Compare {
    /// `==`
    Eq,
    /// `!=`
    NotEq,
    /// `<`
    Lt,
    /// `<=`
    LtEq,
    /// `>`
    Gt,
    /// `>=`
    GtEq,
}

/// `has all`, `has any`, `has none`, `within`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum SetTest {
    /// The left holds all of the right.
    All,
    /// The left holds one of the right.
    Any,
    /// The left holds none of the right.
    None,
    /// The right holds all of the left.
    Within,
}

/// What a bound name or a count runs over.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Over {
    /// The entities of a kind.
    Collection(EntityId),
    /// The entities of a kind inside a bound one.
    Held(u8, EntityId),
    /// The markets of the device.
    Markets,
    /// The values of a set.
    Values(ExprId),
}

/// Which thing's field.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Thing {
    /// A bound entity's.
    Bound(u8),
    /// The one that the innermost `where` narrows.
    Narrowed,
    /// A control's, by name; only in `declared`.
    Control(ControlId),
}

/// Which field.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Field {
    /// One that the vocabulary declares, by its number.
    Own(u16),
    /// One that the language gives a meaning.
    BuiltIn(BuiltIn),
}

/// An expression.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Expr {
    /// A value.
    Const(Value),
    /// A fact, as the market at hand sees it.
    Fact(FactId),
    /// What a name is bound to.
    Bound(u8),
    /// A fact of a bound market.
    BoundFact(u8, FactId),
    /// The code of a bound market.
    BoundPlace(u8),
    /// A field.
    Field(Thing, Field),
    /// The date of the check.
    AsOf,
    /// The last day of the month, quarter or year.
    EndOf(Unit, ExprId),
    /// Addition; `true` for subtraction.
    Add(ExprId, ExprId, bool),
    /// A comparison.
    Compare(Compare, ExprId, ExprId),
    /// One of those listed.
    In(ExprId, Box<[ExprId]>),
    /// One of a set's.
    InSet(ExprId, ExprId),
    /// The set holds the value.
    Has(ExprId, ExprId),
    /// Two sets.
    Sets(SetTest, ExprId, ExprId),
    /// Several values listed where a set stands.
    List(Box<[ExprId]>),
    /// Negation.
    Not(ExprId),
    /// Conjunction.
    And(ExprId, ExprId),
    /// Disjunction.
    Or(ExprId, ExprId),
    /// Implication.
    Implies(ExprId, ExprId),
    /// The control is implemented.
    Control(ControlId),
    /// The control is declared in any of its states.
    Considered(ControlId),
    /// Evidence of the kind stands.
    Evidence(KindId),
    /// `term where condition`
    Where(ExprId, ExprId),
    /// `thing with term`
    With(ExprId, ExprId),
    /// `term by date`
    By(ExprId, ExprId),
    /// `some` or (`true`) `every`.
    Quantifier {
        /// Whether it is `every`.
        every: bool,
        /// What it runs over.
        over: Over,
        /// The slot of the bound name.
        slot: u8,
        /// Which of them.
        filter: Option<ExprId>,
        /// What is said of each.
        body: ExprId,
    },
    /// How many.
    Count {
        /// What it runs over.
        over: Over,
        /// The slot of the bound name.
        slot: u8,
        /// Which of them.
        filter: Option<ExprId>,
    },
    /// Verdicts of others.
    Conforms(Target),
    /// Whether a field or fact was given at all.
    DeclaredFact(FactId),
    /// Whether a field was given at all.
    DeclaredField(Thing, Field),
    /// A diagnostic has been given; unknown.
    Unreadable,
}

/// An expression with its type and where it stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ExprNode {
    /// The expression.
    pub expr: Expr,
    /// Its type.
    pub ty: Type,
    /// Where it stands.
    pub origin: Origin,
}

/// All expressions of the rulebooks.
pub type Exprs = IdVec<ExprId, ExprNode>;

/// The expressions directly under one.
pub fn children(expr: &Expr) -> Vec<ExprId> {
    match expr {
        Expr::EndOf(_, a) | Expr::Not(a) => vec![*a],
        Expr::Add(a, b, _)
        | Expr::Compare(_, a, b)
        | Expr::InSet(a, b)
        | Expr::Has(a, b)
        | Expr::Sets(_, a, b)
        | Expr::And(a, b)
        | Expr::Or(a, b)
        | Expr::Implies(a, b)
        | Expr::Where(a, b)
        | Expr::With(a, b)
        | Expr::By(a, b) => vec![*a, *b],
        Expr::In(a, list) => std::iter::once(*a).chain(list.iter().copied()).collect(),
        Expr::List(list) => list.to_vec(),
        Expr::Quantifier { over, filter, body, .. } => {
            over_expr(*over).into_iter().chain(*filter).chain(Some(*body)).collect()
        }
        Expr::Count { over, filter, .. } => over_expr(*over).into_iter().chain(*filter).collect(),
        _ => Vec::new(),
    }
}

fn over_expr(over: Over) -> Option<ExprId> {
    match over {
        Over::Values(e) => Some(e),
        _ => None,
    }
}
