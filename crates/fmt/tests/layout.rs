//! Each rule of the layout, before and after. The snapshots are the rules' one picture: look at them when they change.

mod common;

use common::{checked, format};
use dossier_fmt::Refused;

/// What goes in and what comes out, checked, as one text.
fn picture(before: &str) -> String {
    let after = checked("a case", before);
    format!("{}\n=====>\n{after}", before.replace('\r', "␍").replace('\u{feff}', "<BOM>"))
}

macro_rules! cases {
    ($($name:ident: $before:expr;)*) => {$(
        #[test]
        fn $name() {
            insta::with_settings!({ omit_expression => true }, {
                insta::assert_snapshot!(stringify!($name), picture($before));
            });
        }
    )*};
}

cases! {
    white_space: "\u{feff}\r\n\r\ndevice   x\t\"X\"   {  \r\n\r\n\r\n\tversion\t\t\"1\"   \r\n\r\n\r\n\r\n  status filed\r\n\r\n}\r\n\r\n\r\n";
    one_item_a_line: r#"device x "X" {
  class III   status registered   version "3.1.0"
  model m { kind locked
  }
}
"#;
    blocks_on_one_line: r#"device x "X" {
  market KR { class 3    status filed       filed_on 2026-09-01 }
  market JP {status planned}
  market SG {
  }
  market TW { // why
  }
  market CN {
    class III }
  control too_wide_for_its_line { status left_out  because "This text is so long that the block cannot stay on one line." }
  control outer { status implemented  inner { a b }  because "This one is too wide, but the block inside it is not wide." }
}
"#;
    blank_lines_between_declarations: r#"use "a.dossier"
use "b.dossier"

use "c.dossier"
condition a = b
control one { status implemented }
control two { status implemented }
control three {
  status implemented
}
control four { status implemented } // behind four
// before five
control five {
  status implemented
} // behind five
// before six

control six {
  status implemented
}
// the end
"#;
    values_in_a_column: r#"device x "X" {
  a 1
  longer [b, c]
  given { class II  software simd }
  applies when class == II

  after_a_blank_line 1
  b 2
  // a comment line
  c 3
  comment_behind 4 // does not part
  d 5
  name_of_length_25_belongs 6
  e 7
  name_of_length_26_does_not 8
  f {
    g 9
  }
  hh 10
  wide "This text leaves no room for the common column, so that it stands alone and the others keep theirs."
  iii 11
  a_name_of_length_24_here 12
}
enum e "E" {
  one "One"
  two_three "Two or three"
}
entity e "E" {
  field a : b "Title"
  field longer : set of b "Title" { unit "s" }
  condition c = d
  condition longer = e
  control not_aligned { status planned }
  control x { status planned }
}
"#;
    tables: r#"derived a : b "T" {
  table [c, d] {
    critical treat_or_diagnose -> 4
    any any -> 1 // else
    (a or b) [x,y] -> min(1,2)

    one -> 2
    another -> 3
  }
}
"#;
    lists: r#"device x "X" {
  fits [a,b , c,]
  broken_by_the_author [
    a,
    b
  ]
  does_not_fit [a_name_of_some_length, another_name_of_some_length, a_third_name_of_some_length, and_a_really_very_last_one, b]
  after 1
  comment [a, // first
    b]
  require x within [short, list] and everything has any [a_name_of_some_length, another_name_of_some_length, a_third_name]
}
condition joined = a in [
  b,
  c
]
"#;
    long_conditions: r#"requirement A-1 "A" {
  require control(automatic_logoff) where timeout <= 15 min and evidence(penetration_test_report) and control(x)
  require control(automatic_logoff) where timeout <= 15 min and evidence(penetration_test_report) and (control(x) or considered(y))
  require aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa and (bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb or ccccccccccccccccccccccccccccccccccccccccccccccc or ddddddd)
  require aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa implies every m in models where m.kind != none: m with evidence(report) and m.b
}
"#;
    breaks_of_the_author: r#"requirement A-1 "A" {
  applies    when class in [II, III] and software != none
             and functions has any [remote_access]
  require m
    with evidence(algorithm_report)
    where contains has all [basics]
  deadline control(x)
     by end_of(quarter, d)
  after a and
    b
  joined a ==
    b
  given a in [
    (b
      or c)]
  for m in models
    where m.kind != none
}
"#;
    special_fields: r#"instrument A "A" {
  in_force 2025-01-24 when kr_digital_device
  in_force 2025-07-01   opt_in when voluntary
  connections exactly [bluetooth]
  share 12.5% within_days 90  days
  clause "二(四)1" { source seen_secondary }
  requirement row.control "T" { for m in models  test "…" met { } }
}
"#;
    texts: "control x \"X\" {\n    doc   \"\"\"\n  kept  \n      as\n is   \"\"\"\n    because \"a  \\\"b\\\"   c\"\n}\n";
    wide_characters: r#"device x "X" {
  accepts [一二三四五六七八九十一二三四五六七八九十, 一二三四五六七八九十一二三四五六七八九十, bcdefghijklmnopqrst]
  names   [一二三四五六七八九十一二三四五六七八九十, 一二三四五六七八九十一二三四五六七八九十, abcdefghijklmnopqrstuvwxyzabc]
  甲 1
  bb 2
}
"#;
    comments: r#"// The file.

