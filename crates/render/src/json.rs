//! For other programs: one object, its shape in `schema/check.schema.json`. Written device by device, one a line.

use crate::files::{Files, Spot};
use crate::outcome::Counts;
use crate::since::Teller;
use crate::text::Look;
use crate::{Feed, Format, Run, premise, text};
use dossier_base::{Applicability, Diagnostic, Edit, NoteKind, Place, Severity};
use dossier_model::date::Date;
use dossier_model::hir::Origin;
use dossier_model::law::{Clause, Outcome, Requirement};
use dossier_verdict::{
    Detail, DeviceCheck, Explained, Judgement, MarketCheck, PartExplained, Premise, Row, Settled, describe,
};
use serde::Serialize;
use serde_json::ser::{Formatter, Serializer};
use std::io::{self, Write};

/// The version of the shape. Fields may be added under one number, none renamed or taken away.
pub(crate) const FORMAT: u32 = 1;

/// The format for programs.
pub(crate) struct Json;

impl Format for Json {
    fn name(&self) -> &'static str {
        "json"
    }

    fn about(&self) -> &'static str {
        "for other programs; `dossier schema check` prints its shape"
    }

    fn write(&self, run: &Run<'_>, feed: &mut dyn Feed, _: &Look, out: &mut dyn Write) -> io::Result<()> {
        let mut files = Files::new(run.sources);
        let tool = Tool { name: "dossier", version: run.tool, rulebooks: run.rulebooks };
        write!(out, "{{\"format\":{FORMAT},\n\"tool\":")?;
        value(out, &tool)?;
        out.write_all(b",\n\"as_of\":")?;
        value(out, &run.as_of.to_string())?;
        out.write_all(b",\n\"inputs\":[")?;
        let inputs = run.sources.inputs();
        for (n, (file, sha256)) in inputs.iter().enumerate() {
            line(out, n, &Input { file, sha256 })?;
        }
        out.write_all(b"],\n\"devices\":[")?;
        let mut devices = 0;
        let mut teller = Teller::new(run.since, run.model);
        feed.devices(Detail::All, &mut |check| {
            teller.device(run.model, check);
            let device = Maker { run, files: &mut files }.device(check);
            line(out, devices, &device)?;
            devices += 1;
            Ok(())
        })?;
        out.write_all(b"],\n\"diagnostics\":[")?;
        let mut counts = [0; 3];
        let mut told = 0;
        let mut tell = |d: &Diagnostic| {
            let (fingerprint, since) = teller.tell(d, run.model, &files);
            let since = teller.is_since().then_some(since.as_str());
            line(out, told, &Maker { run, files: &mut files }.diagnostic(d, fingerprint, since))?;
            counts[d.severity as usize] += 1;
            told += 1;
            Ok::<(), io::Error>(())
        };
        feed.static_diagnostics().iter().try_for_each(&mut tell)?;
        feed.findings(&mut |finding| tell(&finding.diagnostic()))?;
        let [info, warnings, errors] = counts;
        let own = run.model.rules.files.values().filter(|f| !f.embedded).count();
        let summary = SummaryJson {
            files: run.model.files.len() + own,
            devices,
            errors,
            warnings,
            info,
            fail_on: run.fail_on,
            switched_off: &run.switched_off,
            solved: teller.is_since().then(|| {
                let solved = teller.solved();
                solved.map(|(device, market, requirements)| Solved { device, market, requirements }).collect()
            }),
        };
        out.write_all(b"],\n\"summary\":")?;
        value(out, &summary)?;
        out.write_all(b"}\n")
    }
}

/// A value on a line of its own, as the `n`th of an array.
fn line(out: &mut dyn Write, n: usize, v: &impl Serialize) -> io::Result<()> {
    out.write_all(if n == 0 { b"\n" } else { b",\n" })?;
    value(out, v)
}

/// Writes a value so that no terminal obeys it, should it be shown in one.
pub(crate) fn value(out: &mut dyn Write, v: &impl Serialize) -> io::Result<()> {
    v.serialize(&mut Serializer::with_formatter(out, Harmless)).map_err(io::Error::from)
}

/// Compact, and control characters that JSON itself would let pass (the upper ones, those that turn the direction of
/// text) are escaped.
struct Harmless;

