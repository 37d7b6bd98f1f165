//! Sentences that the rules make.
//!
//! Made by choosing at random, so a sentence may be one that is read otherwise than it was made (`a exactly` before
//! `b c`), or not at all: ask [`Grammar::accepts`].

use super::{Expr, Grammar};
use regex_syntax::hir::{Class, Hir, HirKind};

/// Numbers that look random, the same for the same seed.
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// Begins with a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number.
    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `n`; nought if `n` is.
    pub fn below(&mut self, n: usize) -> usize {
        if n == 0 { 0 } else { (self.number() % n as u64) as usize }
    }

    /// Yes once in `n` times.
    pub fn once_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    /// One of them.
    ///
    /// # Panics
    /// If there is none.
    pub fn pick<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}

impl Grammar {
    /// A sentence of a rule, with white space as the rules for lines allow it. Past `depth` rules in each other only the
    /// shallowest ways are taken.
    ///
    /// # Panics
    /// If there is no such rule.
    pub fn sentence(&self, rule: &str, depth: u32, random: &mut Random) -> String {
        let rule = self.rule(rule).expect("a rule of the grammar");
        let mut tokens = Vec::new();
        self.make(&Expr::Rule(rule), depth, random, &mut tokens);
        self.write(&tokens, random)
    }

    /// Appends tokens; a line end is an empty one.
    fn make(&self, e: &Expr, depth: u32, random: &mut Random, out: &mut Vec<String>) {
        match e {
            Expr::Literal(l) => out.push(l.clone()),
            Expr::NewLine => out.push(String::new()),
            Expr::Class(c) => {
                // Words that mean something somewhere are the ones that go wrong.
                let word = self.classes[*c].name == "WORD" && !random.once_in(4);
                out.push(if word {
                    (*random.pick(&self.words())).to_owned()
                } else {
                    self.classes[*c].sample(random)
                });
            }
            Expr::Rule(r) => self.make(&self.rules[*r].is, depth.saturating_sub(1), random, out),
            Expr::Seq(all) => all.iter().for_each(|e| self.make(e, depth, random, out)),
            Expr::Choice(all) => {
                let fits: Vec<&Expr> = all.iter().filter(|e| self.height(e) <= depth).collect();
                let chosen = match fits.as_slice() {
                    [] => all.iter().min_by_key(|e| self.height(e)).expect("a choice of something"),
                    fits => *random.pick(fits),
                };
                self.make(chosen, depth, random, out);
            }
            Expr::Opt(e) => {
                if self.height(e) <= depth && random.once_in(2) {
                    self.make(e, depth, random, out);
                }
            }
            Expr::Many(e, least) => {
                let more = if self.height(e) <= depth { random.below(3) } else { 0 };
                for _ in 0..more.max(*least) {
                    self.make(e, depth, random, out);
                }
            }
            Expr::Without(e, not) => {
                let begin = out.len();
                loop {
                    out.truncate(begin);
                    self.make(e, depth, random, out);
                    let excluded = match not.as_ref() {
                        Expr::Rule(r) => self.literals(&self.rules[*r].name),
                        Expr::Literal(l) => vec![l.as_str()],
                        _ => Vec::new(),
                    };
                    if !excluded.iter().any(|x| out[begin] == *x) {
                        break;
                    }
                }
            }
            Expr::Ahead(..) => {}
        }
    }

    /// Words that the rules know, and some that they do not.
    fn words(&self) -> Vec<&str> {
        fn walk<'g>(e: &'g Expr, found: &mut Vec<&'g str>) {
            match e {
                Expr::Literal(l) if l.starts_with(|c: char| c.is_alphabetic()) => found.push(l),
                Expr::Choice(all) | Expr::Seq(all) => all.iter().for_each(|e| walk(e, found)),
                Expr::Opt(e) | Expr::Many(e, _) | Expr::Without(e, _) | Expr::Ahead(e, _) => walk(e, found),
                _ => {}
            }
        }
        let mut found = Vec::new();
        self.rules.iter().for_each(|r| walk(&r.is, &mut found));
        found.extend(
            ["a", "b", "status", "control", "m", "KR", "II", "_x1", "name", "évidence", "设备"].repeat(4),
        );
        found
    }

    /// Writes tokens with white space and comments between them.
    fn write(&self, tokens: &[String], random: &mut Random) -> String {
        let after = self.literals("goes_on_after");
        let before = self.literals("goes_on_before");
        let mut out = String::new();
        let mut open: Vec<&str> = Vec::new();
        let mut last = "{";
        for token in tokens {
            let token = token.as_str();
            let newline = token.is_empty();
            let free = newline
                || last == "{"
                || token == "}"
                || matches!(open.last(), Some(&("(" | "[")))
                || after.contains(&last)
                || before.contains(&token);
            let touching = matches!(last, "(" | "[" | "{") || matches!(token, ")" | "]" | "}" | "," | ":");
            let gap = match random.below(24) {
                0 if free => "\n    ",
                1 if free => " // a comment \"with { brackets\n",
                2 if free => "\r\n\r\n\t",
                3 | 4 => "   ",
                _ if newline => "\n",
                5..=12 if touching => "",
                _ => " ",
            };
            out.push_str(gap);
            if newline && !gap.contains('\n') {
                out.push('\n');
            }
            out.push_str(token);
            match token {
                "(" | "[" | "{" => open.push(token),
                ")" | "]" | "}" => drop(open.pop()),
                _ => {}
            }
            if !newline {
                last = token;
            }
        }
        out
    }
}

impl super::Class {
    /// A token of it.
    fn sample(&self, random: &mut Random) -> String {
        loop {
            let mut out = String::new();
            extend(&self.hir, random, &mut out);
            if self.is(&out) {
                return out;
            }
        }
    }
}

fn extend(hir: &Hir, random: &mut Random, out: &mut String) {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(l) => out.push_str(&String::from_utf8_lossy(&l.0)),
        HirKind::Class(Class::Unicode(class)) => {
            let has = |c: char| class.iter().any(|r| r.start() <= c && c <= r.end());
            let common: Vec<char> =
                " abcxyzABCXYZ0123456789_-.,:{}[]()\\/'设é".chars().filter(|c| has(*c)).collect();
            if !common.is_empty() && !random.once_in(8) {
                out.push(*random.pick(&common));
            } else {
                let ranges: Vec<_> = class.iter().collect();
                let range = random.pick(&ranges);
                let span = range.end() as u32 - range.start() as u32 + 1;
                let c = char::from_u32(range.start() as u32 + random.below(span as usize) as u32);
                out.push(c.unwrap_or(range.start()));
            }
        }
        HirKind::Class(Class::Bytes(class)) => {
            let ranges: Vec<_> = class.iter().collect();
            out.push(char::from(random.pick(&ranges).start()));
        }
        HirKind::Repetition(r) => {
            let most = r.max.unwrap_or(r.min + 4).min(r.min + 4);
            let count = r.min as usize + random.below((most - r.min) as usize + 1);
            for _ in 0..count {
                extend(&r.sub, random, out);
            }
        }
        HirKind::Capture(c) => extend(&c.sub, random, out),
        HirKind::Concat(all) => all.iter().for_each(|h| extend(h, random, out)),
        HirKind::Alternation(all) => extend(random.pick(all), random, out),
    }
}
