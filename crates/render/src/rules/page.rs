//! A page of text under headings, and how the words of rulebooks read in it.

use crate::text::{self, Look, Tint};
use dossier_model::law::{Force, Gate, LedgerReason, Source, Strength};
use pulldown_cmark::{Event, Parser, Tag, TagEnd};

/// For whom a page is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Medium<'l> {
    /// A terminal that looks so.
    Terminal(&'l Look),
    /// Whatever shows Markdown.
    Markdown,
}

impl Medium<'_> {
    /// Whether everything is told, however long.
    pub(super) fn all(&self) -> bool {
        match self {
            Medium::Terminal(look) => look.all,
            Medium::Markdown => true,
        }
    }
}

/// A page in the making.
pub(super) struct Page<'l> {
    medium: Medium<'l>,
    out: String,
}

impl<'l> Page<'l> {
    /// A page about something.
    pub(super) fn new(medium: Medium<'l>, code: &str, title: &str, what: &str) -> Self {
        let title = text::one_line(title);
        let head = if title.is_empty() { code.to_owned() } else { format!("{code} · {title}") };
        let mut out = String::new();
        match medium {
            Medium::Terminal(look) => {
                for (text, tint) in [(head.as_str(), Tint::Bold), (what, Tint::Dim)] {
                    for line in text::wrap(text, look.text_width()) {
                        out.push_str(&look.paint(tint, &line));
                        out.push('\n');
                    }
                }
            }
            Medium::Markdown => {
                out = format!("# {}\n\n{}\n", markdown(&head), markdown(&text::one_line(what)));
            }
        }
        Self { medium, out }
    }

    /// Whether everything is told, however long.
    pub(super) fn all(&self) -> bool {
        self.medium.all()
    }

    /// A heading.
    pub(super) fn section(&mut self, title: &str) {
        match self.medium {
            Medium::Terminal(look) => {
                self.out.push('\n');
                for line in text::wrap(title, look.text_width()) {
                    self.out.push_str(&look.paint(Tint::Bold, &line));
                    self.out.push('\n');
                }
            }
            Medium::Markdown => self.out.push_str(&format!("\n## {}\n\n", markdown(&text::one_line(title)))),
        }
    }

    /// A paragraph under the last heading; empty ones are left out.
    pub(super) fn text(&mut self, text: &str) {
        if text.trim().is_empty() {
            return;
        }
        match self.medium {
            Medium::Terminal(look) => self.out.push_str(&look.paragraph("  ", text.trim())),
            Medium::Markdown => {
                if !self.out.ends_with("\n\n") {
                    self.out.push('\n');
                }
                self.out.push_str(&format!("{}\n", markdown(&text::clean(text.trim()))));
            }
        }
    }

    /// A line with a word before it; empty ones are left out.
    pub(super) fn line(&mut self, word: &str, text: &str) {
        if text.trim().is_empty() {
            return;
        }
        match self.medium {
            Medium::Terminal(look) => {
                let first = text::pad(&format!("  {word}"), 16);
                let body = look.paragraph(&first, text.trim());
                self.out.push_str(&body.replacen(&first, &look.paint(Tint::Dim, &first), 1));
            }
            Medium::Markdown if word.is_empty() => self.item(text),
            Medium::Markdown => {
                let text = markdown(&text::one_line(text));
                self.out.push_str(&format!("- **{}**: {text}\n", markdown(word)));
            }
        }
    }

    /// An item of a list.
    pub(super) fn item(&mut self, text: &str) {
        match self.medium {
            Medium::Terminal(look) => self.out.push_str(&look.paragraph("  - ", text)),
            Medium::Markdown => self.out.push_str(&format!("- {}\n", markdown(&text::one_line(text)))),
        }
    }

    /// Code, as it could be written in a file.
    pub(super) fn code(&mut self, lines: &str) {
        let lines = text::clean(lines);
        match self.medium {
            Medium::Terminal(look) => {
                for line in lines.lines() {
                    self.out.push_str(format!("    {}", look.paint(Tint::Cyan, line)).trim_end());
                    self.out.push('\n');
                }
            }
            Medium::Markdown => self.out.push_str(&format!("\n```dossier\n{}\n```\n", lines.trim_end())),
        }
    }

