//! For people: what to do, with the lines in question, and a closing summary.
//!
//! Grouped by what to do: first what keeps files from being read, then device by device one message for each missing
//! fact, control or field, those that decide most first.

mod excerpt;
mod summary;

use crate::files::Files;
use crate::owners::Owners;
use crate::since::{Since, Teller};
use crate::text::{self, Look, Tint};
use crate::{Feed, Format, Run};
use dossier_base::{Diagnostic, NoteKind, Place, Severity, Sym};
use dossier_model::device::Unit;
use dossier_model::{Model, UnitId};
use dossier_verdict::{Detail, Finding};
use std::collections::BTreeMap;
use std::io::{self, Write};
use summary::Summary;

/// How many findings of a device are shown unless all are asked for.
const SHOWN: usize = 12;

/// How many devices are shown with their findings unless all are asked for.
const DEVICES: usize = 25;

/// The format for people.
pub(crate) struct Human;

impl Format for Human {
    fn name(&self) -> &'static str {
        "human"
    }

    fn about(&self) -> &'static str {
        "for people, in a terminal"
    }

    fn write(&self, run: &Run<'_>, feed: &mut dyn Feed, look: &Look, out: &mut dyn Write) -> io::Result<()> {
        let mut files = Files::new(run.sources);
        let mut teller = Teller::new(run.since, run.model);
        let mut fixed = feed.static_diagnostics();
        fixed.retain(|d| teller.tell(d, run.model, &files).1 != Since::Known);
        let (errors, rest): (Vec<&Diagnostic>, Vec<&Diagnostic>) =
            fixed.iter().partition(|d| d.severity == Severity::Error);
        if !errors.is_empty() {
            let aside = text::count(errors.len(), "error", "errors");
            out.write_all(look.heading("Mend first", &aside).as_bytes())?;
            let why = "What these lines say could not be taken in. Verdicts that rest on it are unknown until then.";
            out.write_all(look.paragraph("", why).as_bytes())?;
            out.write_all(b"\n")?;
            by_file(&errors, &mut files, run, look, out)?;
        }
        let mut summary = Summary::new(run, &fixed);
        feed.devices(Detail::Shortfalls, &mut |check| {
            summary.device(run.model, check);
            teller.device(run.model, check);
            Ok(())
        })?;
        let mut sections = Sections::new(run.model, look);
        feed.findings(&mut |finding| {
            // Of thousands of findings few are shown: without an earlier check no diagnostic is made of the others.
            if teller.is_since() && teller.tell(&finding.diagnostic(), run.model, &files).1 == Since::Known {
                return Ok(());
            }
            summary.finding(finding);
            sections.take(finding);
            Ok(())
        })?;
        sections.write(run, &mut files, look, out)?;
        if !rest.is_empty() {
            let aside = text::count(rest.len(), "remark", "remarks");
            out.write_all(look.heading("Besides", &aside).as_bytes())?;
            out.write_all(b"\n")?;
            by_file(&rest, &mut files, run, look, out)?;
        }
        summary.since = teller.summary();
        out.write_all(summary.show(run, look).as_bytes())
    }
}

/// Whose diagnostics stand together.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Owner {
    Unit(UnitId),
    Nobody,
}

/// What was found of a device or component.
#[derive(Default)]
struct Section {
    /// How many of each severity.
    counts: [usize; 3],
    /// Those that are shown.
    shown: Vec<Diagnostic>,
}

/// The findings, device by device. Diagnostics are made only of what is shown: of thousands of devices that is little.
struct Sections<'m> {
    model: &'m Model,
    owners: Owners,
    all: bool,
    list: BTreeMap<(Rank, Owner), Section>,
}

impl<'m> Sections<'m> {
    fn new(model: &'m Model, look: &Look) -> Self {
        Self { model, owners: Owners::new(model), all: look.all, list: BTreeMap::new() }
    }

    /// Takes something in.
    fn take(&mut self, finding: &Finding<'_>) {
        let owner = finding.place.and_then(|p| self.owners.of(p)).map_or(Owner::Nobody, Owner::Unit);
        let key = (rank(self.model, owner), owner);
        let is_shown = self.all || self.list.range(..&key).take(DEVICES).count() < DEVICES;
        let before = self.list.len();
        let section = self.list.entry(key).or_default();
        section.counts[finding.severity as usize] += 1;
        if is_shown && (self.all || section.shown.len() < SHOWN) {
            section.shown.push(finding.diagnostic());
        }
        if !self.all
            && self.list.len() > before
            && let Some(pushed_out) = self.list.values_mut().nth(DEVICES)
        {
            pushed_out.shown = Vec::new();
        }
    }

