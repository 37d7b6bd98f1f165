//! The token table: every byte of a file in exactly one token.

use dossier_base::{TextRange, TextSize};
use logos::Logos;

/// What a token is. `Eof` and `NewLine` are never in the table: the parser's view of it ([`crate::layout`])
/// adds them.
#[derive(Logos, Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[repr(u8)]
pub enum Kind {
    // Trivia.
    /// Spaces, tabs and line ends (and a byte order mark).
    #[regex(r"[ \t\r\n\u{feff}]+")]
    Space,
    /// `// …`
    #[regex(r"//[^\n]*", allow_greedy = true)]
    Comment,
    /// `/// …`
    DocComment,

    // Words. Those below `Word` mean something to the grammar in one place and are plain names elsewhere.
    /// A name: `automatic_logoff`, `KR`, `II`.
    #[regex(r"[\p{L}_][\p{L}\p{M}\p{N}_]*")]
    Word,
    /// `applies`
    #[token("applies")]
    Applies,
    /// `opt_in`
    #[token("opt_in")]
    OptIn,
    /// `in_force`
    #[token("in_force")]
    InForce,
    /// `when`
    #[token("when")]
    When,
    /// `exactly`
    #[token("exactly")]
    Exactly,
    /// `table`
    #[token("table")]
    Table,
    /// `set`
    #[token("set")]
    Set,
    /// `of`
    #[token("of")]
    Of,
    /// A unit, which it is only after a number: `min`, `days`, `months` …
    #[regex("ms|s|min|h|days?|weeks?|months?|years?", priority = 20)]
    Unit,
    /// `all`
    #[token("all")]
    All,
    /// `any`
    #[token("any")]
    Any,
    /// `none`
    #[token("none")]
    None,

    // Reserved words.
    /// `and`
    #[token("and")]
    And,
    /// `or`
    #[token("or")]
    Or,
    /// `not`
    #[token("not")]
    Not,
    /// `implies`
    #[token("implies")]
    Implies,
    /// `in`
    #[token("in")]
    In,
    /// `has`
    #[token("has")]
    Has,
    /// `within`
    #[token("within")]
    Within,
    /// `where`
    #[token("where")]
    Where,
    /// `with`
    #[token("with")]
    With,
    /// `by`
    #[token("by")]
    By,
    /// `for`
    #[token("for")]
    For,
    /// `some`
    #[token("some")]
    Some,
    /// `every`
    #[token("every")]
    Every,
    /// `count`
    #[token("count")]
    Count,
    /// `yes`
    #[token("yes")]
    Yes,
    /// `no`
    #[token("no")]
    No,

    // Literals.
    /// A code with a hyphen: `KR-SEC-17-1`.
    #[regex(r"[A-Z][A-Z0-9]*(-[A-Z0-9]+)+")]
    Code,
    /// `120_000`, `0.85`
    #[regex(r"[0-9][0-9_]*(\.[0-9][0-9_]*)?")]
    Number,
    /// `2026-03-04`, `2025-05`; anything of digits and hyphens, checked later.
    #[regex(r"[0-9]+-[0-9]+(-[0-9]+)*")]
    Date,
    /// `"…"`
    #[regex(r#""([^"\\\n]|\\[^\n])*""#)]
    Text,
    /// `"""…"""`
    #[token("\"\"\"", block_text)]
    BlockText,

    // Punctuation.
    /// `{`
    #[token("{")]
    LBrace,
    /// `}`
    #[token("}")]
    RBrace,
    /// `[`
    #[token("[")]
    LBracket,
    /// `]`
    #[token("]")]
    RBracket,
    /// `(`
    #[token("(")]
    LParen,
    /// `)`
    #[token(")")]
    RParen,
    /// `,`
    #[token(",")]
    Comma,
    /// `:`
    #[token(":")]
    Colon,
    /// `.`
    #[token(".")]
    Dot,
    /// `=`
    #[token("=")]
    Eq,
    /// `->`
    #[token("->")]
    Arrow,
    /// `==`
    #[token("==")]
    EqEq,
    /// `!=`
    #[token("!=")]
    NotEq,
    /// `<`
    #[token("<")]
    Lt,
    /// `<=`
    #[token("<=")]
    LtEq,
    /// `>`
    #[token(">")]
    Gt,
    /// `>=`
    #[token(">=")]
    GtEq,
    /// `+`
    #[token("+")]
    Plus,
    /// `-`
    #[token("-")]
    Minus,
    /// `%`
    #[token("%")]
    Percent,

