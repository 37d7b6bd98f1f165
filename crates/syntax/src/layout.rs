//! What the parser sees of the token table: no trivia, an explicit end after each logical line, and braces that
//! match.
//!
//! Lists and parentheses span lines, a line goes on after an operator and into a line that begins with one; every
//! other line end ends an item. That is what keeps a broken line from costing more than itself.
//!
//! Braces that do not match are paired by indentation: `fmt` lays a file out so that a block's lines stand deeper
//! than the line that opens it, and people mostly do too. What is missing is put in (as a token of no width), what
//! is too many is left out, and each is reported where it happened instead of at the end of the file.

use crate::ast::Tok;
use crate::token::{Kind, Tokens};
use dossier_base::{TextRange, TextSize};

/// The parser's view of a file. Token numbers of the tree ([`Tok`]) index it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Layout {
    /// Kinds, line ends included, a last [`Kind::Eof`] not.
    pub(crate) kinds: Vec<Kind>,
    /// For each the token of the table; for a line end and a brace that was put in, the token before it.
    table: Vec<u32>,
    /// Numbers, in order, of the braces that were put in.
    inserted: Vec<u32>,
    /// What is wrong with the braces.
    pub(crate) problems: Vec<Problem>,
}

/// What can be wrong with a file's braces.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Problem {
    /// A block that nothing closes: its opening brace, and the token after which the close belongs.
    MissingClose {
        /// Table number of the opening brace.
        open: u32,
        /// Table number of the last token inside.
        after: u32,
    },
    /// Lines stand deeper than the one before, which opens no block: table number of its last token.
    MissingOpen {
        /// Table number.
        after: u32,
    },
    /// A brace too many: its table number.
    Stray(u32),
    /// Brackets nest deeper, or a line joins more operators, than any reader could follow: the table number of the
    /// token where the limit is passed. The parser sees nothing of such a file.
    TooDeep(u32),
}

/// How deep brackets may nest, and how many operators one line may join. Both bound the depth of the tree, so that
/// no walk over it can run out of stack.
const MAX_DEPTH: usize = 100;
const MAX_OPERATORS: usize = 400;

impl Layout {
    /// Lays a token table out.
    pub fn new(tokens: &Tokens, text: &str) -> Self {
        if let Some(token) = too_deep(tokens, text) {
            return Self { problems: vec![Problem::TooDeep(token)], ..Self::default() };
        }
        if let Some(plain) = Self::balanced(tokens, text) {
            return plain;
        }
        Repair::new(tokens, text).run()
    }

    /// How many tokens the parser sees.
    pub fn len(&self) -> usize {
        self.kinds.len()
    }

    /// Whether it sees none.
    pub fn is_empty(&self) -> bool {
        self.kinds.is_empty()
    }

    /// The kind of a token.
    pub fn kind(&self, tok: Tok) -> Kind {
        self.kinds.get(tok.0 as usize).copied().unwrap_or(Kind::Eof)
    }

    /// Where in the table a token stands.
    pub fn table(&self, tok: Tok) -> usize {
        self.table[tok.0 as usize] as usize
    }

    /// Whether the brace was put in.
    pub fn is_inserted(&self, tok: Tok) -> bool {
        self.inserted.binary_search(&tok.0).is_ok()
    }

    /// The bytes of a token; of a line end or an inserted brace the empty range where it stands.
    pub fn range(&self, tok: Tok, tokens: &Tokens) -> TextRange {
        let Some(&table) = self.table.get(tok.0 as usize) else {
            let end = self.table.last().map_or(TextSize::from(0), |&t| tokens.range(t as usize).end());
            return TextRange::empty(end);
        };
        let range = tokens.range(table as usize);
        if self.kind(tok) == Kind::NewLine || self.is_inserted(tok) {
            TextRange::empty(range.end())
        } else {
            range
        }
    }

    fn push(&mut self, kind: Kind, table: usize) {
        self.kinds.push(kind);
        self.table.push(table as u32);
    }

    /// The straight way, for files whose brackets all match.
    fn balanced(tokens: &Tokens, text: &str) -> Option<Self> {
        let mut out = Self {
            kinds: Vec::with_capacity(tokens.len()),
            table: Vec::with_capacity(tokens.len()),
            ..Self::default()
        };
        let mut open: Vec<Kind> = Vec::new();
        let mut line_ended = false;
        let mut last = (Kind::LBrace, 0);
        for (i, &kind) in tokens.kinds().iter().enumerate() {
            if kind.is_trivia() {
                line_ended |= kind == Kind::Space && has_line_end(tokens.text(text, i));
                continue;
            }
            if line_ended {
                line_ended = false;
                let in_list = matches!(open.last(), Some(Kind::LBracket | Kind::LParen));
                if !in_list && ends_line(last.0, kind) {
                    out.push(Kind::NewLine, last.1);
                }
            }
            match kind {
                Kind::LBrace if matches!(open.last(), Some(Kind::LBracket | Kind::LParen)) => return None,
                Kind::LBrace | Kind::LBracket | Kind::LParen => open.push(kind),
                Kind::RBrace if open.pop() != Some(Kind::LBrace) => return None,
                Kind::RBracket if open.pop() != Some(Kind::LBracket) => return None,
                Kind::RParen if open.pop() != Some(Kind::LParen) => return None,
                _ => {}
            }
            out.push(kind, i);
            last = (kind, i);
        }
        open.is_empty().then_some(out)
    }
}

