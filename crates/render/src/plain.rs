//! For a printer, a mail or a screen reader: sentences, 80 columns, no colour, nothing drawn.

use crate::files::Files;
use crate::outcome::{ALL, Counts, outcome_words};
use crate::since::{Since, Teller};
use crate::text::{self, Look};
use crate::{Feed, Format, Run};
use dossier_base::{Diagnostic, NoteKind, Severity};
use dossier_verdict::Detail;
use std::io::{self, Write};

/// Columns of a line.
const WIDTH: usize = 80;

/// The format that is read aloud.
pub(crate) struct Plain;

impl Format for Plain {
    fn name(&self) -> &'static str {
        "plain"
    }

    fn about(&self) -> &'static str {
        "sentences without colour or lines, 80 columns wide"
    }

    fn write(&self, run: &Run<'_>, feed: &mut dyn Feed, _: &Look, out: &mut dyn Write) -> io::Result<()> {
        let mut files = Files::new(run.sources);
        say(out, 0, &format!("Check for {}, against rulebooks {}.", run.as_of, run.rulebooks))?;
        let mut severities = [0; 3];
        let mut teller = Teller::new(run.since, run.model);
        for d in feed.static_diagnostics() {
            if teller.tell(&d, run.model, &files).1 != Since::Known {
                severities[d.severity as usize] += 1;
                diagnostic(&d, &mut files, out)?;
            }
        }
        let law = &run.model.rules.law;
        feed.devices(Detail::Shortfalls, &mut |check| {
            teller.device(run.model, check);
            let Some(unit) = run.model.unit(check.unit) else { return Ok(()) };
            out.write_all(b"\n")?;
            let title = if unit.title.is_empty() { String::new() } else { format!(", {}", unit.title) };
            say(out, 0, &format!("Device {}{title}.", unit.name))?;
            if check.markets.is_empty() {
                say(out, 2, "No law is asked of it: it has no block for any market that was looked at.")?;
            }
            for market in &check.markets {
                let counts = Counts::of(market);
                let place = match market.place {
                    Some(place) => format!("Market {place}"),
                    None => "Asked once, of no market (any)".to_owned(),
                };
                let settled = match counts.asked() {
                    0 => "nothing is asked".to_owned(),
                    _ => format!("{} settled", counts.share()),
                };
                say(out, 2, &format!("{place}: {settled}."))?;
                for outcome in ALL {
                    let codes: Vec<&str> = market
                        .rows
                        .iter()
                        .filter(|r| r.judgement.outcome == outcome)
                        .map(|r| law.requirements[r.requirement].code.as_str())
                        .collect();
                    if !codes.is_empty() {
                        let words = outcome_words(outcome);
                        say(out, 4, &format!("{} {words}: {}.", codes.len(), codes.join(", ")))?;
                    }
                }
            }
            Ok(())
        })?;
        feed.findings(&mut |finding| {
            let d = finding.diagnostic();
            if teller.tell(&d, run.model, &files).1 == Since::Known {
                return Ok(());
            }
            severities[d.severity as usize] += 1;
            diagnostic(&d, &mut files, out)
        })?;
        let [notes, warnings, errors] = severities;
        out.write_all(b"\n")?;
        say(
            out,
            0,
            &format!(
                "In all: {}, {} and {}.",
                text::count(errors, "error", "errors"),
                text::count(warnings, "warning", "warnings"),
                text::count(notes, "note", "notes")
            ),
        )?;
        for line in teller.summary() {
            say(out, 0, &line)?;
        }
        if !run.switched_off.is_empty() {
            let off = run.switched_off.join(", ");
            say(out, 0, &format!("Switched off in dossier.toml and not told: {off}."))?;
        }
        Ok(())
    }
}

/// A paragraph, its lines set in.
fn say(out: &mut dyn Write, indent: usize, text: &str) -> io::Result<()> {
    for (n, line) in text::wrap(text, WIDTH - indent - 2).iter().enumerate() {
        let indent = if n == 0 { indent } else { indent + 2 };
        writeln!(out, "{}{line}", " ".repeat(indent))?;
    }
    Ok(())
}

fn diagnostic(d: &Diagnostic, files: &mut Files<'_>, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(b"\n")?;
    let word = match d.severity {
        Severity::Error => "Error",
        Severity::Warning => "Warning",
        Severity::Information => "Note",
    };
    let at = d.place.and_then(|p| files.spot(p)).map_or_else(String::new, |spot| {
        format!(" in {}, line {}, column {}", text::one_line(spot.path), spot.start.line, spot.start.column)
    });
    say(out, 0, &format!("{word} {}{at}: {}.", d.code.id, d.message.trim_end_matches('.')))?;
    for label in &d.labels {
        if let Some(spot) = files.spot(label.place) {
            let path = text::one_line(spot.path);
            say(out, 2, &format!("See {path}, line {}: {}.", spot.start.line, label.text))?;
        }
    }
    for note in &d.notes {
        let lead = if note.kind == NoteKind::Help { "To do: " } else { "" };
        say(out, 2, &format!("{lead}{}.", note.text.trim_end_matches('.')))?;
    }
    Ok(())
}
