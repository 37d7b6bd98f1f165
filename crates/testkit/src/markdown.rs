//! Markdown, as far as tests are written in it: headings, fenced blocks, tables.

/// What stands under one heading, up to the next of any level.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Section {
    /// The heading; empty above the first.
    pub heading: String,
    /// Its line, from 1.
    pub line: usize,
    /// Fenced blocks, in order.
    pub blocks: Vec<Block>,
    /// Tables, in order.
    pub tables: Vec<Table>,
}

/// A fenced block.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Block {
    /// The first word of the info string: the language.
    pub language: String,
    /// The other words of it.
    pub words: Vec<String>,
    /// The lines between the fences.
    pub text: String,
    /// The line of the first of them, from 1.
    pub line: usize,
}

impl Block {
    /// Whether a word stands behind the language.
    pub fn has(&self, word: &str) -> bool {
        self.words.iter().any(|w| w == word)
    }
}

/// A table.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Table {
    /// The cells of its head.
    pub head: Vec<String>,
    /// Its rows, each with its line, from 1.
    pub rows: Vec<(usize, Vec<String>)>,
}

/// Cuts a document into sections.
pub fn sections(text: &str) -> Vec<Section> {
    let mut out = vec![Section::default()];
    let mut lines = text.lines().enumerate().map(|(n, l)| (n + 1, l)).peekable();
    while let Some((number, line)) = lines.next() {
        let current = out.last_mut().expect("never empty");
        let ticks = line.len() - line.trim_start_matches('`').len();
        if ticks >= 3 {
            let mut words = line[ticks..].split_whitespace().map(str::to_owned);
            let language = words.next().unwrap_or_default();
            let mut block = Block { language, words: words.collect(), text: String::new(), line: number + 1 };
            for (_, inner) in lines.by_ref() {
                if inner.trim_end() == &line[..ticks] {
                    break;
                }
                block.text.push_str(inner);
                block.text.push('\n');
            }
            current.blocks.push(block);
        } else if line.starts_with('#') {
            let heading = line.trim_start_matches('#').trim().to_owned();
            out.push(Section { heading, line: number, ..Section::default() });
        } else if line.starts_with('|')
            && lines.peek().is_some_and(|(_, l)| l.starts_with("|--") || l.starts_with("| --"))
        {
            lines.next();
            let mut table = Table { head: cells(line), rows: Vec::new() };
            while let Some((number, row)) = lines.next_if(|(_, l)| l.starts_with('|')) {
                table.rows.push((number, cells(row)));
            }
            current.tables.push(table);
        }
    }
    out
}

/// The cells of a row. `\|` is no border.
fn cells(row: &str) -> Vec<String> {
    let inner = row.trim().trim_start_matches('|');
    let inner = inner.strip_suffix('|').unwrap_or(inner);
    inner.replace("\\|", "\u{0}").split('|').map(|c| c.replace('\u{0}', "|").trim().to_owned()).collect()
}

/// What stands between backticks in a text.
pub fn code_spans(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_hold_blocks_and_tables() {
        let text = "before\n# One\n```dossier a.dossier x\n# no heading\n| no | table |\n```\n## Two\n| `a` | b |\n|---|---|\n| 1 \\| 2 | `x` and `y` |\n````md\n```\n````\n";
        let found = sections(text);
        assert_eq!(found.iter().map(|s| s.heading.as_str()).collect::<Vec<_>>(), ["", "One", "Two"]);
        let block = &found[1].blocks[0];
        assert_eq!((block.language.as_str(), block.line, block.has("x")), ("dossier", 4, true));
        assert_eq!(block.text, "# no heading\n| no | table |\n");
        assert_eq!(found[2].tables[0].rows, [(10, vec!["1 | 2".to_owned(), "`x` and `y`".to_owned()])]);
        assert_eq!(code_spans(&found[2].tables[0].rows[0].1[1]), ["x", "y"]);
        assert_eq!(found[2].blocks[0].text, "```\n");
    }
}
