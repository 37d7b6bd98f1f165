//! What the parser sees of the token table: no trivia, an explicit end after each logical line, and braces that
//! match.
//!
//! Lists and parentheses span lines, a line goes on after an operator and into a line that begins with one; every
//! other line end ends an item. That is what keeps a broken line from costing more than itself.
//!
//! Braces that do not match are paired by indentation: `fmt` lays a file out so that a block's lines stand deeper
//! than the line that opens it, and people mostly do too. So are the brackets of lists over several lines. What is
//! missing is put in (as a token of no width), what is too many is left out, and each is reported where it happened
//! instead of at the end of the file.

use crate::ast::{Span, Tok};
use crate::token::{Kind, Tokens};
use dossier_base::{TextRange, TextSize};
use std::collections::BTreeSet;

/// The parser's view of a file. Token numbers of the tree ([`Tok`]) index it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Layout {
    /// Kinds, line ends included, a last [`Kind::Eof`] not.
    pub(crate) kinds: Vec<Kind>,
    /// For each the token of the table; for a line end and a brace that was put in, the token before it.
    table: Vec<u32>,
    /// Numbers, in order, of the braces and brackets that were put in.
    inserted: Vec<u32>,
    /// What is wrong with the braces.
    pub(crate) problems: Vec<Problem>,
}

/// What can be wrong with a file's braces.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Problem {
    /// A block or list that nothing closes: its opening sign, and the token after which the close belongs.
    MissingClose {
        /// Table number of the opening sign, or, if that was put in, of the token before it.
        open: u32,
        /// Table number of the last token inside.
        after: u32,
        /// The closing sign.
        kind: Kind,
    },
    /// A block or list that nothing opens.
    MissingOpen {
        /// Table number of the token after which the opening sign belongs.
        after: u32,
        /// The opening sign.
        kind: Kind,
        /// What tells that there is one.
        sign: Sign,
    },
    /// A brace or bracket too many: its table number.
    Stray(u32),
    /// Brackets nest deeper, or a line joins more operators, than any reader could follow: the table number of the
    /// token where the limit is passed. The parser sees nothing of such a file.
    TooDeep(u32),
}

/// What tells that a block or list begins.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Sign {
    /// The lines below stand deeper.
    Deeper,
    /// A closing sign further on its line, or below, closes nothing else.
    Close,
}

/// How deep brackets may nest, and how many operators one line may join. Both bound the depth of the tree, so that
/// no walk over it can run out of stack.
const MAX_DEPTH: usize = 100;
const MAX_OPERATORS: usize = 400;

