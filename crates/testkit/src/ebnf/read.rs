//! From the text of a grammar to rules.

use super::{Class, Expr, Grammar, Rule};
use regex_automata::meta::Regex;
use regex_automata::util::syntax;
use std::collections::BTreeSet;

#[derive(Clone, PartialEq, Eq, Debug)]
enum Piece {
    Name(String),
    Literal(String),
    Regex(String),
    /// `::=`, and single characters.
    Mark(&'static str),
}

const MARKS: [&str; 10] = ["::=", "|", "?", "*", "+", "(", ")", "-", "&", "!"];

fn pieces(text: &str) -> Result<Vec<Piece>, String> {
    let mut out = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start();
        let Some(c) = rest.chars().next() else { return Ok(out) };
        let mut taken = None;
        if let Some(comment) = rest.strip_prefix("/*") {
            let end = comment.find("*/").ok_or("a comment is never closed")?;
            rest = &comment[end + 2..];
            continue;
        }
        if c == '\'' {
            let end = rest[1..].find('\'').ok_or("a quote is never closed")? + 1;
            taken = Some((Piece::Literal(rest[1..end].to_owned()), end + 1));
        } else if c == '/' {
            let mut escaped = false;
            let end = rest[1..]
                .find(|c| {
                    let ends = c == '/' && !escaped;
                    escaped = c == '\\' && !escaped;
                    ends
                })
                .ok_or("a regular expression is never closed")?;
            taken = Some((Piece::Regex(rest[1..=end].to_owned()), end + 2));
        } else if c.is_alphabetic() {
            let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
            taken = Some((Piece::Name(rest[..end].to_owned()), end));
        } else if let Some(mark) = MARKS.into_iter().find(|m| rest.starts_with(m)) {
            taken = Some((Piece::Mark(mark), mark.len()));
        }
        let Some((piece, length)) = taken else { return Err(format!("what is `{c}`?")) };
        out.push(piece);
        rest = &rest[length..];
    }
}

impl Grammar {
    /// Reads a grammar.
    ///
    /// # Errors
    /// Says what cannot be understood.
    pub fn read(text: &str) -> Result<Self, String> {
        let pieces = pieces(text)?;
        let starts: Vec<usize> =
            (1..pieces.len()).filter(|i| pieces[*i] == Piece::Mark("::=")).map(|i| i - 1).collect();
        if starts.first() != Some(&0) {
            return Err("a grammar begins with a name and `::=`".to_owned());
        }
        let mut bodies: Vec<(String, &[Piece])> = Vec::new();
        for (n, start) in starts.iter().enumerate() {
            let Piece::Name(name) = &pieces[*start] else { return Err("`::=` follows no name".to_owned()) };
            if bodies.iter().any(|(b, _)| b == name) {
                return Err(format!("`{name}` is said twice"));
            }
            let end = starts.get(n + 1).copied().unwrap_or(pieces.len());
            bodies.push((name.clone(), &pieces[start + 2..end]));
        }
        let mut grammar = Self { rules: Vec::new(), classes: Vec::new(), marks: BTreeSet::new() };
        let (classes, rules): (Vec<_>, Vec<_>) =
            bodies.into_iter().partition(|(_, b)| matches!(b.first(), Some(Piece::Regex(_))));
        for (name, body) in classes {
            grammar.classes.push(class(name, body)?);
        }
        let names: Vec<String> = rules.iter().map(|(n, _)| n.clone()).collect();
        for (name, body) in rules {
            let mut reader = Reader { grammar: &mut grammar, names: &names, rest: body };
            let is = reader.choice()?;
            if let Some(left) = reader.rest.first() {
                return Err(format!("in `{name}`: what is {left:?} there?"));
            }
            grammar.rules.push(Rule { name, is, height: u32::MAX });
        }
        grammar.measure();
        Ok(grammar)
    }

    /// Works out how deep the shallowest thing is that each rule can be.
    fn measure(&mut self) {
        loop {
            let heights: Vec<u32> = self.rules.iter().map(|r| self.height(&r.is).saturating_add(1)).collect();
            if heights.iter().zip(&self.rules).all(|(h, r)| *h == r.height) {
                return;
            }
            for (h, r) in heights.into_iter().zip(&mut self.rules) {
                r.height = h;
            }
        }
    }

