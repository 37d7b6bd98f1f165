//! Syntax diagnostics: in the words of somebody who writes device files, not of a parser.

use crate::Parse;
use crate::ast::{Block, Expr, ExprKind, Field, Item, ItemKind, Op, Span, Tok, Value};
use crate::layout::{Problem, Sign};
use crate::literal;
use crate::token::Kind;
use chumsky::error::{Rich, RichPattern};
use dossier_base::{Applicability, Diagnostic, Edit, MOST_TOLD, Place, TextRange, TextSize, codes, spell};

/// What the parser could not read. `unread` are the items that it skipped, in order.
pub(crate) fn syntax(parse: &Parse, unread: &[Unread], error: &Rich<'_, Kind>) -> Diagnostic {
    let at = Tok(error.span().start as u32);
    let found = parse.layout.kind(at);
    let item = unread[..unread.partition_point(|u| u.span.start <= at)].last().filter(|u| at <= u.span.end);
    if let Some(d) = item.and_then(|item| word_alone(parse, item, at)) {
        return d;
    }
    let after_field = item.is_some_and(|i| i.follows && i.span.start == at);
    let expected = if after_field { vec!["the end of the line"] } else { expectations(error) };
    let text = match found {
        Kind::NewLine | Kind::Eof => found.describe().to_owned(),
        _ if parse.str(at).chars().count() > 30 => found.describe().to_owned(),
        _ if parse.str(at).is_empty() => found.describe().to_owned(),
        _ => format!("`{}`", parse.str(at)),
    };
    let place = Place::new(parse.id, parse.range(at));
    let is_list = expected.iter().any(|e| matches!(*e, "`]`" | "`)`"));
    let wants_name =
        expected.iter().any(|e| matches!(*e, "a name" | "a field or a block" | "the end of the line"));
    let expected = match expected.as_slice() {
        [] => "something else".to_owned(),
        [one] => (*one).to_owned(),
        [init @ .., last] => format!("{} or {last}", init.join(", ")),
    };
    let diagnostic = codes::unexpected_token(place, expected, text).subject(parse.str(at));
    match found {
        Kind::Eq | Kind::Colon => {
            diagnostic.help("a field is its name and its value with a space between: `status implemented`")
        }
        Kind::Comma if !is_list => {
            diagnostic.help("fields have no comma between them; only the values of a list `[a, b]` do")
        }
        Kind::LBrace if at.0 > 0 && parse.layout.kind(Tok(at.0 - 1)) == Kind::NewLine => {
            diagnostic.help("the `{` of a block stands at the end of the line that heads it")
        }
        kind if kind.is_reserved() && wants_name && !matches!(kind, Kind::Yes | Kind::No) => {
            diagnostic.help(format!("{} is reserved and cannot be a name", kind.describe()))
        }
        _ if after_field => diagnostic.help(
            "the field before it ends here: a field has one value, and several stand in a list `[a, b]`; the next field begins with its name",
        ),
        _ => diagnostic,
    }
}

/// An item that the parser skipped.
pub(crate) struct Unread {
    pub(crate) span: Span,
    /// Whether it follows another on the same line, where something of its own may begin.
    pub(crate) follows: bool,
}

/// The items that the parser skipped, in order.
pub(crate) fn unread(items: &[Item]) -> Vec<Unread> {
    let mut found = Vec::new();
    collect_unread(items, &mut found);
    found
}

fn collect_unread(items: &[Item], into: &mut Vec<Unread>) {
    let mut before = None;
    for item in items {
        let block = match &item.kind {
            ItemKind::Decl(d) => d.block.as_ref(),
            ItemKind::Keyed(k) => Some(&k.block),
            ItemKind::Header(h) => h.block.as_ref(),
            ItemKind::Field(Field { value: Value::Block(b) | Value::Table(_, b), .. }) => Some(b),
            ItemKind::Field(_) | ItemKind::Row(_) => None,
            ItemKind::Error => {
                into.push(Unread { span: item.span, follows: before == Some(item.span.start) });
                None
            }
        };
        if let Some(block) = block {
            collect_unread(&block.items, into);
        }
        before = Some(item.span.end);
    }
}