impl Layout {
    /// Lays a token table out.
    pub fn new(tokens: &Tokens, text: &str) -> Self {
        if let Some(plain) = Self::balanced(tokens, text) {
            return plain;
        }
        if let Some(token) = too_deep(tokens, text) {
            return Self { problems: vec![Problem::TooDeep(token)], ..Self::default() };
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

    /// Whether the brace or bracket was put in.
    pub fn is_inserted(&self, tok: Tok) -> bool {
        // Asked of every node of every tree, and nearly all files have none.
        !self.inserted.is_empty() && self.inserted.binary_search(&tok.0).is_ok()
    }

    /// Whether a bracket or parenthesis was put in between these tokens.
    pub fn is_list_repaired(&self, span: Span) -> bool {
        if self.inserted.is_empty() {
            return false;
        }
        let from = self.inserted.partition_point(|&t| t < span.start.0);
        let inside = self.inserted[from..].iter().take_while(|&&t| t < span.end.0);
        inside.map(|&t| self.kinds[t as usize]).any(|k| !matches!(k, Kind::LBrace | Kind::RBrace))
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

    /// The straight way, for files whose brackets all match and whose depth is within the limits of [`too_deep`].
    fn balanced(tokens: &Tokens, text: &str) -> Option<Self> {
        let mut out = Self {
            kinds: Vec::with_capacity(tokens.len()),
            table: Vec::with_capacity(tokens.len()),
            ..Self::default()
        };
        let mut open: Vec<Kind> = Vec::new();
        let mut operators = 0;
        let mut line_ended = false;
        let mut last = (Kind::LBrace, 0);
        for (i, &kind) in tokens.kinds().iter().enumerate() {
            if kind.is_trivia() {
                line_ended |= kind == Kind::Space && tokens.has_line_end(text, i);
                continue;
            }
            let ends_line = std::mem::take(&mut line_ended) && ends_line(last.0, kind);
            if ends_line && !matches!(open.last(), Some(Kind::LBracket | Kind::LParen)) {
                out.push(Kind::NewLine, last.1);
            }
            match kind {
                Kind::LBrace if matches!(open.last(), Some(Kind::LBracket | Kind::LParen)) => return None,
                Kind::LBrace | Kind::LBracket | Kind::LParen => open.push(kind),
                Kind::RBrace if open.pop() != Some(Kind::LBrace) => return None,
                Kind::RBracket if open.pop() != Some(Kind::LBracket) => return None,
                Kind::RParen if open.pop() != Some(Kind::LParen) => return None,
                _ => {}
            }
            let in_list = matches!(open.last(), Some(Kind::LBracket | Kind::LParen));
            if (ends_line && !in_list) || matches!(kind, Kind::LBrace | Kind::RBrace) {
                operators = 0;
            }
            operators += usize::from(is_operator(kind));
            if open.len() > MAX_DEPTH || operators > MAX_OPERATORS {
                return None;
            }
            out.push(kind, i);
            last = (kind, i);
        }
        open.is_empty().then_some(out)
    }
}

/// Whether a kind makes a tree deeper.
fn is_operator(kind: Kind) -> bool {
    kind.goes_on_after() && kind != Kind::Comma && kind != Kind::Arrow
        || matches!(kind, Kind::Some | Kind::Every)
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
            line_ended |= kind == Kind::Space && tokens.has_line_end(text, i);
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
        operators += usize::from(is_operator(kind));
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

/// A token that is no trivia.
#[derive(Clone, Copy)]
struct Sig {
    /// Its table number; of one that was put in that of the token before it.
    token: u32,
    kind: Kind,
    /// Whether it was put in.
    made: bool,
    /// The column in which it begins its line; none if it does not.
    indent: Option<usize>,
}

/// The careful way, for files whose brackets do not all match.
struct Repair {
    sig: Vec<Sig>,
    lines: Vec<Line>,
    open: Vec<Open>,
    /// Indentation of the first line of the file.
    root: usize,
    out: Layout,
    last: (Kind, u32),
}

/// The tokens that are no trivia, with the columns of those that begin a line.
fn significant(tokens: &Tokens, text: &str) -> Vec<Sig> {
    let mut sig = Vec::with_capacity(tokens.len());
    // A byte order mark takes no column.
    let mut begin = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let mut is_first = true;
    for i in 0..tokens.len() {
        let (range, kind) = (tokens.range(i), tokens.kind(i));
        if !kind.is_trivia() {
            let indent = is_first.then(|| usize::from(range.start()) - begin);
            sig.push(Sig { token: i as u32, kind, made: false, indent });
            is_first = false;
        }
        if let Some(end) = tokens.text(text, i).rfind('\n') {
            begin = usize::from(range.start()) + end + 1;
            is_first |= kind.is_trivia();
        }
    }
    sig
}

impl Repair {
    fn new(tokens: &Tokens, text: &str) -> Self {
        let mut out = Layout::default();
        let sig = lists(significant(tokens, text), &mut out.problems);
        let in_list = closed_lists(&sig);
        let mut lines: Vec<Line> = Vec::new();
        for (n, indent) in sig.iter().enumerate().filter_map(|(n, s)| Some((n, s.indent?))) {
            if !in_list[n] {
                if let Some(last) = lines.last_mut() {
                    last.tokens.end = n;
                }
                lines.push(Line { indent, tokens: n..sig.len() });
            }
        }
        let root = lines.first().map_or(0, |l| l.indent);
        Self { sig, lines, open: Vec::new(), root, out, last: (Kind::LBrace, 0) }
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
                    self.open_missing(indent_before, n, Some(indent), Sign::Deeper);
                }
            }
            if self.last.0 != Kind::LBrace && !continues && first != Kind::RBrace && n > 0 {
                self.out.push(Kind::NewLine, self.last.1 as usize);
            }
            let opens = self.opens_unseen(rest.clone(), n);
            for at in rest {
                self.token(at, n, indent);
                if opens == Some(at) {
                    self.open_missing(indent, n, None, Sign::Close);
                }
            }
        }
        while !self.open.is_empty() {
            self.close_missing();
        }
        self.out
    }

    fn kind(&self, at: usize) -> Kind {
        self.sig[at].kind
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
            self.out.problems.push(Problem::MissingClose {
                open: open.token,
                after: self.last.1,
                kind: Kind::RBrace,
            });
            self.insert(Kind::RBrace);
        }
    }

