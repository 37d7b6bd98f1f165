//! JUnit XML, for pipelines that show tests: a suite for each device and market, a test case for each requirement.
//!
//! A case fails where its verdict fails the run; what is not asked, and what falls short without failing the run, is
//! skipped and says why. What is wrong besides the verdicts is a suite of its own.

use crate::files::Files;
use crate::json::clause;
use crate::outcome::outcome_words;
use crate::since::{Since, Teller};
use crate::text::{self, Look};
use crate::{Feed, Format, Run, premise};
use dossier_base::Diagnostic;
use dossier_model::law::Outcome;
use dossier_verdict::{Detail, MarketCheck, Row};
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use std::io::{self, Write};

/// The format for test reports.
pub(crate) struct Junit;

impl Format for Junit {
    fn name(&self) -> &'static str {
        "junit"
    }

    fn about(&self) -> &'static str {
        "JUnit XML: a test case for each requirement"
    }

    fn write(&self, run: &Run<'_>, feed: &mut dyn Feed, _: &Look, out: &mut dyn Write) -> io::Result<()> {
        let mut files = Files::new(run.sources);
        let mut xml = Writer::new_with_indent(out, b' ', 1);
        xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
        xml.write_event(Event::Start(BytesStart::new("testsuites").with_attributes([("name", "dossier")])))?;
        feed.devices(Detail::Shortfalls, &mut |check| {
            let device = run.model.unit(check.unit).map_or("", |u| u.name.as_str());
            let file = files.file(check.unit.file).map_or("", |f| f.path);
            check.markets.iter().try_for_each(|m| suite(&mut xml, run, device, file, m))
        })?;
        let mut teller = Teller::new(run.since, run.model);
        let mut besides: Vec<Diagnostic> = Vec::new();
        let mut tell = |d: Diagnostic, files: &Files<'_>| {
            if teller.tell(&d, run.model, files).1 != Since::Known {
                besides.push(d);
            }
        };
        feed.static_diagnostics().into_iter().for_each(|d| tell(d, &files));
        feed.findings(&mut |finding| {
            // What decides requirements is told with them.
            if finding.decides().is_none() {
                tell(finding.diagnostic(), &files);
            }
            Ok(())
        })?;
        declarations(&mut xml, run, &besides, &mut files)?;
        xml.write_event(Event::End(BytesEnd::new("testsuites")))?;
        xml.into_inner().write_all(b"\n")
    }
}

type Xml<'w> = Writer<&'w mut dyn Write>;

/// How a case ends.
enum End {
    Passed,
    Failed,
    Skipped,
}

fn open(xml: &mut Xml<'_>, name: &'static str, attributes: &[(&str, &str)]) -> io::Result<()> {
    let clean: Vec<(&str, String)> =
        attributes.iter().map(|(k, v)| (*k, text::clean(v).into_owned())).collect();
    let start = BytesStart::new(name).with_attributes(clean.iter().map(|(k, v)| (*k, v.as_str())));
    xml.write_event(Event::Start(start))
}

fn close(xml: &mut Xml<'_>, name: &'static str) -> io::Result<()> {
    xml.write_event(Event::End(BytesEnd::new(name)))
}

fn case(
    xml: &mut Xml<'_>,
    attributes: &[(&str, &str)],
    outcome: Option<Outcome>,
    end: &End,
    message: &str,
    body: &str,
) -> io::Result<()> {
    open(xml, "testcase", attributes)?;
    if let Some(outcome) = outcome {
        open(xml, "properties", &[])?;
        open(xml, "property", &[("name", "outcome"), ("value", outcome.as_str())])?;
        close(xml, "property")?;
        close(xml, "properties")?;
    }
    let name = match end {
        End::Passed => None,
        End::Failed => Some("failure"),
        End::Skipped => Some("skipped"),
    };
    if let Some(name) = name {
        open(xml, name, &[("message", message)])?;
        if !body.is_empty() {
            xml.write_event(Event::Text(BytesText::new(&text::clean(body))))?;
        }
        close(xml, name)?;
    }
    close(xml, "testcase")
}