/// A word with nothing behind it: a field without a value, or a unit that is none.
fn word_alone(parse: &Parse, item: &Unread, at: Tok) -> Option<Diagnostic> {
    let word = item.span.start;
    let kind = parse.layout.kind(word);
    if !(kind.is_word() || kind == Kind::For) || at.0 != word.0 + 1 || item.span.end != at {
        return None;
    }
    let (place, text) = (Place::new(parse.id, parse.range(word)), parse.str(word));
    if item.follows && parse.layout.kind(Tok(word.0 - 1)) == Kind::Number {
        let long = [("minute", "min"), ("hour", "h"), ("second", "s"), ("sec", "s"), ("percent", "%")];
        let long = long.into_iter().find(|(l, _)| text.strip_suffix('s').unwrap_or(text) == *l);
        let near = long.map_or_else(|| spell::nearest(text, UNITS), |(_, unit)| vec![unit]);
        let d = codes::unexpected_token(place, "a unit", format!("`{text}`")).subject(text);
        return Some(match near.first() {
            Some(unit) => d.help(format!("did you mean `{unit}`?")).fix(
                format!("replace `{text}` by `{unit}`"),
                Applicability::Maybe,
                vec![Edit { place, text: (*unit).to_owned() }],
            ),
            None => d.help(format!("units are {}", UNITS.map(|u| format!("`{u}`")).join(", "))),
        });
    }
    let d = codes::missing_value(place, text).subject(text);
    Some(if item.follows {
        d.help(format!("write it behind the name: `{text} …`; if `{text}` belongs to the field before it, several values stand in a list `[a, b]`"))
    } else {
        d.help(format!("write it behind the name: `{text} …`; if it heads a block, `{text} {{ … }}`"))
    })
}

/// What follows a number.
const UNITS: [&str; 13] =
    ["ms", "s", "min", "h", "day", "days", "week", "weeks", "month", "months", "year", "years", "%"];

/// What could stand there instead, without what only says the same in more words.
fn expectations<'e>(error: &'e Rich<'_, Kind>) -> Vec<&'e str> {
    let all = error.expected().filter_map(|e| match e {
        RichPattern::Label(label) => Some(label.as_ref()),
        RichPattern::Token(kind) => Some(kind.describe()),
        RichPattern::EndOfInput => Some("the end of the file"),
        _ => None,
    });
    let mut expected: Vec<&str> = all.collect();
    expected.sort_by_key(|e| (e.starts_with('`') || e.starts_with("the end"), *e));
    expected.dedup();
    let has = |what: &str| expected.contains(&what);
    let (value, item) = (has("a value"), has("a field or a block"));
    let plain = |e: &&str| {
        let of_value = matches!(
            *e,
            "a name"
                | "a code"
                | "a text"
                | "a number"
                | "a date"
                | "a block"
                | "`exactly`"
                | "`not`"
                | "`yes`"
                | "`no`"
        );
        let of_item = matches!(*e, "a name" | "a block" | "a text");
        let goes_on = *e == "an operator" || OPERATORS.contains(e);
        !(value && of_value || item && of_item || goes_on)
    };
    let short: Vec<&str> = expected.iter().copied().filter(plain).collect();
    if short.is_empty() { expected } else { short }
}

/// What goes on with an expression that is complete without.
const OPERATORS: [&str; 11] =
    ["`(`", "`+`", "`-`", "`.`", "`%`", "`and`", "`by`", "`implies`", "`or`", "`where`", "`with`"];

