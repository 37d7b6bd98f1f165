//! Files as trees of items, which are easy to make, to change and to take things out of.

use super::rng::Rng;
use std::fmt::Write;

/// An item of a file or block.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Node {
    /// `name value`, as it is written.
    Line(String),
    /// `name [a, b]`
    List {
        /// The name, with `exactly` where that stands.
        head: String,
        /// What is listed.
        items: Vec<String>,
    },
    /// `word name { … }`
    Block {
        /// All before the brace.
        head: String,
        /// What is in it.
        items: Vec<Node>,
    },
}

impl Node {
    /// A field.
    pub fn line(name: &str, value: impl std::fmt::Display) -> Self {
        Self::Line(format!("{name} {value}"))
    }

    /// A field with a list.
    pub fn list(head: impl Into<String>, items: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self::List { head: head.into(), items: items.into_iter().map(Into::into).collect() }
    }

    /// A block.
    pub fn block(head: impl Into<String>, items: Vec<Node>) -> Self {
        Self::Block { head: head.into(), items }
    }

    /// All before the value or the brace.
    pub fn head(&self) -> &str {
        match self {
            Self::Line(text) => text.split(' ').next().unwrap_or(text),
            Self::List { head, .. } | Self::Block { head, .. } => head,
        }
    }

    /// The first word.
    pub fn word(&self) -> &str {
        self.head().split(' ').next().unwrap_or_default()
    }

    /// What stands in the block; nothing in what is none.
    pub fn items(&self) -> &[Node] {
        match self {
            Self::Block { items, .. } => items,
            _ => &[],
        }
    }

    /// The same, to change.
    pub fn items_mut(&mut self) -> Option<&mut Vec<Node>> {
        match self {
            Self::Block { items, .. } => Some(items),
            _ => None,
        }
    }

    fn print(&self, depth: usize, out: &mut String) {
        let indent = "  ".repeat(depth);
        match self {
            Self::Line(text) => writeln!(out, "{indent}{text}"),
            Self::List { head, items } => writeln!(out, "{indent}{head} [{}]", items.join(", ")),
            Self::Block { head, items } => {
                writeln!(out, "{indent}{head} {{").expect("a String takes all");
                items.iter().for_each(|i| i.print(depth + 1, out));
                writeln!(out, "{indent}}}")
            }
        }
        .expect("a String takes all");
    }

    /// How many things can be taken out of it, itself aside: items, theirs, and what lists hold.
    fn parts(&self) -> usize {
        match self {
            Self::Line(_) => 0,
            Self::List { items, .. } => items.len(),
            Self::Block { items, .. } => parts(items),
        }
    }

    fn take_out(&mut self, part: usize) {
        match self {
            Self::Line(_) => {}
            Self::List { items, .. } => {
                items.remove(part);
            }
            Self::Block { items, .. } => take_out(items, part),
        }
    }

    fn shuffle(&mut self, rng: &mut Rng) {
        match self {
            Self::Line(_) => {}
            Self::List { items, .. } => rng.shuffle(items),
            Self::Block { items, .. } => shuffle(items, rng),
        }
    }
}

/// The text of a file.
pub fn print(items: &[Node]) -> String {
    let mut out = String::new();
    items.iter().for_each(|i| i.print(0, &mut out));
    out
}

/// How many things can be taken out of a file.
pub fn parts(items: &[Node]) -> usize {
    items.iter().map(|i| 1 + i.parts()).sum()
}

/// Takes one thing out of a file, by its number in the order of the text.
pub fn take_out(items: &mut Vec<Node>, mut part: usize) {
    for i in 0..items.len() {
        if part == 0 {
            items.remove(i);
            return;
        }
        part -= 1;
        let inner = items[i].parts();
        if part < inner {
            items[i].take_out(part);
            return;
        }
        part -= inner;
    }
}

/// Puts items, theirs and what lists hold in another order.
pub fn shuffle(items: &mut [Node], rng: &mut Rng) {
    rng.shuffle(items);
    items.iter_mut().for_each(|i| i.shuffle(rng));
}
