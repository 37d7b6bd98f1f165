//! The end of the output for people: counts by device and market, what to answer first, what to do next.

use crate::Run;
use crate::outcome::{ALL, Counts, meaning, outcome_words, tint};
use crate::premise;
use crate::text::{self, Look, Tint};
use dossier_base::{Diagnostic, Severity};
use dossier_model::Model;
use dossier_model::law::Outcome;
use dossier_verdict::{DeviceCheck, Finding, MarketCheck, Premise};
use std::collections::{BTreeMap, BTreeSet};

/// How many devices have lines of their own in the table unless all are asked for.
const ROWS: usize = 25;

/// How many names are listed in a sentence.
const NAMES: usize = 8;

/// What is gathered while devices go by.
#[derive(Default)]
pub(super) struct Summary {
    devices: Vec<(String, Vec<(String, Counts)>)>,
    /// What is missing, by name: for how many verdicts it is asked.
    questions: BTreeMap<String, usize>,
    waiting: usize,
    /// Why nothing is asked of a device in a market.
    nothing: Vec<String>,
    files: usize,
    severities: [usize; 3],
    next: Option<(Severity, String)>,
    /// What has changed since an earlier check.
    pub(super) since: Vec<String>,
}

impl Summary {
    pub(super) fn new(run: &Run<'_>, fixed: &[Diagnostic]) -> Self {
        let own = run.model.rules.files.values().filter(|f| !f.embedded).count();
        let mut summary = Self { files: run.model.files.len() + own, ..Self::default() };
        summary.count(fixed);
        summary
    }

    fn count(&mut self, list: &[Diagnostic]) {
        for d in list {
            self.severities[d.severity as usize] += 1;
        }
    }

    /// Takes a device in.
    pub(super) fn device(&mut self, model: &Model, check: &DeviceCheck) {
        let name = model.unit(check.unit).map_or_else(String::new, |u| u.name.to_string());
        let mut markets = Vec::new();
        for market in &check.markets {
            let place = market.place.map_or_else(|| "any".to_owned(), |p| p.to_string());
            let counts = Counts::of(market);
            if counts.asked() == 0 {
                self.nothing.push(nothing_asked(model, &name, &place, market));
            }
            markets.push((place, counts));
            for row in market.rows.iter().filter(|r| r.judgement.outcome == Outcome::Unknown) {
                let Some(x) = &row.explained else { continue };
                let asked: BTreeSet<String> = x
                    .missing
                    .iter()
                    .filter(|(p, _)| premise::is_question(p))
                    .map(|(p, _)| premise::name(&model.rules, p))
                    .collect();
                self.waiting += usize::from(!asked.is_empty());
                for name in asked {
                    *self.questions.entry(name).or_default() += 1;
                }
            }
        }
        if markets.is_empty() {
            self.nothing.push(format!(
                "No law is asked of `{name}`: it has no block for any market that was looked at (`market CODE {{ … }}`)."
            ));
        }
        self.devices.push((name, markets));
    }

    /// Takes in something there is to do.
    pub(super) fn finding(&mut self, finding: &Finding<'_>) {
        self.severities[finding.severity as usize] += 1;
        let heavier = self.next.as_ref().is_none_or(|n| finding.severity > n.0);
        if heavier && let Some(code) = finding.decides() {
            self.next = Some((finding.severity, code.to_string()));
        }
    }

    /// The summary.
    pub(super) fn show(&self, run: &Run<'_>, look: &Look) -> String {
        let mut out = look.heading("Summary", "");
        let what = format!(
            "{} in {}, checked for {} against rulebooks {}.",
            text::count(self.devices.len(), "device", "devices"),
            text::count(self.files, "file", "files"),
            run.as_of,
            run.rulebooks
        );
        out.push_str(&look.paragraph("", &what));
        if self.devices.iter().any(|d| !d.1.is_empty()) {
            out.push('\n');
            out.push_str(&self.table(look));
            out.push_str(&self.legend(look));
        }
        out.push('\n');
        let shown = if look.all { self.nothing.len() } else { NAMES };
        for line in self.nothing.iter().take(shown) {
            out.push_str(&look.paragraph("", line));
        }
        if self.nothing.len() > shown {
            let more = format!("And so of {} more; `--all` lists them.", self.nothing.len() - shown);
            out.push_str(&look.paragraph("", &more));
        }
        if !self.questions.is_empty() {
            out.push_str(&look.paragraph("", &self.answer_first()));
        }
        if let Some((_, code)) = &self.next {
            let next = format!(
                "Next: `dossier rules show {code}` says what is asked, where it stands and what meets it."
            );
            out.push_str(&look.paragraph("", &next));
        }
        for line in &self.since {
            out.push_str(&look.paragraph("", line));
        }
        if !run.switched_off.is_empty() {
            let off = format!(
                "`dossier.toml` switches off {}: not shown above, counted all the same.",
                run.switched_off.join(", ")
            );
            out.push_str(&look.paragraph("", &off));
        }
        out.push_str(&self.last_line(look));
        out
    }