/// What is wrong with the braces, and with nesting.
pub(crate) fn braces(parse: &mut Parse) {
    let place = |i: u32| Place::new(parse.id, parse.tokens.range(i as usize));
    let after = |i: u32| Place::new(parse.id, TextRange::empty(parse.tokens.range(i as usize).end()));
    let mut found = Vec::new();
    for problem in parse.layout.problems.iter().take(MOST_TOLD + 1) {
        found.push(match *problem {
            Problem::MissingClose { open, after: last, kind } => {
                let (what, sign) = (bracketed(kind), kind.describe());
                codes::unclosed_block(after(last), what, sign)
                    .label("before the next line, which stands no deeper")
                    .also(place(open), format!("the {what} is opened here"))
                    .help(format!("close it with {sign}"))
                    .fix(
                        format!("close the {what}"),
                        Applicability::Maybe,
                        vec![Edit { place: after(last), text: format!("\n{}", sign.trim_matches('`')) }],
                    )
            }
            Problem::MissingOpen { after: last, kind, sign } => {
                let (what, open) = (bracketed(kind), kind.describe());
                let why = match sign {
                    Sign::Deeper => format!("the lines below stand deeper, as those of a {what} do"),
                    Sign::Close => format!("further on a {what} is closed that nothing opens"),
                };
                codes::missing_open_brace(after(last), open, why)
                    .label(format!("{open} is missing here"))
                    .fix(
                        format!("open the {what}"),
                        Applicability::Maybe,
                        vec![Edit { place: after(last), text: format!(" {}", open.trim_matches('`')) }],
                    )
            }
            Problem::Stray(brace) => {
                let sign = parse.tokens.kind(brace as usize).describe();
                codes::stray_brace(place(brace), sign).fix(
                    format!("remove the {sign}"),
                    Applicability::Maybe,
                    vec![Edit { place: place(brace), text: String::new() }],
                )
            }
            Problem::TooDeep(token) => codes::too_deep(place(token)),
        });
    }
    parse.diagnostics.append(&mut found);
}

/// What a sign opens or closes.
fn bracketed(kind: Kind) -> &'static str {
    match kind {
        Kind::LBracket | Kind::RBracket => "list",
        Kind::LParen | Kind::RParen => "parenthesis",
        _ => "block",
    }
}

/// Tokens that say nothing or something impossible.
pub(crate) fn tokens(parse: &mut Parse) {
    let mut found = Vec::new();
    let mut joins = (false, false);
    for i in 0..parse.tokens.len() {
        if found.len() > MOST_TOLD {
            break;
        }
        let kind = parse.tokens.kind(i);
        let place = || Place::new(parse.id, parse.tokens.range(i));
        let text = || parse.tokens.text(&parse.text, i);
        match kind {
            Kind::And => joins.0 = true,
            Kind::Or => joins.1 = true,
            Kind::Unknown => found.push(unknown(text(), place())),
            Kind::OpenText | Kind::OpenBlockText => {
                let quotes = if kind == Kind::OpenText { "\"" } else { "\"\"\"" };
                let end = Place::new(parse.id, TextRange::empty(parse.tokens.range(i).end()));
                found.push(codes::unclosed_text(place()).help(format!("close it with `{quotes}`")).fix(
                    "close the text",
                    Applicability::Maybe,
                    vec![Edit { place: end, text: quotes.to_owned() }],
                ));
            }
            Kind::Text | Kind::BlockText => {
                if let Some(at) = literal::bad_escape(text()) {
                    let start = parse.tokens.range(i).start() + TextSize::from(at as u32);
                    let escape: String = text()[at..].chars().take(2).collect();
                    let range = TextRange::at(start, TextSize::of(escape.as_str()));
                    found.push(
                        codes::bad_escape(Place::new(parse.id, range), escape)
                            .help("escapes are `\\\"`, `\\\\`, `\\n` and `\\u{…}`; a backslash itself is written `\\\\`"),
                    );
                }
            }
            Kind::Date => {
                if let Err(why) = literal::date(text()) {
                    found.push(codes::bad_date(place(), text(), why));
                }
            }
            Kind::Number => {
                if let Err(why) = literal::number(text()) {
                    found.push(codes::bad_number(place(), text(), why));
                }
            }
            _ => {}
        }
    }
    // The parser stumbled over the same tokens; once is enough.
    parse
        .diagnostics
        .retain(|d| !(d.code == &codes::UNEXPECTED_TOKEN && found.iter().any(|f| f.place == d.place)));
    parse.diagnostics.append(&mut found);
    if joins == (true, true) {
        let mut walk = Joins { parse, found: Vec::new() };
        walk.items(&parse.file.items);
        let mut found = walk.found;
        parse.diagnostics.append(&mut found);
    }
}

