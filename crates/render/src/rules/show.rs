//! `dossier explain NAME`: of a requirement what is asked, of whom and when, where it stands and how that is known, what meets it.

use super::page::{Medium, Page, force, gate, reason, source, strength};
use super::{Reads, accepted, code, editions, expr_text, text_at, until, with_row};
use crate::Sources;
use crate::files::Files;
use crate::text;
use dossier_base::{Code, Severity, Sym, codes, spell};
use dossier_model::Rulebase;
use dossier_model::hir::Origin;
use dossier_model::law::{
    Accepts, Clause, Effect, ExceptionId, FamilyId, InstrumentId, JurisdictionId, Outcome, Requirement,
    RequirementId, Source, Target,
};
use dossier_model::value::Type;
use dossier_model::vocab::{ControlId, EntityId, EnumId, FactId, FactKind, FieldDef, KindId, Scope};

/// How many requirements are listed under what they read, unless all are asked for.
const LISTED: usize = 40;

/// Tells about whatever a name or code names; several pages where several things share it.
///
/// # Errors
/// One sentence with the nearest names, if nothing is called so.
pub fn show(
    rules: &Rulebase,
    sources: &dyn Sources,
    name: &str,
    medium: Medium<'_>,
) -> Result<String, String> {
    let sym = Sym::new(name);
    let (law, vocab) = (&rules.law, &rules.vocab);
    let s = Shower { rules, sources, medium };
    let mut pages = Vec::new();
    // Where a code of diagnostics and a name of the rulebooks are the same, both are told.
    pages.extend(codes::ALL.iter().find(|c| c.id == name || c.name == name).map(|c| diagnostic(c, medium)));
    match law.targets.get(&sym) {
        Some(Target::Requirement(r)) => pages.push(s.requirement(*r)),
        Some(Target::Family(f)) => pages.push(s.family(*f)),
        Some(Target::Instrument(i)) => pages.push(s.instrument(*i)),
        None => {}
    }
    pages.extend(law.exception_codes.get(&sym).map(|x| s.exception(*x)));
    pages.extend(law.ledger.iter().filter(|l| l.code == sym).map(|l| s.ledger(l)));
    pages.extend(law.jurisdiction_codes.get(&sym).map(|j| s.market(*j)));
    pages.extend(vocab.fact_names.get(&sym).map(|f| s.fact(*f)));
    if name == "class" {
        let mut classes: Vec<FactId> = vocab.class_facts.values().copied().collect();
        classes.sort();
        pages.extend(classes.into_iter().map(|f| s.fact(f)));
    }
    pages.extend(vocab.control_names.get(&sym).map(|c| s.control(*c)));
    pages.extend(vocab.kind_names.get(&sym).map(|k| s.kind(*k)));
    let entity = vocab.entity_names.get(&sym).or_else(|| vocab.plural_names.get(&sym));
    pages.extend(entity.map(|e| s.entity(*e)));
    if pages.is_empty() {
        // A row of law that is merged into a requirement has its id there.
        let covering: Vec<RequirementId> =
            law.requirements.enumerate().filter(|(_, r)| r.covers.contains(&sym)).map(|(id, _)| id).collect();
        pages.extend(covering.into_iter().map(|r| s.requirement(r)));
    }
    if pages.is_empty() {
        let near = spell::did_you_mean(name, names(rules).into_iter().map(|n| n.0))
            .unwrap_or_else(|| "`dossier rules list` lists the requirements".to_owned());
        return Err(format!("nothing in the rulebooks is called `{}`; {near}", text::one_line(name)));
    }
    Ok(pages.join("\n"))
}

