//! From text to a tree.
//!
//! [`parse`] never fails: it gives a token table that holds every byte, a tree in which what could not be read is
//! an `Error` item, and diagnostics. Shapes only; what the words mean is the vocabulary's affair.
//!
//! Knows nothing of other files, of disks, or of what any word means.

pub mod ast;
mod errors;
mod grammar;
pub mod layout;
pub mod literal;
pub mod nodes;
mod token;

use ast::{Span, Tok};
use dossier_base::{Diagnostic, FileId, MOST_TOLD, Place, TextRange};

pub use layout::Layout;
pub use token::{Kind, Tokens};

/// A file that was read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Parse {
    /// The file.
    pub id: FileId,
    /// Its text.
    pub text: std::sync::Arc<str>,
    /// Every byte of it.
    pub tokens: Tokens,
    /// What the parser saw.
    pub layout: Layout,
    /// What it made of it.
    pub file: ast::File,
    /// What was wrong.
    pub diagnostics: Vec<Diagnostic>,
}

impl Parse {
    /// The bytes of a token.
    pub fn range(&self, tok: Tok) -> TextRange {
        self.layout.range(tok, &self.tokens)
    }

    /// The bytes from the first to the last token of a span.
    pub fn span_range(&self, span: Span) -> TextRange {
        let start = self.range(span.start);
        if span.end <= span.start {
            return TextRange::empty(start.start());
        }
        let end = self.range(Tok(span.end.0 - 1));
        TextRange::new(start.start(), end.end().max(start.start()))
    }

    /// A span as a place.
    pub fn place(&self, span: Span) -> Place {
        Place::new(self.id, self.span_range(span))
    }

    /// The text of a token; empty for a line end and an inserted brace.
    pub fn str(&self, tok: Tok) -> &str {
        &self.text[self.range(tok)]
    }
}

/// Reads a file.
pub fn parse(id: FileId, text: impl Into<std::sync::Arc<str>>) -> Parse {
    let text = text.into();
    let tokens = Tokens::lex(&text);
    let layout = Layout::new(&tokens, &text);
    let lean = grammar::lean(&layout.kinds);
    let clean = layout.problems.is_empty();
    let mut parse = Parse { id, text, tokens, layout, file: ast::File::default(), diagnostics: Vec::new() };
    match lean {
        Some(items) => parse.file.items = items,
        None => {
            let (items, errors) = grammar::recovering_all(&parse.layout.kinds);
            let unread = errors::unread(&items);
            let told = errors.iter().take(MOST_TOLD + 1);
            parse.diagnostics = told.map(|e| errors::syntax(&parse, &unread, e)).collect();
            parse.file.items = items;
        }
    }
    if !clean {
        errors::braces(&mut parse);
    }
    errors::tokens(&mut parse);
    parse.diagnostics.sort_by_key(|d| d.place);
    if parse.diagnostics.len() > MOST_TOLD {
        parse.diagnostics.truncate(MOST_TOLD);
        let last = parse.diagnostics.pop().map(Diagnostic::and_more);
        parse.diagnostics.extend(last);
    }
    parse
}
