//! Code Quality reports of GitLab: an array of issues, shown in merge requests.

use crate::files::Files;
use crate::json::value;
use crate::since::{Since, Teller};
use crate::text::Look;
use crate::{Feed, Format, Run};
use dossier_base::{Diagnostic, Severity};
use dossier_verdict::Detail;
use serde_json::json;
use std::io::{self, Write};

/// The format for merge requests.
pub(crate) struct Gitlab;

impl Format for Gitlab {
    fn name(&self) -> &'static str {
        "gitlab"
    }

    fn about(&self) -> &'static str {
        "a Code Quality report for GitLab"
    }

    fn write(&self, run: &Run<'_>, feed: &mut dyn Feed, _: &Look, out: &mut dyn Write) -> io::Result<()> {
        let mut files = Files::new(run.sources);
        let mut teller = Teller::new(run.since, run.model);
        feed.devices(Detail::Shortfalls, &mut |_| Ok(()))?;
        let mut told = 0;
        out.write_all(b"[")?;
        let mut tell = |d: &Diagnostic| {
            let (fingerprint, since) = teller.tell(d, run.model, &files);
            if since == Since::Known {
                return Ok(());
            }
            out.write_all(if told == 0 { b"\n" } else { b",\n" })?;
            told += 1;
            let at = d.place.and_then(|p| files.spot(p));
            let (path, begin, end) =
                at.map_or(("dossier.toml", 1, 1), |s| (s.path, s.start.line, s.end.line));
            let notes: Vec<&str> = d.notes.iter().map(|n| n.text.as_str()).collect();
            let issue = json!({
                "description": d.message,
                "check_name": d.code.id,
                "fingerprint": fingerprint,
                "severity": severity(d.severity),
                "location": { "path": path, "lines": { "begin": begin, "end": end } },
                "content": { "body": notes.join("\n\n") },
                "decides": d.decides,
            });
            value(out, &issue)
        };
        feed.static_diagnostics().iter().try_for_each(&mut tell)?;
        feed.findings(&mut |finding| tell(&finding.diagnostic()))?;
        out.write_all(b"\n]\n")
    }
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "critical",
        Severity::Warning => "minor",
        Severity::Information => "info",
    }
}
