//! `dossier init`: a first device file, out of a few answers.
//!
//! What is asked, and in which order, comes from the law of the markets: the questions on which most verdicts wait come
//! first. What is not answered stands in the file as a comment, so that the file says what to do next.

use crate::args::InitArgs;
use crate::output;
use crate::project::{self, Limit};
use crate::terminal::{complain, tell};
use crate::{Status, Unusable};
use dossier_base::{FileId, Severity, Sym};
use dossier_model::law::Outcome;
use dossier_model::value::Type;
use dossier_model::vocab::{EnumId, FactId, Scope, Vocabulary};
use dossier_render::{rules::known_market, text};
use dossier_syntax::literal;
use dossier_verdict::{Detail, Premise};
use dossier_workspace::{CheckRequest, OpenOptions, Workspace};
use std::collections::BTreeMap;
use std::io::{self, BufRead as _, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};

/// How many questions are asked on a terminal; the file holds the others.
const QUESTIONS: usize = 8;

/// How many files beside the new one are looked at.
const FILES: usize = 2_000;

pub(crate) fn run(args: &InitArgs, limit: Limit) -> Result<Status, Unusable> {
    let ask = io::stdin().is_terminal() && io::stderr().is_terminal() && !args.yes;
    let mut draft = Draft::new(args, limit, ask)?;
    if draft.path.exists() {
        let path = draft.path.display().to_string();
        return Err(format!("`{}` is there already; name another file", project::shown(&path)).into());
    }
    if ask {
        draft.interview()?;
    }
    let text = draft.finished()?;
    output::replace(&draft.path, |out| out.write_all(text.as_bytes()))?;
    let path = draft.path.display();
    complain(&format!("dossier: wrote `{path}`. Next: `dossier check {path}`"));
    Ok(Status::Fine)
}

/// A device in the making.
struct Draft {
    path: PathBuf,
    name: String,
    title: String,
    markets: Vec<Sym>,
    /// What was answered: of the device or of one market, as it is written.
    answers: Vec<(FactId, Option<Sym>, String)>,
    /// Evidence that was found beside the file: its name, its path and its kind.
    evidence: Vec<(String, String, String)>,
    ws: Workspace,
    limit: Limit,
}

/// A fact on which verdicts wait.
struct Question {
    fact: FactId,
    market: Option<Sym>,
    waiting: usize,
}

impl Draft {
    fn new(args: &InitArgs, limit: Limit, ask: bool) -> Result<Self, Unusable> {
        let ws = project::open_rulebooks(limit)?;
        for market in &args.market {
            known_market(&ws.model().rules, market)?;
        }
        let folder = std::env::current_dir()?;
        let folder = folder.file_name().and_then(|n| n.to_str()).unwrap_or("device").to_owned();
        let stem = args.file.as_deref().and_then(Path::file_stem).and_then(|s| s.to_str()).map(str::to_owned);
        let mut name = args.name.clone().or(stem).unwrap_or_else(|| identifier(&folder));
        let mut title = args.title.clone();
        if ask && args.name.is_none() {
            name =
                prompt("A short name for the device, as others will refer to it", Some(&identifier(&name)))?;
        }
        let name_given = name;
        let name = identifier(&name_given);
        if args.name.as_ref().is_some_and(|n| *n != name) {
            return Err(format!(
                "`{}` cannot be a name: names are letters, digits and `_`, such as `{name}`",
                project::shown(&name_given)
            )
            .into());
        }
        if ask && title.is_none() {
            title = Some(prompt("Its name as people know it", Some(&name))?);
        }
        let mut markets: Vec<Sym> = args.market.iter().filter(|m| *m != "any").map(|m| Sym::new(m)).collect();
        if ask && markets.is_empty() {
            let law = &ws.model().rules.law;
            let all: Vec<(String, String)> =
                law.jurisdictions.iter().map(|j| (j.code.to_string(), j.title.to_string())).collect();
            let chosen = choose("In which markets is it, or will it be?", &all, true)?;
            markets = chosen.into_iter().map(|n| Sym::new(&all[n].0)).collect();
        }
        let path = args.file.clone().unwrap_or_else(|| PathBuf::from(format!("{name}.dossier")));
        let title = title.unwrap_or_else(|| name.clone());
        let mut draft =
            Self { path, name, title, markets, answers: Vec::new(), evidence: Vec::new(), ws, limit };
        draft.look_beside();
        for pair in &args.set {
            draft.set(pair)?;
        }
        Ok(draft)
    }

