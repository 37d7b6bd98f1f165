//! The proof that formatting changed nothing but white space and trailing commas.
//!
//! Three checks, each made on every run: tokens and comments in their order are those of the input (so every
//! comment stands between the same tokens); the output's tree is the input's; and formatting the output gives it
//! back. Tokens being the same, trees can be compared by the tokens' ordinals, which is stricter than by their
//! text and needs none.

use crate::print;
use dossier_syntax::ast::{Binder, Block, Expr, ExprKind, Item, ItemKind, Name, Span, Tok, Value};
use dossier_syntax::{Kind, Parse};

/// What the proof found. Offsets are bytes of the input.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Broken {
    /// A token or comment is lost, new, changed or elsewhere.
    Tokens {
        /// Where the first such stands.
        at: u32,
    },
    /// The same tokens mean something else.
    Tree {
        /// Where the first item that differs stands.
        at: u32,
    },
    /// Formatting the output changes it again, first at this byte of it.
    Again {
        /// Byte of the output.
        at: u32,
    },
}

impl std::fmt::Display for Broken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Tokens { at } => write!(f, "tokens or comments would change at byte {at}"),
            Self::Tree { at } => write!(f, "the meaning would change at byte {at}"),
            Self::Again { at } => write!(f, "formatting again would change byte {at} of the output"),
        }
    }
}

/// Proves that `out` is `parse` laid out.
pub(crate) fn check(parse: &Parse, out: &str) -> Result<(), Broken> {
    let after = dossier_syntax::parse(parse.id, out);
    same_tokens(parse, &after)?;
    Trees { a: ordinals(parse), b: ordinals(&after) }
        .items(&parse.file.items, &after.file.items)
        .map_err(|first| Broken::Tree { at: parse.span_range(first).start().into() })?;
    let again = print::print(&after).unwrap_or_default();
    if again != out {
        let at = again.bytes().zip(out.bytes()).take_while(|(a, b)| a == b).count();
        return Err(Broken::Again { at: at as u32 });
    }
    Ok(())
}

/// Walks both tables, white space and trailing commas left out.
fn same_tokens(a: &Parse, b: &Parse) -> Result<(), Broken> {
    let (mut i, mut j) = (0, 0);
    loop {
        (i, j) = (next(a, i), next(b, j));
        let (end_a, end_b) = (i == a.tokens.len(), j == b.tokens.len());
        if end_a && end_b {
            return Ok(());
        }
        let is_same = !end_a && !end_b && a.tokens.kind(i) == b.tokens.kind(j) && {
            let (x, y) = (a.tokens.text(&a.text, i), b.tokens.text(&b.text, j));
            // A comment ends where its line's last word does.
            x == y || a.tokens.kind(i).is_trivia() && x.trim_end() == y.trim_end()
        };
        if !is_same {
            let at = if end_a { a.text.len() as u32 } else { a.tokens.range(i).start().into() };
            return Err(Broken::Tokens { at });
        }
        (i, j) = (i + 1, j + 1);
    }
}

/// The first token or comment from `i` on that counts.
fn next(parse: &Parse, mut i: usize) -> usize {
    let kinds = parse.tokens.kinds();
    while i < kinds.len() {
        match kinds[i] {
            Kind::Space => {}
            Kind::Comma if kinds[i + 1..].iter().find(|k| !k.is_trivia()) == Some(&Kind::RBracket) => {}
            _ => break,
        }
        i += 1;
    }
    i
}

/// For each token that the parser sees, and for the end, how many that count stand before it.
fn ordinals(parse: &Parse) -> Vec<u32> {
    let count = parse.layout.len();
    let mut out = Vec::with_capacity(count + 1);
    let mut before = 0;
    for i in 0..count {
        out.push(before);
        let kind = parse.layout.kind(Tok(i as u32));
        let is_trailing = kind == Kind::Comma && parse.layout.kind(Tok(i as u32 + 1)) == Kind::RBracket;
        before += u32::from(kind != Kind::NewLine && !is_trailing);
    }
    out.push(before);
    out
}

/// Compares two trees whose tokens are the same.
struct Trees {
    a: Vec<u32>,
    b: Vec<u32>,
}

impl Trees {
    fn tok(&self, a: Tok, b: Tok) -> bool {
        self.a[a.0 as usize] == self.b[b.0 as usize]
    }

    fn opt_tok(&self, a: Option<Tok>, b: Option<Tok>) -> bool {
        match (a, b) {
            (Some(a), Some(b)) => self.tok(a, b),
            (a, b) => a.is_none() && b.is_none(),
        }
    }

