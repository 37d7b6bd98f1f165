//! Law: jurisdictions, instruments, requirements and what belongs to them.

use crate::date::Date;
use crate::expr::{ExprId, Over};
use crate::hir::Origin;
use crate::id;
use crate::idx::IdVec;
use crate::vocab::{EnumId, KindId};
use dossier_base::Sym;
use rustc_hash::FxHashMap;
use std::sync::Arc;

id!(
    /// A jurisdiction.
    JurisdictionId
);
id!(
    /// An instrument.
    InstrumentId
);
id!(
    /// A requirement.
    RequirementId
);
id!(
    /// A family of requirements.
    FamilyId
);
id!(
    /// An exception.
    ExceptionId
);

/// Makes an enum of words that files use, with conversions from and to them.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum $name { $($(#[$vdoc])* $variant),+ }

        impl $name {
            /// All of them, in order.
            pub const ALL: &[$name] = &[$($name::$variant),+];

            /// The word in files and outputs.
            pub fn as_str(self) -> &'static str {
                match self { $($name::$variant => $word),+ }
            }

            /// The one that a word means.
            pub fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some($name::$variant),)+ _ => None }
            }
        }
    };
}

words!(
    /// How an instrument binds.
    Force {
        /// Made by a parliament.
        Statute = "statute",
        /// Made under a statute.
        Regulation = "regulation",
        /// A regulator's notice that a statute makes compulsory.
        BindingNotice = "binding_notice",
        /// Does not bind.
        Guidance = "guidance",
        /// A standard.
        Standard = "standard",
        /// Binds who opts in.
        Voluntary = "voluntary",
        /// Not yet law.
        Draft = "draft",
        /// A company's own policy.
        Internal = "internal",
    }
);

words!(
    /// Where a text that does not bind is a condition all the same.
    Gate {
        /// Nowhere.
        None = "none",
        /// A filing is turned away without it.
        Filing = "filing",
        /// A listing is.
        Listing = "listing",
        /// A purchase is.
        Purchase = "purchase",
        /// A scheme is.
        Scheme = "scheme",
    }
);

words!(
    /// The deontic word of the text.
    Strength {
        /// Must.
        Shall = "shall",
        /// A plan is owed that considers it.
        PlanConsidering = "plan_considering",
        /// Needs to; content that a dossier lists.
        Needs = "needs",
        /// Should.
        Should = "should",
        /// May.
        May = "may",
    }
);

words!(
    /// How the content of a row of law is known.
    Source {
        /// Read in a primary source.
        SeenPrimary = "seen_primary",
        /// Read in a secondary source.
        SeenSecondary = "seen_secondary",
        /// Only the whitepaper says so.
        Whitepaper = "whitepaper",
        /// General professional knowledge.
        Background = "background",
    }
);

words!(
    /// Why a row of law is no requirement.
    LedgerReason {
        /// It says to what the text applies.
        Scope = "scope",
        /// It defines a word.
        Definition = "definition",
        /// It grants something.
        Benefit = "benefit",
        /// It allows something.
        Permission = "permission",
        /// It is the duty of somebody else.
        OtherAddressee = "other_addressee",
        /// It says what happens on a breach.
        Sanction = "sanction",
        /// It is part of another requirement.
        Merged = "merged",
        /// Its content was not to be read.
        ContentNotRead = "content_not_read",
    }
);

words!(
    /// A verdict.
    Outcome {
        /// It holds, or is deemed to.
        Met = "met",
        /// An accepted justification or alternative stands for it.
        Justified = "justified",
        /// It will hold once what is planned is there.
        Planned = "planned",
        /// It does not hold, and the maker has accepted the risk.
        Waived = "waived",
        /// It does not hold.
        Unmet = "unmet",
        /// It cannot be told.
        Unknown = "unknown",
        /// It is not asked of this device.
        NotApplicable = "not_applicable",
    }
);

impl Outcome {
    /// From best to worst, as the parts of a requirement are joined.
    pub fn badness(self) -> u8 {
        match self {
            Outcome::NotApplicable => 0,
            Outcome::Met => 1,
            Outcome::Justified => 2,
            Outcome::Waived => 3,
            Outcome::Planned => 4,
            Outcome::Unknown => 5,
            Outcome::Unmet => 6,
        }
    }

    /// Whether the maker still has something to do.
    pub fn falls_short(self) -> bool {
        matches!(self, Outcome::Planned | Outcome::Unmet | Outcome::Unknown)
    }
}

