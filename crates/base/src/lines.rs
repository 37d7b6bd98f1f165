//! From byte offsets to lines and columns.

use line_index::{LineIndex, WideEncoding};
use text_size::TextSize;

/// A line and a column, both from 1.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct LineCol {
    /// Line, from 1.
    pub line: u32,
    /// Column, from 1: in Unicode scalar values unless said otherwise.
    pub column: u32,
}

/// Where the lines of a text begin.
#[derive(Clone, Debug)]
pub struct Lines {
    index: LineIndex,
    len: u32,
}

impl Lines {
    /// Reads a text's line ends.
    pub fn new(text: &str) -> Self {
        Self { index: LineIndex::new(text), len: u32::try_from(text.len()).unwrap_or(u32::MAX) }
    }

    /// The line and column of a byte offset; an offset past the end is the end.
    pub fn line_col(&self, offset: u32) -> LineCol {
        self.wide(offset, WideEncoding::Utf32)
    }

    /// The same with the column in UTF-16 code units, as editors and SARIF count.
    pub fn line_col_utf16(&self, offset: u32) -> LineCol {
        self.wide(offset, WideEncoding::Utf16)
    }

    fn wide(&self, offset: u32, encoding: WideEncoding) -> LineCol {
        let utf8 = self.index.line_col(TextSize::from(offset.min(self.len)));
        let wide = self.index.to_wide(encoding, utf8);
        let column = wide.map_or(utf8.col, |w| w.col);
        LineCol { line: utf8.line + 1, column: column + 1 }
    }
}
