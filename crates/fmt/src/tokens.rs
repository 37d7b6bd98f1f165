//! What the printer knows of each token: what stands before it on a line, how wide it is, what may break before it.
//!
//! All that is asked of a run of tokens (how wide, any comment, any break) is a difference of two running sums, so
//! that no decision costs more the more it encloses.

use crate::Refused;
use dossier_syntax::ast::{Binder, Block, Expr, ExprKind, Item, ItemKind, Op, Span, Tok, Value};
use dossier_syntax::{Kind, Parse};
use std::ops::Range;
use unicode_width::UnicodeWidthStr;

/// An item begins here.
const ITEM: u8 = 1;
/// A cell of a table's row begins here.
const CELL: u8 = 1 << 1;
/// It clings to the token before: the parenthesis of a call, the colon of a quantifier.
const TIGHT: u8 = 1 << 2;
/// A comma before a closing bracket.
const TRAILING: u8 = 1 << 3;
/// The author broke the line at this operator.
const BREAK: u8 = 1 << 4;
/// A comment stands before it.
const COMMENT: u8 = 1 << 5;
/// A text of several lines.
const MULTILINE: u8 = 1 << 6;

/// A significant token.
#[derive(Clone, Copy)]
pub(crate) struct Token {
    /// Its number in the table.
    pub(crate) table: u32,
    /// Its bytes.
    start: u32,
    end: u32,
    /// What it is.
    pub(crate) kind: Kind,
    /// Spaces before it where it does not begin a line.
    pub(crate) sep: u8,
    flags: u8,
    /// Line ends before it, comments left out of account; two are a blank line.
    newlines: u8,
    /// At which depth of the expression it joins two operands, from 1; 0 if the line may not be broken here.
    pub(crate) level: u16,
    /// How many parentheses are open before it; before a closing one, how many after it.
    pub(crate) depth: u8,
    /// For an opening bracket of an expression its closing one; else 0.
    pub(crate) mate: u32,
}

/// Running sums over the tokens before one.
#[derive(Clone, Copy, Default)]
struct Sum {
    width: u32,
    comments: u32,
    multiline: u32,
    newlines: u32,
    breaks: u32,
    bad: u32,
}

/// The significant tokens of a file.
pub(crate) struct Tokens<'p> {
    pub(crate) parse: &'p Parse,
    tokens: Vec<Token>,
    /// Of the tree's numbers to ours.
    number: Vec<u32>,
    sums: Vec<Sum>,
    /// For each top-level item whether it parsed whole.
    whole: Vec<bool>,
}

impl<'p> Tokens<'p> {
    pub(crate) fn new(parse: &'p Parse) -> Result<Self, Refused> {
        let count = parse.layout.len();
        let mut tokens: Vec<Token> = Vec::with_capacity(count);
        let mut number = Vec::with_capacity(count + 1);
        let mut next = 0;
        let mut last_end = 0;
        for i in 0..count {
            let tok = Tok(i as u32);
            number.push(tokens.len() as u32);
            let kind = parse.layout.kind(tok);
            if kind == Kind::NewLine {
                continue;
            }
            let table = parse.layout.table(tok);
            if table < next {
                return Err(Refused::Brackets);
            }
            let bytes = parse.tokens.range(table);
            let (start, end) = (bytes.start().into(), bytes.end().into());
            let mut token = Token {
                table: table as u32,
                start,
                end,
                kind,
                sep: 0,
                flags: 0,
                newlines: 0,
                level: 0,
                depth: 0,
                mate: 0,
            };
            // What the parser does not see of the table is trivia, else braces were left out.
            if table == next + 1 && parse.tokens.kind(next) == Kind::Space {
                token.newlines = newlines(&parse.text.as_bytes()[last_end as usize..start as usize]);
            } else {
                for t in next..table {
                    match parse.tokens.kind(t) {
                        Kind::Space => {
                            let text = parse.tokens.text(&parse.text, t);
                            token.newlines = token.newlines.saturating_add(newlines(text.as_bytes()));
                        }
                        Kind::Comment | Kind::DocComment => token.flags |= COMMENT,
                        _ => return Err(Refused::Brackets),
                    }
                }
            }
            last_end = end;
            next = table + 1;
            tokens.push(token);
        }
        number.push(tokens.len() as u32);
        if (next..parse.tokens.len()).any(|t| !parse.tokens.kind(t).is_trivia()) {
            return Err(Refused::Brackets);
        }
        let mut this = Self { parse, tokens, number, sums: Vec::new(), whole: Vec::new() };
        this.cover()?;
        this.whole = parse.file.items.iter().map(|item| this.mark(item)).collect();
        this.sum();
        Ok(this)
    }

