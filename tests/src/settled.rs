//! Small cases with the outcome that the language gives them: each was a place where the evaluators differed, or where
//! a fault would otherwise go unseen. The law is the made-up one of `fixtures/law`.

use crate::generator::stands;
use crate::naive::Date;
use crate::worlds::made_up;

/// A device and the outcome of one requirement.
#[derive(Clone, Copy, Debug)]
pub struct Settled {
    /// What it is about.
    pub what: &'static str,
    /// Components, and what stands in the device `d`; it has one market, that of the requirement.
    pub components: &'static str,
    /// What stands in the device.
    pub device: &'static str,
    /// What stands in the market.
    pub market: &'static str,
    /// The day of the check.
    pub as_of: Date,
    /// The requirement.
    pub code: &'static str,
    /// What it comes to.
    pub outcome: &'static str,
}

const BASE: Settled =
    Settled { what: "", components: "", device: "", market: "", as_of: (2026, 6, 15), code: "", outcome: "" };

/// The cases.
pub const CASES: &[Settled] = &[
    Settled {
        what: "an exception with a quantifier of its own does not take the name that its target has bound",
        device: "form box  unit u \"U\" { color red  active no  control guard { status implemented  steps [a] } }",
        code: "YY-T04",
        outcome: "met",
        ..BASE
    },
    Settled {
        what: "several instruments replace one: the first that begins ends it",
        device: "form box  color red  note \"none\"",
        market: "class II",
        code: "XX-R1",
        outcome: "not_in_force",
        ..BASE
    },
    Settled {
        what: "a kind of entity that makes no sense here is not held by any",
        device: "form box  remote no  unit u \"U\" { active yes }",
        code: "YY-T21",
        outcome: "met",
        ..BASE
    },
    Settled {
        what: "what a market adds inside an entity does not close it",
        device: "form box  unit u \"U\" { active yes }",
        market: "unit u { piece p \"P\" { size 3 } }",
        code: "YY-T19",
        outcome: "unknown",
        ..BASE
    },
    Settled {
        what: "an entity that holds none of a kind is closed, whatever a market adds",
        device: "form box  unit u \"U\" { has_no [piece] }",
        market: "unit u { piece p \"P\" { size 3 } }",
        code: "YY-T19",
        outcome: "unmet",
        ..BASE
    },
    Settled {
        what: "a filter that is false of whatever there may be leaves nothing to ask",
        device: "form box  remote no",
        code: "YY-T03",
        outcome: "not_applicable",
        ..BASE
    },
    Settled {
        what: "a control inside an entity that a quantifier finds may be left out with its reason",
        device: "form box
            unit u \"U\" { color green  control lock { status left_out  because \"So.\"  evidence [r] } }
            evidence r \"r.pdf\" { kind scan }",
        code: "YY-T23",
        outcome: "justified",
        ..BASE
    },
    Settled {
        what: "what is left out excuses one requirement, not those to which it has to conform",
        device: "form box  remote yes
            control lock { status left_out  because \"So.\"  evidence [r] }
            control guard { status left_out  because \"So.\"  evidence [r] }
            control watch { status left_out  because \"So.\"  evidence [r] }
            evidence r \"r.pdf\" { kind [report, scan]  independent yes }",
        market: "mark_yy 1",
        code: "YY-C4",
        outcome: "unmet",
        ..BASE
    },
    Settled {
        what: "falls short only for what is left out, as far as is known: a fact would tell",
        device: "form box  ways [door]  level high  control seal { status left_out  because \"So.\" }
            control watch { status left_out  because \"So.\" }",
        market: "class II",
        code: "XX-D26",
        outcome: "unknown",
        ..BASE
    },
    Settled {
        what: "a control left out without a reason excuses nothing",
        device: "form box  ways [door]  level high  control lock { status left_out }",
        market: "class II",
        code: "XX-D06",
        outcome: "unmet",
        ..BASE
    },
    Settled {
        what: "nor does one with an empty reason",
        device: "form box  ways [door]  level high  control lock { status left_out  because \" \" }",
        market: "class II",
        code: "XX-D06",
        outcome: "unmet",
        ..BASE
    },
    Settled {
        what: "a plan later than the day by which something is due leaves it due",
        device: "form box  until_day 2026-07-31
            control guard { status planned  due 2026-09-01 }
            control seal { status planned  due 2026-08-01 }",
        code: "XX-B07",
        outcome: "planned",
        ..BASE
    },
    Settled {
        what: "what is done in a month of which the day is not known was done in time while the day is not past",
        device: "form box  control lock { status implemented  since 2026-06  strict yes }",
        code: "XX-B04",
        outcome: "met",
        ..BASE
    },
    Settled {
        what: "of two things the later day counts, and a late one settles it although the other has none",
        device: "form box  begun_on 2025-06-01  control lock { status implemented  evidence [s] }
            evidence s \"s.pdf\" { kind scan  issued 2026-01-01 }",
        code: "XX-B03",
        outcome: "unmet",
        ..BASE
    },
    Settled {
        what: "a plan that comes too late does not become unknown by a field that is missing",
        device: "form box  control lock { status planned  due 2027-02-24 }",
        as_of: (2027, 1, 25),
        code: "XX-B04",
        outcome: "unmet",
        ..BASE
    },
    Settled {
        what: "planned evidence is issued on its day, whatever it says of issue",
        device: "form box  ways [door]  level high  evidence r { kind report  due 2026-08-01  issued 2026-07-01 }",
        market: "class II",
        code: "XX-D14",
        outcome: "planned",
        ..BASE
    },
    Settled {
        what: "planned evidence that has expired before it comes does not stand",
        device: "form box  ways [door]  level high  evidence r { kind report  due 2026-08-01  expires 2026-06-01 }",
        market: "class II",
        code: "XX-D14",
        outcome: "unmet",
        ..BASE
    },
    Settled {
        what: "a planned control is looked at as implemented since its day",
        device: "form box  ways [door]  level high  until_day 2026-01-01
            control lock { status planned  due 2026-08-01  until 2026-12-31 }",
        market: "class II",
        code: "XX-D10",
        outcome: "unmet",
        ..BASE
    },
    Settled {
        what: "each kind reads its own parts of what evidence contains",
        device: "form box  ways [door]  level high
            evidence r \"r.pdf\" { kind [report, review]  contains [a, b]  independent yes }",
        market: "class II",
        code: "XX-D16",
        outcome: "met",
        ..BASE
    },
    Settled {
        what: "texts of components are known in part, too",
        components: "component c \"C\" { labels [\"a\"] }",
        device: "form box  includes c",
        code: "XX-P20",
        outcome: "unknown",
        ..BASE
    },
    Settled {
        what: "and unite with the device's own",
        components: "component c \"C\" { labels [\"d\"] }",
        device: "form box  includes c  labels [\"a\"]",
        code: "XX-P20",
        outcome: "unmet",
        ..BASE
    },
    Settled {
        what: "sets of texts are equal in whatever order they are listed",
        components: "component c \"C\" { labels [] }",
        device: "form box  includes c  labels []",
        code: "XX-P20",
        outcome: "unmet",
        ..BASE
    },
    Settled {
        what: "a component that says what a set is exactly has settled it without those that it includes",
        components: "component inner \"I\" { extras [d] } component outer \"O\" { includes inner  extras exactly [a] }",
        device: "form box  includes outer  ways [door]  extras []",
        code: "XX-P05",
        outcome: "met",
        ..BASE
    },
    Settled {
        what: "but not for a device that includes those itself",
        components: "component inner \"I\" { extras [d] } component outer \"O\" { includes inner  extras exactly [a] }",
        device: "form box  includes [outer, inner]  ways [door]  extras []",
        code: "XX-P05",
        outcome: "unmet",
        ..BASE
    },
    Settled {
        what: "who includes a component has the last word, in whatever order the device names them",
        components: "component inner \"I\" { remote no } component outer \"O\" { includes inner  remote yes }",
        device: "form box  includes [inner, outer]",
        code: "XX-P24",
        as_of: (2026, 1, 1),
        outcome: "met",
        ..BASE
    },
    Settled {
        what: "an address is there, planned or not",
        device: "form box  ways [door]  level high
            evidence p { kind policy  url \"https://example.invalid\"  due 2027-01-01 }",
        market: "class II",
        code: "XX-D19",
        outcome: "met",
        ..BASE
    },
    Settled {
        what: "the last day of a waiver",
        device: "form box  ways [door]  level high
            waive XX-D14 { because \"So.\"  approved_by \"Q\"  until 2026-06-15 }",
        market: "class II",
        code: "XX-D14",
        outcome: "waived",
        ..BASE
    },
    Settled {
        what: "the first day of an edition",
        device: "form box  ways [door]  level high",
        market: "class II",
        as_of: (2025, 7, 1),
        code: "XX-D02",
        outcome: "unmet",
        ..BASE
    },
];

impl Settled {
    fn files(&self) -> Vec<(String, String)> {
        let place = self.code.split('-').next().unwrap_or_default();
        let text = format!(
            "{}\ndevice d \"D\" {{\n{}\nmarket {place} {{ {} }}\n}}\n",
            self.components, self.device, self.market
        );
        vec![("d.dossier".to_owned(), text)]
    }

    fn key(&self) -> (String, String, String) {
        let place = self.code.split('-').next().unwrap_or_default();
        ("d".to_owned(), place.to_owned(), self.code.to_owned())
    }
}

/// What the naive evaluator makes of a case; one that the real one rejects it cannot read.
pub fn naive(case: &Settled) -> String {
    let verdicts = made_up().naive.verdicts(&case.files(), case.as_of, &stands);
    verdicts.get(&case.key()).map_or_else(|| "not_in_force".to_owned(), |v| v.outcome.clone())
}

/// What the real evaluator makes of a case, whatever is wrong with it.
pub fn real(case: &Settled) -> String {
    let verdicts = made_up().real.project(&case.files()).verdicts(case.as_of, stands);
    verdicts.get(&case.key()).map_or_else(|| "not_in_force".to_owned(), |v| v.outcome.clone())
}

/// The first case that does not come out as it should, and what it comes to.
pub fn first_wrong() -> Option<String> {
    CASES.iter().find_map(|case| {
        let got = real(case);
        (got != case.outcome).then(|| format!("{}: {got}, not {}", case.what, case.outcome))
    })
}