    fn write(
        &self,
        run: &Run<'_>,
        files: &mut Files<'_>,
        look: &Look,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let total = self.list.len();
        let shown = if look.all { total } else { DEVICES };
        let count = |s: &Section| s.counts.iter().sum::<usize>();
        for ((_, owner), section) in self.list.iter().take(shown) {
            let title = match owner {
                Owner::Unit(id) => run.model.unit(*id).map_or_else(String::new, unit_title),
                Owner::Nobody => "Elsewhere".to_owned(),
            };
            out.write_all(look.heading(&title, &tally(section.counts)).as_bytes())?;
            out.write_all(b"\n")?;
            let list: Vec<&Diagnostic> = section.shown.iter().collect();
            list_of(&list, count(section), files, look, run, out)?;
        }
        if total > shown {
            let rest: usize = self.list.values().skip(shown).map(count).sum();
            let more = format!(
                "And {} with {}: `{} --all`, or `--device NAME` for one of them.",
                text::count(total - shown, "more device", "more devices"),
                text::count(rest, "finding", "findings"),
                run.command
            );
            out.write_all(look.paragraph("", &more).as_bytes())?;
            out.write_all(b"\n")?;
        }
        Ok(())
    }
}

/// Components come first: what is put right there is put right for all.
type Rank = (u8, Sym);

fn rank(model: &Model, owner: Owner) -> Rank {
    match owner {
        Owner::Unit(id) => match model.unit(id) {
            Some(u) if !u.is_device => (0, u.name),
            Some(u) => (1, u.name),
            None => (2, Sym::new("")),
        },
        Owner::Nobody => (2, Sym::new("")),
    }
}

fn unit_title(unit: &Unit) -> String {
    let what = if unit.is_device { "" } else { "component " };
    if unit.title.is_empty() {
        format!("{what}{}", unit.name)
    } else {
        format!("{what}{} · {}", unit.name, unit.title)
    }
}

/// "3 errors, 12 warnings", of how many there are of each severity.
fn tally([notes, warnings, errors]: [usize; 3]) -> String {
    let parts = [(errors, "error", "errors"), (warnings, "warning", "warnings"), (notes, "note", "notes")];
    let parts: Vec<String> = parts.iter().filter(|p| p.0 > 0).map(|p| text::count(p.0, p.1, p.2)).collect();
    parts.join(", ")
}

/// Diagnostics file by file, of each file the first.
fn by_file(
    list: &[&Diagnostic],
    files: &mut Files<'_>,
    run: &Run<'_>,
    look: &Look,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut at = 0;
    while at < list.len() {
        let file = list[at].place.map(|p| p.file);
        let len = list[at..].iter().take_while(|d| d.place.map(|p| p.file) == file).count();
        list_of(&list[at..at + len], len, files, look, run, out)?;
        at += len;
    }
    Ok(())
}

