//! Parses files and prints their diagnostics, and how fast: `cargo run --release -p dossier-syntax --example parse -- FILE…`
#![allow(clippy::print_stdout)]

fn main() {
    for path in std::env::args().skip(1) {
        let text: std::sync::Arc<str> = std::fs::read_to_string(&path).expect("readable file").into();
        let start = std::time::Instant::now();
        let rounds = (20_000_000 / text.len().max(1)).clamp(1, 2000);
        let mut parse = dossier_syntax::parse(dossier_base::FileId(0), text.clone());
        for _ in 0..rounds {
            parse = dossier_syntax::parse(dossier_base::FileId(0), text.clone());
        }
        let took = start.elapsed().as_secs_f64() / rounds as f64;
        println!(
            "{path}: {} bytes, {:.1} MB/s, {} items",
            text.len(),
            text.len() as f64 / took / 1e6,
            parse.file.items.len()
        );
        let lines = dossier_base::Lines::new(&text);
        for d in &parse.diagnostics {
            let at = d.place.map(|p| lines.line_col(p.start()));
            println!("  {:?} {} {}", at, d.code.id, d.message);
        }
    }
}
