//! Prints what the embedded rulebooks' tests do not cover. An argument keeps the laws whose code begins with it.
#![allow(clippy::print_stdout)]
use dossier_base::Lines;

fn main() {
    let (books, _) = dossier_verdict::embedded(0);
    let rules = dossier_model::compile(&books);
    let prefix = std::env::args().nth(1).unwrap_or_default();
    let (mut atoms, mut covered, mut gaps) = (0, 0, 0);
    for c in dossier_verdict::coverage(&rules) {
        let code = c.subject.code(&rules);
        if !code.as_str().starts_with(&prefix) {
            continue;
        }
        atoms += c.atoms;
        covered += c.covered;
        gaps += c.gaps.len();
        for gap in c.gaps {
            let place = rules.place(gap.origin);
            let file = dossier_rulebooks::ALL[place.file.0 as usize];
            let at = Lines::new(file.text).line_col(place.start());
            println!("{}:{}:{}: {code}: {}: {}", file.path, at.line, at.column, gap.text, gap.why);
        }
    }
    println!("{covered} of {atoms} atoms covered, {gaps} gaps");
}
