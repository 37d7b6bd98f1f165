//! The syntax tree with strings in place of tokens, so that a piece of it can leave its file, and with nothing
//! left out but spans and parentheses.

use dossier_base::FileId;
use dossier_syntax::ast::{self, ExprKind, ItemKind, Tok};
use dossier_syntax::{Parse, literal};
use std::collections::BTreeMap;

pub(crate) use dossier_syntax::ast::{Op, Quantifier};

/// A thing in a file or block.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Item {
    /// `market KR { … }`
    Decl { word: String, name: String, title: Option<String>, items: Option<Vec<Item>> },
    /// `test "title" met { … }`
    Keyed { word: String, key: String, extra: Option<String>, items: Vec<Item> },
    /// `fact x : bool "title"`
    Header { word: String, name: String, ty: Option<Type>, value: Option<Expr>, items: Vec<Item> },
    /// `status implemented`
    Field { word: String, value: Value },
    /// `a b -> c`
    Row { cells: Vec<Expr>, result: Expr },
}

/// `set of x`
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Type {
    pub(crate) set: bool,
    pub(crate) name: String,
}

/// What a field holds.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Value {
    Expr(Expr),
    When(Option<Expr>, Expr),
    Exactly(Expr),
    Block(Vec<Item>),
    Table(Expr, Vec<Item>),
    Binder(Binder),
}

/// `m in models where …`
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Binder {
    pub(crate) name: String,
    pub(crate) over: Box<Expr>,
    pub(crate) filter: Option<Box<Expr>>,
}

/// An expression.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Expr {
    Name(String),
    Code(String),
    Bool(bool),
    Number(String),
    Quantity(String, String),
    Date(String),
    Text(String),
    List(Vec<Expr>),
    Path(Box<Expr>, String),
    Call(String, Vec<Expr>),
    Not(Box<Expr>),
    Binary(Op, Box<Expr>, Box<Expr>),
    Quantifier(Quantifier, Binder, Box<Expr>),
    Count(Binder),
}

/// Reads a file.
///
/// # Panics
/// If the file has a syntax error.
pub(crate) fn read(path: &str, text: &str) -> Vec<Item> {
    let parse = dossier_syntax::parse(FileId(0), text);
    if let Some(first) = parse.diagnostics.first() {
        let line = first.place.map_or(0, |p| text[..p.start() as usize].lines().count());
        panic!("{path}:{line}: not well formed: {}", first.message);
    }
    Reader { path, parse: &parse }.items(&parse.file.items)
}

struct Reader<'p> {
    path: &'p str,
    parse: &'p Parse,
}

impl Reader<'_> {
    fn str(&self, tok: Tok) -> String {
        self.parse.str(tok).to_owned()
    }

    fn text(&self, tok: Tok) -> String {
        literal::unquote(self.parse.str(tok))
    }

    fn items(&self, items: &[ast::Item]) -> Vec<Item> {
        items.iter().map(|i| self.item(i)).collect()
    }

    fn item(&self, item: &ast::Item) -> Item {
        match &item.kind {
            ItemKind::Decl(d) => Item::Decl {
                word: self.str(d.word),
                name: match d.name {
                    ast::Name::Plain(name) => self.str(name),
                    ast::Name::Row(row, name) => format!("{}.{}", self.str(row), self.str(name)),
                },
                title: d.title.map(|t| self.text(t)),
                items: d.block.as_ref().map(|b| self.items(&b.items)),
            },
            ItemKind::Keyed(k) => Item::Keyed {
                word: self.str(k.word),
                key: self.text(k.key),
                extra: k.extra.map(|t| self.str(t)),
                items: self.items(&k.block.items),
            },
            ItemKind::Header(h) => Item::Header {
                word: self.str(h.word),
                name: self.str(h.name),
                ty: h.ty.map(|t| Type { set: t.set, name: self.str(t.name) }),
                value: h.value.as_ref().map(|v| self.expr(v)),
                items: h.block.as_ref().map(|b| self.items(&b.items)).unwrap_or_default(),
            },
            ItemKind::Field(f) => Item::Field { word: self.str(f.word), value: self.value(&f.value) },
            ItemKind::Row(r) => Item::Row {
                cells: r.cells.iter().map(|c| self.expr(c)).collect(),
                result: self.expr(&r.result),
            },
            ItemKind::Error => panic!("{}: an item that the parser could not read", self.path),
        }
    }

    fn value(&self, value: &ast::Value) -> Value {
        match value {
            ast::Value::Expr(e) => Value::Expr(self.expr(e)),
            ast::Value::When(v, c) => Value::When(v.as_ref().map(|v| self.expr(v)), self.expr(c)),
            ast::Value::Exactly(e) => Value::Exactly(self.expr(e)),
            ast::Value::Block(b) => Value::Block(self.items(&b.items)),
            ast::Value::Table(columns, rows) => Value::Table(self.expr(columns), self.items(&rows.items)),
            ast::Value::Binder(b) => Value::Binder(self.binder(b)),
        }
    }

    fn binder(&self, binder: &ast::Binder) -> Binder {
        Binder {
            name: self.str(binder.name),
            over: Box::new(self.expr(&binder.over)),
            filter: binder.filter.as_ref().map(|f| Box::new(self.expr(f))),
        }
    }

    fn expr(&self, expr: &ast::Expr) -> Expr {
        let exprs = |list: &[ast::Expr]| list.iter().map(|e| self.expr(e)).collect();
        match &expr.kind {
            ExprKind::Name(t) => Expr::Name(self.str(*t)),
            ExprKind::Code(t) => Expr::Code(self.str(*t)),
            ExprKind::Bool(b) => Expr::Bool(*b),
            ExprKind::Number(t) => Expr::Number(self.str(*t)),
            ExprKind::Quantity(n, unit) => Expr::Quantity(self.str(*n), self.str(*unit)),
            ExprKind::Date(t) => Expr::Date(self.str(*t)),
            ExprKind::Text(t) => Expr::Text(self.text(*t)),
            ExprKind::List(list) => Expr::List(exprs(list)),
            ExprKind::Paren(inner) => self.expr(inner),
            ExprKind::Path(base, name) => Expr::Path(Box::new(self.expr(base)), self.str(*name)),
            ExprKind::Call(name, args) => Expr::Call(self.str(*name), exprs(args)),
            ExprKind::Not(inner) => Expr::Not(Box::new(self.expr(inner))),
            ExprKind::Binary(op, sides) => {
                Expr::Binary(*op, Box::new(self.expr(&sides.0)), Box::new(self.expr(&sides.1)))
            }
            ExprKind::Quantifier(q, parts) => {
                Expr::Quantifier(*q, self.binder(&parts.0), Box::new(self.expr(&parts.1)))
            }
            ExprKind::Count(binder) => Expr::Count(self.binder(binder)),
            ExprKind::Error => panic!("{}: an expression that the parser could not read", self.path),
        }
    }
}