    pub(super) fn height(&self, e: &Expr) -> u32 {
        match e {
            Expr::Literal(_) | Expr::Class(_) | Expr::NewLine | Expr::Ahead(..) | Expr::Opt(_) => 0,
            Expr::Many(_, 0) => 0,
            Expr::Rule(r) => self.rules.get(*r).map_or(u32::MAX, |r| r.height),
            Expr::Seq(all) => all.iter().map(|e| self.height(e)).max().unwrap_or(0),
            Expr::Choice(all) => all.iter().map(|e| self.height(e)).min().unwrap_or(0),
            Expr::Many(e, _) | Expr::Without(e, _) => self.height(e),
        }
    }
}

fn class(name: String, body: &[Piece]) -> Result<Class, String> {
    let mut parts = vec![String::new()];
    for piece in body {
        match piece {
            Piece::Regex(r) => parts.last_mut().expect("never empty").push_str(r),
            Piece::Mark("&") => parts.push(String::new()),
            other => return Err(format!("in `{name}`: what is {other:?} among regular expressions?")),
        }
    }
    let error = |e: &dyn std::fmt::Display| format!("in `{name}`: {e}");
    let config = syntax::Config::new().ignore_whitespace(true);
    let regex = |pattern: &str| Regex::builder().syntax(config).build(pattern).map_err(|e| error(&e));
    let broad = regex(&parts[0])?;
    let strict = parts[1..].iter().map(|s| regex(&format!(r"\A({s})\z"))).collect::<Result<_, _>>()?;
    let hir = syntax::parse_with(parts.get(1).unwrap_or(&parts[0]), &config).map_err(|e| error(&e))?;
    Ok(Class { name, broad, strict, hir })
}

struct Reader<'g, 'p> {
    grammar: &'g mut Grammar,
    names: &'g [String],
    rest: &'p [Piece],
}

impl Reader<'_, '_> {
    fn take(&mut self, mark: &'static str) -> bool {
        let there = self.rest.first() == Some(&Piece::Mark(mark));
        if there {
            self.rest = &self.rest[1..];
        }
        there
    }

    fn choice(&mut self) -> Result<Expr, String> {
        let mut all = vec![self.sequence()?];
        while self.take("|") {
            all.push(self.sequence()?);
        }
        Ok(if all.len() == 1 { all.swap_remove(0) } else { Expr::Choice(all) })
    }

    fn sequence(&mut self) -> Result<Expr, String> {
        let mut all = Vec::new();
        while !matches!(self.rest.first(), None | Some(Piece::Mark("|" | ")"))) {
            all.push(self.part()?);
        }
        Ok(if all.len() == 1 { all.swap_remove(0) } else { Expr::Seq(all) })
    }

    fn part(&mut self) -> Result<Expr, String> {
        for (mark, wanted) in [("&", true), ("!", false)] {
            if self.take(mark) {
                return Ok(Expr::Ahead(Box::new(self.one()?), wanted));
            }
        }
        let mut e = self.one()?;
        if self.take("-") {
            e = Expr::Without(Box::new(e), Box::new(self.one()?));
        }
        loop {
            e = if self.take("?") {
                Expr::Opt(Box::new(e))
            } else if self.take("*") {
                Expr::Many(Box::new(e), 0)
            } else if self.take("+") {
                Expr::Many(Box::new(e), 1)
            } else {
                return Ok(e);
            };
        }
    }

    fn one(&mut self) -> Result<Expr, String> {
        let Some((piece, rest)) = self.rest.split_first() else {
            return Err("a rule ends too early".to_owned());
        };
        self.rest = rest;
        match piece {
            Piece::Literal(l) => {
                if !l.starts_with(|c: char| c.is_alphabetic()) {
                    self.grammar.marks.insert(l.clone());
                }
                Ok(Expr::Literal(l.clone()))
            }
            Piece::Name(n) if n == "NEWLINE" => Ok(Expr::NewLine),
            Piece::Name(n) => {
                if let Some(c) = self.grammar.classes.iter().position(|c| c.name == *n) {
                    return Ok(Expr::Class(c));
                }
                let rule = self.names.iter().position(|r| r == n);
                rule.map(Expr::Rule).ok_or_else(|| format!("nothing says what `{n}` is"))
            }
            Piece::Mark("(") => {
                let inner = self.choice()?;
                if self.take(")") { Ok(inner) } else { Err("`)` is missing".to_owned()) }
            }
            other => Err(format!("what is {other:?} there?")),
        }
    }
}
