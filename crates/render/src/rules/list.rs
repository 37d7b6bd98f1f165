//! `dossier rules list`: a table by market and instrument.

use super::Filter;
use super::page::{force, gate};
use crate::text::{self, Look, Tint};
use dossier_model::Rulebase;
use dossier_model::law::{InstrumentId, JurisdictionId};

/// The requirements that pass a filter, as a table.
pub fn list(rules: &Rulebase, filter: &Filter, version: &str, look: &Look) -> String {
    let law = &rules.law;
    let found = filter.requirements(rules);
    let mut out = String::new();
    let mut market: Option<Option<JurisdictionId>> = None;
    let mut instrument: Option<InstrumentId> = None;
    let widest = found.iter().map(|id| law.requirements[*id].code.as_str().len()).max().unwrap_or(0);
    let clause_width = found
        .iter()
        .filter_map(|id| law.requirements[*id].clause.text.as_deref())
        .map(text::columns)
        .max()
        .unwrap_or(0)
        .clamp(8, 18);
    let mut instruments = 0;
    for id in &found {
        let r = &law.requirements[*id];
        let i = &law.instruments[r.instrument];
        if market != Some(i.jurisdiction) {
            market = Some(i.jurisdiction);
            let title = match i.jurisdiction {
                Some(j) => format!("{} · {}", law.jurisdictions[j].code, law.jurisdictions[j].title),
                None => "any · asked once, of every device".to_owned(),
            };
            if !out.is_empty() {
                out.push('\n');
            }
            out.push_str(&look.heading(&title, ""));
        }
        if instrument != Some(r.instrument) {
            instrument = Some(r.instrument);
            instruments += 1;
            let mut about = vec![force(i.force).to_owned()];
            about.extend(gate(i.gate).map(str::to_owned));
            out.push('\n');
            let head = format!("{} · {}", i.code, i.title);
            for (n, line) in text::wrap(&head, look.text_width()).iter().enumerate() {
                out.push_str(&look.paint(if n == 0 { Tint::Bold } else { Tint::Plain }, line));
                out.push('\n');
            }
            let lines = text::wrap(&about.join("; "), look.text_width().saturating_sub(2));
            for line in lines {
                out.push_str(&format!("{}\n", look.paint(Tint::Dim, &format!("  {line}"))));
            }
        }
        out.push_str(&row(r, widest, clause_width, look));
    }
    if !out.is_empty() {
        out.push('\n');
    }
    let end = format!(
        "{} in {}, rulebooks {version}. `dossier rules show CODE` tells all about one.",
        text::count(found.len(), "requirement", "requirements"),
        text::count(instruments, "instrument", "instruments"),
    );
    out + &look.paragraph("", &end)
}

fn row(r: &dossier_model::law::Requirement, widest: usize, clause_width: usize, look: &Look) -> String {
    let clause = r.clause.text.as_deref().unwrap_or("–");
    let strength = r.strength.as_str();
    let fixed = 2 + widest + 2 + 2 + clause_width + 2 + 8;
    if look.width < fixed + 20 {
        let line = format!("{}  {}", r.code, r.title);
        return look.paragraph("  ", &line);
    }
    let title = look.width.min(140) - fixed;
    format!(
        "  {}  {}  {}  {}\n",
        text::pad(r.code.as_str(), widest),
        text::pad(&text::shorten(&r.title, title), title),
        look.paint(Tint::Dim, &text::pad(&text::shorten(clause, clause_width), clause_width)),
        look.paint(Tint::Dim, &text::shorten(strength, 8)),
    )
}
