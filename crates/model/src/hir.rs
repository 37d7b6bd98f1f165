//! Summaries: what a file says, without where.
//!
//! A file becomes a list of trees, one for each thing at its top level. A tree is flat (nodes in pre-order, each
//! knowing how many belong to it) and holds no offset, so two trees are equal exactly if they say the same: a
//! comment, a moved line or a new device above changes nothing below. Where things stand is in the [`SourceMap`]
//! beside it, found by node number.

use dossier_base::{FileId, Sym, TextRange, TextSize};
use dossier_syntax::ast::{self, ExprKind, ItemKind, Name, Op, Quantifier, Span, Tok, Value};
use dossier_syntax::{Kind, Parse, literal};
use std::sync::Arc;

/// What a node is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Tag {
    /// A declaration; its word is the node's name. Children: [`Tag::Name`] or [`Tag::RowName`], [`Tag::Title`]?,
    /// [`Tag::Doc`]?, items.
    Decl,
    /// A block with a text for a key. Children: [`Tag::Title`], [`Tag::Extra`]?, items.
    Keyed,
    /// A declaration with a type or definition. Children: [`Tag::Name`], [`Tag::Type`]?, [`Tag::Title`]?,
    /// [`Tag::Doc`]?, [`Tag::Define`]?, items.
    Header,
    /// A field: one expression.
    Field,
    /// A field that holds a block: items.
    FieldBlock,
    /// `x V when C` or `x when C`: an expression or two, the condition last.
    FieldWhen,
    /// `x exactly […]`: one expression.
    FieldExactly,
    /// A table: the columns (an expression), then rows.
    FieldTable,
    /// `for m in …`: one binder.
    FieldFor,
    /// A row of a table: cells, then the result.
    Row,
    /// An item that could not be read. Its name is the first word, if it begins with one. Children: [`Tag::Name`] if a
    /// name follows; then each other name in it, as [`Tag::Word`], those between brackets in a [`Tag::List`].
    Error,
    /// A name (of a declaration).
    Name,
    /// `row.x` as the name of a declaration: `x`.
    RowName,
    /// A text that titles or keys.
    Title,
    /// The word between key and block.
    Extra,
    /// A documentation comment.
    Doc,
    /// A type's name.
    Type,
    /// `set of` a type's name.
    SetType,
    /// A definition: one expression.
    Define,
    /// `m in models where …`: the collection, then the filter if any.
    Binder,
    /// An expression: a name.
    Word,
    /// A code.
    Code,
    /// `yes`.
    Yes,
    /// `no`.
    No,
    /// A number, as written.
    Number,
    /// A number with its unit: as written, and [`Tag::Unit`].
    Quantity,
    /// The unit of a quantity.
    Unit,
    /// A date, as written.
    Date,
    /// A text.
    Text,
    /// A list: its elements.
    List,
    /// `base.name`: the base.
    Path,
    /// `name(…)`: the arguments.
    Call,
    /// `not x`.
    Not,
    /// Two operands; which operator is in [`NodeRef::op`].
    Binary,
    /// `some …: …`: binder and body.
    Some,
    /// `every …: …`: binder and body.
    Every,
    /// `count(…)`: binder.
    Count,
    /// An expression that could not be read.
    Hole,
}

/// A node; 12 bytes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
struct Node {
    tag: Tag,
    /// A node that holds one that could not be read, or stands between braces that were put in.
    broken: bool,
    op: u8,
    /// How many nodes belong to it, itself included.
    len: u32,
    /// A name ([`Sym::to_raw`]) or a number of a text.
    data: u32,
}

/// One thing at the top level of a file.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Tree {
    nodes: Box<[Node]>,
    texts: Box<[Arc<str>]>,
}

/// What a file says.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct FileSummary {
    /// The things at its top level, in order.
    pub trees: Vec<Arc<Tree>>,
}

