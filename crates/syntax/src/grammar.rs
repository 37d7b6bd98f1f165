//! The grammar, written once.
//!
//! It runs first with an error type of no size and without recovery; only where that fails, again with errors
//! that know what was expected and with recovery. Every production is boxed: unboxed, the compile does not end.
//!
//! To make the parser costs as much as to read 8 kB with it. So the input owns its kinds, which frees the parser of
//! any one file's lifetime, and each thread makes it once.
//!
//! Recovery: what makes no item is skipped to the end of its line, blocks in it whole.

use crate::ast::{
    Binder, Block, Decl, Expr, ExprKind, Field, Header, Item, ItemKind, Keyed, Name, Op, Quantifier, Row,
    Span, Tok, Type, Value,
};
use crate::token::Kind;
use chumsky::extra::ParserExtra;
use chumsky::input::{InputRef, Stream};
use chumsky::label::LabelError;
use chumsky::pratt::{infix, left, none, prefix, right};
use chumsky::prelude::*;
use chumsky::util::MaybeRef;

/// What the parser reads: kinds, one byte a token.
type Input = Stream<std::vec::IntoIter<Kind>>;

/// A production.
type P<'a, O, E> = Boxed<'a, 'a, Input, O, E>;

/// What is said of what cannot be read: what was expected and what was found.
pub(crate) type Told = Rich<'static, Kind>;

thread_local! {
    static LEAN: P<'static, Vec<Item>, extra::Default> = file(false);
    static RECOVERING: P<'static, Vec<Item>, extra::Err<Told>> = file(true);
}

/// The items of a file without a syntax error; none if it has one.
pub(crate) fn lean(kinds: &[Kind]) -> Option<Vec<Item>> {
    LEAN.with(|parser| parser.parse(Stream::from_iter(kinds.to_vec())).into_output())
}

/// The items of any file, and what could not be read.
pub(crate) fn recovering_all(kinds: &[Kind]) -> (Vec<Item>, Vec<Told>) {
    let (items, told) =
        RECOVERING.with(|parser| parser.parse(Stream::from_iter(kinds.to_vec())).into_output_errors());
    (items.unwrap_or_default(), told)
}

fn tok(span: SimpleSpan) -> Tok {
    Tok(span.start as u32)
}

fn span(span: SimpleSpan) -> Span {
    Span { start: Tok(span.start as u32), end: Tok(span.end as u32) }
}

