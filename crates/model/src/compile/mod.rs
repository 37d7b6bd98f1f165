//! From the trees of rulebooks to a [`Rulebase`].
//!
//! In this order, because each needs the names of the one before: enums and jurisdictions, entities and their
//! fields, controls and kinds, facts; then what facts are defined by; then law. A name is declared once; who comes
//! first keeps it, and the embedded rulebooks come first.

mod exprs;
mod law;
mod table;
mod vocab;

use crate::check::{Perhaps, Sink};
use crate::expr::{Expr, ExprId, ExprNode, Exprs, children};
use crate::hir::{FileSummary, NodeRef, Origin, SourceMap, Tag};
use crate::idx::Id as _;
use crate::law::{Law, RequirementId};
use crate::value::Type;
use crate::vocab::{FactId, Vocabulary};
use dossier_base::{Diagnostic, FileId, Place, Sym};
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::{Arc, OnceLock};

/// A rulebook, lowered.
#[derive(Clone, Debug)]
pub struct Rulebook {
    /// The file.
    pub file: FileId,
    /// What it says.
    pub summary: Arc<FileSummary>,
    /// Where it says it.
    pub map: Arc<SourceMap>,
    /// Whether it came with the program.
    pub embedded: bool,
}

/// Vocabulary and law, compiled.
#[derive(Clone, Debug, Default)]
pub struct Rulebase {
    /// Everything that has a name.
    pub vocab: Vocabulary,
    /// What is asked.
    pub law: Law,
    /// All expressions.
    pub exprs: Exprs,
    /// Conditions that hold a term which may stand only where it helps the maker.
    pub helpful: FxHashSet<FactId>,
    /// The rulebooks, for tests and places.
    pub files: FxHashMap<FileId, Rulebook>,
    /// What is wrong with them.
    pub diagnostics: Vec<Diagnostic>,
    /// What is perhaps declared in what could not be read of them.
    pub perhaps: Perhaps,
    /// Which requirements ask for something by a day; made when first asked for.
    deadlines: OnceLock<Box<[bool]>>,
}

impl Rulebase {
    /// Whether what a requirement asks has a day in it by which it is asked.
    pub fn has_deadline(&self, requirement: RequirementId) -> bool {
        let all = self
            .deadlines
            .get_or_init(|| self.law.requirements.iter().map(|r| self.reads_deadline(r.require)).collect());
        all[requirement.index()]
    }

    fn reads_deadline(&self, e: ExprId) -> bool {
        let expr = &self.expr(e).expr;
        matches!(expr, Expr::By(..)) || children(expr).into_iter().any(|c| self.reads_deadline(c))
    }

    /// The node of an origin in a rulebook.
    pub fn node(&self, origin: Origin) -> Option<NodeRef<'_>> {
        self.files.get(&origin.file).map(|f| f.summary.node(origin))
    }

    /// Where an origin in a rulebook stands.
    pub fn place(&self, origin: Origin) -> Place {
        place(&self.files, origin)
    }

    /// Whether an origin stands in a rulebook that came with the program.
    pub fn is_embedded(&self, origin: Origin) -> bool {
        self.files.get(&origin.file).is_some_and(|f| f.embedded)
    }

    /// An expression.
    pub fn expr(&self, id: ExprId) -> &ExprNode {
        &self.exprs[id]
    }
}

fn place(files: &FxHashMap<FileId, Rulebook>, origin: Origin) -> Place {
    let range = files.get(&origin.file).map(|f| f.map.range(origin.tree, origin.node));
    Place::new(origin.file, range.unwrap_or_default())
}

/// Compiles rulebooks. Embedded ones should come first.
pub fn compile(rulebooks: &[Rulebook]) -> Rulebase {
    let files: FxHashMap<FileId, Rulebook> = rulebooks.iter().map(|r| (r.file, r.clone())).collect();
    let place = |origin: Origin| place(&files, origin);
    let items: Vec<Item<'_>> = rulebooks
        .iter()
        .flat_map(|r| r.summary.roots(r.file).map(|node| Item { node, embedded: r.embedded }))
        .collect();
    let mut c = Compiler {
        items,
        vocab: Vocabulary::default(),
        law: Law::default(),
        exprs: Exprs::default(),
        helpful: FxHashSet::default(),
        embedded_names: FxHashSet::default(),
        sink: Sink::new(&place),
        dropped: Vec::new(),
    };
    c.vocabulary();
    c.law();
    let perhaps = c.perhaps(rulebooks);
    let Compiler { vocab, law, exprs, helpful, sink, .. } = c;
    let diagnostics = sink.finish(&perhaps, &Perhaps::default());
    Rulebase {
        vocab,
        law,
        exprs,
        helpful,
        diagnostics,
        perhaps,
        files: files.clone(),
        deadlines: OnceLock::new(),
    }
}

/// A thing at the top level of a rulebook.
#[derive(Clone, Copy)]
struct Item<'t> {
    node: NodeRef<'t>,
    embedded: bool,
}