    /// A text that is Markdown already: paragraphs, headings, lists and code.
    pub(super) fn markdown(&mut self, source: &str) {
        if self.medium == Medium::Markdown {
            self.out.push_str(&format!("\n{}\n", source.trim()));
            return;
        }
        let (mut text, mut first) = (String::new(), true);
        for event in Parser::new(source) {
            match event {
                Event::Start(Tag::Paragraph | Tag::CodeBlock(_)) => {
                    // Lists stand together, all else apart.
                    if !std::mem::take(&mut first) || !self.out.ends_with("\n\n") {
                        self.out.push('\n');
                    }
                    text.clear();
                }
                Event::Start(_) => text.clear(),
                Event::Text(t) => text.push_str(&t),
                Event::Code(t) => text.push_str(&format!("`{t}`")),
                Event::SoftBreak | Event::HardBreak => text.push(' '),
                Event::End(TagEnd::Heading(_)) => self.section(&text),
                Event::End(TagEnd::Paragraph) => self.text(&text),
                Event::End(TagEnd::Item) => self.item(&text),
                Event::End(TagEnd::CodeBlock) => self.code(&text),
                _ => {}
            }
        }
    }

    /// How long it is.
    pub(super) fn len(&self) -> usize {
        self.out.len()
    }

    /// The page.
    pub(super) fn end(self) -> String {
        self.out
    }
}

/// A text in which Markdown sees no markup but code between backticks.
fn markdown(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (n, part) in text.split('`').enumerate() {
        if n > 0 {
            out.push('`');
        }
        if n % 2 == 1 {
            out.push_str(part);
            continue;
        }
        for c in part.chars() {
            if matches!(c, '*' | '_' | '<' | '>' | '[' | ']' | '|' | '#' | '\\') {
                out.push('\\');
            }
            out.push(c);
        }
    }
    out
}

/// How an instrument binds, in words.
pub(super) fn force(force: Force) -> &'static str {
    match force {
        Force::Statute => "statute: binds",
        Force::Regulation => "regulation: binds",
        Force::BindingNotice => "binding notice: a statute makes it compulsory",
        Force::Guidance => "guidance: does not bind",
        Force::Standard => "standard: does not bind by itself",
        Force::Voluntary => "voluntary: binds who opts in",
        Force::Draft => "draft: not yet law",
        Force::Internal => "internal: the company's own policy",
    }
}

/// Where a text is a condition all the same, in words.
pub(super) fn gate(gate: Gate) -> Option<&'static str> {
    match gate {
        Gate::None => None,
        Gate::Filing => Some("a filing is turned away without it"),
        Gate::Listing => Some("a listing is turned away without it"),
        Gate::Purchase => Some("a purchase is turned away without it"),
        Gate::Scheme => Some("the scheme turns away who does not meet it"),
    }
}

/// The deontic word, in words.
pub(super) fn strength(strength: Strength) -> &'static str {
    match strength {
        Strength::Shall => "shall: a must",
        Strength::PlanConsidering => "plan_considering: a plan must weigh it",
        Strength::Needs => "needs: content that a file has to have",
        Strength::Should => "should: expected",
        Strength::May => "may: open to the maker",
    }
}

/// How something is known, in words.
pub(super) fn source(source: Source) -> &'static str {
    match source {
        Source::SeenPrimary => "read in the text itself",
        Source::SeenSecondary => "read in a secondary source",
        Source::Whitepaper => "known from a whitepaper only",
        Source::Background => "general professional knowledge",
    }
}

/// Why a row of law is no requirement, in words.
pub(super) fn reason(reason: LedgerReason) -> &'static str {
    match reason {
        LedgerReason::Scope => "it says to what the text applies",
        LedgerReason::Definition => "it defines a word",
        LedgerReason::Benefit => "it grants something",
        LedgerReason::Permission => "it allows something",
        LedgerReason::OtherAddressee => "it is the duty of somebody else",
        LedgerReason::Sanction => "it says what happens on a breach",
        LedgerReason::Merged => "it is part of another requirement",
        LedgerReason::ContentNotRead => "its content was not to be read",
    }
}