impl Formatter for Harmless {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        let mut rest = fragment;
        while let Some(at) = rest.find(text::is_control) {
            writer.write_all(&rest.as_bytes()[..at])?;
            let c = rest[at..].chars().next().unwrap_or('\u{fffd}');
            let mut units = [0_u16; 2];
            for unit in c.encode_utf16(&mut units) {
                write!(writer, "\\u{unit:04x}")?;
            }
            rest = &rest[at + c.len_utf8()..];
        }
        writer.write_all(rest.as_bytes())
    }
}

#[derive(Serialize)]
struct Tool<'a> {
    name: &'a str,
    version: &'a str,
    rulebooks: &'a str,
}

#[derive(Serialize)]
struct Input<'a> {
    file: &'a str,
    sha256: &'a str,
}

#[derive(Serialize)]
struct DeviceJson<'a> {
    id: String,
    title: &'a str,
    file: &'a str,
    markets: Vec<MarketJson<'a>>,
}

#[derive(Serialize)]
struct MarketJson<'a> {
    market: String,
    counts: CountsJson,
    verdicts: Vec<VerdictJson<'a>>,
}

#[derive(Serialize)]
struct CountsJson {
    met: usize,
    justified: usize,
    planned: usize,
    waived: usize,
    unmet: usize,
    unknown: usize,
    not_applicable: usize,
}

#[derive(Serialize)]
struct VerdictJson<'a> {
    requirement: &'a str,
    instrument: &'a str,
    outcome: &'a str,
    severity: Option<&'a str>,
    force: &'a str,
    strength: &'a str,
    clause: Option<&'a str>,
    edition: Option<&'a str>,
    because: &'a str,
    rests_on: Vec<RestsOn<'a>>,
    missing: Vec<Missing<'a>>,
    due: Option<String>,
    parts: Vec<PartJson<'a>>,
    settled_by: Option<SettledBy<'a>>,
    not_opted_in: bool,
    reading: Option<&'a str>,
}

#[derive(Serialize)]
struct RestsOn<'a> {
    file: &'a str,
    line: u32,
    column: u32,
    what: String,
}

#[derive(Serialize)]
struct Missing<'a> {
    what: &'a str,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    market: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u32>,
}

#[derive(Serialize)]
struct PartJson<'a> {
    about: Option<String>,
    outcome: &'a str,
    due: Option<String>,
    settled_by: Option<SettledBy<'a>>,
    rests_on: Vec<RestsOn<'a>>,
}

#[derive(Serialize)]
struct SettledBy<'a> {
    kind: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u32>,
}

#[derive(Serialize)]
struct DiagnosticJson<'a> {
    code: &'a str,
    severity: &'a str,
    message: &'a str,
    file: Option<&'a str>,
    range: Option<RangeJson>,
    label: &'a str,
    decides: &'a [String],
    related: Vec<Related<'a>>,
    notes: Vec<NoteJson<'a>>,
    fixes: Vec<FixJson<'a>>,
    fingerprint: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<&'a str>,
}

#[derive(Serialize)]
struct RangeJson {
    start: Position,
    end: Position,
}

#[derive(Serialize)]
struct Position {
    line: u32,
    column: u32,
    offset: u32,
}

#[derive(Serialize)]
struct Related<'a> {
    message: &'a str,
    file: &'a str,
    range: RangeJson,
}

#[derive(Serialize)]
struct NoteJson<'a> {
    kind: &'a str,
    text: &'a str,
}

#[derive(Serialize)]
struct FixJson<'a> {
    title: &'a str,
    applicability: &'a str,
    edits: Vec<EditJson<'a>>,
}

#[derive(Serialize)]
struct EditJson<'a> {
    file: &'a str,
    range: RangeJson,
    text: &'a str,
}

#[derive(Serialize)]
struct SummaryJson<'a> {
    files: usize,
    devices: usize,
    errors: usize,
    warnings: usize,
    info: usize,
    fail_on: &'a str,
    switched_off: &'a [&'a str],
    #[serde(skip_serializing_if = "Option::is_none")]
    solved: Option<Vec<Solved<'a>>>,
}

/// Requirements that fell short in an earlier check and are settled now.
#[derive(Serialize)]
struct Solved<'a> {
    device: &'a str,
    market: &'a str,
    requirements: &'a [String],
}

struct Maker<'m, 'r> {
    run: &'m Run<'r>,
    files: &'m mut Files<'r>,
}