    fn answer_first(&self) -> String {
        let mut list: Vec<(&String, usize)> = self.questions.iter().map(|(n, c)| (n, *c)).collect();
        list.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
        let names: Vec<String> = list.iter().take(NAMES).map(|(n, c)| format!("`{n}` ({c})")).collect();
        let more = list.len().saturating_sub(NAMES);
        let tail = if more > 0 { format!(" and {more} more") } else { String::new() };
        let verdicts = match self.waiting {
            1 => "1 verdict waits".to_owned(),
            n => format!("{} verdicts wait", text::number(n)),
        };
        let (facts, them) = match list.len() {
            1 => ("this question".to_owned(), "it"),
            n => (format!("these {n} questions"), "them"),
        };
        format!("Answer {facts} first; {verdicts} for {them}: {}{tail}.", names.join(", "))
    }

    fn last_line(&self, look: &Look) -> String {
        let [notes, warnings, errors] = self.severities;
        if errors + warnings + notes == 0 {
            let asked = self.devices.iter().flat_map(|d| &d.1).any(|(_, c)| c.asked() > 0);
            let (nothing, color) = if !self.since.is_empty() {
                ("Nothing is new or worse.", Tint::Green)
            } else if self.devices.is_empty() {
                ("No device was found.", Tint::Yellow)
            } else if asked {
                ("Nothing is left to do.", Tint::Green)
            } else {
                ("Nothing is asked, so nothing is left to do.", Tint::Yellow)
            };
            return format!("{}\n", look.paint(color, nothing));
        }
        let part = |n: usize, color: Tint, one: &str, many: &str| {
            look.paint(if n > 0 { color } else { Tint::Plain }, &text::count(n, one, many))
        };
        let line = [
            part(errors, Tint::Red, "error", "errors"),
            part(warnings, Tint::Yellow, "warning", "warnings"),
            part(notes, Tint::Cyan, "note", "notes"),
        ];
        let line = line.join(", ");
        if look.width < 40 { format!("{}\n", line.replace(", ", "\n")) } else { format!("{line}\n") }
    }

    fn table(&self, look: &Look) -> String {
        let few = look.all || self.devices.len() <= ROWS;
        let mut rows: Vec<(String, Option<Counts>)> = Vec::new();
        if few {
            for (name, markets) in &self.devices {
                rows.push((name.clone(), None));
                rows.extend(markets.iter().map(|(m, c)| (format!("  {m}"), Some(*c))));
            }
        } else {
            let mut by_market: BTreeMap<&str, (usize, Counts)> = BTreeMap::new();
            for (market, counts) in self.devices.iter().flat_map(|d| &d.1) {
                let entry = by_market.entry(market).or_default();
                entry.0 += 1;
                entry.1.add(counts);
            }
            rows.push((format!("{}, by market", text::count(self.devices.len(), "device", "devices")), None));
            rows.extend(
                by_market.into_iter().map(|(m, (n, c))| (format!("  {m} ({})", text::number(n)), Some(c))),
            );
        }
        let heads = ["met", "justified", "planned", "waived", "unmet", "unknown", "n/a"];
        let widest = |f: &dyn Fn(&Counts) -> String| {
            rows.iter().filter_map(|r| r.1.as_ref()).map(|c| text::columns(&f(c))).max().unwrap_or(0)
        };
        let widths: Vec<usize> = ALL
            .iter()
            .zip(heads)
            .map(|(o, h)| widest(&|c| text::number(c.get(*o))).max(h.len()) + 2)
            .collect();
        let share = widest(&Counts::share).max("settled".len()) + 3;
        let numbers: usize = widths.iter().sum();
        // Where there is no room for the share, the numbers have to do.
        let share = if numbers + share + 8 > look.width { 0 } else { share };
        let taken = numbers + share;
        // A device's name stands on a line of its own.
        let name = rows.iter().filter(|r| r.1.is_some()).map(|r| text::columns(&r.0)).max().unwrap_or(0);
        if taken + 8 > look.width {
            return list(&rows, look);
        }
        let name = name.min(look.width - taken);
        let mut out = " ".repeat(name);
        for (head, width) in heads.iter().zip(&widths) {
            out.push_str(&format!("{head:>width$}"));
        }
        if share > 0 {
            out.push_str(&format!("{:>share$}", "settled"));
        }
        out = format!("{}\n", look.paint(Tint::Dim, &out));
        for (label, counts) in &rows {
            let Some(counts) = counts else {
                out.push_str(&format!("{}\n", look.paint(Tint::Bold, &text::shorten(label, look.width))));
                continue;
            };
            let label: String =
                if text::columns(label) > name { text::shorten(label, name) } else { label.clone() };
            let mut line = text::pad(&label, name);
            for (outcome, width) in ALL.iter().zip(&widths) {
                let n = counts.get(*outcome);
                let color = if n == 0 { Tint::Dim } else { tint(*outcome) };
                line.push_str(&look.paint(color, &format!("{:>width$}", text::number(n))));
            }
            if share > 0 {
                line.push_str(&format!("{:>share$}", counts.share()));
            }
            out.push_str(&format!("{line}\n"));
        }
        out
    }