    fn span(&self, a: Span, b: Span) -> bool {
        self.tok(a.start, b.start) && self.tok(a.end, b.end)
    }

    /// Fails with the span of the first item that differs, in the first tree where it has one.
    fn items(&self, a: &[Item], b: &[Item]) -> Result<(), Span> {
        for (x, y) in a.iter().zip(b) {
            if !self.item(x, y)? {
                return Err(x.span);
            }
        }
        let nowhere = Span { start: Tok(0), end: Tok(0) };
        if a.len() == b.len() { Ok(()) } else { Err(a.get(b.len()).or(a.last()).map_or(nowhere, |i| i.span)) }
    }

    fn item(&self, a: &Item, b: &Item) -> Result<bool, Span> {
        let same = match (&a.kind, &b.kind) {
            (ItemKind::Decl(x), ItemKind::Decl(y)) => {
                self.tok(x.word, y.word)
                    && match (x.name, y.name) {
                        (Name::Plain(n), Name::Plain(m)) => self.tok(n, m),
                        (Name::Row(n, p), Name::Row(m, q)) => self.tok(n, m) && self.tok(p, q),
                        _ => false,
                    }
                    && self.opt_tok(x.title, y.title)
                    && self.opt_block(x.block.as_ref(), y.block.as_ref())?
            }
            (ItemKind::Keyed(x), ItemKind::Keyed(y)) => {
                self.tok(x.word, y.word)
                    && self.tok(x.key, y.key)
                    && self.opt_tok(x.extra, y.extra)
                    && self.block(&x.block, &y.block)?
            }
            (ItemKind::Header(x), ItemKind::Header(y)) => {
                self.tok(x.word, y.word)
                    && self.tok(x.name, y.name)
                    && match (x.ty, y.ty) {
                        (Some(s), Some(t)) => s.set == t.set && self.tok(s.name, t.name),
                        (s, t) => s.is_none() && t.is_none(),
                    }
                    && self.opt_tok(x.title, y.title)
                    && self.opt_expr(x.value.as_ref(), y.value.as_ref())
                    && self.opt_block(x.block.as_ref(), y.block.as_ref())?
            }
            (ItemKind::Field(x), ItemKind::Field(y)) => {
                self.tok(x.word, y.word)
                    && match (&x.value, &y.value) {
                        (Value::Expr(e), Value::Expr(f)) | (Value::Exactly(e), Value::Exactly(f)) => {
                            self.expr(e, f)
                        }
                        (Value::When(v, c), Value::When(w, d)) => {
                            self.opt_expr(v.as_ref(), w.as_ref()) && self.expr(c, d)
                        }
                        (Value::Block(s), Value::Block(t)) => self.block(s, t)?,
                        (Value::Table(c, r), Value::Table(d, s)) => self.expr(c, d) && self.block(r, s)?,
                        (Value::Binder(s), Value::Binder(t)) => self.binder(s, t),
                        _ => false,
                    }
            }
            (ItemKind::Row(x), ItemKind::Row(y)) => {
                self.exprs(&x.cells, &y.cells) && self.expr(&x.result, &y.result)
            }
            (ItemKind::Error, ItemKind::Error) => true,
            _ => false,
        };
        Ok(same && self.span(a.span, b.span))
    }

    fn block(&self, a: &Block, b: &Block) -> Result<bool, Span> {
        self.items(&a.items, &b.items)?;
        Ok(self.span(a.span, b.span))
    }

    fn opt_block(&self, a: Option<&Block>, b: Option<&Block>) -> Result<bool, Span> {
        match (a, b) {
            (Some(a), Some(b)) => self.block(a, b),
            (a, b) => Ok(a.is_none() && b.is_none()),
        }
    }

    fn binder(&self, a: &Binder, b: &Binder) -> bool {
        self.tok(a.name, b.name)
            && self.expr(&a.over, &b.over)
            && self.opt_expr(a.filter.as_ref(), b.filter.as_ref())
    }

    fn exprs(&self, a: &[Expr], b: &[Expr]) -> bool {
        a.len() == b.len() && a.iter().zip(b).all(|(a, b)| self.expr(a, b))
    }

    fn opt_expr(&self, a: Option<&Expr>, b: Option<&Expr>) -> bool {
        match (a, b) {
            (Some(a), Some(b)) => self.expr(a, b),
            (a, b) => a.is_none() && b.is_none(),
        }
    }