/// Documents x.
device x "X" {   // opens


  // First.
  a 1   // behind a
    /// Documents b.
  b { c d }
  // Last.

}   // closes
condition a = // defined
  b // first operand
  // before the operator
  and c
"#;
    comments_in_lists: r#"device x "X" {
  a [ // the list
    // before b
    b // behind b
    , // behind the comma
    c // behind c
    , // behind the last comma

    // before the bracket
  ]
}
"#;
    switched_off: r#"device x "X" {
  a   1
  // fmt: off
  matrix   [ 1,0,
             0,1 ]
  b    2
  // fmt: on
  c   3
  d {
    // fmt: off
    e    4
    f  5

  }
  g   6 // fmt: off
  h   7
}
// fmt: off
i    8
"#;
    broken_items: r#"device   whole   "W" {
version "1" }
device   broken   "B" {
    version  =  "1"
      status   filed
}
   market   ??   x
use    "a.dossier"
device x "Unclosed {
"#;
}

#[test]
fn brackets_that_do_not_match_are_refused() {
    for text in ["device x \"X\" {\n  a b\n", "device x \"X\"\n  a b\n}\n", "a b\n}\n", &"{".repeat(200)] {
        assert_eq!(format(text), Err(Refused::Brackets), "{text}");
    }
    // A list left open costs its line.
    let text = "device   x   \"X\" { a   b }\nc   [d\ne   f\n";
    assert_eq!(format(text).as_deref(), Ok("device x \"X\" { a b }\nc   [d\ne f\n"));
}

#[test]
fn a_broken_file_of_any_shape_ends_as_it_should() {
    for (text, out) in [
        ("", ""),
        (" \n\n", ""),
        ("\u{feff}", ""),
        ("// c", "// c\n"),
        ("\n\n// c  \n\n\n// d\n\n", "// c\n\n// d\n"),
        ("a b", "a b\n"),
        ("// fmt: off\n  a   b  \n\n", "// fmt: off\n  a   b\n"),
    ] {
        assert_eq!(format(text).as_deref(), Ok(out), "{text:?}");
    }
}

#[test]
fn the_width_is_exact() {
    // A line of exactly the width stays, one column more breaks it; the same for blocks and conditions.
    for (head, tail, last) in
        [("a [b, ", "]", "]"), ("control x { a ", " }", "}"), ("condition a = b and ", "", "and ")]
    {
        for over in [0, 1] {
            let fill = 120 + over - head.len() - tail.len();
            let text = format!("{head}{}{tail}\n", "x".repeat(fill));
            let out = checked("at the border", &text);
            assert_eq!(out == text, over == 0, "{out}");
            assert!(
                over == 0 || out.lines().last().is_some_and(|l| l.trim_start().starts_with(last)),
                "{out}"
            );
        }
    }
}