    /// What the words mean that stand in the table.
    fn legend(&self, look: &Look) -> String {
        let mut total = Counts::default();
        for (_, counts) in self.devices.iter().flat_map(|d| &d.1) {
            total.add(counts);
        }
        let mut words: Vec<String> = ALL
            .iter()
            .filter(|o| total.get(**o) > 0)
            .map(|o| match o {
                Outcome::NotApplicable => format!("n/a: {}", meaning(*o)),
                o => format!("{}: {}", outcome_words(*o), meaning(*o)),
            })
            .collect();
        words.push("settled: met or justified, of those asked".to_owned());
        let text = format!("{}.", words.join("; "));
        let lines = text::wrap(&text, look.text_width());
        let lines: Vec<String> = lines.iter().map(|l| look.paint(Tint::Dim, l)).collect();
        format!("{}\n", lines.join("\n"))
    }
}

/// Why a market asks nothing of a device: of each instrument what made it so.
fn nothing_asked(model: &Model, device: &str, place: &str, market: &MarketCheck) -> String {
    let rules = &model.rules;
    let mut reasons: Vec<String> = Vec::new();
    for row in &market.rows {
        let Some(part) = row.explained.as_ref().and_then(|x| x.parts.first()) else { continue };
        let instrument = &rules.law.instruments[rules.law.requirements[row.requirement].instrument];
        let mut facts: Vec<String> = Vec::new();
        for d in part.derivation.premises() {
            let Some(p @ (Premise::Fact(..) | Premise::Collection(_))) = &d.premise else { continue };
            let name = premise::name(rules, p);
            let fact = match (p, d.value(rules)) {
                (Premise::Collection(_), _) => format!("there are no {name}"),
                (_, Some(value)) => format!("`{name}` is `{value}`"),
                (_, None) => format!("`{name}` is not said"),
            };
            if !facts.contains(&fact) {
                facts.push(fact);
            }
        }
        let facts = if facts.is_empty() { String::new() } else { format!(", for {}", facts.join(" and ")) };
        reasons.push(if row.judgement.not_opted_in {
            let asked = part.derivation.text(rules);
            format!("{} is voluntary and not opted into{facts}; `{asked}` opts in", instrument.code)
        } else {
            format!("{} does not apply{facts}", instrument.code)
        });
    }
    if reasons.is_empty() {
        return format!("{place} asks nothing of `{device}`: no law that is known here is in force there.");
    }
    format!("{place} asks nothing of `{device}`: {}.", reasons.join("; "))
}

/// The table where there is no room for one.
fn list(rows: &[(String, Option<Counts>)], look: &Look) -> String {
    let mut out = String::new();
    for (label, counts) in rows {
        let Some(counts) = counts else {
            out.push_str(&format!("{}\n", look.paint(Tint::Bold, &text::shorten(label, look.width))));
            continue;
        };
        out.push_str(&format!("{}: {}\n", text::one_line(label), counts.share()));
        for outcome in ALL.iter().filter(|o| counts.get(**o) > 0) {
            let line = format!("  {} {}", text::number(counts.get(*outcome)), outcome_words(*outcome));
            out.push_str(&format!("{}\n", look.paint(tint(*outcome), &line)));
        }
    }
    out
}
