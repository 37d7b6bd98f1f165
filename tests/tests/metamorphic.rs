//! What must not change, or only for the better, when a device changes a little. `DOSSIER_CASES` runs more.
#![allow(clippy::print_stdout)] // Figures are for who runs it.

use dossier_base::FileId;
use dossier_model::vocab::FactId;
use dossier_tests::generator::{Case, Maker, Node, Rng, case, case_named, shuffle, stands};
use dossier_tests::loose::loose;
use dossier_tests::naive::{Date, Key, Verdict};
use dossier_tests::worlds::{self, World, cases, differences};
use dossier_verdict::Remark;
use std::collections::{BTreeMap, BTreeSet};

type Verdicts = BTreeMap<Key, Verdict>;

/// From the best to the worst.
const RANKS: [&str; 7] = ["not_applicable", "met", "justified", "waived", "planned", "unknown", "unmet"];

fn rank(verdict: &Verdict) -> usize {
    RANKS.iter().position(|o| *o == verdict.outcome).expect("an outcome")
}

/// The same where false may become unknown: a waiver and a plan speak of what is false only, so that a control whose
/// day is asked for takes their place.
fn rough_rank(verdict: &Verdict) -> usize {
    rank(verdict).min(if verdict.outcome == "unmet" { 6 } else { 3 })
}

