//! Where lines break.
//!
//! Items are printed from the outside in. What fits goes on one line; a line that does not fit breaks first before
//! its outermost `and`, `or` or `implies`, then in its widest list. Comments are printed where the gap between two
//! tokens is crossed, so none can be lost or cross a token: there is no other way to get from one to the next.

use crate::tokens::{Token, Tokens, columns};
use crate::{Refused, WIDTH};
use dossier_syntax::ast::{Block, Item, ItemKind, Value};
use dossier_syntax::{Kind, Parse};
use std::ops::Range;

/// Spaces by which a block's items stand deeper than its first line.
const INDENT: u32 = 2;
/// Spaces by which the lines of an item that go on stand deeper than its first.
const CONTINUED: u32 = 4;
/// Parentheses within parentheses past which lines that go on stand no deeper.
const DEEPEST: u8 = 10;
/// Most spaces that are put in to bring values into a column.
const MOST_PADDING: u32 = 24;
/// Spaces between the cells of a table's row.
const CELLS_APART: u32 = 2;
/// With more lists than this in a line that does not fit, all of them are broken. It keeps the choice linear.
const MANY_LISTS: usize = 32;

/// The file laid out, not yet proved.
pub(crate) fn print(parse: &Parse) -> Result<String, Refused> {
    let tokens = Tokens::new(parse)?;
    let end = tokens.len();
    let out = String::with_capacity(parse.text.len() + parse.text.len() / 8);
    let mut printer = Printer { tokens, out };
    printer.items(&parse.file.items, 0, None, end);
    // A text that nothing closes takes all that follows; a line end, too, would be part of it.
    let is_open = parse.tokens.kinds().last() == Some(&Kind::OpenBlockText);
    if !printer.out.is_empty() && !is_open {
        printer.out.push('\n');
    }
    Ok(printer.out)
}

/// What was printed of the gap between two tokens.
struct Gap {
    /// Line ends seen since the last token or comment.
    newlines: u32,
    /// Whether a blank line may be kept before the next line.
    keeps_blank: bool,
    /// Whether none may be, because the gap is inside an item.
    is_inside: bool,
    /// Whether the last thing printed is a comment: what follows needs a new line.
    after_comment: bool,
    /// Whether a blank line was kept.
    has_blank: bool,
    /// Where in the output the first line of the gap ends.
    first_end: usize,
}

impl Gap {
    /// After a token that opens a block or list, or at the start of the file.
    fn at_start() -> Self {
        Self { keeps_blank: false, ..Self::between() }
    }

    fn between() -> Self {
        Self {
            newlines: 0,
            keeps_blank: true,
            is_inside: false,
            after_comment: false,
            has_blank: false,
            first_end: usize::MAX,
        }
    }

    /// Inside an item, where no blank line is kept.
    fn inside() -> Self {
        Self { is_inside: true, ..Self::between() }
    }
}

/// What the item before was, as far as blank lines between top-level items go.
#[derive(Clone, Copy, PartialEq)]
enum Before {
    /// No item, or one that is kept as written: nothing is put after it.
    Verbatim,
    /// An item on one line.
    Line,
    /// A block of several lines.
    Block,
}

/// The columns of consecutive items.
struct Column {
    /// One past the last item.
    end: usize,
    /// Widths of names; of rows those of each cell. None if the items are not aligned.
    widths: Vec<u32>,
}

/// What there is to align in an item.
struct Aligned {
    class: Class,
    /// Widths of what is padded, one for each column.
    cells: Vec<u32>,
    /// Width of what follows, the space before it left out.
    rest: u32,
}

#[derive(Clone, Copy, PartialEq)]
enum Class {
    Field,
    Typed,
    Defined,
    Row,
}

/// How the tokens of an item are spread over lines.
struct Plan {
    /// Number of the first token.
    first: usize,
    /// For each token whether a line begins before it and whether it is a list that is broken.
    marks: Vec<u8>,
    /// Indentation of the lines that go on, outside parentheses.
    continued: u32,
    /// Parentheses open before the first token.
    depth: u8,
}

const NEW_LINE: u8 = 1;
const BROKEN: u8 = 2;

impl Plan {
    fn mark(&mut self, i: usize, mark: u8) {
        self.marks[i - self.first] |= mark;
    }