    /// Fails unless the top-level items hold every token.
    fn cover(&self) -> Result<(), Refused> {
        let mut end = 0;
        for item in &self.parse.file.items {
            let range = self.span(item.span);
            if range.start != end || range.end <= range.start {
                return Err(Refused::Unread);
            }
            end = range.end;
        }
        if end == self.tokens.len() { Ok(()) } else { Err(Refused::Unread) }
    }

    /// Separators and running sums, once everything is marked.
    fn sum(&mut self) {
        let (parse, count) = (self.parse, self.tokens.len());
        self.sums = Vec::with_capacity(count + 1);
        let mut sum = Sum::default();
        let mut before = Kind::LBrace;
        let mut lists = 0_u32;
        let mut depth = 0_u8;
        for i in 0..count {
            let after_newline =
                self.tokens.get(i + 1).is_some_and(|t| t.newlines > 0 && t.flags & COMMENT == 0);
            let next = self.tokens.get(i + 1).map_or(Kind::Eof, |t| t.kind);
            let token = &mut self.tokens[i];
            let text = &parse.text[token.start as usize..token.end as usize];
            let mut width = width(text);
            if token.kind == Kind::Comma && next == Kind::RBracket {
                token.flags |= TRAILING;
                width = 0;
            }
            token.sep = match token.kind {
                _ if token.flags & (TIGHT | TRAILING) != 0 => 0,
                Kind::Comma | Kind::RParen | Kind::RBracket | Kind::Dot => 0,
                _ if matches!(before, Kind::LParen | Kind::LBracket | Kind::Dot) => 0,
                _ if token.flags & ITEM != 0 && before != Kind::LBrace => 2,
                _ if token.flags & CELL != 0 => 2,
                _ => 1,
            };
            match token.kind {
                Kind::LBracket => lists += 1,
                Kind::RBracket => lists = lists.saturating_sub(1),
                Kind::RParen => depth = depth.saturating_sub(1),
                // Lists hold no braces; where they seem to, the item did not parse and is not asked about.
                Kind::LBrace | Kind::RBrace => (lists, depth) = (0, 0),
                // A break after the operator is meant as one before it.
                Kind::And | Kind::Or | Kind::Implies | Kind::Where | Kind::With | Kind::By
                    if token.newlines > 0 || after_newline =>
                {
                    token.flags |= BREAK;
                }
                Kind::BlockText if text.contains('\n') => token.flags |= MULTILINE,
                _ => {}
            }
            token.depth = depth;
            depth = depth.saturating_add(u8::from(token.kind == Kind::LParen));
            self.sums.push(sum);
            sum.width += u32::from(token.sep) + width;
            sum.comments += u32::from(token.flags & COMMENT != 0);
            sum.newlines += u32::from(token.newlines > 0);
            sum.multiline += u32::from(token.flags & MULTILINE != 0);
            sum.breaks += u32::from(token.flags & BREAK != 0 && lists == 0);
            sum.bad += u32::from(matches!(token.kind, Kind::Unknown | Kind::OpenText | Kind::OpenBlockText));
            before = token.kind;
        }
        self.sums.push(sum);
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.tokens.len()
    }

    /// The token of that number.
    pub(crate) fn get(&self, i: usize) -> &Token {
        &self.tokens[i]
    }

