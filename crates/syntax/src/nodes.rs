//! The node index: the tree's nodes in pre-order with their bytes, for whoever asks what stands at an offset.

use crate::Parse;
use crate::ast::{Binder, Block, Expr, ExprKind, Item, ItemKind, Span, Value};
use dossier_base::TextRange;

/// What kind of node.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum NodeKind {
    /// A declaration.
    Decl,
    /// A block with a text for a key.
    Keyed,
    /// A declaration with a type or definition.
    Header,
    /// A field.
    Field,
    /// A row of a table.
    Row,
    /// An item that could not be read.
    ErrorItem,
    /// `{ … }`
    Block,
    /// An expression.
    Expr,
    /// `m in models where …`
    Binder,
}

/// A node.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Node {
    /// What it is.
    pub kind: NodeKind,
    /// Its tokens.
    pub span: Span,
    /// Its bytes.
    pub range: TextRange,
    /// The node around it, by its number.
    pub parent: Option<u32>,
}

/// All nodes of a file, parents before children.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NodeIndex {
    nodes: Vec<Node>,
}

impl NodeIndex {
    /// Indexes a file.
    pub fn new(parse: &Parse) -> Self {
        let mut build = Build { parse, nodes: Vec::new(), parent: None };
        build.items(&parse.file.items);
        Self { nodes: build.nodes }
    }

    /// The nodes, in pre-order.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// The innermost node that holds the offset (its end included), by its number.
    pub fn node_at(&self, offset: u32) -> Option<u32> {
        // Parents come before children, so the last that holds it is the innermost.
        (0..self.nodes.len())
            .rev()
            .find(|&i| {
                let r = self.nodes[i].range;
                u32::from(r.start()) <= offset && offset <= u32::from(r.end())
            })
            .map(|i| i as u32)
    }

    /// A node and those around it, from the inside out.
    pub fn ancestors(&self, node: u32) -> impl Iterator<Item = &Node> {
        std::iter::successors(self.nodes.get(node as usize), |n| {
            n.parent.and_then(|p| self.nodes.get(p as usize))
        })
    }
}

struct Build<'p> {
    parse: &'p Parse,
    nodes: Vec<Node>,
    parent: Option<u32>,
}

impl Build<'_> {
    fn node(&mut self, kind: NodeKind, span: Span, inside: impl FnOnce(&mut Self)) {
        let range = self.parse.span_range(span);
        let id = self.nodes.len() as u32;
        self.nodes.push(Node { kind, span, range, parent: self.parent });
        let outer = self.parent.replace(id);
        inside(self);
        self.parent = outer;
    }

    fn items(&mut self, items: &[Item]) {
        for item in items {
            match &item.kind {
                ItemKind::Decl(d) => self.node(NodeKind::Decl, item.span, |b| b.block(d.block.as_ref())),
                ItemKind::Keyed(k) => self.node(NodeKind::Keyed, item.span, |b| b.block(Some(&k.block))),
                ItemKind::Header(h) => self.node(NodeKind::Header, item.span, |b| {
                    if let Some(v) = &h.value {
                        b.expr(v);
                    }
                    b.block(h.block.as_ref());
                }),
                ItemKind::Field(f) => self.node(NodeKind::Field, item.span, |b| b.value(&f.value)),
                ItemKind::Row(r) => self.node(NodeKind::Row, item.span, |b| {
                    r.cells.iter().for_each(|c| b.expr(c));
                    b.expr(&r.result);
                }),
                ItemKind::Error => self.node(NodeKind::ErrorItem, item.span, |_| {}),
            }
        }
    }

    fn block(&mut self, block: Option<&Block>) {
        if let Some(block) = block {
            self.node(NodeKind::Block, block.span, |b| b.items(&block.items));
        }
    }

    fn value(&mut self, value: &Value) {
        match value {
            Value::Expr(e) | Value::Exactly(e) => self.expr(e),
            Value::When(v, c) => {
                if let Some(v) = v {
                    self.expr(v);
                }
                self.expr(c);
            }
            Value::Block(block) => self.block(Some(block)),
            Value::Table(columns, rows) => {
                self.expr(columns);
                self.block(Some(rows));
            }
            Value::Binder(b) => self.binder(b, b.over.span),
        }
    }

    fn binder(&mut self, binder: &Binder, over: Span) {
        let end = binder.filter.as_ref().map_or(over.end, |f| f.span.end);
        self.node(NodeKind::Binder, Span { start: binder.name, end }, |b| {
            b.expr(&binder.over);
            if let Some(f) = &binder.filter {
                b.expr(f);
            }
        });
    }

    fn expr(&mut self, expr: &Expr) {
        self.node(NodeKind::Expr, expr.span, |b| match &expr.kind {
            ExprKind::List(items) | ExprKind::Call(_, items) => items.iter().for_each(|e| b.expr(e)),
            ExprKind::Paren(e) | ExprKind::Not(e) | ExprKind::Path(e, _) => b.expr(e),
            ExprKind::Binary(_, sides) => {
                b.expr(&sides.0);
                b.expr(&sides.1);
            }
            ExprKind::Quantifier(_, q) => {
                b.binder(&q.0, q.0.over.span);
                b.expr(&q.1);
            }
            ExprKind::Count(binder) => b.binder(binder, binder.over.span),
            _ => {}
        });
    }
}