/// Makes the parser of a file. `recover` makes it go on after an error; the error type should then be one that
/// says something.
fn file<'a, E>(recover: bool) -> P<'a, Vec<Item>, E>
where
    E: ParserExtra<'a, Input> + 'a,
    E::Error: LabelError<'a, Input, &'static str>,
{
    let kind = |k: Kind| just(k).map_with(|_, e| tok(e.span()));
    let word = any().filter(|k: &Kind| k.is_word()).map_with(|_, e| tok(e.span())).labelled("a name").boxed();
    // What may begin an item. `for` is reserved but heads a field, too.
    let head = any()
        .filter(|k: &Kind| k.is_word() || *k == Kind::For)
        .map_with(|_, e| tok(e.span()))
        .labelled("a name")
        .boxed();
    let text = one_of([Kind::Text, Kind::BlockText, Kind::OpenText, Kind::OpenBlockText])
        .map_with(|_, e| tok(e.span()))
        .labelled("a text")
        .boxed();
    let code = kind(Kind::Code).labelled("a code").boxed();

    let expr = expr::<E>(recover, word.clone(), text.clone(), code.clone());
    let binder = binder::<E>(word.clone(), expr.clone());

    // Blocks know what holds them by a weak reference only: a parser that owned itself would never be let go.
    let items = recursive(|items| {
        let block: P<'a, Block, E> = items
            .clone()
            .delimited_by(just(Kind::LBrace), just(Kind::RBrace).labelled("`}`"))
            .map_with(|items, e| Block { span: span(e.span()), items })
            .labelled("a block")
            .boxed();

        let row = expr
            .clone()
            .repeated()
            .at_least(1)
            .collect::<Vec<_>>()
            .then_ignore(just(Kind::Arrow).labelled("`->`"))
            .then(expr.clone())
            .map_with(|(cells, result), e| Item {
                span: span(e.span()),
                kind: ItemKind::Row(Box::new(Row { cells, result })),
            })
            .boxed();
        let newline = just(Kind::NewLine).labelled("the end of the line").boxed();
        let rows = lines(recovering(row, recover), newline.clone())
            .delimited_by(just(Kind::LBrace), just(Kind::RBrace).labelled("`}`"))
            .map_with(|items, e| Block { span: span(e.span()), items })
            .boxed();

        // After `:`.
        let ty = just(Kind::Set)
            .ignore_then(just(Kind::Of).labelled("`of`"))
            .or_not()
            .then(word.clone())
            .map(|(set, name)| Type { set: set.is_some(), name })
            .labelled("a type")
            .boxed();
        let definition = just(Kind::Eq).ignore_then(expr.clone()).boxed();
        let header = just(Kind::Colon)
            .ignore_then(ty)
            .then(text.clone().or_not())
            .then(definition.clone().or_not())
            .then(block.clone().or_not())
            .map(|(((ty, title), value), block)| Rest::Header { ty: Some(ty), title, value, block })
            .boxed();
        let short_header = definition
            .then(text.clone().or_not())
            .map(|(value, title)| Rest::Header { ty: None, title, value: Some(value), block: None })
            .boxed();
        let titled = text
            .clone()
            .then(block.clone().or_not())
            .map(|(title, block)| Rest::Decl { title: Some(title), block })
            .boxed();
        let untitled = block.clone().map(|block| Rest::Decl { title: None, block: Some(block) }).boxed();
        let name = code
            .clone()
            .map(Name::Plain)
            .or(word.clone().then(just(Kind::Dot).ignore_then(word.clone()).or_not()).map(|(a, b)| match b {
                Some(b) => Name::Row(a, b),
                None => Name::Plain(a),
            }))
            .boxed();
        let named = name.then(choice((header, short_header, titled, untitled))).boxed();
        let keyed = text
            .clone()
            .then(word.clone().or_not())
            .then(block.clone())
            .map(|((key, extra), block)| (key, extra, block))
            .boxed();

        let condition = just(Kind::When).ignore_then(expr.clone()).boxed();
        let value = choice((expr.clone().map(Value::Expr).boxed(), block.clone().map(Value::Block).boxed()))
            .labelled("a value")
            .boxed();
        // The short way for the commonest of all: a name, one token, the end of the line.
        let simple = any()
            .filter(|k: &Kind| {
                k.is_word()
                    || matches!(k, Kind::Number | Kind::Date | Kind::Text | Kind::Code | Kind::Yes | Kind::No)
            })
            .map_with(|k, e| {
                let t = tok(e.span());
                let kind = match k {
                    Kind::Number => ExprKind::Number(t),
                    Kind::Date => ExprKind::Date(t),
                    Kind::Text => ExprKind::Text(t),
                    Kind::Code => ExprKind::Code(t),
                    Kind::Yes => ExprKind::Bool(true),
                    Kind::No => ExprKind::Bool(false),
                    _ => ExprKind::Name(t),
                };
                After::Value(Value::Expr(Expr { span: span(e.span()), kind }))
            })
            .then_ignore(one_of([Kind::NewLine, Kind::RBrace]).rewind())
            .boxed();

        let plain = head
            .then(choice((
                simple,
                named.map(|(name, rest)| After::Named(name, rest)).boxed(),
                keyed.map(|(key, extra, block)| After::Keyed(key, extra, block)).boxed(),
                value.map(After::Value).boxed(),
            )))
            .map_with(|(word, after), e| Item { span: span(e.span()), kind: after.item(word) })
            .boxed();
        let special = choice((
            one_of([Kind::Applies, Kind::OptIn])
                .map_with(|_, e| tok(e.span()))
                .then(condition.clone())
                .map(|(word, c)| Field { word, value: Value::When(None, c) })
                .boxed(),
            kind(Kind::InForce)
                .then(expr.clone())
                .then(condition.or_not())
                .map(|((word, v), c)| Field {
                    word,
                    value: match c {
                        Some(c) => Value::When(Some(v), c),
                        None => Value::Expr(v),
                    },
                })
                .boxed(),
            kind(Kind::For)
                .then(binder.clone())
                .map(|(word, b)| Field { word, value: Value::Binder(Box::new(b)) })
                .boxed(),
            kind(Kind::Table)
                .then(expr.clone())
                .then(rows)
                .map(|((word, columns), rows)| Field { word, value: Value::Table(columns, rows) })
                .boxed(),
            word.clone()
                .then_ignore(just(Kind::Exactly))
                .then(expr.clone())
                .map(|(word, v)| Field { word, value: Value::Exactly(v) })
                .boxed(),
        ))
        .map_with(|field, e| Item { span: span(e.span()), kind: ItemKind::Field(field) })
        .boxed();
        let item = choice((special, plain)).labelled("a field or a block").boxed();
        let item = if recover { item } else { custom(short_field).or(item).boxed() };
        lines(recovering(item, recover), newline)
    });
    items.then_ignore(end()).boxed()
}

