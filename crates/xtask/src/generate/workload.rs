//! The workload on which other checkers were measured, said in Dossier.
//!
//! 200 requirements of one shape, "in this market, with this function and in these classes, one or two controls are
//! there, done by a method that is allowed, strong enough, and with a reference to evidence", and devices of 22 facts
//! and 32 controls of four fields. Markets, controls and law are made up. The model, its seed and the order in which
//! random numbers are drawn are those of the reference, so the same devices break the same rules: in 1, 100, 1,000
//! and 10,000 devices 7, 161, 1,740 and 17,069 of them.

use super::random::Random;
use super::{Output, Sink};
use std::fmt::Write as _;
use std::iter;

const SEED: u64 = 20_240_607;
const RULES: usize = 200;
const MARKETS: [&str; 6] = ["XA", "XB", "XC", "XD", "XE", "XF"];
const CLASSES: [&str; 4] = ["I", "IIa", "IIb", "III"];
const METHODS: [&str; 6] = ["m_alpha", "m_beta", "m_gamma", "m_delta", "m_epsilon", "m_zeta"];
/// Facts that rules ask about. The prefix keeps all names out of the way of the embedded vocabulary.
const FUNCTIONS: [&str; 14] = [
    "w_ai",
    "w_adaptive",
    "w_network",
    "w_bluetooth",
    "w_wifi",
    "w_cloud",
    "w_usb",
    "w_implantable",
    "w_software_only",
    "w_health_data",
    "w_telemetry",
    "w_remote_update",
    "w_open_source",
    "w_interoperable",
];
const CONTROLS: usize = 32;

/// How many devices break a requirement, and how many they break together.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Broken {
    /// Devices that break one or more.
    pub devices: usize,
    /// Requirements broken, over all devices.
    pub requirements: usize,
}

/// The name of the rulebook.
pub const RULEBOOK: &str = "workload.rulebook";

/// The date on which its devices are meant to be checked.
pub const AS_OF: &str = "2026-11-24";

/// Writes the rulebook, a `dossier.toml` that adds it, and devices, a hundred in a folder. Gives what the devices
/// break, worked out without Dossier.
///
/// # Errors
/// What the sink says.
pub fn write(devices: u32, sink: Sink<'_>) -> Result<Broken, String> {
    let rules = Rules::new();
    sink(Output {
        path: "dossier.toml".to_owned(),
        text: format!("rulebooks = [\"{RULEBOOK}\"]\nas_of     = {AS_OF}\n"),
    })?;
    sink(Output { path: RULEBOOK.to_owned(), text: rulebook(&rules) })?;
    let mut all = Broken::default();
    for n in 0..devices {
        let device = Device::new(n, &rules);
        let broken = rules.broken_by(&device);
        all.devices += usize::from(broken > 0);
        all.requirements += broken;
        sink(Output { path: format!("devices/{:02}/d{n:05}.dossier", n / 100), text: device.text() })?;
    }
    Ok(all)
}

struct Demand {
    control: usize,
    /// The one that is not allowed.
    banned: usize,
    strength: u8,
}

struct Rule {
    market: usize,
    function: usize,
    /// The lowest class, by number; all above it too.
    class: usize,
    demands: Vec<Demand>,
}

struct Rules {
    rules: Vec<Rule>,
    /// For each control the method that the fewest rules forbid: what a careful maker uses.
    methods: [usize; CONTROLS],
}

impl Rules {
    fn new() -> Self {
        let mut r = Random::new(SEED);
        let mut rules = Vec::with_capacity(RULES);
        let controls: Vec<usize> = (0..CONTROLS).collect();
        let methods: Vec<usize> = (0..METHODS.len()).collect();
        for i in 1..=RULES {
            let class = r.range(0, 3);
            let count = r.choice(&[1, 1, 2]);
            let demands = r
                .sample(&controls, count)
                .into_iter()
                .map(|control| Demand { control, banned: r.choice(&methods), strength: r.choice(&[1, 2, 3]) })
                .collect();
            let function = r.below(FUNCTIONS.len());
            rules.push(Rule { market: i % MARKETS.len(), function, class, demands });
        }
        let bans = |control, method| {
            let demands = rules.iter().flat_map(|r: &Rule| &r.demands);
            demands.filter(|d| d.control == control && d.banned == method).count()
        };
        let methods = std::array::from_fn(|control| {
            // Of methods forbidden equally often the first by name.
            let least = methods.iter().min_by_key(|m| (bans(control, **m), METHODS[**m]));
            least.copied().unwrap_or(0)
        });
        Self { rules, methods }
    }