    /// Finds files beside the new one that are evidence by their content.
    fn look_beside(&mut self) {
        let base =
            self.path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new(".")).to_owned();
        let mut walk = ignore::WalkBuilder::new(&base);
        walk.max_depth(Some(3)).require_git(false).follow_links(false).sort_by_file_name(Ord::cmp);
        let files =
            walk.build().filter_map(Result::ok).filter(|e| e.file_type().is_some_and(|t| t.is_file()));
        for entry in files.take(FILES) {
            let known = entry.path().extension().and_then(|e| e.to_str());
            if !known.is_some_and(|e| ["json", "xml", "spdx"].contains(&e.to_ascii_lowercase().as_str())) {
                continue;
            }
            let kinds = self.ws.kinds_of_file(&dossier_workspace::absolute(entry.path()));
            let Some(kind) = kinds.first() else { continue };
            let kind = self.ws.model().rules.vocab.kinds[*kind].name.to_string();
            let relative = entry.path().strip_prefix(&base).unwrap_or(entry.path());
            let relative =
                relative.components().map(|c| c.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/");
            let taken = self.evidence.iter().filter(|e| e.2 == kind).count();
            let name = if taken == 0 { kind.clone() } else { format!("{kind}_{}", taken + 1) };
            self.evidence.push((name, relative, kind));
        }
    }

    /// Takes an answer from the command line: `fact=value`, or `MARKET.fact=value`.
    fn set(&mut self, pair: &str) -> Result<(), Unusable> {
        let wrong = |why: String| -> Unusable { format!("--set {}: {why}", project::shown(pair)).into() };
        let Some((left, value)) = pair.split_once('=') else {
            return Err(wrong("it takes `fact=value` or `MARKET.fact=value`".to_owned()));
        };
        let (market, fact) = match left.split_once('.') {
            Some((m, f)) => (Some(Sym::new(m.trim())), f.trim()),
            None => (None, left.trim()),
        };
        if let Some(m) = market
            && !self.markets.contains(&m)
        {
            return Err(wrong(format!("the device has no market `{m}`: add `--market {m}`")));
        }
        let Some(id) = self.ws.model().rules.vocab.fact(Sym::new(fact), market) else {
            let all = self.ws.model().rules.vocab.facts.iter().map(|f| f.name.as_str());
            let near =
                dossier_base::spell::did_you_mean(fact, all).map_or(String::new(), |n| format!("; {n}"));
            return Err(wrong(format!("no fact `{fact}` is known{near}")));
        };
        self.answers.push((id, market, value.trim().to_owned()));
        if let Some(why) = self.wrong() {
            return Err(wrong(why));
        }
        Ok(())
    }

    /// Asks the questions on which most verdicts wait, one after the other: an answer may make others needless.
    fn interview(&mut self) -> Result<(), Unusable> {
        let mut passed_over: Vec<(FactId, Option<Sym>)> = Vec::new();
        for _ in 0..QUESTIONS {
            let next = self.questions()?.into_iter().find(|q| !passed_over.contains(&(q.fact, q.market)));
            let Some(q) = next else { break };
            match self.answer(&q)? {
                Some(value) => {
                    self.answers.push((q.fact, q.market, value));
                    if let Some(why) = self.wrong() {
                        self.answers.pop();
                        complain(&format!("That cannot be written: {why}"));
                        passed_over.push((q.fact, q.market));
                    }
                }
                None => passed_over.push((q.fact, q.market)),
            }
        }
        Ok(())
    }

    fn answer(&self, q: &Question) -> Result<Option<String>, Unusable> {
        let vocab = &self.ws.model().rules.vocab;
        let fact = &vocab.facts[q.fact];
        // A fact of one market names it in its title.
        let shared = q.market.filter(|_| fact.scope == Scope::Markets);
        let place = shared.map_or(String::new(), |m| format!(" in {m}"));
        let what = format!(
            "{}{place} ({} for it). {}",
            fact.title,
            text::count(q.waiting, "verdict waits", "verdicts wait"),
            fact.doc
        );
        let values = |e: EnumId| -> Vec<(String, String)> {
            vocab.enums[e].values.iter().map(|v| (v.name.to_string(), v.title.to_string())).collect()
        };
        Ok(match fact.ty {
            Type::Bool => {
                let all = [("yes".to_owned(), String::new()), ("no".to_owned(), String::new())];
                choose(&what, &all, false)?.first().map(|n| all[*n].0.clone())
            }
            Type::Enum(e) => {
                let all = values(e);
                choose(&what, &all, false)?.first().map(|n| all[*n].0.clone())
            }
            Type::EnumSet(e) => {
                let mut all = values(e);
                all.push(("none".to_owned(), "None of these".to_owned()));
                let chosen = choose(&what, &all, true)?;
                let names: Vec<&str> =
                    chosen.iter().filter(|n| **n + 1 < all.len()).map(|n| all[*n].0.as_str()).collect();
                (!chosen.is_empty()).then(|| format!("[{}]", names.join(", ")))
            }
            ty => {
                let given = prompt(
                    &format!("{what}\nWrite {}, or nothing to pass on", ty.describe(vocab)),
                    Some(""),
                )?;
                match (ty, given.trim()) {
                    (_, "") => None,
                    (Type::Text, t) => Some(literal::quote(t)),
                    (_, t) => Some(t.to_owned()),
                }
            }
        })
    }

