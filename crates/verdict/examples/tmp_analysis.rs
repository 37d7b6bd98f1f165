//! tmp
#![allow(clippy::print_stdout)]
use dossier_base::Lines;
fn main() {
    let (books, _) = dossier_verdict::embedded(0);
    let rules = dossier_model::compile(&books);
    let t = std::time::Instant::now();
    let mut all = dossier_verdict::law_diagnostics(&rules);
    eprintln!("{:?}", t.elapsed());
    all.extend(dossier_verdict::unread(&rules));
    for d in all {
        let place = d.place.unwrap();
        let file = dossier_rulebooks::ALL[place.file.0 as usize];
        let at = Lines::new(file.text).line_col(place.start());
        println!("{}:{}: {} {}", file.path, at.line, d.code.id, d.message);
    }
}