/// Diagnostics, the first of `total` in full.
fn list_of(
    list: &[&Diagnostic],
    total: usize,
    files: &mut Files<'_>,
    look: &Look,
    run: &Run<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let shown = if look.all { total } else { SHOWN };
    let mut before = None;
    for d in list.iter().take(shown) {
        out.write_all(one(d, before, files, look).as_bytes())?;
        out.write_all(b"\n")?;
        before = d.place;
    }
    if total > shown {
        let more =
            format!("And {} more: `{} --all`, or `--format json`.", text::number(total - shown), run.command);
        out.write_all(look.paragraph("", &more).as_bytes())?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

/// A diagnostic as people see it.
pub fn diagnostic(d: &Diagnostic, files: &mut Files<'_>, look: &Look) -> String {
    one(d, None, files, look)
}

/// Diagnostics as people see them, with an empty line after each.
pub fn diagnostics(list: &[Diagnostic], files: &mut Files<'_>, look: &Look) -> String {
    list.iter().map(|d| one(d, None, files, look) + "\n").collect()
}

/// A diagnostic; its lines are left out if they have just been shown.
fn one(d: &Diagnostic, before: Option<Place>, files: &mut Files<'_>, look: &Look) -> String {
    let mut notes: Vec<(NoteKind, &str)> = d.notes.iter().map(|n| (n.kind, n.text.as_str())).collect();
    if !notes.iter().any(|n| n.0 == NoteKind::Help)
        && let Some(fix) = d.fixes.first()
    {
        notes.push((NoteKind::Help, &fix.title));
    }
    let again = before.is_some() && before == d.place && d.labels.is_empty();
    let drawn = if again { None } else { excerpt::draw(d, files, look) };
    let mut out = header(d, look);
    match drawn {
        Some(drawn) => {
            out.push_str(&drawn.text);
            let left_over = drawn.left_over.iter().map(|t| (NoteKind::Note, t.as_str()));
            let notes: Vec<(NoteKind, &str)> = left_over.chain(notes).collect();
            let margin = " ".repeat(drawn.margin);
            let bar = look.paint(Tint::Dim, "│");
            if !notes.is_empty() {
                out.push_str(&format!("{margin}{bar}\n"));
            }
            note_lines(d, &notes, &format!("{margin}{bar} "), drawn.margin + 2, look, &mut out);
            out.push_str(&look.paint(Tint::Dim, &format!("{}╯", "─".repeat(drawn.margin))));
            out.push('\n');
        }
        None => bare(d, &notes, files, look, &mut out),
    }
    out
}

/// `error[E0101]: what is wrong`
fn header(d: &Diagnostic, look: &Look) -> String {
    let (tint, word) = match d.severity {
        Severity::Error => (Tint::Red, "error"),
        Severity::Warning => (Tint::Yellow, "warning"),
        Severity::Information => (Tint::Cyan, "note"),
    };
    let head = format!("{word}[{}]:", d.code.id);
    let wide = head.len() + 1;
    let head = look.paint(tint, &head);
    if look.text_width() < wide + 24 {
        return format!("{head}\n{}", look.paragraph("", &d.message));
    }
    let lines = look.paint_code(&text::wrap(&d.message, look.text_width() - wide));
    format!("{head} {}\n", lines.join(&format!("\n{}", " ".repeat(wide))))
}

/// Notes, each under a lead: advice after an arrow, codes of requirements set off.
fn note_lines(
    d: &Diagnostic,
    notes: &[(NoteKind, &str)],
    lead: &str,
    lead_columns: usize,
    look: &Look,
    out: &mut String,
) {
    let width = look.text_width().saturating_sub(lead_columns + 2).max(6);
    for (kind, note) in notes {
        let first = match kind {
            NoteKind::Note => "",
            NoteKind::Help => "→ ",
        };
        for (i, line) in look.paint_code(&text::wrap(note, width)).iter().enumerate() {
            let mut line = line.clone();
            if i == 0 {
                let code = line.split([' ', ':']).next().unwrap_or_default();
                if d.decides.iter().any(|c| c == code) {
                    line = look.paint(Tint::Bold, code) + &line[code.len()..];
                }
                line = look.paint(Tint::Green, first) + &line;
            } else {
                line = format!("  {line}");
            }
            out.push_str(format!("{lead}{line}").trim_end());
            out.push('\n');
        }
    }
}

/// A diagnostic without its lines: where there are none, or no room for them, or they stand just above.
fn bare(d: &Diagnostic, notes: &[(NoteKind, &str)], files: &mut Files<'_>, look: &Look, out: &mut String) {
    let pad = if look.text_width() < 40 { "  " } else { "      " };
    if let Some(spot) = d.place.and_then(|p| files.spot(p)) {
        let path = text::one_line(spot.path);
        let at = if look.text_width() < 60 {
            format!("in {path}, line {}, column {}", spot.start.line, spot.start.column)
        } else {
            format!("at {path}:{}:{}", spot.start.line, spot.start.column)
        };
        out.push_str(&look.paragraph(pad, &at));
    }
    if !d.label.is_empty() && notes.is_empty() {
        out.push_str(&look.paragraph(pad, &d.label));
    }
    for l in &d.labels {
        if let Some(spot) = files.spot(l.place) {
            let path = text::one_line(spot.path);
            let same = d.place.is_some_and(|p| p.file == l.place.file);
            let path = if same { String::new() } else { format!("{path}, ") };
            let at = format!("{path}line {}: {}", spot.start.line, l.text);
            out.push_str(&look.paragraph(pad, &at));
        }
    }
    note_lines(d, notes, pad, pad.len(), look, out);
}
