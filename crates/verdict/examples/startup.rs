//! Where the time to load the embedded rulebooks goes.
#![allow(clippy::print_stdout)]
fn main() {
    for _ in 0..3 {
        let t = std::time::Instant::now();
        let (books, _) = dossier_verdict::embedded(0);
        let a = t.elapsed();
        let rules = dossier_model::compile(&books);
        println!(
            "read {a:?}, compile {:?}, {} expressions, {} bytes",
            t.elapsed() - a,
            rules.exprs.len(),
            dossier_rulebooks::ALL.iter().map(|f| f.text.len()).sum::<usize>()
        );
    }
}