/// Whether white space holds a line end. It is mostly a byte or two: a search that sets anything up takes longer.
fn has_line_end(space: &str) -> bool {
    space.bytes().any(|b| b == b'\n')
}

/// Whether a line end between these two kinds ends an item.
fn ends_line(before: Kind, after: Kind) -> bool {
    before != Kind::LBrace && after != Kind::RBrace && !before.goes_on_after() && !after.goes_on_before()
}

/// The first token past [`MAX_DEPTH`] or [`MAX_OPERATORS`].
fn too_deep(tokens: &Tokens, text: &str) -> Option<u32> {
    let mut depth = 0;
    let mut lists: usize = 0;
    let mut operators = 0;
    let mut line_ended = false;
    let mut last = Kind::LBrace;
    for (i, &kind) in tokens.kinds().iter().enumerate() {
        if kind.is_trivia() {
            line_ended |= kind == Kind::Space && has_line_end(tokens.text(text, i));
            continue;
        }
        match kind {
            Kind::LBrace => {
                depth += 1;
                lists = 0;
            }
            Kind::RBrace => {
                depth = usize::saturating_sub(depth, 1);
                lists = 0;
            }
            Kind::LBracket | Kind::LParen => {
                depth += 1;
                lists += 1;
            }
            Kind::RBracket | Kind::RParen => {
                depth = usize::saturating_sub(depth, 1);
                lists = lists.saturating_sub(1);
            }
            _ => {}
        }
        let new_line = line_ended && lists == 0 && ends_line(last, kind);
        if new_line || matches!(kind, Kind::LBrace | Kind::RBrace) {
            operators = 0;
        }
        line_ended = false;
        last = kind;
        let operator = kind.goes_on_after() && kind != Kind::Comma && kind != Kind::Arrow;
        operators += usize::from(operator || matches!(kind, Kind::Some | Kind::Every));
        if depth > MAX_DEPTH || operators > MAX_OPERATORS {
            return Some(i as u32);
        }
    }
    None
}

/// A line of significant tokens that does not begin inside a list.
struct Line {
    indent: usize,
    tokens: std::ops::Range<usize>,
}

struct Open {
    token: u32,
    /// Of the line on which it stands.
    indent: usize,
    line: usize,
    /// Of the first line inside it.
    inner: Option<usize>,
}

/// The careful way, for files whose brackets do not all match.
struct Repair<'t> {
    tokens: &'t Tokens,
    /// Table numbers of the significant tokens.
    sig: Vec<u32>,
    lines: Vec<Line>,
    open: Vec<Open>,
    /// Indentation of the first line of the file.
    root: usize,
    out: Layout,
    last: (Kind, u32),
}

impl<'t> Repair<'t> {
    fn new(tokens: &'t Tokens, text: &str) -> Self {
        let sig: Vec<u32> =
            (0..tokens.len()).filter(|&i| !tokens.kind(i).is_trivia()).map(|i| i as u32).collect();
        let in_list = closed_lists(tokens, &sig);
        let mut lines: Vec<Line> = Vec::new();
        // A byte order mark takes no column.
        let mut begin = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        let mut is_first = true;
        let mut n = 0;
        for i in 0..tokens.len() {
            let range = tokens.range(i);
            if !tokens.kind(i).is_trivia() {
                if is_first && !in_list[n] {
                    if let Some(last) = lines.last_mut() {
                        last.tokens.end = n;
                    }
                    lines.push(Line { indent: usize::from(range.start()) - begin, tokens: n..sig.len() });
                }
                is_first = false;
                n += 1;
            }
            if let Some(end) = tokens.text(text, i).rfind('\n') {
                begin = usize::from(range.start()) + end + 1;
                is_first |= tokens.kind(i).is_trivia();
            }
        }
        let root = lines.first().map_or(0, |l| l.indent);
        Self { tokens, sig, lines, open: Vec::new(), root, out: Layout::default(), last: (Kind::LBrace, 0) }
    }