/// What one token says on its own.
fn literal(kind: Kind, tok: Tok) -> Option<ExprKind> {
    Some(match kind {
        Kind::Number => ExprKind::Number(tok),
        Kind::Date => ExprKind::Date(tok),
        Kind::Text => ExprKind::Text(tok),
        Kind::Code => ExprKind::Code(tok),
        Kind::Yes => ExprKind::Bool(true),
        Kind::No => ExprKind::Bool(false),
        kind if kind.is_word() => ExprKind::Name(tok),
        _ => return None,
    })
}

// Short ways past the grammar for what is commonest. They take only what the grammar takes, in the same shape, and
// whatever they do not take is the grammar's. They say nothing of what was expected, so the recovering parser does
// without; a test holds the two against each other.

/// An expression of one token: one that cannot go on after it.
fn short_expr<'a, E>(input: &mut InputRef<'a, '_, Input, E>) -> Result<Expr, E::Error>
where
    E: ParserExtra<'a, Input>,
    E::Error: LabelError<'a, Input, &'static str>,
{
    let begin = input.cursor();
    let start = Tok(*begin.inner() as u32);
    let kind = input.next().and_then(|kind| literal(kind, start));
    let ends = matches!(
        input.peek(),
        None | Some(Kind::NewLine | Kind::RBrace | Kind::Comma | Kind::RBracket | Kind::RParen | Kind::Colon)
    );
    match kind {
        Some(kind) if ends => Ok(Expr { span: Span { start, end: Tok(start.0 + 1) }, kind }),
        _ => Err(beyond(input, &begin)),
    }
}

/// A field with one token or a list of single tokens for a value, and the line's end after it.
fn short_field<'a, E>(input: &mut InputRef<'a, '_, Input, E>) -> Result<Item, E::Error>
where
    E: ParserExtra<'a, Input>,
    E::Error: LabelError<'a, Input, &'static str>,
{
    let begin = input.cursor();
    let start = *begin.inner() as u32;
    let read = |input: &mut InputRef<'a, '_, Input, E>| {
        input.next().filter(|kind| kind.is_word() || *kind == Kind::For)?;
        let mut at = start + 1;
        let value = match input.next()? {
            Kind::LBracket => {
                let mut items = Vec::new();
                loop {
                    at += 1;
                    let kind = input.next()?;
                    if kind == Kind::RBracket {
                        break;
                    }
                    let span = Span { start: Tok(at), end: Tok(at + 1) };
                    items.push(Expr { span, kind: literal(kind, Tok(at))? });
                    at += 1;
                    match input.next()? {
                        Kind::Comma => {}
                        Kind::RBracket => break,
                        _ => return None,
                    }
                }
                ExprKind::List(items)
            }
            kind => literal(kind, Tok(at))?,
        };
        let end = Tok(at + 1);
        let span = Span { start: Tok(start + 1), end };
        let ends = matches!(input.peek(), Some(Kind::NewLine | Kind::RBrace));
        ends.then_some(Item {
            span: Span { start: Tok(start), end },
            kind: ItemKind::Field(Field { word: Tok(start), value: Value::Expr(Expr { span, kind: value }) }),
        })
    };
    match read(input) {
        Some(item) => Ok(item),
        None => Err(beyond(input, &begin)),
    }
}

/// What the lean parser says of what is not the short way's: nothing.
fn beyond<'a, 'p, E>(
    input: &mut InputRef<'a, 'p, Input, E>,
    begin: &chumsky::input::Cursor<'a, 'p, Input>,
) -> E::Error
where
    E: ParserExtra<'a, Input>,
    E::Error: LabelError<'a, Input, &'static str>,
{
    let span = input.span_since(begin);
    LabelError::<Input, &'static str>::expected_found([], None::<MaybeRef<'a, Kind>>, span)
}

