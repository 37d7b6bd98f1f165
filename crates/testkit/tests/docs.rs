//! What is written for users holds: the language reference, its truth tables, and the page of every diagnostic.
//!
//! `DOSSIER_DOCS=E01` runs only pages whose code begins like that.

use dossier_base::{Severity, codes};
use dossier_model::law::{Force, Gate, Outcome, Strength};
use dossier_testkit::markdown::{Section, Table, code_spans, sections};
use dossier_testkit::project::{Project, Run, Runner};
use dossier_testkit::{corpus, truth};

fn read(path: &str) -> Vec<Section> {
    sections(&std::fs::read_to_string(corpus::root().join(path)).expect("the document is there"))
}

/// Runs the project of a section, if it has one.
fn run(runner: &Runner, name: &str, section: &Section, problems: &mut Vec<String>) -> Option<(Project, Run)> {
    match Project::new(section) {
        Ok(None) => None,
        Ok(Some(project)) => {
            let run = runner.run(&project);
            let found = project.problems(&run);
            problems.extend(found.into_iter().map(|p| format!("{name}, `{}`: {p}", section.heading)));
            Some((project, run))
        }
        Err(e) => {
            problems.push(format!("{name}, `{}`: {e}", section.heading));
            None
        }
    }
}

fn report(problems: &[String]) {
    assert!(problems.is_empty(), "{} problems:\n\n{}", problems.len(), problems.join("\n\n"));
}

/// Every example of the reference does what it says.
#[test]
fn examples_of_the_reference_hold() {
    let runner = Runner::new();
    let mut problems = Vec::new();
    let mut count = 0;
    for section in read("grammar/reference.md") {
        count += usize::from(run(&runner, "reference.md", &section, &mut problems).is_some());
    }
    report(&problems);
    assert!(count > 30, "only {count} examples");
}

/// Its truth tables are those of the engine.
#[test]
fn truth_tables_of_the_reference_hold() {
    let mut problems = Vec::new();
    let mut count = 0;
    for section in read("grammar/reference.md") {
        let (found, cells) = truth::check(&section);
        problems.extend(found.into_iter().map(|p| format!("reference.md, {p}")));
        count += cells;
    }
    report(&problems);
    assert!(count > 200, "only {count} cells were compared");
}

/// Its table of severities is that of the engine.
#[test]
fn severities_of_the_reference_hold() {
    let is_it = |t: &Table| t.head.iter().any(|h| h.contains("plan_considering"));
    let found = read("grammar/reference.md").into_iter().flat_map(|s| s.tables).find(is_it);
    let table = found.expect("the reference has a table of severities");
    let mut seen = Vec::new();
    for (line, cells) in &table.rows {
        let gates: &[Gate] = if cells[0].contains("without a gate") {
            &[Gate::None]
        } else if cells[0].contains("with a gate") {
            &Gate::ALL[1..]
        } else {
            Gate::ALL
        };
        for force in code_spans(&cells[0]).into_iter().filter_map(Force::from_word) {
            for gate in gates {
                seen.push((force, *gate));
                for (head, cell) in table.head.iter().zip(cells).skip(1) {
                    for strength in code_spans(head).into_iter().filter_map(Strength::from_word) {
                        let got = dossier_verdict::severity(Outcome::Unmet, force, *gate, strength);
                        assert_eq!(
                            got.map(Severity::as_str),
                            Some(cell.as_str()),
                            "line {line}: {force:?} {gate:?} {strength:?}"
                        );
                        assert_eq!(got, dossier_verdict::severity(Outcome::Unknown, force, *gate, strength));
                        let planned = dossier_verdict::severity(Outcome::Planned, force, *gate, strength);
                        assert_eq!(planned, got.map(Severity::lower));
                    }
                }
            }
        }
    }
    assert_eq!(seen.len(), Force::ALL.len() * Gate::ALL.len(), "each force and gate stands in one row");
}

/// Diagnostics that nothing raises yet. Their pages say what should; who makes them work takes them out of here.
const WAITING: &[&str] = &[];

/// Diagnostics that come with another: its example cannot do without.
const TOGETHER: &[(&str, &str)] = &[("V0105", "E0103"), ("V0117", "V0111")];

/// Every diagnostic has a page, with an example that triggers it and nothing else, and one that is right. What it says
/// there is kept as a snapshot.
#[test]
fn pages_of_diagnostics_hold() {
    let only = std::env::var("DOSSIER_DOCS").unwrap_or_default();
    let runner = Runner::new();
    let mut problems = Vec::new();
    let mut shown = Vec::new();
    for code in codes::ALL.iter().filter(|c| c.id.starts_with(&only)) {
        let name = format!("{}.md ({})", code.name, code.id);
        // Read from the folder and not from the registry: a page can be written without compiling everything.
        let pages = std::env::var("DOSSIER_PAGES")
            .map_or_else(|_| corpus::root().join("crates/base/diagnostics"), Into::into);
        let page =
            std::fs::read_to_string(pages.join(format!("{}.md", code.name))).expect("the page is there");
        let help = page.splitn(3, "---\n").last().expect("front matter ends");
        let found = sections(help);
        let text = help.lines().filter(|l| !l.trim().is_empty()).count();
        if text < 5 {
            problems.push(format!("{name}: no help"));
            continue;
        }
        let (mut triggers, mut right) = (None, false);
        let mut own = Vec::new();
        for section in &found {
            let Some((project, run)) = run(&runner, &name, section, &mut own) else { continue };
            if project.expected.is_empty() {
                right = true;
            }
            for other in project
                .expected
                .iter()
                .filter(|e| e.code != code.id && !TOGETHER.contains(&(code.id, &*e.code)))
            {
                problems.push(format!("{name}, `{}`: it triggers {}, too", section.heading, other.code));
            }
            let said = run.said.into_iter().find(|s| s.diagnostic.code == *code);
            triggers = triggers.or(said);
        }
        if !right {
            problems.push(format!("{name}: no example that is right"));
        }
        let waiting = WAITING.contains(&code.id);
        match triggers {
            Some(_) if waiting => {
                problems.push(format!("{name}: it waits no longer: take it out of `WAITING`"))
            }
            Some(said) => shown.push((code.id, said.plain, said.people)),
            None if waiting => continue,
            None => problems.push(format!("{name}: no example that triggers it")),
        }
        problems.extend(own);
    }
    report(&problems);
    for (id, plain, people) in shown {
        insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!(id, plain);
            insta::assert_snapshot!(format!("{id}_as_people_see_it"), people);
        });
    }
}
