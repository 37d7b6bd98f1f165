//! Syntax diagnostics: in the words of somebody who writes device files, not of a parser.

use crate::Parse;
use crate::ast::{Block, Expr, ExprKind, Item, ItemKind, Op, Tok, Value};
use crate::layout::Problem;
use crate::literal;
use crate::token::Kind;
use chumsky::error::{Rich, RichPattern};
use dossier_base::{Applicability, Diagnostic, Edit, Place, TextRange, TextSize, codes};

/// What the parser could not read.
pub(crate) fn syntax(parse: &Parse, error: &Rich<'_, Kind>) -> Diagnostic {
    let at = Tok(error.span().start as u32);
    let found = parse.layout.kind(at);
    let mut expected: Vec<&str> = error
        .expected()
        .filter_map(|e| match e {
            RichPattern::Label(label) => Some(label.as_ref()),
            RichPattern::Token(kind) => Some(kind.describe()),
            RichPattern::EndOfInput => Some("the end of the file"),
            _ => None,
        })
        .filter(|e| *e != "an operator")
        .collect();
    expected.sort_by_key(|e| (e.starts_with('`') || e.starts_with("the end"), *e));
    expected.dedup();
    let expected = match expected.as_slice() {
        [] => "something else".to_owned(),
        [one] => (*one).to_owned(),
        [init @ .., last] => format!("{} or {last}", init.join(", ")),
    };
    let text = match found {
        Kind::NewLine | Kind::Eof => found.describe().to_owned(),
        _ if parse.str(at).chars().count() > 30 => found.describe().to_owned(),
        _ if parse.str(at).is_empty() => found.describe().to_owned(),
        _ => format!("`{}`", parse.str(at)),
    };
    let place = Place::new(parse.id, parse.range(at));
    let diagnostic = codes::unexpected_token(place, expected, text).subject(parse.str(at));
    match found {
        Kind::Eq | Kind::Colon => {
            diagnostic.help("a field is its name and its value with a space between: `status implemented`")
        }
        Kind::Comma => {
            diagnostic.help("fields have no comma between them; only the values of a list `[a, b]` do")
        }
        kind if kind.is_reserved() => {
            diagnostic.help(format!("{} is reserved and cannot be a name", kind.describe()))
        }
        _ => diagnostic,
    }
}

/// What is wrong with the braces, and with nesting.
pub(crate) fn braces(parse: &mut Parse) {
    let place = |i: u32| Place::new(parse.id, parse.tokens.range(i as usize));
    let after = |i: u32| Place::new(parse.id, TextRange::empty(parse.tokens.range(i as usize).end()));
    let mut found = Vec::new();
    for problem in &parse.layout.problems {
        found.push(match *problem {
            Problem::MissingClose { open, after: last } => codes::unclosed_block(place(open))
                .label("opened here")
                .also(after(last), "it should be closed here, before the next line stands no deeper")
                .help("close it with `}`")
                .fix(
                    "close the block",
                    Applicability::Maybe,
                    vec![Edit { place: after(last), text: "\n}".to_owned() }],
                ),
            Problem::MissingOpen { after: last } => {
                codes::missing_open_brace(after(last)).label("`{` is missing here").fix(
                    "open the block",
                    Applicability::Maybe,
                    vec![Edit { place: after(last), text: " {".to_owned() }],
                )
            }
            Problem::Stray(brace) => codes::stray_brace(place(brace)).fix(
                "remove the brace",
                Applicability::Maybe,
                vec![Edit { place: place(brace), text: String::new() }],
            ),
            Problem::TooDeep(token) => codes::too_deep(place(token)),
        });
    }
    parse.diagnostics.append(&mut found);
}

/// Tokens that say nothing or something impossible.
pub(crate) fn tokens(parse: &mut Parse) {
    let mut found = Vec::new();
    let mut joins = (false, false);
    for i in 0..parse.tokens.len() {
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
                    Value::Table(_, rows) => self.block(Some(rows)),
                    Value::Binder(b) => {
                        if let Some(f) = &b.filter {
                            self.expr(f);
                        }
                    }
                    Value::Missing => {}
                },
                ItemKind::Row(_) | ItemKind::Error => {}
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