/// Where the nodes of a file's trees stand.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct SourceMap {
    ranges: Vec<Box<[TextRange]>>,
}

impl SourceMap {
    /// The bytes of a node.
    pub fn range(&self, tree: u32, node: u32) -> TextRange {
        self.ranges
            .get(tree as usize)
            .and_then(|t| t.get(node as usize))
            .copied()
            .unwrap_or_else(|| TextRange::empty(TextSize::from(0)))
    }
}

/// A node of a tree of a file.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Origin {
    /// The file.
    pub file: FileId,
    /// The tree in it.
    pub tree: u32,
    /// The node in that.
    pub node: u32,
}

/// A node with its tree.
#[derive(Clone, Copy)]
pub struct NodeRef<'t> {
    tree: &'t Tree,
    file: FileId,
    number: u32,
    node: u32,
}

impl Tree {
    /// The root, knowing where it comes from: `number` is the tree's in its file.
    pub fn root(&self, file: FileId, number: u32) -> NodeRef<'_> {
        NodeRef { tree: self, file, number, node: 0 }
    }
}

impl FileSummary {
    /// The roots of the trees.
    pub fn roots(&self, file: FileId) -> impl Iterator<Item = NodeRef<'_>> {
        self.trees.iter().enumerate().map(move |(i, t)| t.root(file, i as u32))
    }

    /// Items that could not be read, wherever they stand.
    pub fn errors(&self, file: FileId) -> impl Iterator<Item = NodeRef<'_>> {
        self.roots(file).flat_map(NodeRef::within).filter(|n| n.tag() == Tag::Error)
    }

    /// The node of an origin in this file.
    pub fn node(&self, origin: Origin) -> NodeRef<'_> {
        NodeRef {
            tree: &self.trees[origin.tree as usize],
            file: origin.file,
            number: origin.tree,
            node: origin.node,
        }
    }
}

impl<'t> NodeRef<'t> {
    fn raw(self) -> Node {
        self.tree.nodes[self.node as usize]
    }

    /// What it is.
    pub fn tag(self) -> Tag {
        self.raw().tag
    }

    /// Where it comes from.
    pub fn origin(self) -> Origin {
        Origin { file: self.file, tree: self.number, node: self.node }
    }

    /// Whether it, or something in it, could not be read.
    pub fn broken(self) -> bool {
        self.raw().broken
    }

    /// Its name: the word of an item, the name in an expression, a literal as written.
    pub fn sym(self) -> Sym {
        Sym::from_raw(self.raw().data)
    }