    /// The facts on which verdicts wait, those on which most wait first.
    fn questions(&self) -> Result<Vec<Question>, Unusable> {
        let ws = self.open()?;
        let today = jiff::ZonedDateTime::now().date();
        let as_of = ws.config().as_of.unwrap_or(today);
        let request = CheckRequest {
            as_of,
            devices: vec![self.name.clone()],
            markets: Vec::new(),
            detail: Detail::Shortfalls,
        };
        let mut waiting: BTreeMap<(FactId, Option<Sym>), usize> = BTreeMap::new();
        for check in ws.check(&request) {
            for market in &check.markets {
                for row in market.rows.iter().filter(|r| r.judgement.outcome == Outcome::Unknown) {
                    for (premise, _) in row.explained.iter().flat_map(|x| &x.missing) {
                        if let Premise::Fact(f, m) = premise {
                            *waiting.entry((*f, *m)).or_default() += 1;
                        }
                    }
                }
            }
        }
        let vocab = &ws.model().rules.vocab;
        let mut all: Vec<Question> =
            waiting.into_iter().map(|((fact, market), waiting)| Question { fact, market, waiting }).collect();
        all.sort_by_key(|q| (std::cmp::Reverse(q.waiting), q.market, vocab.facts[q.fact].name.as_str()));
        Ok(all)
    }

    fn open(&self) -> Result<Workspace, Unusable> {
        let options = OpenOptions {
            paths: Vec::new(),
            stdin: Some(self.text(&[])),
            max_file_bytes: self.limit.bytes(),
        };
        Ok(Workspace::open(&options)?)
    }

    /// What is wrong with the file as it would be now.
    fn wrong(&self) -> Option<String> {
        let ws = self.open().ok()?;
        let all = ws.static_diagnostics();
        // Rulebooks of the project may have mistakes of their own.
        let own = |d: &&dossier_base::Diagnostic| {
            d.place.is_some_and(|p| ws.model().files.contains_key(&p.file)) && d.severity == Severity::Error
        };
        let Some(first) = all.iter().find(own) else { return self.other_than_meant(&ws) };
        let help = first.notes.first().map_or(String::new(), |n| format!("; {}", n.text));
        Some(format!("{}{help}", first.message))
    }

    /// Whether the file says something else than what was answered: a value may hold more than a value.
    fn other_than_meant(&self, ws: &Workspace) -> Option<String> {
        let answered = |market: Option<Sym>| self.answers.iter().filter(|a| a.1 == market).count();
        let devices = ws.devices();
        let meant = match devices.as_slice() {
            [(_, unit)] => {
                unit.scope.facts.len() == answered(None)
                    && unit.markets.len() == self.markets.len()
                    && unit.markets.iter().all(|m| m.scope.facts.len() == answered(Some(m.code)))
            }
            _ => false,
        };
        (!meant).then(|| "it is not one value".to_owned())
    }

    /// The file.
    fn finished(&self) -> Result<String, Unusable> {
        let questions = self.questions()?;
        let text = self.text(&questions);
        let parse = dossier_syntax::parse(FileId(0), text.as_str());
        let text = dossier_fmt::format(&parse).unwrap_or(text);
        match self.wrong() {
            Some(why) => Err(why.into()),
            None => Ok(text),
        }
    }

    fn text(&self, questions: &[Question]) -> String {
        let vocab = &self.ws.model().rules.vocab;
        let mut out = format!(
            "// {}: what it is, and what it has against attacks. `dossier check` says what law asks of it,\n\
             // and `dossier explain NAME` what any word in here or in a message means.\n\
             device {} {} {{\n",
            text::one_line(&self.title),
            self.name,
            literal::quote(&self.title)
        );
        self.facts(None, "  ", questions, vocab, &mut out);
        for (name, path, kind) in &self.evidence {
            out += &format!(
                "\n  // Found beside this file.\n  evidence {name} {} {{ kind {kind} }}\n",
                literal::quote(path)
            );
        }
        if !questions.is_empty() {
            out += "\n  // Then the controls, each with what it does and what shows it:\n\
                    \x20 // control NAME {\n  //   status implemented\n  // }\n";
        }
        for market in &self.markets {
            out += &format!("\n  market {market} {{\n");
            self.facts(Some(*market), "    ", questions, vocab, &mut out);
            out += "  }\n";
        }
        out += "}\n";
        out
    }