fn unknown(text: &str, place: Place) -> Diagnostic {
    let shown: String = text.chars().take(10).flat_map(char::escape_debug).collect();
    let d = codes::unknown_character(place, format!("`{shown}`")).subject(shown);
    match text {
        ";" => d.help("fields need no semicolon; each stands on a line of its own"),
        "&" | "&&" => d.help("write `and`"),
        "|" | "||" => d.help("write `or`"),
        "!" => d.help("write `not`"),
        "'" => d.help("texts stand between double quotes"),
        _ if text.starts_with('#') || text.starts_with('/') => d.help("a comment begins with `//`"),
        _ => d,
    }
}

/// Finds `and` directly beside `or`.
struct Joins<'p> {
    parse: &'p Parse,
    found: Vec<Diagnostic>,
}

impl Joins<'_> {
    fn items(&mut self, items: &[Item]) {
        for item in items {
            match &item.kind {
                ItemKind::Decl(d) => self.block(d.block.as_ref()),
                ItemKind::Keyed(k) => self.block(Some(&k.block)),
                ItemKind::Header(h) => {
                    if let Some(v) = &h.value {
                        self.expr(v);
                    }
                    self.block(h.block.as_ref());
                }
                ItemKind::Field(f) => match &f.value {
                    Value::Expr(e) | Value::Exactly(e) => self.expr(e),
                    Value::When(v, c) => {
                        if let Some(v) = v {
                            self.expr(v);
                        }
                        self.expr(c);
                    }
                    Value::Block(b) => self.block(Some(b)),
                    Value::Table(columns, rows) => {
                        self.expr(columns);
                        self.block(Some(rows));
                    }
                    Value::Binder(b) => {
                        if let Some(f) = &b.filter {
                            self.expr(f);
                        }
                    }
                },
                ItemKind::Row(row) => {
                    row.cells.iter().for_each(|c| self.expr(c));
                    self.expr(&row.result);
                }
                ItemKind::Error => {}
            }
        }
    }

    fn block(&mut self, block: Option<&Block>) {
        if let Some(b) = block {
            self.items(&b.items);
        }
    }

    fn expr(&mut self, e: &Expr) {
        match &e.kind {
            ExprKind::List(items) | ExprKind::Call(_, items) => items.iter().for_each(|e| self.expr(e)),
            ExprKind::Paren(e) | ExprKind::Not(e) | ExprKind::Path(e, _) => self.expr(e),
            ExprKind::Binary(op, sides) => {
                for side in [&sides.0, &sides.1] {
                    if let (Op::Or, ExprKind::Binary(Op::And, _)) | (Op::And, ExprKind::Binary(Op::Or, _)) =
                        (op, &side.kind)
                    {
                        let range = self.parse.span_range(side.span);
                        let text = &self.parse.text[range];
                        self.found.push(codes::and_beside_or(Place::new(self.parse.id, range)).fix(
                            "put parentheses around it",
                            Applicability::Safe,
                            vec![Edit { place: Place::new(self.parse.id, range), text: format!("({text})") }],
                        ));
                    }
                    self.expr(side);
                }
            }
            ExprKind::Quantifier(_, q) => {
                if let Some(f) = &q.0.filter {
                    self.expr(f);
                }
                self.expr(&q.1);
            }
            ExprKind::Count(b) => {
                if let Some(f) = &b.filter {
                    self.expr(f);
                }
            }
            _ => {}
        }
    }
}