/// All names that can be shown, each with its title, in order.
pub fn names(rules: &Rulebase) -> Vec<(&str, &str)> {
    let (law, vocab) = (&rules.law, &rules.vocab);
    let mut names: Vec<(&str, &str)> = Vec::new();
    names.extend(law.requirements.iter().map(|r| (r.code.as_str(), &*r.title)));
    names.extend(law.families.iter().map(|f| (f.code.as_str(), &*f.title)));
    names.extend(law.instruments.iter().map(|i| (i.code.as_str(), &*i.title)));
    names.extend(law.exceptions.iter().map(|x| (x.code.as_str(), &*x.title)));
    names.extend(law.ledger.iter().map(|l| (l.code.as_str(), "")));
    names.extend(law.jurisdictions.iter().map(|j| (j.code.as_str(), &*j.title)));
    names.extend(vocab.facts.iter().map(|f| (f.name.as_str(), &*f.title)));
    names.extend(vocab.controls.iter().map(|c| (c.name.as_str(), &*c.title)));
    names.extend(vocab.kinds.iter().map(|k| (k.name.as_str(), &*k.title)));
    names.extend(vocab.entities.iter().map(|e| (e.name.as_str(), &*e.title)));
    names.extend(codes::ALL.iter().map(|c| (c.id, c.message)));
    names.sort_unstable();
    names.dedup_by_key(|n| n.0);
    names
}

/// The page of a diagnostic, which is written in Markdown.
fn diagnostic(code: &Code, medium: Medium<'_>) -> String {
    let what = format!("Diagnostic; {} unless dossier.toml says otherwise", with_article(code.severity));
    let mut page = Page::new(medium, code.id, code.message, &what);
    page.markdown(code.help);
    page.end()
}

struct Shower<'r> {
    rules: &'r Rulebase,
    sources: &'r dyn Sources,
    medium: Medium<'r>,
}