    /// The text of a title, a documentation comment or a text.
    pub fn text(self) -> &'t Arc<str> {
        &self.tree.texts[self.raw().data as usize]
    }

    /// Whether an item begins on the line on which the one before it ends. Told only of files in which something
    /// could not be read, where it matters: what shares a line may share the mistake.
    pub fn shares_line(self) -> bool {
        self.tag().is_item() && self.raw().op == SHARES_LINE
    }

    /// The item that directly holds it, if it is in one.
    pub fn parent(self) -> Option<NodeRef<'t>> {
        let mut around = (0..self.node).rev().map(|node| NodeRef { node, ..self });
        around.find(|n| n.node + n.raw().len > self.node && n.tag().is_item())
    }

    /// All nodes in it, itself first.
    pub fn within(self) -> impl Iterator<Item = NodeRef<'t>> {
        (self.node..self.node + self.raw().len).map(move |node| NodeRef { node, ..self })
    }

    /// The operator of a [`Tag::Binary`].
    pub fn op(self) -> Op {
        OPS[usize::from(self.raw().op)]
    }

    /// The nodes directly under it.
    pub fn children(self) -> impl Iterator<Item = NodeRef<'t>> + Clone {
        let end = self.node + self.raw().len;
        let mut next = self.node + 1;
        std::iter::from_fn(move || {
            (next < end).then(|| {
                let child = NodeRef { node: next, ..self };
                next += child.raw().len;
                child
            })
        })
    }

    /// The `n`th child.
    pub fn child(self, n: usize) -> Option<NodeRef<'t>> {
        self.children().nth(n)
    }

    /// The items in it.
    pub fn items(self) -> impl Iterator<Item = NodeRef<'t>> + Clone {
        self.children().filter(|c| c.tag().is_item())
    }

    /// The name that a declaration gives.
    pub fn name(self) -> Option<NodeRef<'t>> {
        self.children().find(|c| matches!(c.tag(), Tag::Name | Tag::RowName))
    }

    /// Its title or key.
    pub fn title(self) -> Option<NodeRef<'t>> {
        self.children().find(|c| c.tag() == Tag::Title)
    }

    /// The documentation above it.
    pub fn doc(self) -> Option<&'t Arc<str>> {
        self.children().find(|c| c.tag() == Tag::Doc).map(NodeRef::text)
    }

    /// The one field of that name, if it is there.
    pub fn field(self, word: Sym) -> Option<NodeRef<'t>> {
        self.items().find(|i| i.tag().is_field() && i.sym() == word)
    }

    /// The value of a field, if one was written.
    pub fn value(self) -> Option<NodeRef<'t>> {
        self.child(0)
    }

    /// Whether an item has no name but is a field.
    pub fn is_field(self) -> bool {
        self.tag().is_field()
    }

    /// Whether two nodes say the same.
    pub fn same(self, other: NodeRef<'_>) -> bool {
        let (a, b) = (self.raw(), other.raw());
        a.len == b.len
            && (0..a.len).all(|i| {
                let (x, y) =
                    (NodeRef { node: self.node + i, ..self }, NodeRef { node: other.node + i, ..other });
                let (p, q) = (x.raw(), y.raw());
                if p.tag != q.tag || p.op != q.op || p.len != q.len || p.broken != q.broken {
                    return false;
                }
                if p.tag.has_text() { x.text() == y.text() } else { p.data == q.data }
            })
    }
}

impl Tag {
    /// Something that stands in a block.
    pub fn is_item(self) -> bool {
        matches!(self, Tag::Decl | Tag::Keyed | Tag::Header | Tag::Row | Tag::Error) || self.is_field()
    }

    /// A field of any shape.
    pub fn is_field(self) -> bool {
        matches!(
            self,
            Tag::Field
                | Tag::FieldBlock
                | Tag::FieldWhen
                | Tag::FieldExactly
                | Tag::FieldTable
                | Tag::FieldFor
        )
    }

    fn has_text(self) -> bool {
        matches!(self, Tag::Title | Tag::Doc | Tag::Text)
    }
}

/// In the place of an operator, of an item: see [`NodeRef::shares_line`].
const SHARES_LINE: u8 = 1;

const OPS: [Op; 20] = [
    Op::Add,
    Op::Sub,
    Op::By,
    Op::With,
    Op::Where,
    Op::Eq,
    Op::NotEq,
    Op::Lt,
    Op::LtEq,
    Op::Gt,
    Op::GtEq,
    Op::In,
    Op::Has,
    Op::HasAll,
    Op::HasAny,
    Op::HasNone,
    Op::Within,
    Op::And,
    Op::Or,
    Op::Implies,
];

/// Lowers a file. Pure: the same text gives an equal summary.
pub fn lower(parse: &Parse) -> (FileSummary, SourceMap) {
    let mut summary = FileSummary::default();
    let mut map = SourceMap::default();
    let spoilt = spoilt(parse, &parse.file.items);
    for (n, item) in parse.file.items.iter().enumerate() {
        let mut l =
            Lower { parse, nodes: Vec::with_capacity(64), texts: Vec::new(), ranges: Vec::with_capacity(64) };
        l.sibling(item, spoilt.get(n));
        summary.trees.push(Arc::new(Tree { nodes: l.nodes.into(), texts: l.texts.into() }));
        map.ranges.push(l.ranges.into());
    }
    if parse.file.items.is_empty() && parse.diagnostics.iter().any(|d| d.place.is_some()) {
        // A file of which nothing could be read says so, instead of looking like an empty one.
        let node = Node { tag: Tag::Error, broken: true, op: 0, len: 1, data: Sym::new("").to_raw() };
        summary.trees.push(Arc::new(Tree { nodes: [node].into(), texts: [].into() }));
        map.ranges.push([TextRange::empty(TextSize::from(0))].into());
    }
    (summary, map)
}

