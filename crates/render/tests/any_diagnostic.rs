//! Whatever a file holds and wherever a diagnostic points: it is drawn, within the width, and obeyed by no terminal.
//! (Ariadne alone panics on a range that ends inside a character, repeats positions for labels out of order, and
//! prints lines of any length.)

use dossier_base::{Diagnostic, FileId, Place, TextRange, codes};
use dossier_render::{File, Files, Look, Sources, text};
use proptest::prelude::*;

struct Two<'t>([(&'t str, &'t str); 2]);

impl Sources for Two<'_> {
    fn file(&self, id: FileId) -> Option<File<'_>> {
        self.0.get(id.0 as usize).map(|(path, text)| File { path, text })
    }

    fn inputs(&self) -> Vec<(String, String)> {
        Vec::new()
    }
}

fn some_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        6 => "[a-z {}\\[\\]\",.:]{0,20}",
        3 => Just("\n".to_owned()),
        2 => "[二三四é😀ｆ]{0,4}",
        1 => Just("e\u{301}\u{200d}".to_owned()),
        1 => Just("\u{1b}[31m\u{7}\u{9b}2J\r\t\u{202e}\u{2028}\u{85}\u{b}\u{c}".to_owned()),
        1 => Just("\r\n".to_owned()),
        1 => Just("long ".repeat(200)),
    ];
    prop::collection::vec(piece, 0..12).prop_map(|p| p.concat())
}

fn place() -> impl Strategy<Value = Place> {
    // A third file that nobody knows, and offsets far past the end.
    (0_u32..3, 0_u32..300, 0_u32..120).prop_map(|(file, start, len)| {
        Place::new(FileId(file), TextRange::new(start.into(), (start + len).into()))
    })
}

prop_compose! {
    fn diagnostic()(
        at in prop::option::of(place()),
        label in some_text(),
        message in some_text(),
        labels in prop::collection::vec((place(), some_text()), 0..4),
        notes in prop::collection::vec((any::<bool>(), some_text()), 0..3),
    ) -> Diagnostic {
        let mut d = codes::unknown_name(at, "thing", message).label(label);
        for (place, text) in labels {
            d = d.also(place, text);
        }
        for (help, text) in notes {
            d = if help { d.help(text) } else { d.note(text) };
        }
        d
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn every_diagnostic_is_drawn(d in diagnostic(), a in some_text(), b in some_text(), width in 8_usize..160, color: bool) {
        let sources = Two([("a.dossier", &a), ("b/\u{1b}.dossier", &b)]);
        let look = Look { color, width, all: false };
        let drawn = dossier_render::diagnostic(&d, &mut Files::new(&sources), &look);
        let plain = text::squeeze(&drawn, false);
        for line in plain.lines() {
            prop_assert!(!line.contains(text::is_control), "{line:?}");
            prop_assert!(text::columns(line) <= width.max(16), "{} > {width}: {line}\n{plain}", text::columns(line));
        }
        if !color {
            prop_assert!(!drawn.contains('\u{1b}'), "{drawn}");
        }
        // Colour changes nothing but colour.
        let other = Look { color: !color, ..look };
        let again = dossier_render::diagnostic(&d, &mut Files::new(&sources), &other);
        prop_assert_eq!(text::squeeze(&again, false), plain);
    }
}

#[test]
fn labels_out_of_order_keep_their_own_lines() {
    let source = "one\ntwo\nthree\n";
    let at = |from: u32, to: u32| Place::new(FileId(0), TextRange::new(from.into(), to.into()));
    let d = codes::unknown_name(at(8, 13), "thing", "x")
        .label("third")
        .also(at(4, 7), "second")
        .also(at(0, 3), "first");
    let sources = Two([("a.dossier", source), ("b.dossier", "")]);
    let drawn = dossier_render::diagnostic(&d, &mut Files::new(&sources), &Look::default());
    assert_eq!(drawn.matches("a.dossier").count(), 1, "{drawn}");
    let order = ["first", "second", "third"].map(|w| drawn.find(w).expect("it is there"));
    assert!(order.is_sorted(), "{drawn}");
}

#[test]
fn a_file_of_one_huge_line_costs_no_more_than_another() {
    let source = "x = 1; ".repeat(2_000_000);
    let sources = Two([("a.dossier", &source), ("b.dossier", "")]);
    let at = Place::new(FileId(0), TextRange::new(7_000_000.into(), 7_000_001.into()));
    let mut files = Files::new(&sources);
    let began = std::time::Instant::now();
    for _ in 0..50 {
        let drawn =
            dossier_render::diagnostic(&codes::unknown_name(at, "thing", "x"), &mut files, &Look::default());
        assert!(drawn.len() < 1_000, "{}", drawn.len());
    }
    assert!(began.elapsed().as_secs() < 20, "{:?}", began.elapsed());
}