impl Shower<'_> {
    fn expr(&self, e: dossier_model::expr::ExprId) -> String {
        format!("`{}`", expr_text(self.rules, self.sources, e))
    }

    /// A text of a family with what a member says for `row.x`.
    fn with_row(&self, text: &str, r: &Requirement) -> String {
        with_row(self.rules, self.sources, text, r)
    }

    /// `rulebooks/x.rulebook:12`
    fn at(&self, origin: Origin) -> String {
        let spot = Files::new(self.sources).spot(self.rules.place(origin));
        spot.map_or_else(String::new, |s| format!("{}:{}", s.path, s.start.line))
    }

    fn whose(&self, i: InstrumentId) -> String {
        let law = &self.rules.law;
        match law.instruments[i].jurisdiction {
            Some(j) => format!("{} ({})", law.jurisdictions[j].title, law.jurisdictions[j].code),
            None => "every device, whatever its markets".to_owned(),
        }
    }

    // ---- law ---------------------------------------------------------------------------------------------------

    fn requirement(&self, id: RequirementId) -> String {
        let law = &self.rules.law;
        let r = &law.requirements[id];
        let i = &law.instruments[r.instrument];
        let what = format!("Requirement under {}, {}", i.code, self.whose(r.instrument));
        let mut page = Page::new(self.medium, r.code.as_str(), &r.title, &what);
        page.section("What is asked");
        page.text(&r.because);
        page.text(r.reading.as_deref().map_or(String::new(), |x| format!("Read so: {x}")).as_str());

        page.section("Of whom and when");
        let before = page.len();
        page.line("if", &i.applies.map_or(String::new(), |e| self.expr(e)));
        page.line("opted in if", &i.opt_in.map_or(String::new(), |e| self.expr(e)));
        for w in &r.when {
            page.line("and if", &self.with_row(&self.expr(*w), r));
        }
        if let Some(each) = &r.each {
            page.line("for each", &format!("`{}`", text_at(self.sources, self.rules.place(each.origin))));
        }
        for u in &r.unless {
            page.line("not if", &self.with_row(&self.expr(*u), r));
        }
        for x in &r.exceptions {
            let x = &law.exceptions[*x];
            let does = match x.effect {
                Effect::Exempts => "exempts",
                Effect::DeemsMet => "counts as met",
            };
            let when = x.when.map_or(String::new(), |w| format!(" if {}", self.expr(w)));
            page.line("exception", &format!("{} {does}{when}", x.code));
        }
        if page.len() == before {
            page.text("Of every device, always.");
        }
        self.in_force(&mut page, r);

        page.section("What meets it");
        page.text(&self.with_row(&self.expr(r.require), r));
        let reads = Reads::of_expr(self.rules, r.require);
        for c in &reads.controls {
            let c = &self.rules.vocab.controls[*c];
            page.item(&sentence(&format!("control `{}`", c.name), &c.title, &c.doc));
        }
        for k in &reads.kinds {
            let k = &self.rules.vocab.kinds[*k];
            let or = if k.url_allowed { ", a file or an address (`url \"https://…\"`)" } else { "" };
            page.item(&sentence(&format!("evidence of kind `{}`{or}", k.name), &k.title, &k.doc));
        }
        for e in &reads.entities {
            let e = &self.rules.vocab.entities[*e];
            page.item(&sentence(&format!("`{}` blocks", e.name), &e.title, &e.doc));
        }
        for f in &reads.facts {
            let f = &self.rules.vocab.facts[*f];
            if matches!(f.kind, FactKind::Declared) {
                page.item(&sentence(&format!("fact `{}`", f.name), &f.title, &f.doc));
            }
        }
        for t in &reads.targets {
            page.item(&format!("conformity with {}", code(self.rules, *t)));
        }
        page.text(&self.accepts(r.accepts.as_ref().unwrap_or(&i.accepts)));

        self.elsewhere(&mut page, r);

        page.section("Where it stands");
        page.line("instrument", &format!("{}: {}", i.code, i.title));
        page.line("native", &i.native);
        page.line("issued by", &i.issuer);
        page.line("number", &i.number);
        self.clauses(&mut page, r);
        page.line("content", source(r.source));
        page.line("force", force(i.force));
        page.line("gate", gate(i.gate).unwrap_or_default());
        page.line("strength", strength(r.strength));
        page.line("family", r.family.map_or("", |f| law.families[f].code.as_str()));
        let weight = dossier_verdict::severity(Outcome::Unmet, i.force, i.gate, r.strength);
        page.line("so unmet is", weight.map_or("", with_article));
        let covers: Vec<&str> = r.covers.iter().map(|c| c.as_str()).collect();
        page.line("covers", &covers.join(", "));
        page.line("encoded in", &self.at(r.origin));
        page.line("tested by", &text::count(r.tests.len(), "test", "tests"));
        page.end()
    }

    /// Requirements of other instruments that ask for the same controls.
    fn elsewhere(&self, page: &mut Page<'_>, r: &Requirement) {
        let law = &self.rules.law;
        let controls = Reads::of_expr(self.rules, r.require).controls;
        let mut same: Vec<(Option<&str>, RequirementId)> = law
            .requirements
            .enumerate()
            .filter(|(_, other)| other.instrument != r.instrument)
            .filter(|(_, other)| !Reads::of_expr(self.rules, other.require).controls.is_disjoint(&controls))
            .map(|(id, other)| {
                let place = law.instruments[other.instrument].jurisdiction;
                (place.map(|j| law.jurisdictions[j].code.as_str()), id)
            })
            .collect();
        if same.is_empty() {
            return;
        }
        same.sort();
        page.section("The same control is asked for in");
        let list: Vec<RequirementId> = same.into_iter().map(|s| s.1).collect();
        self.listed(page, &list);
    }

    fn in_force(&self, page: &mut Page<'_>, r: &Requirement) {
        let i = &self.rules.law.instruments[r.instrument];
        for (_, edition) in editions(i, r) {
            for entry in &edition.in_force {
                let day = entry
                    .from
                    .map_or_else(|| "from a day that was not verified".to_owned(), |d| format!("from {d}"));
                let when = entry.when.map_or(String::new(), |w| format!(" if {}", self.expr(w)));
                let name = edition.name.as_deref().map_or(String::new(), |n| format!(", edition {n}"));
                page.line("in force", &format!("{day}{when}{name}"));
            }
        }
        page.line("not before", &r.in_force.map_or(String::new(), |d| d.to_string()));
        page.line("until", &until(i, r).map_or(String::new(), |d| d.to_string()));
    }

    fn clauses(&self, page: &mut Page<'_>, r: &Requirement) {
        let i = &self.rules.law.instruments[r.instrument];
        if r.edition_clauses.is_empty() {
            page.line("clause", &clause(&r.clause, r.source));
            return;
        }
        for (n, c) in &r.edition_clauses {
            let name = i.editions.get(*n).and_then(|e| e.name.as_deref()).unwrap_or("?");
            page.line("clause", &format!("{}, edition {name}", clause(c, r.source)));
        }
        page.line("", "under other editions the clause is not verified");
    }

    fn accepts(&self, accepts: &Accepts) -> String {
        let ways = accepted(self.rules, accepts);
        if ways.is_empty() {
            "Nothing else is accepted in its place.".to_owned()
        } else {
            format!("Accepted in its place: {}.", ways.join("; "))
        }
    }

    fn family(&self, id: FamilyId) -> String {
        let f = &self.rules.law.families[id];
        let i = &self.rules.law.instruments[f.instrument];
        let what = format!("Family of requirements under {}, {}", i.code, self.whose(f.instrument));
        let mut page = Page::new(self.medium, f.code.as_str(), &f.title, &what);
        page.section("Its requirements");
        self.listed(&mut page, &f.requirements);
        page.line("encoded in", &self.at(f.origin));
        page.end()
    }

    fn instrument(&self, id: InstrumentId) -> String {
        let law = &self.rules.law;
        let i = &law.instruments[id];
        let what = format!("Instrument of {}", self.whose(id));
        let mut page = Page::new(self.medium, i.code.as_str(), &i.title, &what);
        page.section("What it is");
        page.line("native", &i.native);
        page.line("issued by", &i.issuer);
        page.line("number", &i.number);
        page.line("issued", &i.issued.map_or(String::new(), |d| d.to_string()));
        page.line("force", force(i.force));
        page.line("gate", gate(i.gate).unwrap_or_default());
        page.line("text read", &i.read);
        for edition in &i.editions {
            for entry in &edition.in_force {
                let day = entry
                    .from
                    .map_or_else(|| "from a day that was not verified".to_owned(), |d| format!("from {d}"));
                let when = entry.when.map_or(String::new(), |w| format!(" if {}", self.expr(w)));
                let name = edition.name.as_deref().map_or(String::new(), |n| format!(", edition {n}"));
                page.line("in force", &format!("{day}{when}{name}"));
            }
            page.line("until", &edition.until.map_or(String::new(), |d| d.to_string()));
        }
        let supersedes: Vec<&str> = i.supersedes.iter().map(|s| law.instruments[*s].code.as_str()).collect();
        page.line("replaces", &supersedes.join(", "));
        page.line("replaced by", i.superseded_by.map_or("", |s| law.instruments[s].code.as_str()));
        page.line("applies if", &i.applies.map_or(String::new(), |e| self.expr(e)));
        page.line("opted in if", &i.opt_in.map_or(String::new(), |e| self.expr(e)));
        page.text(&self.accepts(&i.accepts));
        page.line("encoded in", &self.at(i.origin));
        page.section(&text::count(i.requirements.len(), "requirement", "requirements"));
        self.listed(&mut page, &i.requirements);
        page.end()
    }

    fn exception(&self, id: ExceptionId) -> String {
        let law = &self.rules.law;
        let x = &law.exceptions[id];
        let i = &law.instruments[x.instrument];
        let what = format!("Exception under {}, {}", i.code, self.whose(x.instrument));
        let mut page = Page::new(self.medium, x.code.as_str(), &x.title, &what);
        page.section("What it does");
        let targets: Vec<&str> = x.targets.iter().map(|t| code(self.rules, *t)).collect();
        match x.effect {
            Effect::Exempts => page.line("exempts from", &targets.join(", ")),
            Effect::DeemsMet => page.line("deems met", &targets.join(", ")),
        }
        page.line("if", &x.when.map_or(String::new(), |e| self.expr(e)));
        page.line("from", &x.in_force.map_or(String::new(), |d| d.to_string()));
        page.line("until", &x.until.map_or(String::new(), |d| d.to_string()));
        page.section("Where it stands");
        page.line("instrument", &format!("{}: {}", i.code, i.title));
        page.line("clause", &clause(&x.clause, x.source));
        page.line("content", source(x.source));
        page.line("encoded in", &self.at(x.origin));
        page.end()
    }

    fn ledger(&self, l: &dossier_model::law::Ledger) -> String {
        let mut page = Page::new(self.medium, l.code.as_str(), "", "Row of law that is no requirement");
        page.section("Why");
        page.line("reason", reason(l.reason));
        page.text(&l.because);
        page.line("part of", l.into.map_or("", |c| c.as_str()));
        page.line("encoded in", &self.at(l.origin));
        page.end()
    }

    fn market(&self, id: JurisdictionId) -> String {
        let law = &self.rules.law;
        let j = &law.jurisdictions[id];
        let mut page = Page::new(self.medium, j.code.as_str(), &j.title, "Market");
        page.section("Who and what");
        for r in &j.regulators {
            let native = if r.native.is_empty() { String::new() } else { format!(", {}", r.native) };
            page.line("regulator", &format!("{}: {}{native}", r.short, r.name));
        }
        if let Some(e) = j.classes {
            page.line("classes", &self.values(e));
        }
        page.section("Its instruments");
        for (_, i) in law.instruments.enumerate().filter(|(_, i)| i.jurisdiction == Some(id)) {
            page.item(&format!(
                "{}: {} ({}, {})",
                i.code,
                i.title,
                i.force.as_str().replace('_', " "),
                text::count(i.requirements.len(), "requirement", "requirements")
            ));
        }
        page.section("Declare it in a device");
        page.code(&format!("market {} {{ class …  status planned }}", j.code));
        page.end()
    }

    // ---- vocabulary --------------------------------------------------------------------------------------------

    fn fact(&self, id: FactId) -> String {
        let f = &self.rules.vocab.facts[id];
        let whose = match f.scope {
            Scope::Device => "of the device; a market may say otherwise for itself".to_owned(),
            Scope::Markets => "of each market".to_owned(),
            Scope::Market(m) => format!("of market {m}"),
        };
        let derived = !matches!(f.kind, FactKind::Declared);
        let what = format!("{} {whose}", if derived { "Fact that follows from others," } else { "Fact" });
        let mut page = Page::new(self.medium, f.name.as_str(), &f.title, &what);
        page.section("What it says");
        page.text(&f.doc);
        let unit = f.unit.as_deref().map_or(String::new(), |u| format!(" in {u}"));
        page.line("takes", &format!("{}{unit}", f.ty.describe(&self.rules.vocab)));
        if let Type::Enum(e) | Type::EnumSet(e) = f.ty {
            self.enum_values(&mut page, e);
        }
        match &f.kind {
            FactKind::Derived(e) => page.line("follows from", &self.expr(*e)),
            FactKind::Table(columns, rows) => {
                let types: Vec<Type> = columns.iter().map(|c| self.rules.expr(*c).ty).collect();
                let columns: Vec<String> =
                    columns.iter().map(|c| expr_text(self.rules, self.sources, *c)).collect();
                page.line(
                    "follows from",
                    &format!(
                        "a table of `{}`, {}; the first that fits counts",
                        columns.join("`, `"),
                        text::count(rows.len(), "row", "rows")
                    ),
                );
                let vocab = &self.rules.vocab;
                for row in rows {
                    let cells: Vec<String> = row
                        .cells
                        .iter()
                        .zip(&types)
                        .map(|(cell, ty)| match cell {
                            Some(v) => format!("`{}`", v.show(*ty, vocab)),
                            None => "any".to_owned(),
                        })
                        .collect();
                    page.item(&format!("{}: `{}`", cells.join(", "), row.result.show(f.ty, vocab)));
                }
            }
            FactKind::Declared | FactKind::Broken => {}
        }
        if let Some((when, otherwise)) = &f.when {
            let otherwise = otherwise.show(f.ty, &self.rules.vocab);
            page.line("asked if", &format!("{}; otherwise it is `{otherwise}`", self.expr(*when)));
        }
        if let Some((i, c, s)) = &f.under {
            page.line("law", &format!("{} {}", self.rules.law.instruments[*i].code, clause(c, *s)));
        }
        if !derived {
            page.section("Write");
            page.code(&format!("{} {}", f.name, self.example(f.ty)));
        }
        self.readers(&mut page, |r| r.facts.contains(&id));
        page.end()
    }

    fn control(&self, id: ControlId) -> String {
        let c = &self.rules.vocab.controls[id];
        let mut page = Page::new(self.medium, c.name.as_str(), &c.title, "Control");
        page.section("What it is");
        page.text(&c.doc);
        for (standard, code) in &c.codes {
            page.line(standard.as_str(), code);
        }
        self.fields(&mut page, &c.fields);
        page.section("Write");
        let fields: String =
            c.fields.iter().map(|f| format!("\n  {} {}", f.name, self.example(f.ty))).collect();
        page.code(&format!("control {} {{\n  status implemented{fields}\n}}", c.name));
        page.text("or `status planned` with `due`, or `status left_out` with `because`");
        self.readers(&mut page, |r| r.controls.contains(&id));
        page.end()
    }

    fn kind(&self, id: KindId) -> String {
        let k = &self.rules.vocab.kinds[id];
        let mut page = Page::new(self.medium, k.name.as_str(), &k.title, "Evidence kind");
        page.section("What it is");
        page.text(&k.doc);
        let formats: Vec<&str> = k.formats.iter().map(|f| f.as_str()).collect();
        page.line("formats", &formats.join(", "));
        if let Some(e) = k.contents {
            page.line("contains", "which of these parts it holds:");
            self.enum_values(&mut page, e);
        }
        page.line("address", if k.url_allowed { "an address may stand for a file" } else { "" });
        page.section("Write");
        page.code(&format!("evidence NAME \"evidence/FILE\" {{\n  kind {}\n  issued 2026-01-31\n}}", k.name));
        if k.url_allowed {
            page.text("or by its address, which is recorded and never fetched");
            page.code(&format!("evidence NAME {{\n  kind {}\n  url \"https://…\"\n}}", k.name));
        }
        self.readers(&mut page, |r| r.kinds.contains(&id));
        page.end()
    }

    fn entity(&self, id: EntityId) -> String {
        let vocab = &self.rules.vocab;
        let e = &vocab.entities[id];
        let mut page =
            Page::new(self.medium, e.name.as_str(), &e.title, &format!("Entity; several are `{}`", e.plural));
        page.section("What it is");
        page.text(&e.doc);
        page.line("asked if", &e.when.map_or(String::new(), |w| self.expr(w)));
        let holds: Vec<&str> = e.holds.iter().map(|h| vocab.entities[*h].name.as_str()).collect();
        page.line("holds", &holds.join(", "));
        page.line("read from", e.read_from.map_or("", |k| vocab.kinds[k].name.as_str()));
        self.fields(&mut page, &e.fields);
        if e.read_from.is_none() {
            page.section("Write");
            let fields: String =
                e.fields.iter().take(6).map(|f| format!("\n  {} {}", f.name, self.example(f.ty))).collect();
            page.code(&format!("{} NAME \"…\" {{{fields}\n}}", e.name));
            page.text(&format!("or `has_no [{}]` if there is none", e.name));
        }
        self.readers(&mut page, |r| r.entities.contains(&id));
        page.end()
    }

    fn fields(&self, page: &mut Page<'_>, fields: &[FieldDef]) {
        if fields.is_empty() {
            return;
        }
        page.section("Its fields");
        for f in fields {
            let unit = f.unit.as_deref().map_or(String::new(), |u| format!(" in {u}"));
            let takes = match f.ty {
                Type::Enum(e) => format!("one of {}", self.values(e)),
                Type::EnumSet(e) => format!("some of {}", self.values(e)),
                other => other.describe(&self.rules.vocab),
            };
            page.item(&sentence(&format!("`{}` ({takes}{unit})", f.name), &f.title, &f.doc));
        }
    }

    fn values(&self, e: EnumId) -> String {
        let names: Vec<&str> = self.rules.vocab.enums[e].values.iter().map(|v| v.name.as_str()).collect();
        names.join(", ")
    }

    fn enum_values(&self, page: &mut Page<'_>, e: EnumId) {
        for v in &self.rules.vocab.enums[e].values {
            page.item(&sentence(&format!("`{}`", v.name), &v.title, &v.doc));
        }
    }

    fn example(&self, ty: Type) -> String {
        let first = |e: EnumId| self.rules.vocab.enums[e].values.first().map_or("…", |v| v.name.as_str());
        match ty {
            Type::Bool => "yes".to_owned(),
            Type::Text => "\"…\"".to_owned(),
            Type::Number => "1".to_owned(),
            Type::Percent => "95 %".to_owned(),
            Type::Date => "2026-01-31".to_owned(),
            Type::Duration => "10 min".to_owned(),
            Type::Period => "12 months".to_owned(),
            Type::Enum(e) => first(e).to_owned(),
            Type::EnumSet(e) => format!("[{}]", first(e)),
            Type::TextSet => "[\"…\"]".to_owned(),
            Type::Ref(_) => "NAME".to_owned(),
            Type::RefSet(_) => "[NAME]".to_owned(),
            Type::Error => "…".to_owned(),
        }
    }

    fn readers(&self, page: &mut Page<'_>, reads: impl Fn(&Reads) -> bool) {
        let law = &self.rules.law;
        let found: Vec<RequirementId> = law
            .requirements
            .enumerate()
            .filter(|(_, r)| reads(&Reads::of(self.rules, r)))
            .map(|(id, _)| id)
            .collect();
        page.section(&format!("Read by {}", text::count(found.len(), "requirement", "requirements")));
        self.listed(page, &found);
    }

    fn listed(&self, page: &mut Page<'_>, list: &[RequirementId]) {
        let shown = if self.medium.all() { list.len() } else { LISTED };
        for id in list.iter().take(shown) {
            let r = &self.rules.law.requirements[*id];
            page.item(&format!("{}: {}", r.code, r.title));
        }
        if list.len() > shown {
            page.text(&format!("and {} more: `--all`", list.len() - shown));
        }
    }
}

/// `name: Title. What more there is to say.`
fn sentence(name: &str, title: &str, doc: &str) -> String {
    let mut out = name.to_owned();
    for part in [title.trim(), doc.trim()].into_iter().filter(|p| !p.is_empty()) {
        out.push_str(if out == name { ": " } else { ". " });
        out.push_str(part);
    }
    out
}

fn clause(c: &Clause, content: Source) -> String {
    match &c.text {
        Some(text) => {
            let known = c
                .source
                .filter(|s| *s != content)
                .map_or(String::new(), |s| format!(" (the number: {})", source(s)));
            format!("{text}{known}")
        }
        None => "not verified".to_owned(),
    }
}

fn with_article(s: Severity) -> &'static str {
    match s {
        Severity::Error => "an error",
        Severity::Warning => "a warning",
        Severity::Information => "a note",
    }
}
