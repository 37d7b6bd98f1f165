#![allow(clippy::print_stdout, missing_docs)]
fn main() {
    let t = std::env::args().nth(1).unwrap();
    let p = dossier_syntax::parse(dossier_base::FileId(0), t.as_str());
    for i in 0..p.tokens.len() { println!("{:?} {:?}", p.tokens.kind(i), p.tokens.text(&p.text, i)); }
    println!("{:#?}", p.file);
    println!("{:?}", p.diagnostics.iter().map(|d| d.message.clone()).collect::<Vec<_>>());
    println!("{:?}", dossier_fmt::format(&p));
}
