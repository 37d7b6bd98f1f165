//! A page of text under headings, and how the words of rulebooks read in it.

use crate::text::{self, Look, Tint};
use dossier_model::law::{Force, Gate, LedgerReason, Source, Strength};

/// A page in the making.
pub(super) struct Page<'l> {
    look: &'l Look,
    out: String,
}

impl<'l> Page<'l> {
    /// A page about something.
    pub(super) fn new(look: &'l Look, code: &str, title: &str, what: &str) -> Self {
        let title = text::one_line(title);
        let head = if title.is_empty() { code.to_owned() } else { format!("{code} · {title}") };
        let mut out = String::new();
        for line in text::wrap(&head, look.text_width()) {
            out.push_str(&look.paint(Tint::Bold, &line));
            out.push('\n');
        }
        for line in text::wrap(what, look.text_width()) {
            out.push_str(&look.paint(Tint::Dim, &line));
            out.push('\n');
        }
        Self { look, out }
    }

    /// A heading.
    pub(super) fn section(&mut self, title: &str) {
        self.out.push('\n');
        self.out.push_str(&self.look.paint(Tint::Bold, title));
        self.out.push('\n');
    }

    /// A paragraph under the last heading; empty ones are left out.
    pub(super) fn text(&mut self, text: &str) {
        if !text.trim().is_empty() {
            self.out.push_str(&self.look.paragraph("  ", text.trim()));
        }
    }

    /// A line with a word before it; empty ones are left out.
    pub(super) fn line(&mut self, word: &str, text: &str) {
        if text.trim().is_empty() {
            return;
        }
        let first = text::pad(&format!("  {word}"), 16);
        let body = self.look.paragraph(&first, text.trim());
        let painted = body.replacen(&first, &self.look.paint(Tint::Dim, &first), 1);
        self.out.push_str(&painted);
    }

    /// An item of a list.
    pub(super) fn item(&mut self, text: &str) {
        self.out.push_str(&self.look.paragraph("  - ", text));
    }

    /// Code, as it could be written in a file.
    pub(super) fn code(&mut self, lines: &str) {
        for line in text::clean(lines).lines() {
            self.out.push_str(&format!("    {}\n", self.look.paint(Tint::Cyan, line)));
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