    fn open_missing(&mut self, indent: usize, line: usize, inner: Option<usize>, sign: Sign) {
        self.out.problems.push(Problem::MissingOpen { after: self.last.1, kind: Kind::LBrace, sign });
        self.insert(Kind::LBrace);
        self.open.push(Open { token: self.last.1, indent, line, inner });
    }

    /// Where on a line the brace belongs that a closing one at its end asks for, if no other does: behind the first
    /// head of a block that opens none.
    fn opens_unseen(&self, line: std::ops::Range<usize>, number: usize) -> Option<usize> {
        let kinds: Vec<Kind> = line.clone().map(|at| self.kind(at)).collect();
        if kinds.last() != Some(&Kind::RBrace) {
            return None;
        }
        let mut depth = 0_i32;
        let mut lowest = 0;
        for kind in &kinds {
            depth += i32::from(*kind == Kind::LBrace) - i32::from(*kind == Kind::RBrace);
            lowest = lowest.min(depth);
        }
        if depth != -1 || lowest != -1 || self.open.last().is_some_and(|o| self.ends_before_next(o, number)) {
            return None;
        }
        let mut at = 0;
        loop {
            at += head(&kinds[at..])?;
            match kinds.get(at)? {
                Kind::LBrace => at += 1,
                kind if kind.is_word() => return Some(line.start + at - 1),
                _ => return None,
            }
        }
    }