/// A clause of an instrument.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Clause {
    /// Its number; none where none was read.
    pub text: Option<Arc<str>>,
    /// How the number is known, where that differs from the content.
    pub source: Option<Source>,
}

/// A regulator.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Regulator {
    /// Its short name.
    pub short: Arc<str>,
    /// Its name.
    pub name: Arc<str>,
    /// Its name at home.
    pub native: Arc<str>,
}

/// A place with its own law.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Jurisdiction {
    /// Its code.
    pub code: Sym,
    /// Its name.
    pub title: Arc<str>,
    /// Who regulates.
    pub regulators: Vec<Regulator>,
    /// The ladder of its device classes.
    pub classes: Option<EnumId>,
    /// Where it is declared.
    pub origin: Origin,
}

/// From when an edition is in force.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct InForce {
    /// The day; none where it was not verified, which counts as in force.
    pub from: Option<Date>,
    /// For which devices.
    pub when: Option<ExprId>,
}

/// An edition of an instrument; an instrument without editions has one without a name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Edition {
    /// Its name.
    pub name: Option<Arc<str>>,
    /// The first whose condition holds counts.
    pub in_force: Vec<InForce>,
    /// The last day; the next edition ends it too.
    pub until: Option<Date>,
    /// When it was issued.
    pub issued: Option<Date>,
    /// Where it is declared.
    pub origin: Origin,
}

/// What must stand behind a justification or an alternative.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Brings {
    /// A reason.
    Nothing,
    /// Evidence of any kind.
    Evidence,
    /// Evidence of one kind.
    Kind(KindId),
}

/// What is accepted in place of conformity.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Accepts {
    /// A justification, and what it must bring.
    pub justification: Option<Brings>,
    /// An alternative, and what it must bring.
    pub alternative: Option<Brings>,
}

/// A text with legal meaning.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Instrument {
    /// Its code.
    pub code: Sym,
    /// Its name.
    pub title: Arc<str>,
    /// Its name at home.
    pub native: Arc<str>,
    /// Whose; none for what is asked once, of every device.
    pub jurisdiction: Option<JurisdictionId>,
    /// Who issued it.
    pub issuer: Arc<str>,
    /// Its number.
    pub number: Arc<str>,
    /// How it binds.
    pub force: Force,
    /// Where it is a condition.
    pub gate: Gate,
    /// When it was issued.
    pub issued: Option<Date>,
    /// What of it was read.
    pub read: Arc<str>,
    /// What is accepted in place of conformity.
    pub accepts: Accepts,
    /// To which devices it applies.
    pub applies: Option<ExprId>,
    /// Which devices opted in.
    pub opt_in: Option<ExprId>,
    /// Its editions, in order.
    pub editions: Vec<Edition>,
    /// Instruments that it replaces.
    pub supersedes: Vec<InstrumentId>,
    /// The instrument that replaces it.
    pub superseded_by: Option<InstrumentId>,
    /// What its tests start from.
    pub given: Option<Origin>,
    /// Requirements under it.
    pub requirements: Vec<RequirementId>,
    /// Whether something in it could not be read: its requirements are unknown then.
    pub broken: bool,
    /// Where it is declared.
    pub origin: Origin,
}

/// A family of requirements.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Family {
    /// Its code.
    pub code: Sym,
    /// Its name.
    pub title: Arc<str>,
    /// Whose.
    pub instrument: InstrumentId,
    /// Its members.
    pub requirements: Vec<RequirementId>,
    /// Where it is declared.
    pub origin: Origin,
}

/// `for m in models where …`
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct For {
    /// What it runs over.
    pub over: Over,
    /// The bound name.
    pub name: Sym,
    /// Its slot.
    pub slot: u8,
    /// Which of them.
    pub filter: Option<ExprId>,
    /// Where it stands.
    pub origin: Origin,
}

/// What a test expects.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Expected {
    /// A verdict.
    Outcome(Outcome),
    /// That the requirement is not in force on the day.
    NotInForce,
}

impl Expected {
    /// The word in files.
    pub fn as_str(self) -> &'static str {
        match self {
            Expected::Outcome(o) => o.as_str(),
            Expected::NotInForce => "not_in_force",
        }
    }
}

/// A test of a requirement.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Test {
    /// What happens.
    pub title: Arc<str>,
    /// What the verdict should be.
    pub expects: Expected,
    /// The date of the check.
    pub at: Option<Date>,
    /// What is stipulated to conform.
    pub conforms: Vec<Target>,
    /// Its block.
    pub origin: Origin,
}