    fn has(&self, i: usize, mark: u8) -> bool {
        self.marks[i - self.first] & mark != 0
    }

    /// Indentation of a line that goes on with that token.
    fn continued(&self, token: &Token) -> u32 {
        self.continued + INDENT * u32::from(token.depth.saturating_sub(self.depth).min(DEEPEST))
    }
}

/// A part of a line whose width counts: it begins at `column` of a line that begins at `indent`, and `tail` columns
/// follow it.
#[derive(Clone, Copy)]
struct Stretch {
    start: usize,
    end: usize,
    column: u32,
    indent: u32,
    tail: u32,
}

struct Printer<'p> {
    tokens: Tokens<'p>,
    out: String,
}

impl Printer<'_> {
    // ------------------------------------------------------------ gaps

    fn spaces(&mut self, count: u32) {
        const SPACES: &str = "                                                                ";
        let mut left = count as usize;
        while left > 0 {
            let now = left.min(SPACES.len());
            self.out.push_str(&SPACES[..now]);
            left -= now;
        }
    }

    fn token(&mut self, i: usize) {
        let text = self.tokens.text(i);
        self.out.push_str(text);
    }

    /// Begins a line, a blank one before it if one was there and may be kept.
    fn new_line(&mut self, gap: &mut Gap, indent: u32, keeps_blank: bool) {
        gap.first_end = gap.first_end.min(self.out.len());
        if !self.out.is_empty() {
            self.out.push('\n');
            if gap.newlines > 1 && gap.keeps_blank && keeps_blank && !gap.is_inside {
                self.out.push('\n');
                gap.has_blank = true;
            }
        }
        self.spaces(indent);
        *gap = Gap { newlines: 0, keeps_blank: true, after_comment: false, ..*gap };
    }

    /// Prints the comments in a part of the table that holds no tokens.
    fn comments(&mut self, gap: &mut Gap, table: Range<usize>, indent: u32) {
        let parse = self.tokens.parse;
        for t in table {
            let text = parse.tokens.text(&parse.text, t);
            if parse.tokens.kind(t) == Kind::Space {
                gap.newlines += text.bytes().filter(|b| *b == b'\n').take(2).count() as u32;
                continue;
            }
            if gap.newlines == 0 && !gap.after_comment && !self.out.is_empty() {
                self.out.push_str("  ");
            } else {
                self.new_line(gap, indent, true);
            }
            self.out.push_str(text.trim_end());
            gap.newlines = 0;
            gap.after_comment = true;
        }
    }

    /// The part of the table between a token and the one before it.
    fn gap_before(&self, i: usize) -> Range<usize> {
        let start = i.checked_sub(1).map_or(0, |last| self.tokens.table(last) + 1);
        start..self.tokens.table(i)
    }

    /// Comments before a token inside an item, then a new line for the token.
    fn break_line(&mut self, i: usize, indent: u32) {
        let mut gap = Gap::inside();
        if self.tokens.comment_before(i) {
            self.comments(&mut gap, self.gap_before(i), indent);
        }
        self.new_line(&mut gap, indent, false);
    }

    // ------------------------------------------------------------ blocks

    /// Prints items each on a line of its own, and what stands between the last and the token `close`. `open` is the
    /// token before the first; at top level there is none.
    fn items(&mut self, items: &[Item], indent: u32, open: Option<usize>, close: usize) {
        let mut from = open.map_or(0, |open| self.tokens.table(open) + 1);
        let mut gap = Gap::at_start();
        let mut before = Before::Verbatim;
        let mut columns: Vec<Column> = Vec::new();
        let mut k = 0;
        loop {
            let next = items.get(k).map_or(close, |item| self.tokens.span(item.span).start);
            let table = from..self.tokens.table(next);
            let has_comment = self.tokens.comment_before(next);
            if has_comment && let Some(off) = self.marker(table.clone(), "fmt: off") {
                self.comments(&mut gap, table.start..off, indent);
                self.new_line(&mut gap, indent, true);
                (k, from) = self.verbatim(off, items, k, close);
                gap.after_comment = true;
                before = Before::Verbatim;
                continue;
            }
            if has_comment {
                self.comments(&mut gap, table, indent);
            } else {
                gap.newlines =
                    if next < self.tokens.len() && !self.tokens.follows_closely(next) { 2 } else { 1 };
            }
            let Some(item) = items.get(k) else { return };
            self.new_line(&mut gap, indent, true);
            if open.is_none() && !self.tokens.is_whole(k) {
                let bytes = self.tokens.parse.span_range(item.span);
                let text: &str = &self.tokens.parse.text[bytes];
                self.out.push_str(text);
                before = Before::Verbatim;
            } else {
                if open.is_some() {
                    while columns.pop_if(|c| c.end <= k).is_some() {}
                    if columns.is_empty() {
                        columns = self.columns(items, k, indent);
                    }
                }
                let widths = columns.last().map_or(&[][..], |c| &c.widths);
                let is_block = self.item(item, indent, widths);
                let this = if is_block { Before::Block } else { Before::Line };
                let far = before == Before::Block || before == Before::Line && is_block;
                if open.is_none() && far && !gap.has_blank {
                    self.out.insert(gap.first_end, '\n');
                }
                before = this;
            }
            from = self.tokens.table(self.tokens.span(item.span).end - 1) + 1;
            gap = Gap::between();
            k += 1;
        }
    }

    /// Where in a part of the table without tokens that comment has a line for itself.
    fn marker(&self, table: Range<usize>, wanted: &str) -> Option<usize> {
        let parse = self.tokens.parse;
        let mut own_line = table.start == 0;
        table.into_iter().find(|&t| {
            let text = parse.tokens.text(&parse.text, t);
            match parse.tokens.kind(t) {
                Kind::Space => {
                    own_line |= text.contains('\n');
                    false
                }
                kind => own_line && kind == Kind::Comment && text.trim_start_matches('/').trim() == wanted,
            }
        })
    }

    /// Copies from the comment `off` in the gap before item `k` to the one that switches formatting on again, or to
    /// the end of the block. Gives the item and the place in the table at which printing goes on.
    fn verbatim(&mut self, off: usize, items: &[Item], k: usize, close: usize) -> (usize, usize) {
        let parse = self.tokens.parse;
        let start = parse.tokens.range(off).start();
        let mut from = off + 1;
        for k in k..=items.len() {
            let next = items.get(k).map_or(close, |item| self.tokens.span(item.span).start);
            let on = self
                .tokens
                .comment_before(next)
                .then(|| self.marker(from..self.tokens.table(next), "fmt: on"));
            if let Some(on) = on.flatten() {
                let end = parse.tokens.range(on).end();
                let text = &parse.text[usize::from(start)..usize::from(end)];
                self.out.push_str(text.trim_end());
                return (k, on + 1);
            }
            if let Some(item) = items.get(k) {
                from = self.tokens.table(self.tokens.span(item.span).end - 1) + 1;
            }
        }
        let end = self.tokens.table(close);
        let last = (off..end).rev().find(|&t| parse.tokens.kind(t) != Kind::Space).unwrap_or(off);
        let text = &parse.text[usize::from(start)..usize::from(parse.tokens.range(last).end())];
        // What ends a comment may go, what ends a token may not.
        let is_token = !parse.tokens.kind(last).is_trivia();
        self.out.push_str(if is_token { text } else { text.trim_end() });
        (items.len(), end)
    }

    // ------------------------------------------------------------ columns

    /// The columns of the items from `k` on, last first: for as many as belong together, at least one.
    fn columns(&self, items: &[Item], k: usize, indent: u32) -> Vec<Column> {
        let Some(first) = self.aligned(&items[k], indent) else {
            return vec![Column { end: k + 1, widths: Vec::new() }];
        };
        let class = first.class;
        let mut least = first.cells.clone();
        let mut most = first.cells.clone();
        let mut run = vec![first];
        for item in &items[k + 1..] {
            if !self.tokens.follows_closely(self.tokens.span(item.span).start) {
                break;
            }
            let Some(next) = self.aligned(item, indent) else { break };
            let is_alike = next.class == class && next.cells.len() == most.len();
            let pairs = || least.iter().zip(&most).zip(&next.cells);
            if !is_alike || pairs().any(|((a, b), c)| b.max(c) - a.min(c) > MOST_PADDING) {
                break;
            }
            (least, most) = pairs().map(|((a, b), c)| (a.min(c), b.max(c))).unzip();
            run.push(next);
        }
        // An item that has no room for the common width stands alone, so that one long text does not take the
        // column from all others. What is left between two such needs no more room than before.
        let total =
            |cells: &[u32], rest: u32| indent + cells.iter().sum::<u32>() + between(cells.len()) + rest;
        let is_wide = |item: &Aligned| total(&most, item.rest) > WIDTH;
        let mut columns = Vec::new();
        let mut end = k;
        for part in run.chunk_by(|a, b| !is_wide(a) && !is_wide(b)) {
            end += part.len();
            let mut widths = part[0].cells.clone();
            for item in part {
                widths.iter_mut().zip(&item.cells).for_each(|(w, c)| *w = (*w).max(*c));
            }
            columns.push(Column { end, widths });
        }
        columns.reverse();
        columns
    }

    /// What there is to align in an item that takes one line.
    fn aligned(&self, item: &Item, indent: u32) -> Option<Aligned> {
        let range = self.tokens.span(item.span);
        let fits = indent + self.tokens.width(range.clone()) <= WIDTH;
        if !fits || self.breaks_anyway(range.clone()) {
            return None;
        }
        if let Some(block) = block_of(item)
            && !self.was_one_line(self.tokens.span(block.span))
        {
            return None;
        }
        let name = |class, end: usize| Aligned {
            class,
            cells: vec![self.tokens.width(range.start..end)],
            rest: self.tokens.width(end..range.end),
        };
        match &item.kind {
            ItemKind::Field(_) => Some(name(Class::Field, range.start + 1)),
            ItemKind::Header(h) => {
                let class = if h.ty.is_some() { Class::Typed } else { Class::Defined };
                Some(name(class, self.tokens.number(h.name) + 1))
            }
            ItemKind::Row(r) => Some(Aligned {
                class: Class::Row,
                cells: r.cells.iter().map(|c| self.tokens.width(self.tokens.span(c.span))).collect(),
                rest: self.tokens.width(self.tokens.number(r.result.span.start) - 1..range.end),
            }),
            ItemKind::Decl(_) | ItemKind::Keyed(_) | ItemKind::Error => None,
        }
    }

    /// Whether something in the run does not go on one line, whatever its width.
    fn breaks_anyway(&self, run: Range<usize>) -> bool {
        self.tokens.has_comment(run.clone())
            || self.tokens.has_multiline(run.clone())
            || self.tokens.has_break(run)
    }

    /// Whether the block (its tokens are given) stood on one line. An empty one always does.
    fn was_one_line(&self, block: Range<usize>) -> bool {
        if block.len() == 2 {
            return !self.tokens.has_comment(block);
        }
        !self.tokens.has_newline(block)
    }

    // ------------------------------------------------------------ items

    /// Prints an item and says whether it is a block of several lines.
    fn item(&mut self, item: &Item, indent: u32, widths: &[u32]) -> bool {
        let range = self.tokens.span(item.span);
        if !widths.is_empty() {
            self.in_column(item, widths);
            return false;
        }
        let Some(block) = block_of(item) else {
            self.run(range, indent, indent + CONTINUED, 0);
            return false;
        };
        let block_range = self.tokens.span(block.span);
        let (open, close) = (block_range.start, block_range.end - 1);
        if !self.stays_on_line(range.clone(), block_range.clone(), indent) {
            self.run(range.start..open + 1, indent, indent + CONTINUED, 0);
            self.items(&block.items, indent + INDENT, Some(open), close);
            self.new_line(&mut Gap::at_start(), indent, false);
            self.token(close);
            return true;
        }
        let tail = self.tokens.width(open..close + 1) - 1;
        self.run(range.start..open + 1, indent, indent + CONTINUED, tail);
        self.rest_of_line(open + 1..close + 1);
        false
    }

    /// Whether the block that ends an item stands on one line.
    fn stays_on_line(&self, item: Range<usize>, block: Range<usize>, indent: u32) -> bool {
        if !self.was_one_line(block.clone()) {
            return false;
        }
        let is_empty = block.len() == 2;
        let head = item.start..block.start + 1;
        if is_empty || !self.breaks_anyway(head.clone()) {
            return is_empty || indent + self.tokens.width(item) <= WIDTH;
        }
        if self.tokens.has_comment(head.clone()) || self.tokens.has_multiline(head.clone()) {
            return false;
        }
        // The block stands on the line that the author's last break begins.
        let last = head.rev().find(|&i| self.tokens.is_break(i) && self.tokens.has_break(i..i + 1));
        last.is_some_and(|last| {
            let deeper = u32::from(self.tokens.get(last).depth.min(DEEPEST)) * INDENT;
            indent + CONTINUED + deeper + self.tokens.width(last..item.end) <= WIDTH
        })
    }

    /// Prints an item on one line, its name or cells padded.
    fn in_column(&mut self, item: &Item, widths: &[u32]) {
        let range = self.tokens.span(item.span);
        let padded = |this: &mut Self, cell: Range<usize>, width: u32| {
            let padding = width - this.tokens.width(cell.clone());
            this.on_line(cell);
            this.spaces(padding);
        };
        let end = match &item.kind {
            ItemKind::Row(r) => {
                for (nth, (cell, width)) in r.cells.iter().zip(widths).enumerate() {
                    self.spaces(if nth > 0 { CELLS_APART } else { 0 });
                    let cell = self.tokens.span(cell.span);
                    padded(self, cell, *width);
                }
                self.tokens.number(r.result.span.start) - 1
            }
            ItemKind::Header(h) => self.tokens.number(h.name) + 1,
            _ => range.start + 1,
        };
        if let ([width], false) = (widths, matches!(item.kind, ItemKind::Row(_))) {
            padded(self, range.start..end, *width);
        }
        self.spaces(1);
        self.on_line(end..range.end);
    }

    /// Prints tokens on one line, nothing before the first.
    fn on_line(&mut self, run: Range<usize>) {
        if let Some(first) = run.clone().next() {
            self.token(first);
            self.rest_of_line(first + 1..run.end);
        }
    }

    /// Prints tokens on one line, each after its space.
    fn rest_of_line(&mut self, run: Range<usize>) {
        for i in run {
            if !self.tokens.is_trailing(i) {
                let sep = u32::from(self.tokens.get(i).sep);
                self.spaces(sep);
                self.token(i);
            }
        }
    }

    /// Prints tokens that hold no block, on one line if they fit. `tail` columns follow on the last line.
    fn run(&mut self, run: Range<usize>, indent: u32, continued: u32, tail: u32) {
        let fits = indent + self.tokens.width(run.clone()) + tail <= WIDTH;
        if fits && !self.tokens.has_newline(run.clone()) {
            self.on_line(run);
            return;
        }
        let plan = self.plan(run.clone(), indent, continued, tail);
        let mut line = indent;
        let mut i = run.start;
        while i < run.end {
            if plan.has(i, NEW_LINE) {
                line = plan.continued(self.tokens.get(i));
                self.break_line(i, line);
            } else if i > run.start {
                let sep = u32::from(self.tokens.get(i).sep);
                self.spaces(sep);
            }
            self.token(i);
            if let Some(close) = self.tokens.list(i) {
                if plan.has(i, BROKEN) {
                    self.list(i, close, line);
                } else {
                    self.rest_of_line(i + 1..close + 1);
                }
                i = close;
            }
            i += 1;
        }
    }

    /// Prints the elements of a list, each on a line of its own, and its closing bracket.
    fn list(&mut self, open: usize, close: usize, line: u32) {
        let indent = line + INDENT;
        let mut gap = Gap::at_start();
        let mut from = self.tokens.table(open) + 1;
        let mut i = open + 1;
        while i < close {
            self.comments(&mut gap, from..self.tokens.table(i), indent);
            self.new_line(&mut gap, indent, true);
            let mut end = i;
            while end < close && self.tokens.get(end).kind != Kind::Comma {
                end = (self.tokens.get(end).mate as usize).max(end) + 1;
            }
            self.run(i..end, indent, indent + CONTINUED, 1);
            gap = Gap::between();
            from = self.tokens.table(end - 1) + 1;
            if end == close {
                self.out.push(',');
            } else if self.tokens.is_trailing(end) {
                // The comma goes to its element; what stands before it in the file comes after it.
                self.out.push(',');
                self.comments(&mut gap, from..self.tokens.table(end), indent);
                gap.newlines = 0;
                from = self.tokens.table(end) + 1;
            } else {
                if self.tokens.comment_before(end) {
                    self.break_line(end, indent);
                }
                self.out.push(',');
                from = self.tokens.table(end) + 1;
            }
            i = end + 1;
        }
        self.comments(&mut gap, from..self.tokens.table(close), indent);
        self.new_line(&mut gap, line, false);
        self.token(close);
    }

    // ------------------------------------------------------------ where lines break

    fn plan(&self, run: Range<usize>, indent: u32, continued: u32, tail: u32) -> Plan {
        let depth = self.tokens.get(run.start).depth;
        let mut plan = Plan { first: run.start, marks: vec![0; run.len()], continued, depth };
        let mut rest = Stretch { start: run.start, end: run.end, column: indent, indent, tail: 0 };
        let mut i = run.start;
        while i < run.end {
            if i > run.start && (self.tokens.comment_before(i) || self.tokens.is_break(i)) {
                plan.mark(i, NEW_LINE);
                self.stretch(&mut plan, Stretch { end: i, ..rest });
                let indent = plan.continued(self.tokens.get(i));
                rest = Stretch { start: i, column: indent, indent, ..rest };
            }
            if self.tokens.is_multiline(i) {
                self.stretch(&mut plan, Stretch { end: i + 1, ..rest });
                let last = self.tokens.text(i).rsplit('\n').next().unwrap_or("");
                let sep = if i + 1 < run.end { u32::from(self.tokens.get(i + 1).sep) } else { 0 };
                rest = Stretch { start: i + 1, column: columns(last) + sep, ..rest };
            }
            if let Some(close) = self.tokens.list(i) {
                let list = i..close + 1;
                if self.tokens.has_comment(list.clone()) || self.tokens.has_multiline(list) {
                    plan.mark(i, BROKEN);
                    self.stretch(&mut plan, Stretch { end: i + 1, ..rest });
                    rest = Stretch { start: close, column: rest.indent, ..rest };
                }
                i = close;
            }
            i += 1;
        }
        self.stretch(&mut plan, Stretch { tail, ..rest });
        plan
    }

    /// Breaks a stretch that does not fit.
    fn stretch(&self, plan: &mut Plan, stretch: Stretch) {
        let Stretch { start, end, column, indent, tail } = stretch;
        if start >= end || column + self.tokens.width(start..end) + tail <= WIDTH {
            return;
        }
        let mut outermost = u16::MAX;
        let mut lists = Vec::new();
        let mut i = start;
        while i < end {
            let level = self.tokens.get(i).level;
            if i > start && level > 0 {
                outermost = outermost.min(level);
            }
            match self.tokens.list(i) {
                Some(close) if close < end => {
                    if close > i + 1 {
                        lists.push((i, close));
                    }
                    i = close + 1;
                }
                _ => i += 1,
            }
        }
        if outermost < u16::MAX {
            let mut rest = stretch;
            let mut i = start + 1;
            while i < end {
                if self.tokens.get(i).level == outermost {
                    plan.mark(i, NEW_LINE);
                    self.stretch(plan, Stretch { end: i, tail: 0, ..rest });
                    let indent = plan.continued(self.tokens.get(i));
                    rest = Stretch { start: i, column: indent, indent, ..rest };
                }
                i = self.tokens.list(i).filter(|close| *close < end).unwrap_or(i) + 1;
            }
            self.stretch(plan, rest);
            return;
        }
        if lists.len() > MANY_LISTS {
            for (open, _) in lists {
                plan.mark(open, BROKEN);
            }
            return;
        }
        let widest = lists.iter().rev().max_by_key(|(open, close)| self.tokens.width(*open..close + 1));
        if let Some(&(open, close)) = widest {
            plan.mark(open, BROKEN);
            self.stretch(plan, Stretch { end: open + 1, tail: 0, ..stretch });
            self.stretch(plan, Stretch { start: close, column: indent, ..stretch });
        }
    }
}

/// The block that ends an item.
fn block_of(item: &Item) -> Option<&Block> {
    match &item.kind {
        ItemKind::Decl(d) => d.block.as_ref(),
        ItemKind::Keyed(k) => Some(&k.block),
        ItemKind::Header(h) => h.block.as_ref(),
        ItemKind::Field(f) => match &f.value {
            Value::Block(b) | Value::Table(_, b) => Some(b),
            _ => None,
        },
        ItemKind::Row(_) | ItemKind::Error => None,
    }
}

/// Spaces between cells in a column and between them and what follows.
fn between(cells: usize) -> u32 {
    CELLS_APART * (cells as u32).saturating_sub(1) + 1
}