/// What an item has to do with others of its line, in a file in which something could not be read.
#[derive(Clone, Copy, Default)]
struct Spoilt {
    /// It begins on the line on which the one before it ends.
    shares_line: bool,
    /// What could not be read follows directly, so that its own end is a guess.
    cut: bool,
    /// What could not be read follows on the line.
    line: bool,
}

/// That of each item; empty in a file of which all could be read.
fn spoilt(parse: &Parse, items: &[ast::Item]) -> Vec<Spoilt> {
    if parse.diagnostics.is_empty() {
        return Vec::new();
    }
    let mut found = vec![Spoilt::default(); items.len()];
    for n in (1..items.len()).rev() {
        if items[n - 1].span.end != items[n].span.start {
            continue;
        }
        found[n].shares_line = true;
        // A closing brace ends an item whatever follows.
        let last = Tok(items[n].span.start.0 - 1);
        let closed = parse.layout.kind(last) == Kind::RBrace;
        // What begins like an item of its own takes nothing from the one before; a word alone may be part of that.
        let begin = parse.layout.kind(items[n].span.start);
        let alone = items[n].span.end.0 - items[n].span.start.0 == 1;
        let error =
            matches!(items[n].kind, ItemKind::Error) && (alone || !(begin.is_word() || begin == Kind::For));
        found[n - 1].cut = error && !closed;
        found[n - 1].line = (error || found[n].line) && !closed;
    }
    found
}

struct Lower<'p> {
    parse: &'p Parse,
    nodes: Vec<Node>,
    texts: Vec<Arc<str>>,
    ranges: Vec<TextRange>,
}