    /// A text that its line does not close.
    #[regex(r#""([^"\\\n]|\\[^\n])*\\?"#, priority = 1)]
    OpenText,
    /// A `"""` that the file does not close.
    OpenBlockText,
    /// Bytes that begin no token.
    Unknown,

    // Not in the table.
    /// The end of a logical line.
    NewLine,
    /// The end of the file.
    Eof,
}

/// Runs to the closing `"""`, escapes respected; without one it fails and the rest of the file is the token.
fn block_text(lex: &mut logos::Lexer<'_, Kind>) -> Result<(), ()> {
    let rest = lex.remainder();
    let bytes = rest.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'"' if bytes[at..].starts_with(b"\"\"\"") => {
                lex.bump(at + 3);
                return Ok(());
            }
            _ => at += 1,
        }
    }
    lex.bump(rest.len());
    Err(())
}

impl Kind {
    /// Spaces and comments.
    pub fn is_trivia(self) -> bool {
        matches!(self, Kind::Space | Kind::Comment | Kind::DocComment)
    }

    /// A word that may stand as a name.
    pub fn is_word(self) -> bool {
        self as u8 >= Kind::Word as u8 && self as u8 <= Kind::None as u8
    }

    /// An operator or another word that is never a name.
    pub fn is_reserved(self) -> bool {
        self as u8 >= Kind::And as u8 && self as u8 <= Kind::No as u8
    }

    /// After it a line goes on.
    pub(crate) fn goes_on_after(self) -> bool {
        matches!(
            self,
            Kind::And
                | Kind::Or
                | Kind::Not
                | Kind::Implies
                | Kind::In
                | Kind::Has
                | Kind::Within
                | Kind::Where
                | Kind::With
                | Kind::By
                | Kind::Colon
                | Kind::Eq
                | Kind::Arrow
                | Kind::Comma
                | Kind::Dot
                | Kind::EqEq
                | Kind::NotEq
                | Kind::Lt
                | Kind::LtEq
                | Kind::Gt
                | Kind::GtEq
                | Kind::Plus
                | Kind::Minus
        )
    }

    /// A line that begins with it continues the one before.
    pub(crate) fn goes_on_before(self) -> bool {
        matches!(
            self,
            Kind::And
                | Kind::Or
                | Kind::Implies
                | Kind::Where
                | Kind::With
                | Kind::By
                | Kind::In
                | Kind::Has
                | Kind::Within
        )
    }

    /// How the kind is called in a message.
    pub fn describe(self) -> &'static str {
        match self {
            Kind::Space => "white space",
            Kind::Comment | Kind::DocComment => "a comment",
            Kind::Word | Kind::Unit => "a name",
            Kind::Code => "a code",
            Kind::Number => "a number",
            Kind::Date => "a date",
            Kind::Text | Kind::BlockText | Kind::OpenText | Kind::OpenBlockText => "a text",
            Kind::LBrace => "`{`",
            Kind::RBrace => "`}`",
            Kind::LBracket => "`[`",
            Kind::RBracket => "`]`",
            Kind::LParen => "`(`",
            Kind::RParen => "`)`",
            Kind::Comma => "`,`",
            Kind::Colon => "`:`",
            Kind::Dot => "`.`",
            Kind::Eq => "`=`",
            Kind::Arrow => "`->`",
            Kind::EqEq => "`==`",
            Kind::NotEq => "`!=`",
            Kind::Lt => "`<`",
            Kind::LtEq => "`<=`",
            Kind::Gt => "`>`",
            Kind::GtEq => "`>=`",
            Kind::Plus => "`+`",
            Kind::Minus => "`-`",
            Kind::Percent => "`%`",
            Kind::Applies => "`applies`",
            Kind::OptIn => "`opt_in`",
            Kind::InForce => "`in_force`",
            Kind::When => "`when`",
            Kind::Exactly => "`exactly`",
            Kind::Table => "`table`",
            Kind::Set => "`set`",
            Kind::Of => "`of`",
            Kind::All => "`all`",
            Kind::Any => "`any`",
            Kind::None => "`none`",
            Kind::And => "`and`",
            Kind::Or => "`or`",
            Kind::Not => "`not`",
            Kind::Implies => "`implies`",
            Kind::In => "`in`",
            Kind::Has => "`has`",
            Kind::Within => "`within`",
            Kind::Where => "`where`",
            Kind::With => "`with`",
            Kind::By => "`by`",
            Kind::For => "`for`",
            Kind::Some => "`some`",
            Kind::Every => "`every`",
            Kind::Count => "`count`",
            Kind::Yes => "`yes`",
            Kind::No => "`no`",
            Kind::Unknown => "an unknown character",
            Kind::NewLine => "the end of the line",
            Kind::Eof => "the end of the file",
        }
    }
}

