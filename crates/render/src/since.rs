//! What an earlier check had found, so that a project with many open points can fail only on what is new or worse.

use crate::files::Files;
use crate::owners::Fingerprints;
use crate::text;
use dossier_base::{Diagnostic, Severity};
use dossier_model::Model;
use dossier_model::law::Outcome;
use dossier_verdict::DeviceCheck;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// How something that was found stands to the earlier check.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Since {
    /// It was not there.
    New,
    /// It was there, weighed less or decided fewer requirements.
    Worse,
    /// It was there.
    Known,
}

impl Since {
    /// As formats spell it.
    pub fn as_str(self) -> &'static str {
        match self {
            Since::New => "new",
            Since::Worse => "worse",
            Since::Known => "known",
        }
    }
}

/// An earlier check.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Before {
    /// Its date.
    pub as_of: String,
    findings: BTreeMap<String, Known>,
    verdicts: BTreeMap<(String, String, String), Outcome>,
    devices: BTreeSet<String>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
struct Known {
    severity: Severity,
    decides: BTreeSet<String>,
}

#[derive(Deserialize)]
struct Check {
    as_of: String,
    devices: Vec<Device>,
    diagnostics: Vec<Told>,
}

#[derive(Deserialize)]
struct Device {
    id: String,
    markets: Vec<Market>,
}

#[derive(Deserialize)]
struct Market {
    market: String,
    verdicts: Vec<Verdict>,
}

#[derive(Deserialize)]
struct Verdict {
    requirement: String,
    outcome: String,
}

#[derive(Deserialize)]
struct Told {
    severity: String,
    #[serde(default)]
    decides: Vec<String>,
    fingerprint: String,
}

impl Before {
    /// Reads what `dossier check --format json` wrote.
    ///
    /// # Errors
    /// Half a sentence that says why it cannot be used.
    pub fn read(text: &str) -> Result<Self, String> {
        let is_other = |e: &serde_json::Error| format!("is no result of `dossier check --format json`: {e}");
        let value: serde_json::Value = serde_json::from_str(text).map_err(|e| is_other(&e))?;
        let format = value.get("format").and_then(serde_json::Value::as_u64);
        if let Some(format) = format.filter(|f| *f != u64::from(crate::json::FORMAT)) {
            let own = crate::json::FORMAT;
            return Err(format!("has format {format}, and this dossier reads format {own}: write it anew"));
        }
        let check: Check = serde_json::from_value(value).map_err(|e| is_other(&e))?;
        let mut before = Self {
            as_of: check.as_of,
            findings: BTreeMap::new(),
            verdicts: BTreeMap::new(),
            devices: BTreeSet::new(),
        };
        for d in check.diagnostics {
            let severity = [Severity::Error, Severity::Warning, Severity::Information];
            let severity = severity.into_iter().find(|s| s.as_str() == d.severity);
            let severity =
                severity.ok_or_else(|| format!("has the severity `{}`, which there is not", d.severity))?;
            let known = Known { severity, decides: d.decides.into_iter().collect() };
            before.findings.insert(d.fingerprint, known);
        }
        for device in check.devices {
            for market in device.markets {
                for v in market.verdicts {
                    let outcome = Outcome::from_word(&v.outcome)
                        .ok_or_else(|| format!("has the outcome `{}`, which there is not", v.outcome))?;
                    let key = (device.id.clone(), market.market.clone(), v.requirement);
                    before.verdicts.insert(key, outcome);
                }
            }
            before.devices.insert(device.id);
        }
        Ok(before)
    }

    /// Whether it looked at a device.
    pub fn knows(&self, device: &str) -> bool {
        self.devices.contains(device)
    }

    /// Whether it looked at any.
    pub fn is_empty(&self) -> bool {
        self.devices.is_empty()
    }

    /// How a finding stands to it.
    pub fn finding(&self, fingerprint: &str, d: &Diagnostic) -> Since {
        match self.findings.get(fingerprint) {
            None => Since::New,
            Some(known) if d.severity > known.severity => Since::Worse,
            Some(known) if d.decides.iter().any(|code| !known.decides.contains(code)) => Since::Worse,
            Some(_) => Since::Known,
        }
    }

    /// How a verdict that falls short stands to it.
    pub fn verdict(&self, device: &str, market: &str, requirement: &str, outcome: Outcome) -> Since {
        let key = (device.to_owned(), market.to_owned(), requirement.to_owned());
        match self.verdicts.get(&key) {
            None => Since::New,
            Some(was) if outcome.badness() > was.badness() => {
                if was.falls_short() {
                    Since::Worse
                } else {
                    Since::New
                }
            }
            Some(_) => Since::Known,
        }
    }
}

/// Tells findings from known ones, and counts them, while they go by.
pub(crate) struct Teller<'b> {
    before: Option<&'b Before>,
    fingerprints: Fingerprints,
    counts: [usize; 3],
    /// By device and market, which requirements fell short and are settled now.
    solved: BTreeMap<(String, String), Vec<String>>,
}

impl<'b> Teller<'b> {
    pub(crate) fn new(before: Option<&'b Before>, model: &Model) -> Self {
        Self { before, fingerprints: Fingerprints::new(model), counts: [0; 3], solved: BTreeMap::new() }
    }

    /// Whether there is an earlier check at all.
    pub(crate) fn is_since(&self) -> bool {
        self.before.is_some()
    }

    /// The fingerprint of the next finding, and how it stands to the earlier check; new if there is none.
    pub(crate) fn tell(&mut self, d: &Diagnostic, model: &Model, files: &Files<'_>) -> (String, Since) {
        let fingerprint = self.fingerprints.of(d, model, files);
        let since = self.before.map_or(Since::New, |b| b.finding(&fingerprint, d));
        self.counts[since as usize] += 1;
        (fingerprint, since)
    }

    /// Looks what became of a device's verdicts.
    pub(crate) fn device(&mut self, model: &Model, check: &DeviceCheck) {
        let Some(before) = self.before else { return };
        let device = model.unit(check.unit).map_or("", |u| u.name.as_str());
        for market in &check.markets {
            let place = market.place.map_or("any", |p| p.as_str());
            for row in &market.rows {
                let code = model.rules.law.requirements[row.requirement].code.as_str();
                let key = (device.to_owned(), place.to_owned(), code.to_owned());
                let fell_short = before.verdicts.get(&key).is_some_and(|o| o.falls_short());
                if fell_short && !row.judgement.outcome.falls_short() {
                    self.solved.entry((key.0, key.1)).or_default().push(key.2);
                }
            }
        }
    }

    /// What has changed, in sentences; none without an earlier check.
    pub(crate) fn summary(&self) -> Vec<String> {
        let Some(before) = self.before else { return Vec::new() };
        let [new, worse, known] = self.counts;
        let is = |n: usize| if n == 1 { "is" } else { "are" };
        let mut lines = vec![format!(
            "Since the check for {}: {} {} new, {worse} {} worse, {known} {} as before and not shown.",
            before.as_of,
            text::count(new, "finding", "findings"),
            is(new),
            is(worse),
            is(known)
        )];
        for ((device, market), codes) in &self.solved {
            lines.push(format!("Solved since then, `{device}` in {market}: {}.", codes.join(", ")));
        }
        lines
    }

    /// What was solved: device, market and requirements.
    pub(crate) fn solved(&self) -> impl Iterator<Item = (&str, &str, &[String])> {
        self.solved.iter().map(|((d, m), codes)| (d.as_str(), m.as_str(), codes.as_slice()))
    }
}
