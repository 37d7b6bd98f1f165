//! How well errors are told when a file is damaged: the figures of `quality.md`, printed and asserted.
//!
//! `DOSSIER_RECOVERY_STRIDE=1` damages every token, `DOSSIER_RECOVERY_SHOW=50` prints so many of the worst cases.

use dossier_testkit::corpus::is_rulebook;
use dossier_testkit::damage::Figures;
use dossier_testkit::world::World;

fn number(variable: &str, default: usize) -> usize {
    std::env::var(variable).ok().and_then(|v| v.parse().ok()).unwrap_or(default)
}

#[test]
fn damage_is_told_where_it_is_and_once_or_twice() {
    let stride = number("DOSSIER_RECOVERY_STRIDE", 20);
    let show = number("DOSSIER_RECOVERY_SHOW", 6);
    let (mut devices, mut rulebooks) = (Figures::default(), Figures::default());
    for folder in ["tests/corpus/valid", "examples"] {
        for world in World::below(folder).values() {
            for path in world.texts.keys() {
                let figures = if is_rulebook(path) { &mut rulebooks } else { &mut devices };
                figures.measure(world, path, 0, stride);
            }
        }
    }
    // Where we stand, so that it gets no worse; the aim is 95 % and 100 % for both. Which tokens are hit moves with each
    // edit of an example, so the floors leave room for what is known to be missing: braces that change places with
    // what stands around them, and words of the vocabulary of which nothing is left (a name, an element of a list).
    let floors = [("device files", &devices, 99.0, 99.5), ("rulebooks", &rulebooks, 98.5, 99.0)];
    assert!(devices.untouched > 100_000, "too few verdicts on devices out of reach: {devices}");
    for (what, figures, near, few) in floors {
        println!("recovery, {what}: {figures}");
        let found = figures.changed.iter().chain(&figures.passed).chain(&figures.worst);
        for case in found.take(show) {
            println!("  {}:{} {:?} {}: {}", case.path, case.line, case.damage, case.token, case.shown.trim());
            case.said.iter().for_each(|s| println!("      {s}"));
            case.verdicts.iter().take(show).for_each(|v| println!("      {v}"));
        }
        assert!(figures.cases > 100, "too few damages to say anything");
        assert!(figures.near_share() >= near, "{what}: the first diagnostic is too far away: {figures}");
        assert!(figures.few_share() >= few, "{what}: too many diagnostics: {figures}");
        assert!(figures.passing > 10_000, "too few verdicts to say anything: {figures}");
        assert!(figures.changed.is_empty(), "{what}: a device out of reach is touched: {figures}");
        assert!(figures.passed.is_empty(), "{what}: a mistake makes a verdict pass: {figures}");
    }
}

/// What is said of files, as lines.
fn said(files: &[(&str, &str)], embedded: bool) -> Vec<String> {
    let files = files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned()));
    let world = World::new(files, embedded);
    world.diagnostics().iter().map(|d| world.show(d)).collect()
}

/// What is said of a device with these lines.
fn of_device(lines: &str) -> Vec<String> {
    let lines = lines.replace('\n', "\n  ");
    said(&[("a.dossier", &format!("device a \"A\" {{\n  {lines}\n}}\n"))], true)
}

#[test]
fn one_mistake_is_told_once_with_what_was_meant() {
    let cases = [
        (
            "control automatic_logoff { status implemented  timeout 10 mins }",
            "E0001 expected a unit, found `mins`",
        ),
        ("version \"1.0\" \"2.0\"", "E0001 expected the end of the line, found `\"2.0\"`"),
        ("connections [usb wifi]", "E0001 expected `,` or `]`, found `wifi`"),
        ("version", "E0012 `version` has no value"),
        ("safety_level moderate moderate", "E0012 `moderate` has no value"),
        ("version \"\\u{+41}\"", "E0007 `\\u` is no escape"),
        ("control automatic_logoff  status implemented  timeout 10 min }", "E0003 `{` is missing"),
        ("connections\n  usb,\n  wifi,\n]", "E0003 `[` is missing"),
        (
            "connections [\n  usb,\n  wifi,\nsoftware simd",
            "E0002 a list is never closed: `]` is missing here",
        ),
        ("connections [[\n  usb,\n]\nsoftware simd", "E0004 this `[` is one too many"),
    ];
    for (lines, expected) in cases {
        let said = of_device(lines);
        assert!(matches!(&*said, [one] if one.contains(expected)), "{lines}: {said:#?}");
    }
    let d = World::new([("a.dossier".to_owned(), "device a \"A\" {\n  data 10 mins\n}\n".to_owned())], true);
    let helps: Vec<String> = d.diagnostics().iter().flat_map(|d| &d.notes).map(|n| n.text.clone()).collect();
    assert_eq!(helps, ["did you mean `min`?"]);
}