impl Lower<'_> {
    fn open(&mut self, tag: Tag, data: u32, range: TextRange) -> usize {
        self.nodes.push(Node { tag, broken: false, op: 0, len: 1, data });
        self.ranges.push(range);
        self.nodes.len() - 1
    }

    fn close(&mut self, at: usize) {
        self.nodes[at].len = (self.nodes.len() - at) as u32;
        // Only a file with diagnostics holds anything broken; the rest is spared the look.
        if self.parse.diagnostics.is_empty() {
            return;
        }
        self.nodes[at].broken |= self.nodes[at + 1..].iter().any(|n| {
            n.broken
                && !matches!(n.tag, Tag::Decl | Tag::Keyed | Tag::Header | Tag::Error)
                && !n.tag.is_field()
        });
    }

    fn sym(&self, tok: Tok) -> u32 {
        Sym::new(self.parse.str(tok)).to_raw()
    }

    fn leaf(&mut self, tag: Tag, tok: Tok) {
        let (data, range) = (self.sym(tok), self.parse.range(tok));
        self.open(tag, data, range);
    }

    fn text(&mut self, tag: Tag, text: String, range: TextRange) {
        self.texts.push(text.into());
        self.open(tag, (self.texts.len() - 1) as u32, range);
    }

    fn text_token(&mut self, tag: Tag, tok: Tok) {
        let range = self.parse.range(tok);
        let text = literal::unquote(self.parse.str(tok));
        self.text(tag, text, range);
        if matches!(self.parse.layout.kind(tok), Kind::OpenText | Kind::OpenBlockText) {
            self.mark_broken();
        }
    }

    fn mark_broken(&mut self) {
        if let Some(last) = self.nodes.last_mut() {
            last.broken = true;
        }
    }

    /// The `///` lines right above an item.
    fn doc(&mut self, first: Tok) {
        let tokens = &self.parse.tokens;
        let mut lines: Vec<&str> = Vec::new();
        let mut range: Option<TextRange> = None;
        for i in (0..self.parse.layout.table(first)).rev() {
            match tokens.kind(i) {
                Kind::DocComment => {
                    lines.push(tokens.text(&self.parse.text, i).trim_start_matches('/').trim());
                    let r = tokens.range(i);
                    range = Some(range.map_or(r, |all| all.cover(r)));
                }
                Kind::Space if tokens.text(&self.parse.text, i).matches('\n').count() < 2 => {}
                _ => break,
            }
        }
        if let Some(range) = range {
            lines.reverse();
            self.text(Tag::Doc, lines.join("\n"), range);
        }
    }

    /// An item among others.
    fn sibling(&mut self, item: &ast::Item, spoilt: Option<&Spoilt>) {
        let at = self.nodes.len();
        let spoilt = spoilt.copied().unwrap_or_default();
        // A list that was mended holds what the indent tells, which may not be what was meant.
        let mended = match &item.kind {
            ItemKind::Field(ast::Field { value: Value::Block(_), .. }) => false,
            ItemKind::Field(ast::Field { value: Value::Table(columns, _), .. }) => {
                self.parse.layout.is_list_repaired(columns.span)
            }
            ItemKind::Field(_) | ItemKind::Header(_) | ItemKind::Row(_) => {
                self.parse.layout.is_list_repaired(item.span)
            }
            _ => false,
        };
        if spoilt.cut || mended {
            self.error(item.span, self.parse.span_range(item.span));
        } else {
            self.item(item);
        }
        if spoilt.line {
            self.nodes[at].broken = true;
        }
        if spoilt.shares_line {
            self.nodes[at].op = SHARES_LINE;
        }
    }

    fn item(&mut self, item: &ast::Item) {
        let range = self.parse.span_range(item.span);
        match &item.kind {
            ItemKind::Decl(d) => {
                let at = self.open(Tag::Decl, self.sym(d.word), range);
                match d.name {
                    Name::Plain(name) => self.leaf(Tag::Name, name),
                    Name::Row(_, name) => self.leaf(Tag::RowName, name),
                }
                if let Some(title) = d.title {
                    self.text_token(Tag::Title, title);
                }
                self.doc(d.word);
                self.block(at, d.block.as_ref());
                self.close(at);
            }
            ItemKind::Keyed(k) => {
                let at = self.open(Tag::Keyed, self.sym(k.word), range);
                self.text_token(Tag::Title, k.key);
                if let Some(extra) = k.extra {
                    self.leaf(Tag::Extra, extra);
                }
                self.doc(k.word);
                self.block(at, Some(&k.block));
                self.close(at);
            }
            ItemKind::Header(h) => {
                let at = self.open(Tag::Header, self.sym(h.word), range);
                self.leaf(Tag::Name, h.name);
                if let Some(ty) = h.ty {
                    self.leaf(if ty.set { Tag::SetType } else { Tag::Type }, ty.name);
                }
                if let Some(title) = h.title {
                    self.text_token(Tag::Title, title);
                }
                self.doc(h.word);
                if let Some(value) = &h.value {
                    let define = self.open(Tag::Define, 0, self.parse.span_range(value.span));
                    self.expr(value);
                    self.close(define);
                }
                self.block(at, h.block.as_ref());
                self.close(at);
            }
            ItemKind::Field(f) => self.field(f, range),
            ItemKind::Row(r) => {
                let at = self.open(Tag::Row, 0, range);
                r.cells.iter().for_each(|c| self.expr(c));
                self.expr(&r.result);
                self.close(at);
            }
            ItemKind::Error => self.error(item.span, range),
        }
    }

    /// What could not be read still tells what it was about, if it begins with a word or two.
    fn error(&mut self, span: Span, range: TextRange) {
        let first = self.parse.layout.kind(span.start);
        let word =
            if first.is_word() || first == Kind::For { self.sym(span.start) } else { Sym::new("").to_raw() };
        let at = self.open(Tag::Error, word, range);
        self.mark_broken();
        let next = Tok(span.start.0 + 1);
        if next < span.end
            && (self.parse.layout.kind(next).is_word() || self.parse.layout.kind(next) == Kind::Code)
        {
            self.leaf(Tag::Name, next);
        }
        self.names(span);
        self.close(at);
        if self.swallows_lines(span) {
            // What stood on those lines may have been anything.
            let at = self.open(Tag::Error, Sym::new("").to_raw(), range);
            self.mark_broken();
            self.close(at);
        }
    }

    /// The names in what could not be read: any of them may be declared there.
    fn names(&mut self, span: Span) {
        let mut list = None;
        let mut depth = 0_usize;
        for t in span.start.0..span.end.0 {
            let tok = Tok(t);
            match self.parse.layout.kind(tok) {
                Kind::LBracket | Kind::LParen => {
                    depth += 1;
                    if depth == 1 {
                        list = Some(self.open(Tag::List, 0, self.parse.range(tok)));
                    }
                }
                Kind::RBracket | Kind::RParen => {
                    depth = depth.saturating_sub(1);
                    if depth == 0
                        && let Some(list) = list.take()
                    {
                        self.close(list);
                    }
                }
                kind if kind.is_word() || kind == Kind::Code => self.leaf(Tag::Word, tok),
                _ => {}
            }
        }
        if let Some(list) = list {
            self.close(list);
        }
    }

    /// Whether what could not be read goes on into lines on which something else may begin: outside of brackets that
    /// it closes.
    fn swallows_lines(&self, span: Span) -> bool {
        let mut open = vec![(Kind::Eof, false)];
        for t in span.start.0 + 1..span.end.0 {
            let (before, tok) = (self.parse.range(Tok(t - 1)), Tok(t));
            let kind = self.parse.layout.kind(tok);
            let opening = match kind {
                Kind::RBrace => Some(Kind::LBrace),
                Kind::RBracket => Some(Kind::LBracket),
                Kind::RParen => Some(Kind::LParen),
                _ => None,
            };
            if let Some(opening) = opening {
                if let Some(depth) = open.iter().rposition(|o| o.0 == opening) {
                    open.truncate(depth);
                }
                continue;
            }
            let between = TextRange::new(before.end(), self.parse.range(tok).start().max(before.end()));
            if self.parse.text[between].contains('\n')
                && let Some(innermost) = open.last_mut()
            {
                innermost.1 = true;
            }
            if matches!(kind, Kind::LBrace | Kind::LBracket | Kind::LParen) {
                open.push((kind, false));
            }
        }
        open.iter().any(|o| o.1)
    }

    fn field(&mut self, f: &ast::Field, range: TextRange) {
        let word = self.sym(f.word);
        let (tag, at);
        match &f.value {
            Value::Expr(e) => {
                at = self.open(Tag::Field, word, range);
                self.expr(e);
            }
            Value::Exactly(e) => {
                at = self.open(Tag::FieldExactly, word, range);
                self.expr(e);
            }
            Value::When(v, c) => {
                at = self.open(Tag::FieldWhen, word, range);
                if let Some(v) = v {
                    self.expr(v);
                }
                self.expr(c);
            }
            Value::Block(b) => {
                at = self.open(Tag::FieldBlock, word, range);
                self.block(at, Some(b));
            }
            Value::Table(columns, rows) => {
                at = self.open(Tag::FieldTable, word, range);
                self.expr(columns);
                self.block(at, Some(rows));
            }
            Value::Binder(b) => {
                tag = Tag::FieldFor;
                at = self.open(tag, word, range);
                self.binder(b);
            }
        }
        self.close(at);
    }

    fn block(&mut self, owner: usize, block: Option<&ast::Block>) {
        let Some(block) = block else { return };
        let close = Tok(block.span.end.0.saturating_sub(1));
        if self.parse.layout.is_inserted(block.span.start) || self.parse.layout.is_inserted(close) {
            self.nodes[owner].broken = true;
        }
        let spoilt = spoilt(self.parse, &block.items);
        for (n, item) in block.items.iter().enumerate() {
            self.sibling(item, spoilt.get(n));
        }
    }

    fn binder(&mut self, b: &ast::Binder) {
        let end = b.filter.as_ref().map_or(b.over.span.end, |f| f.span.end);
        let range = self.parse.span_range(Span { start: b.name, end });
        let at = self.open(Tag::Binder, self.sym(b.name), range);
        self.expr(&b.over);
        if let Some(f) = &b.filter {
            self.expr(f);
        }
        self.close(at);
    }

    fn expr(&mut self, e: &ast::Expr) {
        let range = self.parse.span_range(e.span);
        match &e.kind {
            ExprKind::Name(t) => self.leaf(Tag::Word, *t),
            ExprKind::Code(t) => self.leaf(Tag::Code, *t),
            ExprKind::Bool(b) => {
                self.open(if *b { Tag::Yes } else { Tag::No }, 0, range);
            }
            ExprKind::Number(t) => self.leaf(Tag::Number, *t),
            ExprKind::Quantity(n, u) => {
                let at = self.open(Tag::Quantity, self.sym(*n), range);
                self.leaf(Tag::Unit, *u);
                self.close(at);
            }
            ExprKind::Date(t) => self.leaf(Tag::Date, *t),
            ExprKind::Text(t) => self.text_token(Tag::Text, *t),
            ExprKind::List(items) => {
                let at = self.open(Tag::List, 0, range);
                items.iter().for_each(|i| self.expr(i));
                self.close(at);
            }
            // Parentheses have done their work in the tree's shape.
            ExprKind::Paren(inner) => self.expr(inner),
            ExprKind::Path(base, name) => {
                let at = self.open(Tag::Path, self.sym(*name), range);
                self.expr(base);
                self.close(at);
            }
            ExprKind::Call(name, args) => {
                let at = self.open(Tag::Call, self.sym(*name), range);
                args.iter().for_each(|a| self.expr(a));
                self.close(at);
            }
            ExprKind::Not(inner) => {
                let at = self.open(Tag::Not, 0, range);
                self.expr(inner);
                self.close(at);
            }
            ExprKind::Binary(op, sides) => {
                let at = self.open(Tag::Binary, 0, range);
                self.nodes[at].op = OPS.iter().position(|o| o == op).unwrap_or(0) as u8;
                self.expr(&sides.0);
                self.expr(&sides.1);
                self.close(at);
                // `and` directly beside `or` is an error, and could be read in two ways.
                self.nodes[at].broken |= [&sides.0, &sides.1].into_iter().any(|side| {
                    matches!(
                        (op, &side.kind),
                        (Op::Or, ExprKind::Binary(Op::And, _)) | (Op::And, ExprKind::Binary(Op::Or, _))
                    )
                });
            }
            ExprKind::Quantifier(q, parts) => {
                let tag = if *q == Quantifier::Some { Tag::Some } else { Tag::Every };
                let at = self.open(tag, 0, range);
                self.binder(&parts.0);
                self.expr(&parts.1);
                self.close(at);
            }
            ExprKind::Count(b) => {
                let at = self.open(Tag::Count, 0, range);
                self.binder(b);
                self.close(at);
            }
            ExprKind::Error => {
                self.open(Tag::Hole, 0, range);
                self.mark_broken();
            }
        }
    }
}
