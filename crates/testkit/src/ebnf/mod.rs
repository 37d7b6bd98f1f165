//! The grammar as `grammar/dossier.ebnf` writes it: read, recognised by, and made sentences from.
//!
//! Nothing here knows the parser. Tokens, lines and rules all come from the file, so that a test can hold the two against
//! each other. How the file is to be read stands at its top.

mod generate;
mod read;
mod recognise;

use regex_automata::meta::Regex;
use regex_syntax::hir::Hir;
use std::collections::BTreeSet;

pub use generate::Random;

/// A grammar.
#[derive(Debug)]
pub struct Grammar {
    rules: Vec<Rule>,
    classes: Vec<Class>,
    /// Tokens that are no words and stand in the rules as they are written: `{`, `->`.
    marks: BTreeSet<String>,
}

/// What a name stands for.
#[derive(Debug)]
struct Rule {
    name: String,
    is: Expr,
    /// How deep the shallowest thing is that it can be.
    height: u32,
}

/// A kind of token.
#[derive(Debug)]
struct Class {
    name: String,
    /// Cuts it out.
    broad: Regex,
    /// What it must be besides.
    strict: Vec<Regex>,
    /// The first of those, or the one that cuts it out: to make one up.
    hir: Hir,
}

/// The right side of a rule.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Expr {
    /// The token that is written like that.
    Literal(String),
    /// A token of a class.
    Class(usize),
    /// The token between lines.
    NewLine,
    /// What a rule says.
    Rule(usize),
    /// One after the other.
    Seq(Vec<Expr>),
    /// The first that fits.
    Choice(Vec<Expr>),
    /// So many at least; of `Opt` at most one.
    Many(Box<Expr>, usize),
    Opt(Box<Expr>),
    /// A token that is the first and not the second.
    Without(Box<Expr>, Box<Expr>),
    /// Follows, or does not; takes nothing.
    Ahead(Box<Expr>, bool),
}

/// A token of a text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Token<'t> {
    /// Its class; none for a mark and a line end.
    class: Option<usize>,
    /// How it is written; empty for a line end.
    pub text: &'t str,
    /// Where it begins; of a line end, where the token after it does.
    pub start: usize,
}

/// Where and why a text is not in the language.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rejected {
    /// Byte offset of the furthest place that was reached.
    pub at: usize,
    /// What would have been understood there; empty if no token could be read.
    pub expected: Vec<String>,
}

impl Grammar {
    fn rule(&self, name: &str) -> Option<usize> {
        self.rules.iter().position(|r| r.name == name)
    }

    /// The literals that a rule lists.
    fn literals(&self, rule: &str) -> Vec<&str> {
        fn walk<'g>(e: &'g Expr, found: &mut Vec<&'g str>) {
            match e {
                Expr::Literal(l) => found.push(l),
                Expr::Choice(all) | Expr::Seq(all) => all.iter().for_each(|e| walk(e, found)),
                _ => {}
            }
        }
        let mut found = Vec::new();
        if let Some(r) = self.rule(rule) {
            walk(&self.rules[r].is, &mut found);
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn small() -> Grammar {
        Grammar::read(
            "/* lists of sums */ SPACE ::= /[\\x20\\n]+/  WORD ::= /[a-z]+/  NUMBER ::= /[0-9]+/ & /[1-9]/ /[0-9]*/
             goes_on_after ::= '+' goes_on_before ::= 'and'
             file ::= (item NEWLINE*)*   item ::= 'let' name &NUMBER sum | name sum   name ::= WORD - 'and'
             sum ::= part (('+' | 'and') part)* part ::= NUMBER | '(' sum ')' !'and'",
        )
        .unwrap()
    }

    #[test]
    fn texts_are_recognised() {
        let g = small();
        for text in [
            "",
            "a 1",
            "a 1\nb 2",
            "a 1 + 2 b 3",
            "a 1 +\n2",
            "a 1\nand 2",
            "a (1\n+ 2)",
            "let a 12",
            "let 1",
        ] {
            assert_eq!(g.accepts(text), Ok(()), "{text}");
        }
        for (text, at) in [("a", 1), ("a b", 2), ("a 01", 2), ("a 1 ?", 4), ("and 1", 0), ("a (1) and 2", 6)]
        {
            assert_eq!(g.accepts(text).unwrap_err().at, at, "{text}");
        }
    }

    #[test]
    fn sentences_are_in_the_language() {
        let g = small();
        let mut random = Random::new(1);
        let mut fit = 0;
        for _ in 0..500 {
            let text = g.sentence("file", 6, &mut random);
            fit += usize::from(g.accepts(&text).is_ok());
        }
        // `(1) and 2` is made and then not taken, and words are made that are not of this grammar.
        assert!(fit > 100, "{fit}");
    }

    #[test]
    fn what_cannot_be_read_is_told() {
        for (text, why) in [
            ("a ::= b", "`b`"),
            ("a ::= 'x", "quote"),
            ("a ::= ( 'x'", "`)`"),
            ("A ::= /(/", "A"),
            ("a 'x'", "`::=`"),
            ("a ::= 'x' a ::= 'y'", "twice"),
        ] {
            let error = Grammar::read(text).unwrap_err();
            assert!(error.contains(why), "{text}: {error}");
        }
    }
}