    fn run(mut self) -> Layout {
        for n in 0..self.lines.len() {
            let indent = self.lines[n].indent;
            let range = self.lines[n].tokens.clone();
            let first = self.kind(range.start);
            let continues = n > 0 && {
                let before = self.kind(self.lines[n - 1].tokens.end - 1);
                before.goes_on_after() || first.goes_on_before()
            };
            let mut rest = range.clone();
            if first == Kind::RBrace {
                rest.start += 1;
                self.close_at(indent, range.start);
            } else if !continues {
                while self.open.last().is_some_and(|o| o.indent >= indent) {
                    self.close_missing();
                }
                let inner = match self.open.last_mut() {
                    Some(open) => *open.inner.get_or_insert(indent),
                    None => self.root,
                };
                if indent > inner && n > 0 && self.last.0 != Kind::LBrace && self.last.0 != Kind::RBrace {
                    let indent_before = self.lines[n - 1].indent;
                    self.open_missing(indent_before, n, indent);
                }
            }
            if self.last.0 != Kind::LBrace && !continues && first != Kind::RBrace && n > 0 {
                self.out.push(Kind::NewLine, self.last.1 as usize);
            }
            for at in rest {
                self.token(at, n, indent);
            }
        }
        while !self.open.is_empty() {
            self.close_missing();
        }
        self.out
    }

    fn kind(&self, at: usize) -> Kind {
        self.tokens.kind(self.sig[at] as usize)
    }

    fn put(&mut self, kind: Kind, table: u32) {
        self.out.push(kind, table as usize);
        self.last = (kind, table);
    }

    fn insert(&mut self, kind: Kind) {
        self.out.inserted.push(self.out.kinds.len() as u32);
        let after = self.last.1;
        self.put(kind, after);
    }

    fn close_missing(&mut self) {
        if let Some(open) = self.open.pop() {
            self.out.problems.push(Problem::MissingClose { open: open.token, after: self.last.1 });
            self.insert(Kind::RBrace);
        }
    }

    fn open_missing(&mut self, indent: usize, line: usize, inner: usize) {
        self.out.problems.push(Problem::MissingOpen { after: self.last.1 });
        self.insert(Kind::LBrace);
        self.open.push(Open { token: self.last.1, indent, line, inner: Some(inner) });
    }

    /// A closing brace that begins its line closes the innermost block that a line as deep opened.
    fn close_at(&mut self, indent: usize, at: usize) {
        let token = self.sig[at];
        let Some(depth) = self.open.iter().rposition(|o| o.indent == indent) else {
            // No block opened at that depth: it closes the innermost if it stands left of its contents.
            match self.open.last() {
                Some(o) if o.inner.is_none_or(|inner| indent < inner) && o.indent < indent => {
                    self.open.pop();
                    self.put(Kind::RBrace, token);
                }
                _ => self.out.problems.push(Problem::Stray(token)),
            }
            return;
        };
        while self.open.len() > depth + 1 {
            self.close_missing();
        }
        self.open.pop();
        self.put(Kind::RBrace, token);
    }

    fn token(&mut self, at: usize, line: usize, indent: usize) {
        let token = self.sig[at];
        match self.kind(at) {
            Kind::LBrace if self.last.0 == Kind::LBrace => self.out.problems.push(Problem::Stray(token)),
            Kind::LBrace => {
                self.open.push(Open { token, indent, line, inner: None });
                self.put(Kind::LBrace, token);
            }
            Kind::RBrace => {
                let next_indent = self.lines.get(line + 1).map(|l| l.indent);
                let closes = self
                    .open
                    .last()
                    .is_some_and(|o| o.line == line || next_indent.is_none_or(|next| next <= o.indent));
                if closes {
                    self.open.pop();
                    self.put(Kind::RBrace, token);
                } else {
                    self.out.problems.push(Problem::Stray(token));
                }
            }
            kind => self.put(kind, token),
        }
    }
}

/// For each significant token whether it stands inside a list or parenthesis that is closed before a brace.
fn closed_lists(tokens: &Tokens, sig: &[u32]) -> Vec<bool> {
    let mut inside = vec![false; sig.len()];
    let mut open: Vec<(Kind, usize)> = Vec::new();
    for (n, &i) in sig.iter().enumerate() {
        match tokens.kind(i as usize) {
            kind @ (Kind::LBracket | Kind::LParen) => open.push((kind, n)),
            kind @ (Kind::RBracket | Kind::RParen) => {
                let wanted = if kind == Kind::RBracket { Kind::LBracket } else { Kind::LParen };
                if open.last().is_some_and(|o| o.0 == wanted)
                    && let Some((_, start)) = open.pop()
                {
                    inside[start + 1..=n].fill(true);
                }
            }
            Kind::LBrace | Kind::RBrace => open.clear(),
            _ => {}
        }
    }
    inside
}