struct Compiler<'t, 's> {
    items: Vec<Item<'t>>,
    vocab: Vocabulary,
    law: Law,
    exprs: Exprs,
    helpful: FxHashSet<FactId>,
    /// Names that the embedded rulebooks took, by what they name.
    embedded_names: FxHashSet<(&'static str, Sym)>,
    sink: Sink<'s>,
    /// Items that declare nothing because of a name that they use and that was reported, and that name.
    dropped: Vec<(NodeRef<'t>, NodeRef<'t>)>,
}

impl<'t> Compiler<'t, '_> {
    /// The top-level items headed by one of these words.
    fn headed(&self, words: &[&str]) -> Vec<Item<'t>> {
        self.items
            .iter()
            .filter(|i| i.node.tag() != Tag::Error && words.contains(&i.node.sym().as_str()))
            .copied()
            .collect()
    }

    /// The name that an item declares, if nothing else of that sort has it.
    fn declare(&mut self, item: Item<'t>, what: &'static str, taken: Option<Origin>) -> Option<Sym> {
        let Some(name) = item.node.name() else {
            let at = self.sink.word(item.node);
            let word = item.node.sym();
            self.sink.lose(item.node);
            self.sink.push(
                dossier_base::codes::missing_field(at, format!("`{word}`"), "a name")
                    .subject(word.as_str())
                    .help(format!("write it behind the word: `{word} … \"…\" {{ }}`")),
            );
            return None;
        };
        let sym = name.sym();
        if let Some(first) = taken {
            let at = self.sink.at(name);
            let d = if !item.embedded && self.embedded_names.contains(&(what, sym)) {
                dossier_base::codes::clash(at, what, sym)
                    .help("an embedded name means the same for everybody; choose another")
            } else {
                dossier_base::codes::declared_twice(at, what, sym)
                    .also(self.sink.place(first), "first declared here")
            };
            self.sink.push(d.subject(sym.as_str()));
            return None;
        }
        if item.embedded {
            self.embedded_names.insert((what, sym));
        }
        Some(sym)
    }

    /// What is perhaps declared in what could not be read, or could not be taken in because of a name that it uses. If
    /// that name is itself in what could not be read, its diagnostic is an echo; else it is blamed, whatever else may
    /// excuse it, so that no two items can excuse each other.
    fn perhaps(&self, rulebooks: &[Rulebook]) -> Perhaps {
        let mut found = Perhaps::default();
        for book in rulebooks.iter().filter(|r| !r.embedded) {
            book.summary.errors(book.file).for_each(|e| found.add(e));
        }
        let lost = self.sink.lost().filter_map(|o| {
            let book = rulebooks.iter().find(|r| r.file == o.file)?;
            Some(book.summary.node(o))
        });
        lost.for_each(|node| found.add(node));
        // What a jurisdiction declares beside its own code.
        let of_place = |code: Sym| Sym::new(&format!("{}_class", code.as_str().to_lowercase()));
        let unread = self.vocab.class_facts.iter().filter(|(_, f)| self.vocab.facts[**f].ty == Type::Error);
        found.names.extend(unread.map(|(code, _)| of_place(*code)));
        let mut left = self.dropped.clone();
        loop {
            let places: Vec<Sym> =
                found.names.iter().copied().filter(|n| is_code(*n)).map(of_place).collect();
            found.names.extend(places);
            let Some(next) = left.iter().position(|(_, name)| found.holds("instrument", name.sym())) else {
                // None is an echo of what could not be read: the first of them is to blame.
                if left.is_empty() {
                    return found;
                }
                let (node, name) = left.remove(0);
                found.blamed.insert(self.sink.at(name));
                found.declare(node);
                continue;
            };
            found.declare(left.swap_remove(next).0);
        }
    }

    fn push_expr(&mut self, expr: Expr, ty: Type, node: NodeRef<'_>) -> ExprId {
        self.exprs.push(ExprNode { expr, ty, origin: node.origin() })
    }

    fn unreadable(&mut self, node: NodeRef<'_>) -> ExprId {
        self.push_expr(Expr::Unreadable, Type::Error, node)
    }
}

/// Whether a name has the form of a code.
fn is_code(name: Sym) -> bool {
    name.as_str().starts_with(|c: char| c.is_ascii_uppercase())
}

/// A title or nothing.
fn title(node: NodeRef<'_>) -> Arc<str> {
    node.title().map_or_else(|| Arc::from(""), |t| t.text().clone())
}

/// The text of a field, or of the `///` above, or nothing.
fn doc(node: NodeRef<'_>) -> Arc<str> {
    let field = node.field(Sym::new("doc")).and_then(NodeRef::value).filter(|v| v.tag() == Tag::Text);
    field.map(|v| v.text().clone()).or_else(|| node.doc().cloned()).unwrap_or_else(|| Arc::from(""))
}