    /// A loop along left operands: chains are as deep as long.
    fn expr(&self, a: &Expr, b: &Expr) -> bool {
        let (mut a, mut b) = (a, b);
        loop {
            if !self.span(a.span, b.span) {
                return false;
            }
            match (&a.kind, &b.kind) {
                (ExprKind::Binary(op, x), ExprKind::Binary(other, y)) => {
                    if op != other || !self.expr(&x.1, &y.1) {
                        return false;
                    }
                    (a, b) = (&x.0, &y.0);
                }
                (ExprKind::Path(x, n), ExprKind::Path(y, m)) => {
                    if !self.tok(*n, *m) {
                        return false;
                    }
                    (a, b) = (x, y);
                }
                (ExprKind::Paren(x), ExprKind::Paren(y)) | (ExprKind::Not(x), ExprKind::Not(y)) => {
                    (a, b) = (x, y);
                }
                (ExprKind::Name(n), ExprKind::Name(m))
                | (ExprKind::Code(n), ExprKind::Code(m))
                | (ExprKind::Number(n), ExprKind::Number(m))
                | (ExprKind::Date(n), ExprKind::Date(m))
                | (ExprKind::Text(n), ExprKind::Text(m)) => return self.tok(*n, *m),
                (ExprKind::Quantity(n, u), ExprKind::Quantity(m, v)) => {
                    return self.tok(*n, *m) && self.tok(*u, *v);
                }
                (ExprKind::Bool(x), ExprKind::Bool(y)) => return x == y,
                (ExprKind::List(x), ExprKind::List(y)) => return self.exprs(x, y),
                (ExprKind::Call(n, x), ExprKind::Call(m, y)) => return self.tok(*n, *m) && self.exprs(x, y),
                (ExprKind::Quantifier(q, x), ExprKind::Quantifier(r, y)) => {
                    return q == r && self.binder(&x.0, &y.0) && self.expr(&x.1, &y.1);
                }
                (ExprKind::Count(x), ExprKind::Count(y)) => return self.binder(x, y),
                (ExprKind::Error, ExprKind::Error) => return true,
                _ => return false,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prove(before: &str, after: &str) -> Result<(), Broken> {
        check(&dossier_syntax::parse(dossier_base::FileId(0), before), after)
    }

    const BEFORE: &str = "device x \"X\" {  // one\n  a   [b, c,]\n  dd e\n}\n";
    const AFTER: &str = "device x \"X\" {  // one\n  a  [b, c]\n  dd e\n}\n";

    #[test]
    fn the_right_layout_is_proved() {
        assert_eq!(prove(BEFORE, AFTER), Ok(()));
        assert_eq!(prove(AFTER, AFTER), Ok(()));
    }

    #[test]
    fn lost_new_changed_and_moved_tokens_and_comments_are_found() {
        for (from, to, at) in [
            ("  dd e\n", "", 39),
            ("b, c", "b", 31),
            ("b, c", "c, b", 30),
            ("b, c", "b, c, d", 35),
            (" e", " f", 42),
            ("// one", "", 16),
            ("// one", "/// one", 16),
            ("// one", "// two", 16),
            ("// one", "// one\n  // one", 25),
            ("{  // one\n  a", "{\n  a  // one\n ", 16),
            ("}\n", "}\n}\n", 46),
        ] {
            let wrong = AFTER.replacen(from, to, 1);
            assert_ne!(wrong, AFTER, "{from}");
            assert_eq!(prove(BEFORE, &wrong), Err(Broken::Tokens { at }), "{wrong}");
        }
    }

    #[test]
    fn another_meaning_of_the_same_tokens_is_found() {
        let before = "a b\nin_force c when d\ntest \"t\" met { }\n";
        for (from, to, at) in [("c when", "c\nwhen", 4), (" met", "\nmet", 22), ("a b", "a\nb", 0)] {
            let wrong = before.replacen(from, to, 1);
            assert!(
                matches!(prove(before, &wrong), Err(Broken::Tree { at: found }) if found == at),
                "{wrong}"
            );
        }
    }

    #[test]
    fn a_layout_that_is_not_the_last_is_found() {
        for (from, to) in
            [("  dd", "   dd"), ("  // one", " // one"), ("]\n", "]\n\n\n"), ("e\n", "e \n"), ("}\n", "}")]
        {
            let wrong = AFTER.replacen(from, to, 1);
            assert!(matches!(prove(BEFORE, &wrong), Err(Broken::Again { .. })), "{wrong}");
        }
    }
}