/// The first half of an expression is not the expression, and a list that was mended is a guess.
#[test]
fn what_could_be_read_of_a_broken_line_is_unknown() {
    use dossier_model::device::Slot;
    let lines =
        ["connections [usb] ]", "connections [usb] = 3", "connections\n  usb,\n]", "connections [[usb]"];
    for lines in lines {
        let text = format!("device a \"A\" {{\n{lines}\n}}\n");
        let world = World::new([("a.dossier".to_owned(), text)], true);
        assert!(!world.diagnostics().is_empty(), "{lines}");
        let model = world.model();
        let (_, device) = model.devices().next().expect("the device");
        let known = device.scope.facts.iter().filter(|g| matches!(g.slot, Slot::Known(_))).count();
        assert_eq!(known, 0, "{lines}: {:?}", device.scope.facts);
        assert!(!device.scope.facts.is_empty() || device.scope.broken, "{lines}: nothing is unknown");
    }
}

#[test]
fn a_table_with_a_row_that_cannot_be_read_decides_nothing() {
    use dossier_model::vocab::FactKind;
    let rows = ["yes -> -> yes", "yes no -> yes", "maybe -> yes", "yes ->", "[ -> yes"];
    for row in rows {
        let text = format!(
            "fact wet : bool \"Wet\"\nderived slippery : bool \"Slippery\" {{\n  table [wet] {{\n    no -> no\n    {row}\n  }}\n}}\n"
        );
        let world = World::new([("a.rulebook".to_owned(), text)], false);
        assert!(!world.diagnostics().is_empty(), "{row}");
        let facts = &world.rules().vocab.facts;
        let fact = facts.iter().find(|f| f.name.as_str() == "slippery").expect("it is declared");
        assert_eq!(fact.kind, FactKind::Broken, "{row}");
    }
}

/// A name is forgiven only where something else was told; two that are lost do not excuse each other.
#[test]
fn no_mistake_is_forgiven_for_another_that_is_not_told() {
    let family = |name: &str, under: &str| {
        format!("family {name} \"F\" {{\n  under {under}\n  source background\n  strength shall\n}}\n")
    };
    let circle = format!("{}{}", family("AA-1", "BB-1"), family("BB-1", "AA-1"));
    assert_eq!(said(&[("a.rulebook", &circle)], false).len(), 1);
    let alone = family("AA-1", "ZZ-1");
    assert_eq!(said(&[("a.rulebook", &alone)], false).len(), 1);
    // Where the instrument could not be read, that is told and nothing else.
    let lost = format!("instrument instrument ZZ-1 \"Z\" {{\n  force statute\n}}\n{alone}");
    let said_of_it = said(&[("a.rulebook", &lost)], false);
    assert!(matches!(&*said_of_it, [one] if one.contains("a.rulebook:1:")), "{said_of_it:#?}");
    // A word of a line that could not be read excuses no other line's misspelling.
    let device = of_device(
        "safety_level = moderate\nsafty_level moderate\ncontrol no_such_control { status implemented }",
    );
    assert_eq!(device.len(), 3, "{device:#?}");
}

#[test]
fn ten_thousand_mistakes_are_told_a_thousand_times_at_most() {
    let most = dossier_base::MOST_TOLD;
    for line in ["; ", "x x\n", "= 3\n", "control\n"] {
        let text = line.repeat(10_000);
        let world = World::new([("a.dossier".to_owned(), text)], true);
        let said = world.diagnostics();
        assert!((1..=2 * most).contains(&said.len()), "{line:?}: {}", said.len());
        let told =
            |d: &dossier_base::Diagnostic| d.notes.iter().any(|n| n.text.contains("has more mistakes"));
        assert!(said.iter().any(told), "{line:?}: nothing says that there are more");
    }
}