    /// How many rules a device breaks.
    fn broken_by(&self, d: &Device) -> usize {
        let breaks = |demand: &Demand| {
            let c = &d.controls[demand.control];
            c.status != Status::Implemented
                || c.method == demand.banned
                || c.strength < demand.strength
                || !c.reference
        };
        let asked =
            |r: &&Rule| d.markets.contains(&r.market) && d.functions[r.function] && d.class >= r.class;
        self.rules.iter().filter(asked).filter(|r| r.demands.iter().any(breaks)).count()
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Status {
    Implemented,
    Planned,
    LeftOut,
}

struct Control {
    status: Status,
    method: usize,
    strength: u8,
    reference: bool,
}

struct Device {
    number: u32,
    version: [usize; 3],
    class: usize,
    markets: Vec<usize>,
    users: usize,
    lifetime_years: usize,
    functions: [bool; FUNCTIONS.len()],
    controls: Vec<Control>,
}

impl Device {
    fn new(number: u32, rules: &Rules) -> Self {
        let mut r = Random::new(SEED * 1_000_003 + u64::from(number));
        let version = [r.range(1, 9), r.below(20), r.below(50)];
        let class = r.below(CLASSES.len());
        let count = r.range(1, 4);
        let markets = r.sample(&[0, 1, 2, 3, 4, 5], count);
        let users = r.range(1, 5000);
        let lifetime_years = r.range(1, 15);
        let functions = std::array::from_fn(|_| r.random() < 0.4);
        // Nine devices in ten are clean but for rare slips; one in ten is sloppy.
        let slip = if number.is_multiple_of(10) { 0.10 } else { 0.004 };
        let controls = (0..CONTROLS)
            .map(|c| {
                // In the reference a control may also be absent or not applicable: it is left out either way.
                let others = [Status::Planned, Status::LeftOut, Status::LeftOut];
                let status = if r.random() > slip { Status::Implemented } else { r.choice(&others) };
                let method = if r.random() > slip { rules.methods[c] } else { r.below(METHODS.len()) };
                let strength = if r.random() > slip { r.choice(&[3, 4, 5]) } else { r.choice(&[0, 1, 2]) };
                let reference = r.random() > slip / 2.0;
                Control { status, method, strength, reference }
            })
            .collect();
        Self { number, version, class, markets, users, lifetime_years, functions, controls }
    }

    fn text(&self) -> String {
        let n = self.number;
        let mut o = String::with_capacity(4_600);
        let [major, minor, patch] = self.version;
        let mut line = |text: std::fmt::Arguments<'_>| {
            let _ = writeln!(o, "{text}"); // Writing to a string does not fail.
        };
        line(format_args!("device d{n:05} \"Device {n}\" {{"));
        line(format_args!("  w_model          \"MD-{n:05}\""));
        line(format_args!("  w_version        \"{major}.{minor}.{patch}\""));
        line(format_args!("  w_manufacturer   \"Maker {}\"", n % 97));
        line(format_args!("  w_users          {}", self.users));
        line(format_args!("  w_lifetime_years {}", self.lifetime_years));
        for (name, given) in FUNCTIONS.iter().zip(self.functions) {
            line(format_args!("  {name:<16} {}", if given { "yes" } else { "no" }));
        }
        for market in &self.markets {
            line(format_args!("  market {} {{ class {} }}", MARKETS[*market], CLASSES[self.class]));
        }
        for (i, c) in self.controls.iter().enumerate() {
            line(format_args!("  control {} {{", control(i)));
            match c.status {
                Status::Implemented => line(format_args!("    status    implemented")),
                Status::Planned => line(format_args!("    status    planned\n    due       2030-06-30")),
                Status::LeftOut => {
                    line(format_args!("    status    left_out\n    because   \"Not applicable.\""))
                }
            }
            line(format_args!("    method    {}", METHODS[c.method]));
            line(format_args!("    strength  {}", c.strength));
            let reference = if c.reference { format!("EV-{n:05}-c{:02}", i + 1) } else { String::new() };
            line(format_args!("    reference \"{reference}\"\n  }}"));
        }
        line(format_args!("}}"));
        o
    }
}

fn control(n: usize) -> String {
    format!("w_c{:02}", n + 1)
}

fn rulebook(rules: &Rules) -> String {
    let head =
        "vocabulary workload\n\n// Made by `cargo xtask gen --workload`. Nothing in it is law.\n".to_owned();
    let methods: String = METHODS.iter().map(|m| format!("  {m} \"Method {m}\"\n")).collect();
    let methods = format!("enum w_method \"A way in which a control is done\" {{\n{methods}}}\n");
    let facts: String = [
        ("model", "text"),
        ("version", "text"),
        ("manufacturer", "text"),
        ("users", "number"),
        ("lifetime_years", "number"),
    ]
    .iter()
    .map(|(name, ty)| format!("fact w_{name} : {ty} \"The {name} of the device\"\n"))
    .chain(FUNCTIONS.iter().map(|f| format!("fact {f} : bool \"It has {f}\"\n")))
    .collect();
    let controls: String = (0..CONTROLS)
        .map(|c| {
            format!(
                "control {} \"Control {}\" {{\n  field method    : w_method \"How it is done\"\n  field strength  : number \"How strong it is\"\n  field reference : text \"Where the evidence is\"\n}}\n",
                control(c),
                c + 1
            )
        })
        .collect();
    let markets = MARKETS.iter().map(|code| {
        format!(
            "jurisdiction {code} \"Land of {code}\" {{ classes [{classes}] }}\n\ninstrument WL-{code} \"Act of {code}\" {{\n  jurisdiction {code}\n  force        regulation\n  in_force     2020-01-01\n  read         \"made up\"\n}}\n",
            classes = CLASSES.join(", ")
        )
    });
    let law = rules.rules.iter().enumerate().map(|(i, r)| requirement(i + 1, r));
    iter::once(head)
        .chain([methods, facts, controls])
        .chain(markets)
        .chain(law)
        .collect::<Vec<_>>()
        .join("\n")
}

fn requirement(n: usize, r: &Rule) -> String {
    let mut require = Vec::new();
    let mut met = Vec::new();
    for d in &r.demands {
        let allowed = |m: &&&str| METHODS[d.banned] != **m;
        let methods: Vec<&str> = METHODS.iter().filter(allowed).copied().collect();
        let name = control(d.control);
        require.push(format!(
            "control({name}) where (method in [{}] and strength >= {} and reference != \"\")",
            methods.join(", "),
            d.strength
        ));
        met.push(format!(
            "    control {name} {{ status implemented  method {}  strength {}  reference \"EV\" }}\n",
            methods[0], d.strength
        ));
    }
    format!(
        "requirement WL-R-{n:03} \"Rule {n}\" {{\n  under    WL-{}\n  clause   \"{n}\"\n  source   background\n  strength shall\n  when     {} and class in [{}]\n  require  {}\n  because  \"Rule {n} asks for it.\"\n  given    {{ {} yes  class III }}\n\n  test \"nothing is there\" unmet {{ }}\n  test \"all is there\" met {{\n{}  }}\n}}\n",
        MARKETS[r.market],
        FUNCTIONS[r.function],
        CLASSES[r.class..].join(", "),
        require.join("\n           and "),
        FUNCTIONS[r.function],
        met.concat(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn broken(devices: u32) -> Broken {
        write(devices, &mut |_| Ok(())).expect("the sink takes all")
    }

    #[test]
    fn as_many_rules_are_broken_as_in_the_reference() {
        assert_eq!(broken(1), Broken { devices: 1, requirements: 7 });
        assert_eq!(broken(100), Broken { devices: 63, requirements: 161 });
        assert_eq!(broken(1_000), Broken { devices: 651, requirements: 1_740 });
        assert_eq!(broken(10_000), Broken { devices: 6_483, requirements: 17_069 });
    }

    #[test]
    fn devices_have_the_size_and_the_number_of_fields_that_were_measured() {
        let (mut bytes, mut fields) = (0, 0);
        let mut sink = |file: Output| {
            if file.path.starts_with("devices/") {
                bytes += file.text.len();
                // Every line that does not only open or close something.
                fields += file.text.lines().filter(|l| !l.ends_with(" {") && !l.ends_with('}')).count();
            }
            Ok(())
        };
        write(100, &mut sink).expect("the sink takes all");
        assert!((3_800..4_800).contains(&(bytes / 100)), "{} bytes a device", bytes / 100);
        assert!((145..155).contains(&(fields / 100)), "{} fields a device", fields / 100);
    }
}
