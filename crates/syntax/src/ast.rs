//! The tree. It holds no text and no offset: a [`Tok`] is the number of a token in the file's [`Layout`], which
//! knows the bytes.
//!
//! Shapes only: which words may head a block, which fields it has and what they may hold is vocabulary, checked
//! where a tree is lowered.
//!
//! [`Layout`]: crate::layout::Layout

/// A token, by its number in the layout.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Tok(pub u32);

/// A run of tokens; `end` is one past the last.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Span {
    /// First token.
    pub start: Tok,
    /// One past the last.
    pub end: Tok,
}

/// A file.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct File {
    /// What stands in it, in order.
    pub items: Vec<Item>,
}

/// `{ … }`
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Block {
    /// Its tokens, braces included.
    pub span: Span,
    /// What stands in it, in order.
    pub items: Vec<Item>,
}

/// One thing in a file or block.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Item {
    /// Its tokens.
    pub span: Span,
    /// What it is.
    pub kind: ItemKind,
}

/// The shapes of items.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ItemKind {
    /// `market KR { … }`, `evidence sbom "sbom.json" { … }`, `includes x "title"`
    Decl(Box<Decl>),
    /// `edition "-05" { … }`, `test "title" met { … }`
    Keyed(Box<Keyed>),
    /// `fact x : bool "title"`, `condition x = …`
    Header(Box<Header>),
    /// `status implemented`, `given { … }`
    Field(Field),
    /// `critical treat -> 4`, in a table
    Row(Box<Row>),
    /// Tokens that make no item. A diagnostic says so.
    Error,
}

/// A declaration.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Decl {
    /// What is declared: `device`, `control`, …
    pub word: Tok,
    /// Its name.
    pub name: Name,
    /// Its title, a text.
    pub title: Option<Tok>,
    /// Its contents; a declaration with a title may have none.
    pub block: Option<Block>,
}

/// The name of a declaration.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Name {
    /// A name or a code.
    Plain(Tok),
    /// `row.control`: the name stands in a field of the family's row.
    Row(Tok, Tok),
}

/// A block with a text for a key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Keyed {
    /// What it is: `edition`, `test`, …
    pub word: Tok,
    /// The text.
    pub key: Tok,
    /// A word between text and block: the outcome that a test expects.
    pub extra: Option<Tok>,
    /// Its contents.
    pub block: Block,
}

/// A declaration with a type or a defining expression.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Header {
    /// What is declared: `fact`, `derived`, `condition`, `field`.
    pub word: Tok,
    /// Its name.
    pub name: Tok,
    /// Its type, after `:`.
    pub ty: Option<Type>,
    /// Its title, a text.
    pub title: Option<Tok>,
    /// Its definition, after `=`.
    pub value: Option<Expr>,
    /// Its contents.
    pub block: Option<Block>,
}

/// A type: a name, or `set of` a name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Type {
    /// Whether `set of` stands before it.
    pub set: bool,
    /// The name.
    pub name: Tok,
}

/// A field.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Field {
    /// Its name.
    pub word: Tok,
    /// What it holds.
    pub value: Value,
}

/// What a field holds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Value {
    /// An expression.
    Expr(Expr),
    /// `in_force 2025-01-24 when …`; `applies when …` has no value.
    When(Option<Expr>, Expr),
    /// `exactly [ … ]`
    Exactly(Expr),
    /// A block.
    Block(Block),
    /// `table [a, b] { … }`
    Table(Expr, Block),
    /// `for m in models where …`
    Binder(Box<Binder>),
}

/// A row of a table.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Row {
    /// What the columns must hold.
    pub cells: Vec<Expr>,
    /// What the table then gives.
    pub result: Expr,
}

/// `m in models where …`
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Binder {
    /// The bound name.
    pub name: Tok,
    /// What it runs over.
    pub over: Expr,
    /// Which of them.
    pub filter: Option<Expr>,
}

/// An expression.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Expr {
    /// Its tokens.
    pub span: Span,
    /// What it is.
    pub kind: ExprKind,
}

/// The shapes of expressions.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ExprKind {
    /// A name.
    Name(Tok),
    /// A code.
    Code(Tok),
    /// `yes` or `no`.
    Bool(bool),
    /// A number.
    Number(Tok),
    /// A number and its unit (a word or `%`).
    Quantity(Tok, Tok),
    /// A date.
    Date(Tok),
    /// A text.
    Text(Tok),
    /// `[ … ]`
    List(Vec<Expr>),
    /// `( … )`
    Paren(Box<Expr>),
    /// `m.kind`
    Path(Box<Expr>, Tok),
    /// `control(x)`
    Call(Tok, Vec<Expr>),
    /// `not x`
    Not(Box<Expr>),
    /// `a and b`, `a <= b`, …
    Binary(Op, Box<(Expr, Expr)>),
    /// `some m in models where …: …` and `every …`
    Quantifier(Quantifier, Box<(Binder, Expr)>),
    /// `count(m in models where …)`
    Count(Box<Binder>),
    /// Tokens that make no expression. A diagnostic says so.
    Error,
}

/// `some` or `every`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Quantifier {
    /// At least one.
    Some,
    /// All, of none too.
    Every,
}

/// The operators between two operands, from tight to loose.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Op {
    /// `+`
    Add,
    /// `-`
    Sub,
    /// `x by date`
    By,
    /// `x with y`
    With,
    /// `x where condition`
    Where,
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
    /// `x in set`
    In,
    /// `set has x`
    Has,
    /// `set has all set`
    HasAll,
    /// `set has any set`
    HasAny,
    /// `set has none set`
    HasNone,
    /// `set within set`
    Within,
    /// `and`
    And,
    /// `or`
    Or,
    /// `implies`
    Implies,
}