fn worlds() -> [(&'static World, u64); 2] {
    [(worlds::made_up(), u64::from(cases(150))), (worlds::embedded(), u64::from(cases(40)))]
}

/// The cases of a world, with their verdicts.
fn each(mut f: impl FnMut(&'static World, u64, Case, Verdicts)) {
    for (world, count) in worlds() {
        for seed in 0..count {
            let case = case(&world.catalog, seed);
            let before = world.real(&case).expect("a case is well formed");
            f(world, seed, case, before);
        }
    }
}

/// Everything that some scope says of a word: `control x`, a fact.
fn says(nodes: &[Node], head: &str) -> bool {
    let first = |n: &Node| {
        let own = n.head();
        own == head || own.strip_prefix(head).is_some_and(|rest| rest.starts_with(' '))
    };
    nodes.iter().any(|n| first(n) || says(n.items(), head))
}

fn said(case: &Case, head: &str) -> bool {
    case.files.iter().any(|(_, items)| says(items, head))
}

/// Facts and entities that make no sense where they stand: an error, and no device to compare with.
fn out_of_place(world: &World, case: &Case) -> usize {
    let remarks = world.real.project(&case.texts()).remarks(case.as_of, stands);
    remarks.iter().filter(|r| matches!(r, Remark::FactNotInUse(..) | Remark::EntityNotInUse(..))).count()
}

#[test]
fn a_fact_that_is_told_changes_no_settled_verdict() {
    let settled = ["met", "unmet", "not_applicable"];
    let (mut tried, mut held) = (0, 0);
    let mut sets: BTreeMap<(usize, String), BTreeSet<FactId>> = BTreeMap::new();
    each(|world, seed, case, before| {
        let rules = &world.real.rules;
        let law = &rules.law;
        let mut maker = Maker::new(&world.catalog, seed, "d");
        maker.rng = Rng::new(seed ^ 0xFAC7);
        let mut absent: Vec<(FactId, Option<String>)> = Vec::new();
        for f in &world.catalog.device_facts {
            if !said(&case, rules.vocab.facts[*f].name.as_str()) {
                absent.push((*f, None));
            }
        }
        for block in case.device().items().iter().filter(|n| n.word() == "market") {
            let place = block.head().strip_prefix("market ").expect("a market").to_owned();
            for (f, of) in &world.catalog.market_facts {
                let here = of.is_none_or(|m| m.as_str() == place);
                if here && !says(block.items(), rules.vocab.facts[*f].name.as_str()) {
                    absent.push((*f, Some(place.clone())));
                }
            }
        }
        for _ in 0..6 {
            if absent.is_empty() {
                return;
            }
            let (fact, market) = absent.swap_remove(maker.rng.below(absent.len()));
            let Some(line) = maker.fact(fact, false) else { continue };
            let mut told = case.clone();
            let items = told.device_items();
            let into = match &market {
                None => items,
                Some(m) => {
                    let head = format!("market {m}");
                    let block = items.iter_mut().find(|n| n.head() == head).expect("the market");
                    block.items_mut().expect("a block")
                }
            };
            into.push(line.clone());
            let after = world.real(&told).expect("one more fact is well formed");
            if out_of_place(world, &told) > out_of_place(world, &case) {
                continue;
            }
            tried += 1;
            for (key, was) in before.iter().filter(|(_, v)| settled.contains(&v.outcome.as_str())) {
                let at = std::ptr::from_ref(world) as usize;
                let exempt = sets.entry((at, key.2.clone())).or_insert_with(|| {
                    let id = law.requirements.ids().find(|r| law.requirements[*r].code.as_str() == key.2);
                    loose(rules, id.expect("a requirement"))
                });
                if exempt.contains(&fact) {
                    continue;
                }
                held += 1;
                let is = after.get(key).map(|v| &v.outcome);
                assert_eq!(is, Some(&was.outcome), "{key:?} once `{line:?}` is told in {market:?}\n{told:?}");
            }
        }
    });
    println!("{tried} facts told, {held} settled verdicts looked at");
    assert!(tried > 300 && held > 10_000);
}

/// Adds something to each case and looks that nothing gets worse.
fn never_worse(
    what: &str,
    rank: fn(&Verdict) -> usize,
    add: impl Fn(&World, &mut Maker<'_>, &Case) -> Vec<Node>,
) {
    let (mut tried, mut better) = (0, 0);
    each(|world, seed, case, before| {
        let mut maker = Maker::new(&world.catalog, seed, "d");
        maker.rng = Rng::new(seed ^ 0xADD);
        for node in add(world, &mut maker, &case) {
            let mut more = case.clone();
            more.device_items().push(node.clone());
            let after = world.real(&more).expect("one more is well formed");
            tried += 1;
            assert_eq!(before.len(), after.len(), "{what}: other requirements are asked\n{more:?}");
            for (key, was) in &before {
                let is = &after[key];
                assert!(rank(is) <= rank(was), "{key:?}: {was:?} became {is:?} by {node:?}\n{more:?}");
                better += usize::from(rank(is) < rank(was));
            }
        }
    });
    println!("{what}: {tried} added, {better} verdicts the better for it");
    assert!(tried > 200 && better > 100);
}

#[test]
fn one_more_control_makes_nothing_worse() {
    never_worse("controls", rough_rank, |world, maker, case| {
        let vocab = &world.real.rules.vocab;
        let mut absent: Vec<_> = vocab
            .controls
            .ids()
            .filter(|c| !said(case, &format!("control {}", vocab.controls[*c].name)))
            .collect();
        maker.rng.shuffle(&mut absent);
        absent.truncate(4);
        absent.into_iter().map(|c| implemented(maker.control_block(c, None))).collect()
    });
}

fn implemented(mut block: Node) -> Node {
    let items = block.items_mut().expect("a control is a block");
    // What it lists is not made for this device.
    items.retain(|n| !["status", "due", "since", "because", "evidence", "covers"].contains(&n.word()));
    items.push(Node::line("status", "implemented"));
    block
}

#[test]
fn one_more_evidence_makes_nothing_worse() {
    never_worse("evidence", rough_rank, |world, maker, _| {
        let kinds: Vec<_> = world.real.rules.vocab.kinds.ids().collect();
        (0..3)
            .map(|n| {
                let kind = *maker.rng.pick(&kinds);
                maker.evidence_block(&format!("one_more{n}"), &[kind])
            })
            .collect()
    });
}

#[test]
fn one_more_claim_makes_nothing_worse() {
    never_worse("claims", rank, |world, maker, case| {
        let places: Vec<&str> = case
            .device()
            .items()
            .iter()
            .filter_map(|n| n.head().strip_prefix("market "))
            .chain(["any"])
            .collect();
        let mut about: Vec<_> = world
            .catalog
            .requirements
            .iter()
            .filter(|r| places.contains(&r.market.map_or("any", |m| m.as_str())))
            .map(|r| r.code)
            .collect();
        maker.rng.shuffle(&mut about);
        about.truncate(8);
        about.into_iter().map(|code| maker.claim(code)).collect()
    });
}

// ---------------------------------------------------------------- damage

/// A line of a file spoilt in some way; whether braces still match.
fn spoil(line: &str, rng: &mut Rng) -> (String, bool) {
    let indent = &line[..line.len() - line.trim_start().len()];
    let text = line.trim();
    let word = text.split(' ').next().unwrap_or_default();
    let rest = text.strip_prefix(word).unwrap_or_default();
    let (spoilt, whole) = match rng.below(12) {
        0 => (word.to_owned(), !text.ends_with('{')),
        1 => (format!("{word} ="), !text.ends_with('{')),
        2 => (format!("{word} ["), !text.ends_with('{')),
        3 => (format!("{word} \"not closed"), !text.ends_with('{')),
        4 => (format!("{word} @@{rest}"), true),
        5 => (format!("@@{rest}"), true),
        6 => (rest.to_owned(), true),
        7 => (format!("{text} ] )"), true),
        8 => (format!("{word} {word}{rest}"), true),
        9 => (text.trim_end_matches(['{', ']', '}', '"']).to_owned(), !text.ends_with(['{', '}'])),
        10 => (format!("{text} }}"), false),
        _ => (format!("{text} {{"), false),
    };
    (format!("{indent}{spoilt}"), whole)
}

#[test]
fn a_syntax_error_never_makes_a_pass_and_reaches_no_other_device() {
    let passes = ["met", "justified", "not_applicable"];
    let (mut tried, mut passing) = (0, 0);
    each(|world, seed, case, before| {
        if out_of_place(world, &case) > 0 {
            // It has an error already, and what is declared out of place counts again once nobody knows that it is.
            return;
        }
        let mut rng = Rng::new(seed ^ 0xBAD);
        let other = case_named(&world.catalog, seed + 1_000_000, "other");
        let (own, mut others): (Vec<_>, Vec<_>) = (case.texts(), other.texts());
        // The other device stands in the same file, behind or before this one, or in a file of its own.
        let place = rng.below(3);
        let joined = place < 2 && others.len() == 1;
        let untouched = {
            let mut files = own.clone();
            files.extend(others.iter().cloned());
            let all = world.real.project(&files).verdicts(case.as_of, stands);
            all.into_iter().filter(|(k, _)| k.0 == "other").collect::<Verdicts>()
        };
        for _ in 0..8 {
            let mut files = own.clone();
            let at = rng.below(files.len());
            let lines: Vec<&str> = own[at].1.lines().collect();
            // Inside a block: what stands at the margin begins or ends a device or component.
            let inner: Vec<usize> = (0..lines.len()).filter(|i| lines[*i].starts_with(' ')).collect();
            if inner.is_empty() {
                continue;
            }
            let n = *rng.pick(&inner);
            let (spoilt, whole) = spoil(lines[n], &mut rng);
            let mut text: Vec<String> = lines.iter().map(|l| (*l).to_owned()).collect();
            text[n].clone_from(&spoilt);
            files[at].1 = text.join("\n") + "\n";
            // Evidence is looked for beside the file that declares it.
            if joined && whole && !files[at].0.contains('/') {
                let theirs = std::mem::take(&mut others[0].1);
                let own = &files[at].1;
                let both = if place == 0 { format!("{own}\n{theirs}") } else { format!("{theirs}\n{own}") };
                others[0].1 = theirs;
                files[at].1 = both;
            } else {
                files.extend(others.iter().cloned());
            }
            let project = world.real.project(&files);
            if project.diagnostics.is_empty() {
                // Spoilt into something else that is well formed.
                continue;
            }
            tried += 1;
            let after = project.verdicts(case.as_of, stands);
            let show = || format!("line {}: `{}` became `{spoilt}`\n{case:?}", n + 1, lines[n]);
            for (key, is) in &after {
                if key.0 == "other" {
                    continue;
                }
                // Where a brace is too many or too few, what follows stands in another block than was meant; what it
                // says there is well formed.
                if whole && passes.contains(&is.outcome.as_str()) {
                    passing += 1;
                    let was = before.get(key).map_or("not in force", |v| v.outcome.as_str());
                    // An exemption that cannot be read any more is none; what was met may still be justified.
                    let fine = match is.outcome.as_str() {
                        "not_applicable" => was == "not_applicable",
                        "met" => ["not_applicable", "met"].contains(&was),
                        _ => passes.contains(&was),
                    };
                    assert!(fine, "{key:?}: {was} becomes {} by a syntax error: {}", is.outcome, show());
                }
            }
            let theirs: Verdicts = after.into_iter().filter(|(k, _)| k.0 == "other").collect();
            let differ: Vec<String> =
                differences(&untouched, &theirs).iter().map(ToString::to_string).collect();
            assert!(differ.is_empty(), "another device is touched: {differ:?}\n{}", show());
        }
    });
    println!("{tried} syntax errors, {passing} verdicts that still pass");
    assert!(tried > 600 && passing > 10_000);
}

// ---------------------------------------------------------------- order and layout

#[test]
fn the_order_of_items_changes_nothing() {
    each(|world, seed, case, before| {
        let mut rng = Rng::new(seed ^ 0x0DE);
        let mut other = case.clone();
        other.files.iter_mut().for_each(|(_, items)| shuffle(items, &mut rng));
        other.files.reverse();
        let after = world.real(&other).expect("it is well formed in any order");
        assert_eq!(before, after, "{case:?}\n{other:?}");
    });
}

/// The verdicts on texts.
fn on(world: &World, files: &[(String, String)], as_of: Date) -> Verdicts {
    world.real.verdicts(files, as_of, stands).unwrap_or_else(|e| panic!("{e:?}"))
}

#[test]
fn layout_changes_nothing() {
    each(|world, _, case, before| {
        let each_text = |f: &dyn Fn(&str) -> String| -> Vec<(String, String)> {
            case.texts().iter().map(|(path, text)| (path.clone(), f(text))).collect()
        };
        let formatted = each_text(&|text| {
            let parse = dossier_syntax::parse(FileId(0), text);
            dossier_fmt::format(&parse).expect("a well-formed file is laid out")
        });
        assert_eq!(on(world, &formatted, case.as_of), before, "{case:?}\n{formatted:?}");
        let carriage = each_text(&|text| text.replace('\n', "\r\n"));
        assert_eq!(on(world, &carriage, case.as_of), before);
        let comments = each_text(&|text| text.replace('\n', " // } ] \" {\n\n\t"));
        assert_eq!(on(world, &comments, case.as_of), before);
        let lists = each_text(&|text| text.replace('[', "[\n").replace(']', "\n]"));
        assert_eq!(on(world, &lists, case.as_of), before);
    });
}