/// What one text asks.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Requirement {
    /// Its code: public, never reused.
    pub code: Sym,
    /// What it is.
    pub title: Arc<str>,
    /// Whose.
    pub instrument: InstrumentId,
    /// The family it is in.
    pub family: Option<FamilyId>,
    /// Where in the text.
    pub clause: Clause,
    /// Clauses of single editions, by the edition's number.
    pub edition_clauses: Vec<(usize, Clause)>,
    /// Numbers of the editions that have it; none for all.
    pub editions: Option<Vec<usize>>,
    /// How it is known.
    pub source: Source,
    /// Its deontic word.
    pub strength: Strength,
    /// The first day, where that is later than the instrument's.
    pub in_force: Option<Date>,
    /// The last day.
    pub until: Option<Date>,
    /// Of what it is asked one by one.
    pub each: Option<For>,
    /// When it is asked; all must hold.
    pub when: Vec<ExprId>,
    /// What exempts; one is enough.
    pub unless: Vec<ExprId>,
    /// What is asked.
    pub require: ExprId,
    /// What is asked, in words.
    pub because: Arc<str>,
    /// Which of two readings was taken.
    pub reading: Option<Arc<str>>,
    /// What is accepted in place of conformity, where that differs from the instrument.
    pub accepts: Option<Accepts>,
    /// Rows of law merged here.
    pub covers: Vec<Sym>,
    /// Exceptions that target it.
    pub exceptions: Vec<ExceptionId>,
    /// What its tests start from: the instrument's, the family's and its own block, as far as there are any.
    pub given: Vec<Origin>,
    /// Its tests, the family's first.
    pub tests: Vec<Test>,
    /// Whether something in it could not be read: it is unknown then.
    pub broken: bool,
    /// Where it is declared.
    pub origin: Origin,
}

/// What `conforms` reads and exceptions target.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Target {
    /// One requirement.
    Requirement(RequirementId),
    /// All of a family.
    Family(FamilyId),
    /// All under an instrument.
    Instrument(InstrumentId),
}

/// What an exception does.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Effect {
    /// The targets are not asked.
    Exempts,
    /// The targets count as met.
    DeemsMet,
}

/// An exception.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Exception {
    /// Its code.
    pub code: Sym,
    /// What it is.
    pub title: Arc<str>,
    /// Whose.
    pub instrument: InstrumentId,
    /// Where in the text.
    pub clause: Clause,
    /// How it is known.
    pub source: Source,
    /// Numbers of the editions that have it; none for all.
    pub editions: Option<Vec<usize>>,
    /// The first day.
    pub in_force: Option<Date>,
    /// The last day.
    pub until: Option<Date>,
    /// What it does.
    pub effect: Effect,
    /// To what.
    pub targets: Vec<Target>,
    /// When.
    pub when: Option<ExprId>,
    /// Rows of law merged here.
    pub covers: Vec<Sym>,
    /// Where it is declared.
    pub origin: Origin,
}

/// A row of law that is no requirement.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ledger {
    /// The row's id.
    pub code: Sym,
    /// Why.
    pub reason: LedgerReason,
    /// Into what it is merged.
    pub into: Option<Sym>,
    /// Why, in words.
    pub because: Arc<str>,
    /// Where it is declared.
    pub origin: Origin,
}

/// All law that is loaded.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Law {
    /// Places.
    pub jurisdictions: IdVec<JurisdictionId, Jurisdiction>,
    /// Texts.
    pub instruments: IdVec<InstrumentId, Instrument>,
    /// What they ask.
    pub requirements: IdVec<RequirementId, Requirement>,
    /// Families.
    pub families: IdVec<FamilyId, Family>,
    /// Exceptions.
    pub exceptions: IdVec<ExceptionId, Exception>,
    /// Rows that are no requirement.
    pub ledger: Vec<Ledger>,
    /// Places by code.
    pub jurisdiction_codes: FxHashMap<Sym, JurisdictionId>,
    /// What codes name: requirements, families, instruments.
    pub targets: FxHashMap<Sym, Target>,
    /// Exceptions by code.
    pub exception_codes: FxHashMap<Sym, ExceptionId>,
    /// For each jurisdiction, in order, the requirements asked there; the last entry is `any`.
    pub by_market: Vec<Vec<RequirementId>>,
}

impl Law {
    /// The requirements of a target.
    pub fn requirements_of(&self, target: Target) -> Vec<RequirementId> {
        match target {
            Target::Requirement(r) => vec![r],
            Target::Family(f) => self.families[f].requirements.clone(),
            Target::Instrument(i) => self.instruments[i].requirements.clone(),
        }
    }
}
