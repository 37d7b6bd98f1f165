//! Whether a text is in the language.

use super::{Class, Expr, Grammar, Rejected, Token};
use regex_automata::{Anchored, Input};
use rustc_hash::FxHashMap;

impl Class {
    /// Whether what was cut out is a token of it.
    pub(super) fn is(&self, token: &str) -> bool {
        self.strict.iter().all(|s| s.is_match(token))
    }
}

impl Grammar {
    /// Cuts a text into tokens and lines.
    ///
    /// # Errors
    /// If something in it is no token.
    pub fn tokens<'t>(&self, text: &'t str) -> Result<Vec<Token<'t>>, Rejected> {
        let after = self.literals("goes_on_after");
        let before = self.literals("goes_on_before");
        let mut out: Vec<Token<'t>> = Vec::new();
        let mut open: Vec<&str> = Vec::new();
        let mut line_ended = false;
        let mut at = 0;
        while at < text.len() {
            let rejected = Rejected { at, expected: Vec::new() };
            let Some((class, length)) = self.longest(text, at) else { return Err(rejected) };
            let token = Token { class, text: &text[at..at + length], start: at };
            at += length;
            if let Some(class) = class.map(|c| &self.classes[c]) {
                if matches!(class.name.as_str(), "SPACE" | "COMMENT") {
                    line_ended |= class.name == "SPACE" && token.text.contains('\n');
                    continue;
                }
                if !class.is(token.text) {
                    return Err(rejected);
                }
            }
            if std::mem::take(&mut line_ended)
                && !matches!(open.last(), Some(&("(" | "[")))
                && let Some(last) = out.last()
                && last.text != "{"
                && !after.contains(&last.text)
                && token.text != "}"
                && !before.contains(&token.text)
            {
                out.push(Token { class: None, text: "", start: token.start });
            }
            match token.text {
                "(" | "[" | "{" => open.push(token.text),
                ")" | "]" | "}" => drop(open.pop()),
                _ => {}
            }
            out.push(token);
        }
        Ok(out)
    }

    /// The class and length of the longest token at a place.
    fn longest(&self, text: &str, at: usize) -> Option<(Option<usize>, usize)> {
        let marks = self.marks.iter().filter(|m| text[at..].starts_with(m.as_str())).map(|m| (None, m.len()));
        let input = Input::new(text).span(at..text.len()).anchored(Anchored::Yes);
        let classes = self.classes.iter().enumerate().filter_map(|(n, class)| {
            let found = class.broad.search_half(&input.clone())?;
            Some((Some(n), found.offset() - at))
        });
        // Of two as long the first that the grammar lists.
        marks.chain(classes).filter(|(_, length)| *length > 0).reduce(|a, b| if b.1 > a.1 { b } else { a })
    }

    /// Whether a text is a `file`. Goes some ten steps down for each bracket: a hundred take more than the stack of a
    /// test's thread.
    ///
    /// # Errors
    /// If it is not.
    ///
    /// # Panics
    /// If the grammar does not say what a `file` is.
    pub fn accepts(&self, text: &str) -> Result<(), Rejected> {
        let tokens = self.tokens(text)?;
        let file = self.rule("file").expect("a grammar of files");
        let memo = FxHashMap::default();
        let mut run = Run { grammar: self, tokens: &tokens, memo, furthest: 0, expected: Vec::new() };
        if run.rule(file, 0) == Some(tokens.len()) {
            return Ok(());
        }
        let at = tokens.get(run.furthest).map_or(text.len(), |t| t.start);
        run.expected.sort();
        run.expected.dedup();
        Err(Rejected { at, expected: run.expected })
    }
}

struct Run<'g, 't> {
    grammar: &'g Grammar,
    tokens: &'t [Token<'t>],
    memo: FxHashMap<(u32, u32), Option<u32>>,
    furthest: usize,
    expected: Vec<String>,
}

impl Run<'_, '_> {
    fn rule(&mut self, rule: usize, at: usize) -> Option<usize> {
        let key = (rule as u32, at as u32);
        if let Some(known) = self.memo.get(&key) {
            return known.map(|n| n as usize);
        }
        let grammar = self.grammar;
        let end = self.expr(&grammar.rules[rule].is, at);
        self.memo.insert(key, end.map(|n| n as u32));
        end
    }

    fn miss(&mut self, at: usize, what: &str) -> Option<usize> {
        if at > self.furthest {
            self.furthest = at;
            self.expected.clear();
        }
        if at == self.furthest {
            self.expected.push(what.to_owned());
        }
        None
    }

    /// Where what fits at a place ends.
    fn expr(&mut self, e: &Expr, at: usize) -> Option<usize> {
        let grammar = self.grammar;
        match e {
            Expr::Literal(l) => match self.tokens.get(at) {
                Some(t) if t.text == l => Some(at + 1),
                _ => self.miss(at, l),
            },
            Expr::Class(c) => match self.tokens.get(at) {
                Some(t) if t.class == Some(*c) => Some(at + 1),
                _ => self.miss(at, &grammar.classes[*c].name),
            },
            Expr::NewLine => match self.tokens.get(at) {
                Some(t) if t.text.is_empty() => Some(at + 1),
                _ => self.miss(at, "NEWLINE"),
            },
            Expr::Rule(r) => self.rule(*r, at),
            Expr::Seq(all) => all.iter().try_fold(at, |at, e| self.expr(e, at)),
            Expr::Choice(all) => all.iter().find_map(|e| self.expr(e, at)),
            Expr::Opt(e) => Some(self.expr(e, at).unwrap_or(at)),
            Expr::Many(e, least) => {
                let (mut at, mut count) = (at, 0);
                while let Some(end) = self.expr(e, at).filter(|end| *end > at) {
                    at = end;
                    count += 1;
                }
                (count >= *least).then_some(at)
            }
            Expr::Without(e, not) => {
                if self.expr(not, at).is_some() {
                    return None;
                }
                self.expr(e, at)
            }
            Expr::Ahead(e, wanted) => {
                if self.expr(e, at).is_some() == *wanted {
                    Some(at)
                } else {
                    self.miss(at, "something else")
                }
            }
        }
    }
}
