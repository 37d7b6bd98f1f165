//! What a shell completes besides options: names of the project and of its rulebooks.

use crate::project::{self, Limit};
use clap_complete::engine::CompletionCandidate;
use dossier_workspace::{MAX_FILE_BYTES, Workspace};

fn limit() -> Limit {
    Limit::mib(u32::try_from(MAX_FILE_BYTES >> 20).unwrap_or(u32::MAX))
}

/// The rulebooks of the project that the shell stands in. Nothing is said if there are none: a shell waits.
fn rulebooks() -> Option<Workspace> {
    project::open_rulebooks(limit()).ok()
}

fn candidates<'a>(all: impl Iterator<Item = (&'a str, &'a str)>) -> Vec<CompletionCandidate> {
    let mut all: Vec<(&str, &str)> = all.collect();
    all.sort_unstable();
    all.dedup();
    let help = |title: &str| (!title.is_empty()).then(|| dossier_render::text::shorten(title, 60).into());
    all.into_iter().map(|(name, title)| CompletionCandidate::new(name).help(help(title))).collect()
}

/// The devices below this folder.
pub(crate) fn devices() -> Vec<CompletionCandidate> {
    let Ok(ws) = project::open(&[], limit()) else { return Vec::new() };
    candidates(ws.devices().into_iter().map(|(_, u)| (u.name.as_str(), &*u.title)))
}

/// The markets.
pub(crate) fn markets() -> Vec<CompletionCandidate> {
    let Some(ws) = rulebooks() else { return Vec::new() };
    let law = &ws.model().rules.law;
    let all = law.jurisdictions.iter().map(|j| (j.code.as_str(), &*j.title));
    candidates(all.chain([("any", "what is asked once of every device")]))
}

/// The instruments.
pub(crate) fn instruments() -> Vec<CompletionCandidate> {
    let Some(ws) = rulebooks() else { return Vec::new() };
    candidates(ws.model().rules.law.instruments.iter().map(|i| (i.code.as_str(), &*i.title)))
}

/// The controls.
pub(crate) fn controls() -> Vec<CompletionCandidate> {
    let Some(ws) = rulebooks() else { return Vec::new() };
    candidates(ws.model().rules.vocab.controls.iter().map(|c| (c.name.as_str(), &*c.title)))
}

/// Everything that can be explained.
pub(crate) fn names() -> Vec<CompletionCandidate> {
    let Some(ws) = rulebooks() else { return Vec::new() };
    candidates(dossier_render::rules::names(&ws.model().rules).into_iter())
}