fn suite(xml: &mut Xml<'_>, run: &Run<'_>, device: &str, file: &str, market: &MarketCheck) -> io::Result<()> {
    let place = market.place.map_or("any", |p| p.as_str());
    let ends: Vec<End> = market.rows.iter().map(|r| end(run, device, place, r)).collect();
    let count = |f: fn(&End) -> bool| ends.iter().filter(|e| f(e)).count().to_string();
    open(
        xml,
        "testsuite",
        &[
            ("name", &format!("{device} in {place}")),
            ("tests", &ends.len().to_string()),
            ("failures", &count(|e| matches!(e, End::Failed))),
            ("errors", "0"),
            ("skipped", &count(|e| matches!(e, End::Skipped))),
            ("file", file),
        ],
    )?;
    let law = &run.model.rules.law;
    for (row, end) in market.rows.iter().zip(&ends) {
        let r = &law.requirements[row.requirement];
        let instrument = &law.instruments[r.instrument];
        let outcome = row.judgement.outcome;
        let message = match row.judgement.planned {
            Some(day) => format!("planned for {day}"),
            None => outcome_words(outcome).to_owned(),
        };
        let mut body = r.because.to_string();
        if let Some(clause) = clause(r, row.judgement.edition) {
            body += &format!("\n{}, {clause}", instrument.code);
        }
        let missing: Vec<String> = row
            .explained
            .iter()
            .flat_map(|x| x.missing.iter())
            .map(|(p, _)| premise::name(&run.model.rules, p))
            .collect();
        if !missing.is_empty() {
            body += &format!("\nMissing: {}", missing.join(", "));
        }
        body += &format!("\n`dossier rules show {}` tells what is asked", r.code);
        let class = format!("{device}.{place}.{}", instrument.code);
        case(xml, &[("name", r.code.as_str()), ("classname", &class)], Some(outcome), end, &message, &body)?;
    }
    close(xml, "testsuite")
}

fn end(run: &Run<'_>, device: &str, place: &str, row: &Row) -> End {
    let code = run.model.rules.law.requirements[row.requirement].code.as_str();
    let since = |o| run.since.map_or(Since::New, |b| b.verdict(device, place, code, o));
    match row.judgement.outcome {
        Outcome::Met | Outcome::Justified => End::Passed,
        Outcome::NotApplicable => End::Skipped,
        o if (run.severity)(row).is_some_and(run.fails) && since(o) != Since::Known => End::Failed,
        _ => End::Skipped,
    }
}

/// What is wrong with files, and with claims, plans and evidence.
fn declarations(
    xml: &mut Xml<'_>,
    run: &Run<'_>,
    list: &[Diagnostic],
    files: &mut Files<'_>,
) -> io::Result<()> {
    let failures = list.iter().filter(|d| (run.fails)(d.severity)).count();
    // A suite without cases would be taken for a mistake: that there is nothing wrong is a case, too.
    let tests = list.len().max(1);
    open(
        xml,
        "testsuite",
        &[
            ("name", "declarations"),
            ("tests", &tests.to_string()),
            ("failures", &failures.to_string()),
            ("errors", "0"),
            ("skipped", &(list.len() - failures).to_string()),
        ],
    )?;
    if list.is_empty() {
        case(xml, &[("name", "well formed"), ("classname", "declarations")], None, &End::Passed, "", "")?;
    }
    for d in list {
        let at = d.place.and_then(|p| files.spot(p));
        let at = at.map_or_else(String::new, |s| format!("{}:{}:{}", s.path, s.start.line, s.start.column));
        let name = format!("{} {at}", d.code.id);
        let notes: Vec<&str> = d.notes.iter().map(|n| n.text.as_str()).collect();
        let body = [&[at.as_str()], notes.as_slice()].concat().join("\n");
        let end = if (run.fails)(d.severity) { End::Failed } else { End::Skipped };
        case(xml, &[("name", name.trim()), ("classname", "declarations")], None, &end, &d.message, &body)?;
    }
    close(xml, "testsuite")
}
