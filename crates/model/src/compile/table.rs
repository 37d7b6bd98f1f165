//! What a derived table leaves out, and which of its rows never count.

use super::Compiler;
use crate::expr::ExprId;
use crate::hir::{NodeRef, Tag};
use crate::value::{Type, Value};
use crate::vocab::TableRow;
use dossier_base::codes;

/// So many boxes are looked at in one table; of a larger one nothing is said.
const BUDGET: usize = 20_000;

/// A combination of the columns' values: one for each column, `None` for any that no row names.
type Combination = Vec<Option<Value>>;

impl<'t> Compiler<'t, '_> {
    /// Tells a combination of values that no row covers, and rows that those above leave nothing for.
    pub(super) fn table_gaps(&mut self, node: NodeRef<'t>, columns: &[ExprId], rows: &[TableRow]) {
        let Some(column_nodes) = node.child(0) else { return };
        let domains: Vec<Domain> =
            columns.iter().enumerate().map(|(n, c)| self.domain(self.exprs[*c].ty, n, rows)).collect();
        let all: Vec<&TableRow> = rows.iter().collect();
        let mut search = Search { domains: &domains, within: None, steps: 0 };
        if let Some(found) = search.uncovered(&all, &mut Vec::new()) {
            let names: Vec<NodeRef<'t>> = match column_nodes.tag() {
                Tag::List => column_nodes.children().collect(),
                _ => vec![column_nodes],
            };
            let mut parts = Vec::new();
            for ((name, column), value) in names.iter().zip(columns).zip(&found) {
                let ty = self.exprs[*column].ty;
                let value = match value {
                    Some(v) => v.show(ty, &self.vocab).to_string(),
                    None if domains.get(parts.len()).is_some_and(|d| d.has_other) => "any other".to_owned(),
                    None => continue,
                };
                let name = if name.tag() == Tag::Word {
                    name.sym().to_string()
                } else {
                    format!("column {}", parts.len() + 1)
                };
                parts.push(format!("`{name}` {value}"));
            }
            let at = self.sink.word(node);
            self.sink.push(
                codes::uncovered_combination(at, parts.join(", "))
                    .help("add a row for it, or a last row of `any`"),
            );
        }
        for (n, row) in rows.iter().enumerate() {
            let mut search = Search { domains: &domains, within: Some(&row.cells), steps: 0 };
            if n > 0 && search.uncovered(&all[..n], &mut Vec::new()).is_none() && search.steps <= BUDGET {
                let at = self.sink.place(row.origin);
                self.sink.push(codes::unreachable_row(at));
            }
        }
    }

    fn domain(&self, ty: Type, column: usize, rows: &[TableRow]) -> Domain {
        match ty {
            Type::Bool => Domain { values: vec![Value::Bool(true), Value::Bool(false)], has_other: false },
            Type::Enum(e) => {
                let values = (0..self.vocab.enums[e].values.len()).map(|n| Value::Enum(n as u16)).collect();
                Domain { values, has_other: false }
            }
            _ => {
                let mut values: Vec<Value> = Vec::new();
                for v in rows.iter().filter_map(|r| r.cells.get(column).cloned().flatten()) {
                    if !values.contains(&v) {
                        values.push(v);
                    }
                }
                Domain { values, has_other: true }
            }
        }
    }
}

/// What a column may hold, as far as the rows can tell values apart.
struct Domain {
    values: Vec<Value>,
    /// Whether there are values besides.
    has_other: bool,
}

struct Search<'d> {
    domains: &'d [Domain],
    /// Only combinations that these cells match.
    within: Option<&'d [Option<Value>]>,
    steps: usize,
}

impl Search<'_> {
    /// A combination that begins so and that none of the rows covers. Nothing if there is none, or if looking for it
    /// would take too long.
    fn uncovered(&mut self, rows: &[&TableRow], begun: &mut Combination) -> Option<Combination> {
        self.steps += 1;
        let column = begun.len();
        if rows.is_empty() {
            let mut found = begun.clone();
            for n in column..self.domains.len() {
                found.push(self.within.and_then(|w| w[n].clone()));
            }
            return Some(found);
        }
        let done = column == self.domains.len() || self.steps > BUDGET;
        if done || rows.iter().any(|r| r.cells[column..].iter().all(Option::is_none)) {
            return None;
        }
        let domain = &self.domains[column];
        let wanted = self.within.and_then(|w| w[column].as_ref());
        let others = domain.has_other.then_some(None).filter(|_| wanted.is_none());
        let values = domain.values.iter().filter(|v| wanted.is_none_or(|w| w == *v)).map(Some).chain(others);
        for value in values {
            let fits = |r: &&&TableRow| match (&r.cells[column], value) {
                (None, _) => true,
                (Some(cell), Some(v)) => cell == v,
                (Some(_), None) => false,
            };
            let left: Vec<&TableRow> = rows.iter().filter(fits).copied().collect();
            begun.push(value.cloned());
            let found = self.uncovered(&left, begun);
            begun.pop();
            if found.is_some() {
                return found;
            }
        }
        None
    }
}
