//! Truth tables written in Markdown, held against the engine.
//!
//! A table whose last column holds `true`, `false` or `unknown` is one. Heads in backticks are conditions; what stands
//! below is what they come to. The first columns say for which device:
//!
//! * a head that is one yes/no fact: `true` declares it so, `false` not, `unknown` says nothing of it;
//! * a head that is no code: the code in the cells stands in the device, one line each; `nothing` is nothing;
//! * `as_of`: the date of the check.
//!
//! The vocabulary is that of the `rulebook` blocks under the same heading; `dossier` blocks there may hold components.

use crate::markdown::{Section, Table, code_spans};
use crate::world::World;
use dossier_base::Severity;
use dossier_model::date::{Date, Day};
use dossier_verdict::{AllStand, Detail, Options, check_device};
use std::fmt::Write as _;

/// Whether a table is a truth table.
pub fn is_truth_table(table: &Table) -> bool {
    let last = |row: &(usize, Vec<String>)| row.1.last().is_some_and(|c| truth(c));
    !table.rows.is_empty() && table.rows.iter().all(last)
}

fn truth(cell: &str) -> bool {
    matches!(cell, "true" | "false" | "unknown")
}

enum Column {
    /// A fact that is given.
    Fact(String),
    /// What the device says.
    Device,
    /// The date of the check.
    AsOf,
    /// A condition, by its number.
    Condition(usize),
}

/// Where a section's truth tables and the engine differ, and how many cells were compared.
pub fn check(section: &Section) -> (Vec<String>, usize) {
    let mut problems = Vec::new();
    let mut count = 0;
    for table in section.tables.iter().filter(|t| is_truth_table(t)) {
        match one(section, table) {
            Ok((n, found)) => {
                count += n;
                problems.extend(found);
            }
            Err(e) => problems.push(e),
        }
    }
    (problems, count)
}

fn one(section: &Section, table: &Table) -> Result<(usize, Vec<String>), String> {
    let text = |language: &str| -> String {
        section
            .blocks
            .iter()
            .filter(|b| b.language == language && !b.has("ignore"))
            .map(|b| b.text.as_str())
            .collect()
    };
    let (vocabulary, shared) = (text("rulebook"), text("dossier"));
    let market = vocabulary
        .lines()
        .find_map(|l| l.strip_prefix("jurisdiction "))
        .and_then(|l| l.split_whitespace().next());
    let mut conditions: Vec<&str> = Vec::new();
    let with_device = table.head.iter().any(|h| !h.starts_with('`'));
    let columns: Vec<Column> = table
        .head
        .iter()
        .map(|head| match code_spans(head).first() {
            Some(&"as_of") => Column::AsOf,
            Some(name) if !with_device && vocabulary.contains(&format!("fact {name} : bool")) => {
                Column::Fact((*name).to_owned())
            }
            Some(condition) => {
                conditions.push(condition);
                Column::Condition(conditions.len() - 1)
            }
            None => Column::Device,
        })
        .collect();
    let mut law = format!(
        "instrument TABLE \"Table\" {{ jurisdiction {}  force statute  in_force 2000-01-01 }}\n",
        market.unwrap_or("any")
    );
    for (n, condition) in conditions.iter().enumerate() {
        let _ = writeln!(
            law,
            "requirement TABLE-{n} \"Column\" {{ under TABLE  clause \"{n}\"  source background  strength shall\n  require {condition}\n  because \"It is asked.\" }}"
        );
    }
    let mut devices = String::from(if shared.is_empty() { "" } else { "use \"shared.dossier\"\n" });
    let mut days: Vec<Day> = Vec::new();
    for (n, (line, cells)) in table.rows.iter().enumerate() {
        let mut day = "2026-11-24";
        let mut says = String::new();
        for (column, cell) in columns.iter().zip(cells) {
            match column {
                Column::Fact(name) => match cell.as_str() {
                    "true" => says.push_str(&format!("  {name} yes\n")),
                    "false" => says.push_str(&format!("  {name} no\n")),
                    _ => {}
                },
                Column::Device => code_spans(cell).iter().for_each(|c| says.push_str(&format!("  {c}\n"))),
                Column::AsOf => {
                    day = code_spans(cell).first().ok_or_else(|| format!("line {line}: no date"))?
                }
                Column::Condition(_) => {}
            }
        }
        let block = market.map_or(String::new(), |m| format!("  market {m} {{ }}\n"));
        let _ = writeln!(devices, "device row_{n} \"Row\" {{\n{says}{block}}}");
        days.push(Date::parse(day).map_err(|e| format!("line {line}: {e}"))?.first);
    }
    let files = [
        ("words.rulebook", vocabulary),
        ("table.rulebook", law),
        ("rows.dossier", devices),
        ("shared.dossier", shared),
    ];
    let world = World::new(files.map(|(p, t)| (p.to_owned(), t)), false);
    let mut problems: Vec<String> = world
        .diagnostics()
        .iter()
        .filter(|d| d.severity == Severity::Error && d.code.id != "E0208")
        .map(|d| format!("under `{}`: {}", section.heading, world.show(d)))
        .collect();
    let model = world.model();
    let mut count = 0;
    for (id, unit) in model.devices() {
        let Some(n) = unit.name.as_str().strip_prefix("row_").and_then(|n| n.parse::<usize>().ok()) else {
            continue;
        };
        let options = Options { as_of: days[n], markets: &[], detail: Detail::Outcomes };
        let Some(done) = check_device(&model, id, &AllStand, &options) else { continue };
        let (line, cells) = &table.rows[n];
        for ((column, cell), head) in columns.iter().zip(cells).zip(&table.head) {
            let Column::Condition(c) = column else { continue };
            let code = format!("TABLE-{c}");
            let rows = done.markets.iter().flat_map(|m| &m.rows);
            let row =
                rows.into_iter().find(|r| model.rules.law.requirements[r.requirement].code.as_str() == code);
            let got = match row.map(|r| r.judgement.outcome.as_str()) {
                Some("met") => "true",
                Some("unmet" | "planned") => "false",
                Some("unknown") => "unknown",
                other => other.unwrap_or("not asked"),
            };
            count += 1;
            if got != cell.as_str() {
                problems.push(format!("line {line}: {head} is {got}, and {cell} is written"));
            }
        }
    }
    Ok((count, problems))
}