/// The row of a family: what one requirement says, by field.
pub(crate) type Row = BTreeMap<String, Expr>;

/// Puts the row's own values in place of `row.x`.
pub(crate) fn fill_items(items: &[Item], row: &Row) -> Vec<Item> {
    items.iter().map(|i| fill_item(i, row)).collect()
}

fn fill_item(item: &Item, row: &Row) -> Item {
    match item {
        Item::Decl { word, name, title, items } => Item::Decl {
            word: word.clone(),
            name: match name.strip_prefix("row.") {
                Some(field) => match row.get(field) {
                    Some(Expr::Name(n) | Expr::Code(n)) => n.clone(),
                    None => name.clone(),
                    Some(other) => panic!("`{word} row.{field}`: {other:?} is no name"),
                },
                None => name.clone(),
            },
            title: title.clone(),
            items: items.as_ref().map(|i| fill_items(i, row)),
        },
        Item::Keyed { word, key, extra, items } => Item::Keyed {
            word: word.clone(),
            key: key.clone(),
            extra: extra.clone(),
            items: fill_items(items, row),
        },
        Item::Field { word, value } => Item::Field { word: word.clone(), value: fill_value(value, row) },
        Item::Header { .. } | Item::Row { .. } => item.clone(),
    }
}

pub(crate) fn fill_value(value: &Value, row: &Row) -> Value {
    match value {
        Value::Expr(e) => Value::Expr(fill(e, row)),
        Value::When(v, c) => Value::When(v.as_ref().map(|v| fill(v, row)), fill(c, row)),
        Value::Exactly(e) => Value::Exactly(fill(e, row)),
        Value::Block(items) => Value::Block(fill_items(items, row)),
        Value::Table(columns, rows) => Value::Table(fill(columns, row), rows.clone()),
        Value::Binder(b) => Value::Binder(fill_binder(b, row)),
    }
}

fn fill_binder(binder: &Binder, row: &Row) -> Binder {
    Binder {
        name: binder.name.clone(),
        over: Box::new(fill(&binder.over, row)),
        filter: binder.filter.as_ref().map(|f| Box::new(fill(f, row))),
    }
}

fn fill(expr: &Expr, row: &Row) -> Expr {
    let boxed = |e: &Expr| Box::new(fill(e, row));
    match expr {
        // A field that a requirement does not give may stand in what it replaces by its own: it stays as it is, and
        // whoever evaluates it panics.
        Expr::Path(base, field) if **base == Expr::Name("row".to_owned()) => {
            row.get(field).unwrap_or(expr).clone()
        }
        Expr::Path(base, field) => Expr::Path(boxed(base), field.clone()),
        Expr::List(list) => Expr::List(list.iter().map(|e| fill(e, row)).collect()),
        Expr::Call(name, args) => Expr::Call(name.clone(), args.iter().map(|e| fill(e, row)).collect()),
        Expr::Not(inner) => Expr::Not(boxed(inner)),
        Expr::Binary(op, a, b) => Expr::Binary(*op, boxed(a), boxed(b)),
        Expr::Quantifier(q, binder, body) => Expr::Quantifier(*q, fill_binder(binder, row), boxed(body)),
        Expr::Count(binder) => Expr::Count(fill_binder(binder, row)),
        other => other.clone(),
    }
}

/// All values of fields of that name, in order.
pub(crate) fn fields<'i>(items: &'i [Item], name: &str) -> Vec<&'i Value> {
    items
        .iter()
        .filter_map(|i| match i {
            Item::Field { word, value } if word == name => Some(value),
            _ => None,
        })
        .collect()
}

/// The expression of the field of that name.
pub(crate) fn expr_of<'i>(items: &'i [Item], name: &str) -> Option<&'i Expr> {
    fields(items, name).into_iter().next().map(|v| match v {
        Value::Expr(e) => e,
        other => panic!("`{name}` holds {other:?}, not an expression"),
    })
}

/// A name, a code or a number where a name is meant.
pub(crate) fn word_of(expr: &Expr) -> String {
    match expr {
        Expr::Name(n) | Expr::Code(n) | Expr::Number(n) | Expr::Date(n) | Expr::Text(n) => n.clone(),
        other => panic!("{other:?} stands where a name is meant"),
    }
}

/// A list of names; one alone counts as a list of one.
pub(crate) fn words_of(expr: &Expr) -> Vec<String> {
    match expr {
        Expr::List(list) => list.iter().map(word_of).collect(),
        one => vec![word_of(one)],
    }
}