impl<'r> Maker<'_, 'r> {
    fn device(&mut self, check: &DeviceCheck) -> DeviceJson<'r> {
        let model = self.run.model;
        let unit = model.unit(check.unit);
        DeviceJson {
            id: unit.map_or_else(String::new, |u| u.name.to_string()),
            title: unit.map_or("", |u| &u.title),
            file: self.files.file(check.unit.file).map_or("", |f| f.path),
            markets: check.markets.iter().map(|m| self.market(m)).collect(),
        }
    }

    fn market(&mut self, market: &MarketCheck) -> MarketJson<'r> {
        let counts = Counts::of(market);
        MarketJson {
            market: market.place.map_or_else(|| "any".to_owned(), |p| p.to_string()),
            counts: CountsJson {
                met: counts.get(Outcome::Met),
                justified: counts.get(Outcome::Justified),
                planned: counts.get(Outcome::Planned),
                waived: counts.get(Outcome::Waived),
                unmet: counts.get(Outcome::Unmet),
                unknown: counts.get(Outcome::Unknown),
                not_applicable: counts.get(Outcome::NotApplicable),
            },
            verdicts: market.rows.iter().map(|r| self.verdict(r)).collect(),
        }
    }

    fn verdict(&mut self, row: &Row) -> VerdictJson<'r> {
        let law = &self.run.model.rules.law;
        let r = &law.requirements[row.requirement];
        let instrument = &law.instruments[r.instrument];
        let edition =
            row.judgement.edition.and_then(|n| instrument.editions.get(n)).and_then(|e| e.name.as_deref());
        let mut out = VerdictJson {
            requirement: r.code.as_str(),
            instrument: instrument.code.as_str(),
            outcome: row.judgement.outcome.as_str(),
            severity: (self.run.severity)(row).map(Severity::as_str),
            force: instrument.force.as_str(),
            strength: r.strength.as_str(),
            clause: clause(r, row.judgement.edition),
            edition,
            because: &r.because,
            rests_on: Vec::new(),
            missing: Vec::new(),
            due: due(&row.judgement, row.explained.as_deref()),
            parts: Vec::new(),
            settled_by: row.judgement.settled.map(|s| self.settled(s)),
            not_opted_in: row.judgement.not_opted_in,
            reading: r.reading.as_deref(),
        };
        if let Some(x) = &row.explained {
            out.rests_on = x
                .rests_on
                .iter()
                .filter_map(|(o, p)| self.rests_on(*o, describe(&self.run.model.rules, p)))
                .collect();
            out.missing = x.missing.iter().map(|(p, origin)| self.missing(p, *origin)).collect();
            if r.each.is_some() {
                out.parts = x.parts.iter().filter(|p| is_part(p)).map(|p| self.part(p)).collect();
            }
        }
        out
    }

    fn part(&mut self, part: &PartExplained) -> PartJson<'r> {
        let rules = &self.run.model.rules;
        let mut rests_on: Vec<RestsOn<'r>> = Vec::new();
        for d in part.derivation.premises() {
            if let (Some(premise), Some(origin)) = (&d.premise, d.origin) {
                rests_on.extend(self.rests_on(origin, describe(rules, premise)));
            }
        }
        let mut seen: Vec<(&str, u32, u32)> = Vec::new();
        rests_on.retain(|r| {
            let at = (r.file, r.line, r.column);
            !seen.contains(&at) && {
                seen.push(at);
                true
            }
        });
        PartJson {
            about: part.about.clone(),
            outcome: part.outcome.as_str(),
            due: part.planned.map(|d| d.to_string()),
            settled_by: part.settled.map(|s| self.settled(s)),
            rests_on,
        }
    }

    fn rests_on(&mut self, origin: Origin, what: String) -> Option<RestsOn<'r>> {
        let spot = self.files.origin(self.run.model, origin)?;
        Some(RestsOn { file: spot.path, line: spot.start.line, column: spot.start.column, what })
    }

    fn missing(&mut self, p: &Premise, origin: Option<Origin>) -> Missing<'r> {
        let spot = origin.and_then(|o| self.files.origin(self.run.model, o));
        Missing {
            what: premise::kind(p),
            name: premise::name(&self.run.model.rules, p),
            market: match p {
                Premise::Fact(_, Some(m)) => Some(m.as_str()),
                _ => None,
            },
            file: spot.as_ref().map(|s| s.path),
            line: spot.map(|s| s.start.line),
        }
    }

    fn settled(&mut self, settled: Settled) -> SettledBy<'r> {
        let rules = &self.run.model.rules;
        let (kind, id, origin) = match settled {
            Settled::Claim(kind, origin) => (kind.as_str(), None, Some(origin)),
            Settled::LeftOut => ("left_out", None, None),
            Settled::Unless(e) => ("unless", None, Some(rules.expr(e).origin)),
            Settled::Exception(x) => {
                let exception = &rules.law.exceptions[x];
                ("exception", Some(exception.code.as_str()), Some(exception.origin))
            }
        };
        let spot = origin.and_then(|o| self.files.origin(self.run.model, o));
        SettledBy { kind, id, file: spot.as_ref().map(|s| s.path), line: spot.map(|s| s.start.line) }
    }

    fn diagnostic<'d>(
        &mut self,
        d: &'d Diagnostic,
        fingerprint: String,
        since: Option<&'d str>,
    ) -> DiagnosticJson<'d>
    where
        'r: 'd,
    {
        let at = d.place.and_then(|p| self.files.spot(p));
        DiagnosticJson {
            code: d.code.id,
            severity: d.severity.as_str(),
            message: &d.message,
            fingerprint,
            since,
            file: at.as_ref().map(|s| s.path),
            range: at.as_ref().map(range),
            label: &d.label,
            decides: &d.decides,
            related: d
                .labels
                .iter()
                .filter_map(|l| {
                    let spot = self.files.spot(l.place)?;
                    Some(Related { message: &l.text, file: spot.path, range: range(&spot) })
                })
                .collect(),
            notes: d
                .notes
                .iter()
                .map(|n| NoteJson {
                    kind: match n.kind {
                        NoteKind::Note => "note",
                        NoteKind::Help => "help",
                    },
                    text: &n.text,
                })
                .collect(),
            fixes: d
                .fixes
                .iter()
                .map(|f| FixJson {
                    title: &f.title,
                    applicability: match f.applicability {
                        Applicability::Safe => "safe",
                        Applicability::Maybe => "maybe",
                    },
                    edits: f.edits.iter().filter_map(|e| self.edit(e)).collect(),
                })
                .collect(),
        }
    }

    fn edit<'d>(&mut self, e: &'d Edit) -> Option<EditJson<'d>>
    where
        'r: 'd,
    {
        let spot = self.spot(e.place)?;
        Some(EditJson { file: spot.path, range: range(&spot), text: &e.text })
    }

    fn spot(&mut self, place: Place) -> Option<Spot<'r>> {
        self.files.spot(place)
    }
}

