//! A diagnostic as a person sees it in a terminal, without colour and with.

use dossier_base::{Diagnostic, FileId};
use dossier_render::{File, Files, Look, Sources};
use std::collections::BTreeMap;

struct Texts(BTreeMap<FileId, (String, String)>);

impl Sources for Texts {
    fn file(&self, id: FileId) -> Option<File<'_>> {
        self.0.get(&id).map(|(path, text)| File { path, text })
    }

    fn inputs(&self) -> Vec<(String, String)> {
        Vec::new()
    }
}

/// Both, one below the other; what turns colours on and off stands between `‹` and `›`. `file` gives the path and text
/// of a file.
pub fn people<'t>(d: &Diagnostic, file: &dyn Fn(FileId) -> Option<(String, &'t str)>) -> String {
    let places = d.place.into_iter().chain(d.labels.iter().map(|l| l.place));
    let texts = places.filter_map(|p| file(p.file).map(|(path, text)| (p.file, (path, text.to_owned()))));
    let texts = Texts(texts.collect());
    let look = |color| Look { color, ..Look::default() };
    let shown = |color| dossier_render::diagnostic(d, &mut Files::new(&texts), &look(color));
    let colored = shown(true).replace("\u{1b}[", "‹").replace('\u{1b}', "‹?");
    // A sequence ends in `m`: `‹31m` reads `‹31›`.
    let mut readable = String::with_capacity(colored.len());
    let mut parts = colored.split('‹');
    readable.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let (code, rest) = part.split_once('m').unwrap_or((part, ""));
        readable.push_str(&format!("‹{code}›{rest}"));
    }
    format!("{}\nin colour:\n\n{readable}", shown(false))
}
