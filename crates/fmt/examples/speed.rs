//! How fast files are formatted, the proof included, beside how fast they are parsed:
//! `cargo run --release -p dossier-fmt --example speed -- FILE…`
//! With `--print` before a file it prints the file laid out instead.
#![allow(clippy::print_stdout)]

use std::sync::Arc;
use std::time::{Duration, Instant};

fn main() {
    let mut args: Vec<String> = std::env::args().skip(1).collect();
    let print = args.first().is_some_and(|a| a == "--print");
    if print {
        args.remove(0);
    }
    let mut total = (0, Duration::ZERO, Duration::ZERO);
    for path in args {
        let text: Arc<str> = std::fs::read_to_string(&path).expect("a readable file").into();
        let parse = dossier_syntax::parse(dossier_base::FileId(0), text.clone());
        let out = match dossier_fmt::format(&parse) {
            Ok(out) => out,
            Err(why) => {
                println!("{path}: {why}");
                continue;
            }
        };
        if print {
            print!("{out}");
            continue;
        }
        let parsing = fastest(text.len(), || {
            std::hint::black_box(dossier_syntax::parse(dossier_base::FileId(0), text.clone()));
        });
        let formatting = fastest(text.len(), || {
            std::hint::black_box(dossier_fmt::format(&parse)).expect("it was formatted above");
        });
        let speed = |t: Duration| text.len() as f64 / t.as_secs_f64() / 1e6;
        println!(
            "{path}: {} bytes; parse {:.0} MB/s, format with proof {:.0} MB/s, both {:.0} MB/s",
            text.len(),
            speed(parsing),
            speed(formatting),
            speed(parsing + formatting)
        );
        total = (total.0 + text.len(), total.1 + parsing, total.2 + formatting);
    }
    if total.0 > 0 {
        println!(
            "all: {} bytes; parse {:.0} MB/s, format with proof {:.0} MB/s, both {:.0} MB/s",
            total.0,
            total.0 as f64 / total.1.as_secs_f64() / 1e6,
            total.0 as f64 / total.2.as_secs_f64() / 1e6,
            total.0 as f64 / (total.1 + total.2).as_secs_f64() / 1e6
        );
    }
}

/// The time of the fastest of many short turns: machines are shared.
fn fastest(bytes: usize, mut run: impl FnMut()) -> Duration {
    let rounds = (20_000 / bytes.max(1)).clamp(1, 1000) as u32;
    let turn = || {
        let start = Instant::now();
        (0..rounds).for_each(|_| run());
        start.elapsed() / rounds
    };
    std::iter::repeat_with(turn).take(300).min().unwrap_or_default()
}