    /// Its text.
    pub(crate) fn text(&self, i: usize) -> &'p str {
        let token = &self.tokens[i];
        &self.parse.text[token.start as usize..token.end as usize]
    }

    /// Its number in the table; of the one past the last the length of the table.
    pub(crate) fn table(&self, i: usize) -> usize {
        self.tokens.get(i).map_or(self.parse.tokens.len(), |t| t.table as usize)
    }

    /// Our number for a token of the tree.
    pub(crate) fn number(&self, tok: Tok) -> usize {
        self.number[tok.0 as usize] as usize
    }

    /// Our numbers for a span of the tree.
    pub(crate) fn span(&self, span: Span) -> Range<usize> {
        self.number(span.start)..self.number(span.end)
    }

    /// Whether that top-level item parsed whole.
    pub(crate) fn is_whole(&self, nth: usize) -> bool {
        let range = self.span(self.parse.file.items[nth].span);
        self.whole[nth] && self.sums[range.end].bad == self.sums[range.start].bad
    }

    /// How wide a run of tokens is on one line.
    pub(crate) fn width(&self, run: Range<usize>) -> u32 {
        if run.is_empty() {
            return 0;
        }
        self.sums[run.end].width - self.sums[run.start].width - u32::from(self.tokens[run.start].sep)
    }

    /// Whether a comment stands between two tokens of the run.
    pub(crate) fn has_comment(&self, run: Range<usize>) -> bool {
        run.len() > 1 && self.sums[run.end].comments > self.sums[run.start + 1].comments
    }

    /// Whether a line ends between two tokens of the run (or inside one).
    pub(crate) fn has_newline(&self, run: Range<usize>) -> bool {
        run.len() > 1 && self.sums[run.end].newlines > self.sums[run.start + 1].newlines
            || self.has_multiline(run)
    }

    /// Whether one of the tokens goes over several lines.
    pub(crate) fn has_multiline(&self, run: Range<usize>) -> bool {
        self.sums[run.end].multiline > self.sums[run.start].multiline
    }

    /// Whether the author broke the line at one of the run's operators, those in lists left out.
    pub(crate) fn has_break(&self, run: Range<usize>) -> bool {
        self.sums[run.end].breaks > self.sums[run.start].breaks
    }

    /// Whether a comment stands right before the token (of the one past the last: whether one ends the file).
    pub(crate) fn comment_before(&self, i: usize) -> bool {
        match self.tokens.get(i) {
            Some(token) => token.flags & COMMENT != 0,
            None => {
                let from = i.checked_sub(1).map_or(0, |last| self.table(last) + 1);
                (from..self.parse.tokens.len()).any(|t| self.parse.tokens.kind(t) != Kind::Space)
            }
        }
    }

    /// Whether neither a blank line nor a line of comment stands before the token. (A comment ends its line, so one
    /// that has a line for itself makes two line ends; one at the end of the line before makes one.)
    pub(crate) fn follows_closely(&self, i: usize) -> bool {
        self.tokens[i].newlines < 2
    }

    /// Whether the line breaks before it because the author broke it at this operator.
    pub(crate) fn is_break(&self, i: usize) -> bool {
        self.tokens[i].flags & BREAK != 0
    }

    /// Whether it is a comma before a closing bracket.
    pub(crate) fn is_trailing(&self, i: usize) -> bool {
        self.tokens[i].flags & TRAILING != 0
    }

    /// Whether it goes over several lines.
    pub(crate) fn is_multiline(&self, i: usize) -> bool {
        self.tokens[i].flags & MULTILINE != 0
    }

    /// If a list begins here, the number of its closing bracket.
    pub(crate) fn list(&self, i: usize) -> Option<usize> {
        let token = &self.tokens[i];
        (token.kind == Kind::LBracket && token.mate != 0).then_some(token.mate as usize)
    }

    fn flag(&mut self, i: usize, flag: u8) {
        if let Some(token) = self.tokens.get_mut(i) {
            token.flags |= flag;
        }
    }

    fn pair(&mut self, open: usize, close: usize) {
        self.tokens[open].mate = close as u32;
    }

    /// Marks what is in an item and says whether it parsed whole.
    fn mark(&mut self, item: &Item) -> bool {
        let start = self.number(item.span.start);
        self.flag(start, ITEM);
        match &item.kind {
            ItemKind::Decl(d) => self.block(d.block.as_ref()),
            ItemKind::Keyed(k) => self.block(Some(&k.block)),
            ItemKind::Header(h) => {
                h.value.as_ref().is_none_or(|v| self.expr(v, 1)) & self.block(h.block.as_ref())
            }
            ItemKind::Field(f) => match &f.value {
                Value::Expr(e) | Value::Exactly(e) => self.expr(e, 1),
                Value::When(v, c) => v.as_ref().is_none_or(|v| self.expr(v, 1)) & self.expr(c, 1),
                Value::Block(b) => self.block(Some(b)),
                Value::Table(columns, rows) => self.expr(columns, 1) & self.block(Some(rows)),
                Value::Binder(b) => self.binder(b, 1),
            },
            ItemKind::Row(r) => {
                for cell in r.cells.iter().skip(1) {
                    let start = self.number(cell.span.start);
                    self.flag(start, CELL);
                }
                r.cells.iter().fold(true, |whole, c| whole & self.expr(c, 1)) & self.expr(&r.result, 1)
            }
            ItemKind::Error => false,
        }
    }

    fn block(&mut self, block: Option<&Block>) -> bool {
        block.is_none_or(|b| b.items.iter().fold(true, |whole, item| whole & self.mark(item)))
    }

    fn binder(&mut self, binder: &Binder, level: u16) -> bool {
        self.expr(&binder.over, level) & binder.filter.as_ref().is_none_or(|f| self.expr(f, level))
    }

    /// `level` is that of the operators outermost in it. A loop along left operands: chains are as deep as long.
    fn expr(&mut self, expr: &Expr, level: u16) -> bool {
        let (mut expr, mut level, mut whole) = (expr, level, true);
        whole &= loop {
            match &expr.kind {
                ExprKind::Binary(op, sides) => {
                    let (a, b) = &**sides;
                    let mut of_right = level;
                    let mut of_left = level;
                    if matches!(op, Op::And | Op::Or | Op::Implies) {
                        let at = self.number(a.span.end);
                        self.tokens[at].level = level;
                        let inside =
                            |e: &Expr| u16::from(!matches!(&e.kind, ExprKind::Binary(o, _) if o == op));
                        of_left = level.saturating_add(inside(a));
                        of_right = level.saturating_add(inside(b));
                    }
                    whole &= self.expr(b, of_right);
                    (expr, level) = (a, of_left);
                }
                ExprKind::List(items) => {
                    let range = self.span(expr.span);
                    self.pair(range.start, range.end - 1);
                    break items.iter().fold(true, |whole, e| whole & self.expr(e, level.saturating_add(1)));
                }
                ExprKind::Paren(inner) => {
                    let range = self.span(expr.span);
                    self.pair(range.start, range.end - 1);
                    break self.expr(inner, level.saturating_add(1));
                }
                ExprKind::Call(word, arguments) => {
                    let open = self.number(*word) + 1;
                    self.flag(open, TIGHT);
                    let close = self.number(expr.span.end) - 1;
                    self.pair(open, close);
                    break arguments
                        .iter()
                        .fold(true, |whole, e| whole & self.expr(e, level.saturating_add(1)));
                }
                ExprKind::Count(binder) => {
                    let range = self.span(expr.span);
                    self.flag(range.start + 1, TIGHT);
                    self.pair(range.start + 1, range.end - 1);
                    break self.binder(binder, level.saturating_add(1));
                }
                ExprKind::Quantifier(_, parts) => {
                    let (binder, body) = &**parts;
                    let colon = self.number(body.span.start) - 1;
                    self.flag(colon, TIGHT);
                    // What is claimed of each breaks before what selects them.
                    break self.binder(binder, level.saturating_add(2))
                        & self.expr(body, level.saturating_add(1));
                }
                ExprKind::Not(inner) => expr = inner,
                ExprKind::Error => break false,
                ExprKind::Name(_)
                | ExprKind::Code(_)
                | ExprKind::Bool(_)
                | ExprKind::Number(_)
                | ExprKind::Quantity(..)
                | ExprKind::Date(_)
                | ExprKind::Text(_)
                | ExprKind::Path(..) => break true,
            }
        };
        whole
    }
}

/// How many line ends white space holds; two say as much as more.
fn newlines(space: &[u8]) -> u8 {
    space.iter().filter(|b| **b == b'\n').take(2).count() as u8
}

/// Columns that a token takes; of one of several lines its first line.
fn width(text: &str) -> u32 {
    columns(text.lines().next().unwrap_or(text))
}

/// Columns of a text that has no line end.
pub(crate) fn columns(text: &str) -> u32 {
    if text.is_ascii() { text.len() as u32 } else { text.width() as u32 }
}

/// Whether all brackets of the file match, braces standing in no other.
pub(crate) fn brackets_match(parse: &Parse) -> bool {
    let mut open = Vec::new();
    for &kind in parse.tokens.kinds() {
        let wanted = match kind {
            Kind::LBrace if matches!(open.last(), Some(Kind::LBracket | Kind::LParen)) => return false,
            Kind::LBrace | Kind::LBracket | Kind::LParen => {
                open.push(kind);
                continue;
            }
            Kind::RBrace => Kind::LBrace,
            Kind::RBracket => Kind::LBracket,
            Kind::RParen => Kind::LParen,
            _ => continue,
        };
        if open.pop() != Some(wanted) {
            return false;
        }
    }
    open.is_empty()
}