/// Items, each perhaps on a line of its own.
fn lines<'a, E>(item: P<'a, Item, E>, newline: P<'a, Kind, E>) -> P<'a, Vec<Item>, E>
where
    E: ParserExtra<'a, Input> + 'a,
{
    newline
        .clone()
        .repeated()
        .ignore_then(item.then_ignore(newline.repeated()).repeated().collect::<Vec<_>>())
        .boxed()
}

/// An item, or in its place what stands to the end of the line.
fn recovering<'a, E>(item: P<'a, Item, E>, recover: bool) -> P<'a, Item, E>
where
    E: ParserExtra<'a, Input> + 'a,
{
    if !recover {
        return item;
    }
    let balanced = recursive(|inner| {
        inner
            .or(none_of([Kind::LBrace, Kind::RBrace]).ignored())
            .repeated()
            .delimited_by(just(Kind::LBrace), just(Kind::RBrace))
    })
    .boxed();
    let skip = balanced
        .or(none_of([Kind::LBrace, Kind::RBrace, Kind::NewLine]).ignored())
        .repeated()
        .at_least(1)
        .map_with(|(), e| Item { span: span(e.span()), kind: ItemKind::Error })
        .boxed();
    item.recover_with(via_parser(skip)).boxed()
}

/// What may follow the word that heads an item.
enum After {
    Named(Name, Rest),
    Keyed(Tok, Option<Tok>, Block),
    Value(Value),
}

/// What may follow the name of what is declared.
enum Rest {
    Header { ty: Option<Type>, title: Option<Tok>, value: Option<Expr>, block: Option<Block> },
    Decl { title: Option<Tok>, block: Option<Block> },
}

impl After {
    fn item(self, word: Tok) -> ItemKind {
        match self {
            After::Named(name, Rest::Decl { title, block }) => {
                ItemKind::Decl(Box::new(Decl { word, name, title, block }))
            }
            After::Named(name, Rest::Header { ty, title, value, block }) => {
                let (Name::Plain(name) | Name::Row(_, name)) = name;
                ItemKind::Header(Box::new(Header { word, name, ty, title, value, block }))
            }
            After::Keyed(key, extra, block) => ItemKind::Keyed(Box::new(Keyed { word, key, extra, block })),
            After::Value(value) => ItemKind::Field(Field { word, value }),
        }
    }
}