fn range(spot: &Spot<'_>) -> RangeJson {
    RangeJson {
        start: Position { line: spot.start.line, column: spot.start.column, offset: spot.from },
        end: Position { line: spot.end.line, column: spot.end.column, offset: spot.to },
    }
}

/// Whether it is about something, or about what may exist besides.
fn is_part(part: &PartExplained) -> bool {
    part.about.is_some() || part.outcome == Outcome::Unknown
}

/// The day on which what is planned makes it hold, or until which it can still be done.
pub(crate) fn due(judgement: &Judgement, explained: Option<&Explained>) -> Option<String> {
    let planned = judgement.planned.map(Date::day);
    planned.or_else(|| explained.and_then(|x| x.due)).map(|d| d.to_string())
}

/// The clause under an edition, where it is known.
pub(crate) fn clause(r: &Requirement, edition: Option<usize>) -> Option<&str> {
    clause_in(r, edition).and_then(|c| c.text.as_deref())
}

/// The same, with how it is known. A clause given for single editions holds under no other.
pub(crate) fn clause_in(r: &Requirement, edition: Option<usize>) -> Option<&Clause> {
    if r.edition_clauses.is_empty() {
        return Some(&r.clause);
    }
    r.edition_clauses.iter().find(|(n, _)| Some(*n) == edition).map(|(_, c)| c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_harmless_and_still_json() {
        let text = "a\u{1b}[0m\u{9b}2J\u{202e}\"\n二";
        let mut out = Vec::new();
        value(&mut out, &text).unwrap();
        let written = String::from_utf8(out).unwrap();
        assert!(!written.chars().any(text::is_control), "{written}");
        assert_eq!(serde_json::from_str::<String>(&written).unwrap(), text);
    }
}