    /// The answers of the device or of a market, and below them the questions that are left.
    fn facts(
        &self,
        market: Option<Sym>,
        indent: &str,
        questions: &[Question],
        vocab: &Vocabulary,
        out: &mut String,
    ) {
        for (fact, _, value) in self.answers.iter().filter(|a| a.1 == market) {
            *out += &format!("{indent}{} {value}\n", vocab.facts[*fact].name);
        }
        let open: Vec<&Question> = questions.iter().filter(|q| q.market == market).collect();
        if open.is_empty() {
            return;
        }
        *out +=
            &format!("\n{indent}// Answer these; the more verdicts wait for one, the higher it stands.\n");
        for q in open {
            let fact = &vocab.facts[q.fact];
            *out +=
                &format!("{indent}// {} ({}):\n", fact.title, text::count(q.waiting, "verdict", "verdicts"));
            *out += &format!("{indent}// {} {}\n", fact.name, hint(fact.ty, vocab));
        }
    }
}

/// How a value could read.
fn hint(ty: Type, vocab: &Vocabulary) -> String {
    let names = |e: EnumId| -> Vec<&str> { vocab.enums[e].values.iter().map(|v| v.name.as_str()).collect() };
    match ty {
        Type::Bool => "yes, or no".to_owned(),
        Type::Enum(e) => format!("one of {}", names(e).join(", ")),
        Type::EnumSet(e) => format!("[those that hold of {}]", names(e).join(", ")),
        other => other.describe(vocab),
    }
}

/// A text as a name: letters, digits and `_`, a letter first.
fn identifier(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            c if c.is_ascii_alphanumeric() => out.push(c.to_ascii_lowercase()),
            _ if out.is_empty() || out.ends_with('_') => {}
            _ => out.push('_'),
        }
    }
    let out = out.trim_end_matches('_').to_owned();
    match out.chars().next() {
        None => "device".to_owned(),
        Some(c) if c.is_ascii_digit() => format!("device_{out}"),
        Some(_) => out,
    }
}

// ---- asking -------------------------------------------------------------------------------------------------------

/// A line that somebody wrote; the preset if it is empty.
fn prompt(what: &str, preset: Option<&str>) -> Result<String, Unusable> {
    let shown = preset.filter(|p| !p.is_empty()).map_or(String::new(), |p| format!(" [{p}]"));
    tell(&format!("\n{}{shown}\n> ", text::wrap(what, 78).join("\n")));
    io::stderr().flush()?;
    let mut line = String::new();
    if io::stdin().lock().read_line(&mut line)? == 0 {
        return Err("the answers ended; nothing was written".into());
    }
    let line = line.trim();
    Ok(if line.is_empty() { preset.unwrap_or_default().to_owned() } else { line.to_owned() })
}

/// Which of some values were chosen, by number or name; none to pass on.
fn choose(what: &str, values: &[(String, String)], several: bool) -> Result<Vec<usize>, Unusable> {
    let mut text = what.to_owned();
    for (n, (name, title)) in values.iter().enumerate() {
        let title = if title.is_empty() { String::new() } else { format!(" - {title}") };
        text += &format!("\n  {} {name}{title}", n + 1);
    }
    text += if several {
        "\nNumbers or names, with spaces between; nothing to pass on"
    } else {
        "\nA number or name; nothing to pass on"
    };
    loop {
        let line = prompt(&text, Some(""))?;
        let words: Vec<&str> = line.split([' ', ',']).filter(|w| !w.is_empty()).collect();
        let found: Vec<Option<usize>> = words
            .iter()
            .map(|w| {
                let by_name = values.iter().position(|v| v.0.eq_ignore_ascii_case(w));
                by_name.or_else(|| {
                    w.parse::<usize>().ok().filter(|n| (1..=values.len()).contains(n)).map(|n| n - 1)
                })
            })
            .collect();
        match found.iter().position(Option::is_none) {
            Some(at) => text = format!("`{}` is not among them.", text::one_line(words[at])),
            None if !several && words.len() > 1 => "Only one, please.".clone_into(&mut text),
            None => return Ok(found.into_iter().flatten().collect()),
        }
    }
}