/// Expressions.
fn expr<'a, E>(recover: bool, word: P<'a, Tok, E>, text: P<'a, Tok, E>, code: P<'a, Tok, E>) -> P<'a, Expr, E>
where
    E: ParserExtra<'a, Input> + 'a,
    E::Error: LabelError<'a, Input, &'static str>,
{
    recursive(|expr| {
        let expr: P<'a, Expr, E> = expr.boxed();
        let leaf = |k: Kind| just(k).map_with(|_, e| tok(e.span()));
        let make = |kind: ExprKind, s: SimpleSpan| Expr { span: span(s), kind };

        let list = expr
            .clone()
            .separated_by(just(Kind::Comma).labelled("`,`"))
            .allow_trailing()
            .collect::<Vec<_>>()
            .delimited_by(just(Kind::LBracket), just(Kind::RBracket).labelled("`]`"))
            .map_with(move |items, e| make(ExprKind::List(items), e.span()))
            .boxed();
        let paren = expr
            .clone()
            .delimited_by(just(Kind::LParen), just(Kind::RParen).labelled("`)`"))
            .map_with(move |inner, e| make(ExprKind::Paren(Box::new(inner)), e.span()))
            .boxed();
        let number = leaf(Kind::Number)
            .then(one_of([Kind::Unit, Kind::Percent]).map_with(|_, e| tok(e.span())).or_not())
            .map_with(move |(n, unit), e| {
                make(unit.map_or(ExprKind::Number(n), |u| ExprKind::Quantity(n, u)), e.span())
            })
            .labelled("a number")
            .boxed();
        let arguments = expr
            .clone()
            .separated_by(just(Kind::Comma).labelled("`,`"))
            .collect::<Vec<_>>()
            .delimited_by(just(Kind::LParen), just(Kind::RParen).labelled("`)`"))
            .boxed();
        let name = word
            .clone()
            .map_with(move |w, e| make(ExprKind::Name(w), e.span()))
            .foldl_with(just(Kind::Dot).ignore_then(word.clone()).repeated(), move |base, part, e| {
                make(ExprKind::Path(Box::new(base), part), e.span())
            })
            .boxed();
        let call_or_name = word
            .clone()
            .then(arguments)
            .map_with(move |(w, args), e| make(ExprKind::Call(w, args), e.span()))
            .or(name)
            .boxed();
        let binder = binder::<E>(word, expr.clone());
        let quantifier =
            choice((just(Kind::Some).to(Quantifier::Some), just(Kind::Every).to(Quantifier::Every)))
                .then(binder.clone())
                .then_ignore(just(Kind::Colon).labelled("`:`"))
                .then(expr.clone())
                .map_with(move |((q, binder), body), e| {
                    make(ExprKind::Quantifier(q, Box::new((binder, body))), e.span())
                })
                .boxed();
        let count = just(Kind::Count)
            .ignore_then(
                binder.delimited_by(just(Kind::LParen).labelled("`(`"), just(Kind::RParen).labelled("`)`")),
            )
            .map_with(move |b, e| make(ExprKind::Count(Box::new(b)), e.span()))
            .boxed();
        let atom = choice((
            call_or_name,
            number,
            text.map_with(move |t, e| make(ExprKind::Text(t), e.span())).boxed(),
            code.map_with(move |t, e| make(ExprKind::Code(t), e.span())).boxed(),
            leaf(Kind::Date)
                .map_with(move |t, e| make(ExprKind::Date(t), e.span()))
                .labelled("a date")
                .boxed(),
            just(Kind::Yes)
                .map_with(move |_, e| make(ExprKind::Bool(true), e.span()))
                .labelled("`yes`")
                .boxed(),
            just(Kind::No)
                .map_with(move |_, e| make(ExprKind::Bool(false), e.span()))
                .labelled("`no`")
                .boxed(),
            list,
            paren,
            quantifier,
            count,
        ))
        .labelled("a value")
        .boxed();

        let op = |k: Kind| just(k).ignored();
        let binary = move |op: Op| {
            move |a: Expr, _: (), b: Expr, e: &mut chumsky::input::MapExtra<'a, '_, Input, E>| {
                make(ExprKind::Binary(op, Box::new((a, b))), e.span())
            }
        };
        let compare = choice((
            just(Kind::EqEq).to(Op::Eq),
            just(Kind::NotEq).to(Op::NotEq),
            just(Kind::Lt).to(Op::Lt),
            just(Kind::LtEq).to(Op::LtEq),
            just(Kind::Gt).to(Op::Gt),
            just(Kind::GtEq).to(Op::GtEq),
            just(Kind::In).to(Op::In),
            just(Kind::Within).to(Op::Within),
            just(Kind::Has)
                .ignore_then(
                    one_of([Kind::All, Kind::Any, Kind::None])
                        .then_ignore(one_of([Kind::LBracket, Kind::LParen]).rewind())
                        .or_not(),
                )
                .map(|which| match which {
                    Some(Kind::All) => Op::HasAll,
                    Some(Kind::Any) => Op::HasAny,
                    Some(_) => Op::HasNone,
                    None => Op::Has,
                }),
        ))
        .labelled("an operator")
        .boxed();
        let fold_compare =
            move |a: Expr, op: Op, b: Expr, e: &mut chumsky::input::MapExtra<'a, '_, Input, E>| {
                make(ExprKind::Binary(op, Box::new((a, b))), e.span())
            };
        let sum = atom
            .clone()
            .pratt((
                infix(left(8), op(Kind::Plus), binary(Op::Add)),
                infix(left(8), op(Kind::Minus), binary(Op::Sub)),
            ))
            .boxed();
        // `where` takes one comparison (or a parenthesis) and narrows the nearest term to its left.
        let narrowed = just(Kind::Where)
            .ignore_then(sum.clone().then(compare.clone().then(sum.clone()).or_not()).map_with(
                move |(a, rest), e| match rest {
                    Some((op, b)) => make(ExprKind::Binary(op, Box::new((a, b))), e.span()),
                    None => a,
                },
            ))
            .boxed();
        let narrow = move |a: Expr, condition: Expr, e: &mut chumsky::input::MapExtra<'a, '_, Input, E>| {
            make(ExprKind::Binary(Op::Where, Box::new((a, condition))), e.span())
        };
        let term = sum.clone().foldl_with(narrowed.repeated(), narrow).boxed();
        let term = term.pratt((
            infix(left(7), op(Kind::With), binary(Op::With)),
            infix(left(7), op(Kind::By), binary(Op::By)),
            infix(none(6), compare, fold_compare),
            prefix(
                5,
                op(Kind::Not),
                move |(), a: Expr, e: &mut chumsky::input::MapExtra<'a, '_, Input, E>| {
                    make(ExprKind::Not(Box::new(a)), e.span())
                },
            ),
            infix(left(4), op(Kind::And), binary(Op::And)),
            infix(left(3), op(Kind::Or), binary(Op::Or)),
            infix(right(2), op(Kind::Implies), binary(Op::Implies)),
        ));
        if recover { term.boxed() } else { custom(short_expr).or(term).boxed() }
    })
    .boxed()
}