    /// A closing brace that begins its line closes the innermost block that a line as deep opened.
    fn close_at(&mut self, indent: usize, at: usize) {
        let token = self.sig[at].token;
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

    /// Whether a block must end on a line, because the next one stands outside of it and does not close it.
    fn ends_before_next(&self, open: &Open, line: usize) -> bool {
        self.lines.get(line + 1).is_none_or(|next| {
            let closes_it = self.kind(next.tokens.start) == Kind::RBrace && next.indent == open.indent;
            next.indent <= open.indent && !closes_it
        })
    }

    fn token(&mut self, at: usize, line: usize, indent: usize) {
        let Sig { token, kind, made, .. } = self.sig[at];
        if made {
            return self.insert(kind);
        }
        match kind {
            Kind::LBrace if self.last.0 == Kind::LBrace => self.out.problems.push(Problem::Stray(token)),
            Kind::LBrace => {
                self.open.push(Open { token, indent, line, inner: None });
                self.put(Kind::LBrace, token);
            }
            Kind::RBrace => {
                let closes =
                    self.open.last().is_some_and(|o| o.line == line || self.ends_before_next(o, line));
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

/// How many tokens head a block at the beginning of these: `word name "title"`, `word "text" word`, `word name : type`.
fn head(kinds: &[Kind]) -> Option<usize> {
    let is = |at: usize, want: Kind| kinds.get(at) == Some(&want);
    let word = |at: usize| kinds.get(at).is_some_and(|k| k.is_word());
    let text = |at: usize| is(at, Kind::Text) || is(at, Kind::BlockText);
    if !word(0) {
        return None;
    }
    if text(1) {
        // The word of an outcome stands before the brace; that of a field before its value.
        let extra = word(2) && (word(3) || is(3, Kind::LBrace));
        return Some(2 + usize::from(extra));
    }
    if !word(1) && !is(1, Kind::Code) {
        return None;
    }
    let mut at = 2;
    if is(at, Kind::Dot) && word(at + 1) {
        at += 2;
    }
    if is(at, Kind::Colon) {
        at += 1 + 2 * usize::from(is(at + 1, Kind::Set) && is(at + 2, Kind::Of));
        if !word(at) {
            return None;
        }
        at += 1;
    }
    Some(at + usize::from(text(at)))
}

/// What a closing sign closes, and the other way round.
fn partner(kind: Kind) -> Kind {
    match kind {
        Kind::LBracket => Kind::RBracket,
        Kind::RBracket => Kind::LBracket,
        Kind::LParen => Kind::RParen,
        _ => Kind::LParen,
    }
}

/// Mends lists over several lines that nothing opens or closes, by indentation, and leaves out an opening sign that
/// stands twice.
fn lists(sig: Vec<Sig>, problems: &mut Vec<Problem>) -> Vec<Sig> {
    let mut open: Vec<usize> = Vec::new();
    let (mut unclosed, mut unopened) = (Vec::new(), Vec::new());
    for (n, s) in sig.iter().enumerate() {
        match s.kind {
            Kind::LBracket | Kind::LParen => open.push(n),
            Kind::RBracket | Kind::RParen => match open.last() {
                Some(&o) if sig[o].kind == partner(s.kind) => drop(open.pop()),
                _ => unopened.push(n),
            },
            Kind::LBrace | Kind::RBrace => unclosed.append(&mut open),
            _ => {}
        }
    }
    unclosed.append(&mut open);
    if unclosed.is_empty() && unopened.is_empty() {
        return sig;
    }
    // Where lines begin, and the line that a token stands on.
    let lines: Vec<usize> = (0..sig.len()).filter(|&n| sig[n].indent.is_some()).collect();
    let line = |n: usize| lines.partition_point(|&l| l <= n).saturating_sub(1);
    let indent = |n: usize| lines.get(line(n)).and_then(|&l| sig[l].indent).unwrap_or(0);
    let next_line = |n: usize| lines.get(line(n) + 1).copied().unwrap_or(sig.len());
    let mut left_out = BTreeSet::new();
    let mut put_in: Vec<(usize, Kind)> = Vec::new();
    for n in unclosed {
        let kind = sig[n].kind;
        if sig.get(n + 1).is_some_and(|s| s.kind == kind) {
            problems.push(Problem::Stray(sig[n + 1].token));
            left_out.insert(n + 1);
            continue;
        }
        let outer = indent(n);
        let mut end = next_line(n);
        if end != n + 1 {
            // It closes on its line, or the line cannot be read.
            continue;
        }
        while sig.get(end).is_some_and(|s| s.indent.is_some_and(|i| i > outer)) {
            end = next_line(end);
        }
        if end > n + 1 {
            put_in.push((end - 1, partner(kind)));
            let (open, after) = (sig[n].token, sig[end - 1].token);
            problems.push(Problem::MissingClose { open, after, kind: partner(kind) });
        }
    }
    for n in unopened {
        let Some(column) = sig[n].indent else { continue };
        let inside = (0..n).rev().take_while(|&m| sig[m].indent.is_none_or(|i| i > column)).last();
        let Some(first) = inside.and_then(|m| (m..n).find(|&m| sig[m].indent.is_some())) else { continue };
        if first == 0 || indent(first - 1) != column || sig[first - 1].kind == Kind::LBrace {
            continue;
        }
        put_in.push((first - 1, partner(sig[n].kind)));
        problems.push(Problem::MissingOpen {
            after: sig[first - 1].token,
            kind: partner(sig[n].kind),
            sign: Sign::Close,
        });
    }
    if put_in.is_empty() && left_out.is_empty() {
        return sig;
    }
    put_in.sort_by_key(|p| p.0);
    let mut next = put_in.into_iter().peekable();
    let mut mended = Vec::with_capacity(sig.len() + next.len());
    for (n, s) in sig.into_iter().enumerate() {
        if !left_out.contains(&n) {
            mended.push(s);
        }
        while let Some((_, kind)) = next.next_if(|p| p.0 == n) {
            mended.push(Sig { token: s.token, kind, made: true, indent: None });
        }
    }
    mended
}

/// For each token whether it stands inside a list or parenthesis that is closed before a brace.
fn closed_lists(sig: &[Sig]) -> Vec<bool> {
    let mut inside = vec![false; sig.len()];
    let mut open: Vec<(Kind, usize)> = Vec::new();
    for (n, s) in sig.iter().enumerate() {
        match s.kind {
            kind @ (Kind::LBracket | Kind::LParen) => open.push((kind, n)),
            kind @ (Kind::RBracket | Kind::RParen) => {
                if open.last().is_some_and(|o| o.0 == partner(kind))
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
