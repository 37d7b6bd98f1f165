//! Runs the embedded rulebooks' tests and prints what fails.
#![allow(clippy::print_stdout)]
use dossier_base::Lines;

fn main() {
    let (books, syntax) = dossier_verdict::embedded(0);
    let rules = dossier_model::compile(&books);
    let show = |d: &dossier_base::Diagnostic| {
        let p = d.place.unwrap();
        let f = dossier_rulebooks::ALL[p.file.0 as usize];
        let at = Lines::new(f.text).line_col(p.start());
        println!(
            "{}:{}:{}: {} {} {}",
            f.path,
            at.line,
            at.column,
            d.code.id,
            d.message,
            d.notes.iter().map(|n| format!("[{}]", n.text)).collect::<String>()
        );
    };
    syntax.iter().chain(&rules.diagnostics).for_each(&show);
    let filter = std::env::args().nth(1).unwrap_or_default();
    let (mut passed, mut failed) = (0, 0);
    for (id, r) in rules.law.requirements.enumerate() {
        if !r.code.as_str().starts_with(&filter) {
            continue;
        }
        for t in dossier_verdict::run_tests(&rules, id) {
            if t.passed() {
                passed += 1;
                continue;
            }
            failed += 1;
            let p = rules.place(t.origin);
            let f = dossier_rulebooks::ALL[p.file.0 as usize];
            let at = Lines::new(f.text).line_col(p.start());
            println!(
                "{}:{}: {} \"{}\": expects {}, got {}",
                f.path,
                at.line,
                r.code,
                t.title,
                t.expects.as_str(),
                t.got.map_or("nothing", |g| g.as_str())
            );
            t.diagnostics.iter().for_each(&show);
        }
    }
    println!("{passed} passed, {failed} failed; {} requirements", rules.law.requirements.len());
}
