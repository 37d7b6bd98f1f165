//! Workflow commands of GitHub Actions: each finding is an annotation on the changed file.

use crate::files::Files;
use crate::outcome::{Counts, outcome_words};
use crate::since::{Since, Teller};
use crate::text::{self, Look};
use crate::{Feed, Format, Run};
use dossier_base::{Diagnostic, NoteKind, Severity};
use dossier_verdict::Detail;
use std::fmt::Write as _;
use std::io::{self, Write};

/// The format for workflows.
pub(crate) struct Github;

impl Format for Github {
    fn name(&self) -> &'static str {
        "github"
    }

    fn about(&self) -> &'static str {
        "annotations for GitHub Actions"
    }

    fn write(&self, run: &Run<'_>, feed: &mut dyn Feed, _: &Look, out: &mut dyn Write) -> io::Result<()> {
        let mut files = Files::new(run.sources);
        // Annotations come first: the list of verdicts is folded and of use to who looks for one.
        let mut verdicts = String::new();
        let mut counts = Counts::default();
        let law = &run.model.rules.law;
        let mut teller = Teller::new(run.since, run.model);
        feed.devices(Detail::Shortfalls, &mut |check| {
            teller.device(run.model, check);
            let device = run.model.unit(check.unit).map_or("", |u| u.name.as_str());
            for market in &check.markets {
                counts.add(&Counts::of(market));
                let place = market.place.map_or("any", |p| p.as_str());
                for row in &market.rows {
                    let code = law.requirements[row.requirement].code;
                    let outcome = row.judgement.outcome.as_str();
                    let _ = writeln!(verdicts, "{device} {place} {code} {outcome}");
                }
            }
            Ok(())
        })?;
        let mut severities = [0; 3];
        let mut tell = |d: &Diagnostic| {
            if teller.tell(d, run.model, &files).1 == Since::Known {
                return Ok(());
            }
            severities[d.severity as usize] += 1;
            annotation(d, &mut files, out)
        };
        feed.static_diagnostics().iter().try_for_each(&mut tell)?;
        feed.findings(&mut |finding| tell(&finding.diagnostic()))?;
        writeln!(out, "::group::dossier: every verdict for {}", run.as_of)?;
        out.write_all(verdicts.as_bytes())?;
        out.write_all(b"::endgroup::\n")?;
        for line in teller.summary() {
            writeln!(out, "{line}")?;
        }
        let [notes, warnings, errors] = severities;
        let by_outcome: Vec<String> =
            crate::outcome::ALL.iter().map(|o| format!("{} {}", counts.get(*o), outcome_words(*o))).collect();
        writeln!(
            out,
            "dossier: {}, {}, {}; {}",
            text::count(errors, "error", "errors"),
            text::count(warnings, "warning", "warnings"),
            text::count(notes, "note", "notes"),
            by_outcome.join(", ")
        )
    }
}

fn annotation(d: &Diagnostic, files: &mut Files<'_>, out: &mut dyn Write) -> io::Result<()> {
    let command = match d.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Information => "notice",
    };
    let mut properties = String::new();
    if let Some(at) = d.place.and_then(|p| files.spot(p)) {
        let _ = write!(
            properties,
            "file={},line={},endLine={},",
            escape(at.path, true),
            at.start.line,
            at.end.line
        );
        // Columns only mean something within one line.
        if at.start.line == at.end.line {
            let _ = write!(properties, "col={},endColumn={},", at.start.column, at.end.column);
        }
    }
    let mut message = d.message.clone();
    for note in &d.notes {
        message.push_str(if note.kind == NoteKind::Help { "\n→ " } else { "\n" });
        message.push_str(&note.text);
    }
    writeln!(
        out,
        "::{command} {properties}title=dossier {}::{}",
        d.code.id,
        escape(&text::clean(&message), false)
    )
}

/// What a command would take for its own, written as it is read again.
fn escape(text: &str, property: bool) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '%' => out.push_str("%25"),
            '\r' => out.push_str("%0D"),
            '\n' => out.push_str("%0A"),
            ':' if property => out.push_str("%3A"),
            ',' if property => out.push_str("%2C"),
            c => out.push(c),
        }
    }
    out
}