/// `m in models where …`
fn binder<'a, E>(word: P<'a, Tok, E>, expr: P<'a, Expr, E>) -> P<'a, Binder, E>
where
    E: ParserExtra<'a, Input> + 'a,
    E::Error: LabelError<'a, Input, &'static str>,
{
    // What a binder runs over is a name or a path; `where` after it is the binder's own.
    let over = word
        .clone()
        .map_with(|w, e| Expr { span: span(e.span()), kind: ExprKind::Name(w) })
        .foldl_with(just(Kind::Dot).ignore_then(word.clone()).repeated(), |base, part, e| Expr {
            span: span(e.span()),
            kind: ExprKind::Path(Box::new(base), part),
        })
        .boxed();
    word.then_ignore(just(Kind::In).labelled("`in`"))
        .then(over)
        .then(just(Kind::Where).ignore_then(expr).or_not())
        .map(|((name, over), filter)| Binder { name, over, filter })
        .boxed()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Layout, Tokens};
    use std::path::Path;

    /// Every text of both languages below a folder of the repository.
    fn texts(folder: &str, out: &mut Vec<String>) {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(folder);
        let mut folders = vec![root];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(&folder).unwrap() {
                let path = entry.unwrap().path();
                let ours = path.extension().is_some_and(|e| e == "dossier" || e == "rulebook");
                match path.is_dir() {
                    true => folders.push(path),
                    false if ours => out.extend(std::fs::read_to_string(&path)),
                    false => {}
                }
            }
        }
    }

    /// The same trees with the short ways as without, and the same files refused.
    fn agree(text: &str) -> bool {
        let layout = Layout::new(&Tokens::lex(text), text);
        let (items, told) = recovering_all(&layout.kinds);
        match lean(&layout.kinds) {
            Some(lean) => assert!(told.is_empty() && lean == items, "the parsers differ on {text}"),
            None => assert!(!told.is_empty(), "only one parser takes {text}"),
        }
        told.is_empty()
    }

    #[test]
    fn the_short_ways_are_the_grammars() {
        let mut all = Vec::new();
        for folder in ["tests/corpus", "examples", "crates/rulebooks"] {
            texts(folder, &mut all);
        }
        let sound = all.iter().filter(|t| agree(t)).count();
        assert!(sound > 30 && sound < all.len(), "{sound} of {} files are sound", all.len());
        for text in [
            "x y",
            "x y z",
            "x [a]",
            "x []",
            "x [,]",
            "x [a,]",
            "x [a,,b]",
            "x [a b]",
            "x [a, [b]]",
            "x [1 min, b]",
            "x [a].b",
            "x exactly",
            "exactly exactly",
            "for x",
            "for m in ms",
            "table x",
            "in_force 2026-01-01",
            "in_force 2026-01-01 when yes",
            "applies yes",
            "applies when yes",
            "when when",
            "x \"t\"",
            "x \"t\" { }",
            "x 10 min",
            "x -1",
            "x y.z",
            "x y(z, 1)",
            "x not y",
            "x some m in ms where a: b",
            "x { y z }",
            "x { y [z] }",
            "c when a == 1 and (b)",
        ] {
            agree(text);
        }
    }
}