/// The tokens of a file, in order and without a gap.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Tokens {
    kinds: Vec<Kind>,
    /// Where each begins, and one more: where the file ends.
    starts: Vec<u32>,
}

impl Tokens {
    /// Cuts a text into tokens. Never fails: what begins no token is [`Kind::Unknown`].
    ///
    /// # Panics
    /// If the text is 4 GiB or more; readers refuse such a file long before.
    pub fn lex(text: &str) -> Self {
        assert!(u32::try_from(text.len()).is_ok(), "files of 4 GiB and more are refused by the reader");
        let mut out = Self {
            kinds: Vec::with_capacity(text.len() / 4 + 2),
            starts: Vec::with_capacity(text.len() / 4 + 2),
        };
        let mut lexer = Kind::lexer(text);
        while let Some(kind) = lexer.next() {
            let span = lexer.span();
            let kind = match kind {
                Ok(Kind::Comment) if is_doc(lexer.slice()) => Kind::DocComment,
                Ok(kind) => kind,
                Err(()) if lexer.slice().starts_with("\"\"\"") => Kind::OpenBlockText,
                Err(()) => Kind::Unknown,
            };
            // Runs of unknown bytes are one token, so that they cost one diagnostic.
            if kind == Kind::Unknown && out.kinds.last() == Some(&Kind::Unknown) {
                continue;
            }
            out.kinds.push(kind);
            out.starts.push(span.start as u32);
        }
        out.starts.push(text.len() as u32);
        out
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.kinds.len()
    }

    /// Whether the file is empty.
    pub fn is_empty(&self) -> bool {
        self.kinds.is_empty()
    }

    /// The kind of token `i`.
    pub fn kind(&self, i: usize) -> Kind {
        self.kinds[i]
    }

    /// The bytes of token `i`.
    pub fn range(&self, i: usize) -> TextRange {
        TextRange::new(TextSize::from(self.starts[i]), TextSize::from(self.starts[i + 1]))
    }

    /// The text of token `i` of `text`.
    pub fn text<'t>(&self, text: &'t str, i: usize) -> &'t str {
        &text[self.starts[i] as usize..self.starts[i + 1] as usize]
    }

    /// Whether token `i` of `text` holds a line end. White space is mostly a byte or two: a search that sets anything
    /// up would take longer.
    pub(crate) fn has_line_end(&self, text: &str, i: usize) -> bool {
        let bytes = text.as_bytes().get(self.starts[i] as usize..self.starts[i + 1] as usize);
        bytes.is_some_and(|b| b.contains(&b'\n'))
    }

    /// Kinds in order.
    pub fn kinds(&self) -> &[Kind] {
        &self.kinds
    }

    /// The token that holds the byte at `offset`; at a border the one to its right.
    pub fn at(&self, offset: u32) -> Option<usize> {
        let i = self.starts.partition_point(|&s| s <= offset).checked_sub(1)?;
        (i < self.kinds.len()).then_some(i)
    }
}

fn is_doc(comment: &str) -> bool {
    comment.starts_with("///") && !comment.starts_with("////")
}
