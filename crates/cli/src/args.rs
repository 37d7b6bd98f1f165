//! The command line, and the help that a newcomer reads.

use crate::complete;
use crate::project::{RULEBOOKS, VERSION};
use crate::terminal::Color;
use clap::builder::{PossibleValue, PossibleValuesParser, Styles};
use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::engine::ArgValueCandidates;
use dossier_render::{FORMATS, schema::SCHEMAS};
use std::path::PathBuf;
use std::sync::LazyLock;

/// How large a file may be unless `--max-file-size` says otherwise.
const MAX_FILE_MIB: u32 = (dossier_workspace::MAX_FILE_BYTES >> 20) as u32;

static LONG_VERSION: LazyLock<String> = LazyLock::new(|| format!("{VERSION} (rulebooks {RULEBOOKS})"));

/// What `dossier` is asked to do.
#[derive(Parser, Debug)]
#[command(
    name = "dossier",
    version = LONG_VERSION.as_str(),
    about = "Checks what a medical device declares about its security against the law of each market",
    long_about = "Checks what a medical device declares about its security against the law of each market.\n\n\
        You describe a device in a text file (`NAME.dossier`): its connections and functions, its security controls, \
        the evidence for them, and the markets you sell in. `dossier check` compares that with the requirements in \
        its rulebooks and says what is met, what falls short, what is still unknown, and which line of law asks for it.",
    after_help = "Begin with:\n  dossier check examples       check the example devices\n  \
        dossier check my.dossier     check a device of yours\n  \
        dossier rules list           see every requirement\n  \
        dossier explain CODE         see what one asks and what meets it\n\n\
        Exit status: 0 nothing fails; 1 something does; 2 the command or an input could not be used.",
    max_term_width = 100,
    styles = Styles::styled(),
    disable_help_subcommand = true,
    subcommand_required = true,
    arg_required_else_help = true
)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,

    /// When to use colours
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        default_value = "auto",
        hide_possible_values = true,
        display_order = 900,
        help = "When to use colours: auto, always or never"
    )]
    pub(crate) color: Color,

    /// How large a file may be, in MiB; a larger one is told and not read
    #[arg(
        long,
        global = true,
        value_name = "MIB",
        default_value_t = MAX_FILE_MIB,
        value_parser = clap::value_parser!(u32).range(1..4096),
        display_order = 901
    )]
    pub(crate) max_file_size: u32,

    /// How many threads work; 0 for as many as there are processors
    #[arg(long, global = true, value_name = "N", hide = true)]
    pub(crate) threads: Option<usize>,
}

/// The commands.
#[derive(Subcommand, Debug)]
pub(crate) enum Command {
    /// Write a first device file, out of a few answers
    #[command(
        after_help = "On a terminal it asks; elsewhere the options say it all, and what they do not say stands in the file \
            as questions.\n\nExamples:\n  \
            dossier init\n  \
            dossier init pump.dossier --title \"Pump 300\" --market XX --set software=simd --set XX.class=2"
    )]
    Init(InitArgs),

    /// Check devices and rulebooks: what is met, what falls short, what is unknown
    #[command(after_help = "Examples:\n  \
            dossier check                          every device in this folder and below\n  \
            dossier check pump.dossier             one file\n  \
            dossier check --device pump            one device, by its name\n  \
            dossier check --as-of 2027-01-31       as the law will stand on that day\n  \
            dossier check --format json --output check.json\n\n\
            Verdicts:\n  \
            met             it holds\n  \
            justified       an accepted justification or alternative stands for it\n  \
            planned         it will hold once what is planned is there\n  \
            waived          it does not hold, and the risk is accepted for a while\n  \
            unmet           it does not hold\n  \
            unknown         it cannot be told yet: something is not said\n  \
            not applicable  it is not asked of this device\n\n\
            Exit status: 0 nothing at or above --fail-on; 1 something is; 2 the command, the configuration or a file \
            could not be used.")]
    Check(CheckArgs),

    /// Bring files into the one layout, without changing what they say
    #[command(after_help = "Examples:\n  \
            dossier fmt                  every file in this folder and below\n  \
            dossier fmt --check          only say which files would change (exit status 1 if any)\n  \
            dossier fmt --diff pump.dossier\n  \
            dossier fmt - < pump.dossier")]
    Fmt(FmtArgs),

    /// Explain a name: a requirement, control, fact, kind of evidence, instrument, market or diagnostic
    #[command(after_help = "Examples:\n  \
            dossier explain CODE                 what a requirement asks, of whom, since when, and what meets it\n  \
            dossier explain NAME                 a control or fact, and every requirement that reads it\n  \
            dossier explain V0101                what a message means and how to put it right\n  \
            dossier explain CODE --format markdown")]
    Explain(ExplainArgs),

    /// Browse the rulebooks, and run their tests
    #[command(subcommand_required = true, arg_required_else_help = true)]
    Rules(RulesArgs),

    /// Print the JSON Schema of an output, or of dossier.toml
    Schema(SchemaArgs),

    /// Print what a shell needs to complete commands, devices, markets, requirements and controls
    #[command(after_help = "To install:\n  \
            bash   dossier completions bash > ~/.local/share/bash-completion/completions/dossier\n  \
            zsh    dossier completions zsh > a folder of your $fpath, as _dossier\n  \
            fish   dossier completions fish > ~/.config/fish/completions/dossier.fish\n  \
            PowerShell   dossier completions powershell >> $PROFILE\n\n\
            Those of Bash, Zsh and Fish are tested in the shells themselves; those of PowerShell and Elvish are not tried.")]
    Completions(CompletionsArgs),

    /// Print the manual page, or write those of all commands into a folder
    Man(ManArgs),
}

/// `dossier init`
#[derive(Args, Debug)]
pub(crate) struct InitArgs {
    /// The file to write; the device's name with `.dossier` if none is named
    #[arg(value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,

    /// A short name for the device: letters, digits and `_`
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,

    /// Its name as people know it
    #[arg(long, value_name = "TITLE")]
    pub(crate) title: Option<String>,

    /// A market that it is in or will be in; may be repeated
    #[arg(long, value_name = "CODE", add = ArgValueCandidates::new(complete::markets))]
    pub(crate) market: Vec<String>,

    /// An answer: a fact of the device, or (with the market before it) of a market; may be repeated
    #[arg(long, value_name = "[CODE.]FACT=VALUE")]
    pub(crate) set: Vec<String>,

    /// Ask nothing, not even on a terminal
    #[arg(long, short)]
    pub(crate) yes: bool,
}

/// `dossier check`
#[derive(Args, Debug)]
pub(crate) struct CheckArgs {
    /// Files and folders; this folder if none is named; `-` is standard input
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,

    /// Only the device of this name; may be repeated
    #[arg(long, value_name = "NAME", add = ArgValueCandidates::new(complete::devices))]
    pub(crate) device: Vec<String>,

    /// Only this market; `any` for what is asked once of every device; may be repeated
    #[arg(long, value_name = "CODE", add = ArgValueCandidates::new(complete::markets))]
    pub(crate) market: Vec<String>,

    /// The day to check for, as 2026-11-23; today unless dossier.toml says otherwise
    #[arg(long, value_name = "DAY")]
    pub(crate) as_of: Option<String>,

    /// How to write the results
    #[arg(long, value_name = "FORMAT", default_value = FORMATS[0].name(), value_parser = formats())]
    pub(crate) format: String,

    /// Write the results to this file instead of standard output
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,

    /// From which severity on the exit status is 1
    #[arg(long, value_name = "SEVERITY")]
    pub(crate) fail_on: Option<FailOnArg>,

    /// A result of `--format json` from before: only what is new or worse since then is told and fails
    #[arg(long, value_name = "EARLIER.json")]
    pub(crate) since: Option<PathBuf>,

    /// First put right what can only be meant one way, and say what was done
    #[arg(long)]
    pub(crate) fix: bool,

    /// Check again whenever a file of the project changes, until you end it
    #[arg(long, conflicts_with = "output")]
    pub(crate) watch: bool,

    /// Show every finding, not only the first of each device
    #[arg(long)]
    pub(crate) all: bool,
}

/// `--fail-on`
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(crate) enum FailOnArg {
    /// Errors (the default)
    Error,
    /// Warnings, too
    Warning,
    /// Notes, too
    Information,
    /// Nothing
    Never,
}

/// The formats, with what they are for.
fn formats() -> PossibleValuesParser {
    PossibleValuesParser::new(FORMATS.iter().map(|f| PossibleValue::new(f.name()).help(f.about())))
}

/// `dossier fmt`
#[derive(Args, Debug)]
pub(crate) struct FmtArgs {
    /// Files and folders; this folder if none is named; `-` is standard input
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,

    /// Change nothing; exit status 1 if a file would change
    #[arg(long)]
    pub(crate) check: bool,

    /// Change nothing; show what would change
    #[arg(long)]
    pub(crate) diff: bool,
}

/// `dossier rules`
#[derive(Args, Debug)]
pub(crate) struct RulesArgs {
    #[command(subcommand)]
    pub(crate) command: RulesCommand,
}

/// The commands of `dossier rules`.
#[derive(Subcommand, Debug)]
pub(crate) enum RulesCommand {
    /// List requirements
    List(ListArgs),

    /// Tell which requirements begin, end or change between two days, or since an earlier list
    #[command(after_help = "Examples:\n  \
            dossier rules diff 2026-01-01 2027-01-01                  what changes within a year\n  \
            dossier rules diff 2026-01-01 2027-01-01 --device pump    and which verdicts of a device move\n  \
            dossier rules list --format json > before.json            keep a list, and later\n  \
            dossier rules diff before.json                            see what another version says otherwise\n\n\
            A list that was kept with --market or another filter is compared with the same filter.\n\n\
            Exit status: 0, also if something changes; 2 the days, the list or a device could not be used.")]
    Diff(DiffArgs),

    /// Tell all about a code or name: a requirement, instrument, family, exception, row of law, control, fact,
    /// evidence kind, entity or market
    Show(ExplainArgs),

    /// Run the tests of the rulebooks
    Test(TestArgs),

    /// Say which conditions no test shows to decide a verdict on their own
    Coverage(CoverageArgs),
}

/// `dossier rules list`
#[derive(Args, Debug)]
pub(crate) struct ListArgs {
    /// Only those of this market; `any` for what is asked once of every device
    #[arg(long, value_name = "CODE", add = ArgValueCandidates::new(complete::markets))]
    pub(crate) market: Option<String>,

    /// Only those under this instrument
    #[arg(long, value_name = "CODE", add = ArgValueCandidates::new(complete::instruments))]
    pub(crate) instrument: Option<String>,

    /// Only those of instruments that bind so
    #[arg(long, value_name = "FORCE", value_parser = forces())]
    pub(crate) force: Option<String>,

    /// Only those that are in force on this day
    #[arg(long, value_name = "DAY")]
    pub(crate) date: Option<String>,

    /// Only those that read this control
    #[arg(long, value_name = "NAME", add = ArgValueCandidates::new(complete::controls))]
    pub(crate) control: Option<String>,

    /// How to write the list
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub(crate) format: ListFormat,
}

/// `dossier rules diff`
#[derive(Args, Debug)]
pub(crate) struct DiffArgs {
    /// The first day, as 2026-11-23; or a file that `dossier rules list --format json` has written before
    #[arg(value_name = "DAY|EARLIER.json")]
    pub(crate) earlier: String,

    /// The second day
    #[arg(value_name = "DAY")]
    pub(crate) later: Option<String>,

    /// Also tell which verdicts of this device move, and why; may be repeated
    #[arg(long, value_name = "NAME", add = ArgValueCandidates::new(complete::devices))]
    pub(crate) device: Vec<String>,

    /// Only requirements of this market; `any` for what is asked once of every device
    #[arg(long, value_name = "CODE", add = ArgValueCandidates::new(complete::markets))]
    pub(crate) market: Option<String>,

    /// Only those under this instrument
    #[arg(long, value_name = "CODE", add = ArgValueCandidates::new(complete::instruments))]
    pub(crate) instrument: Option<String>,

    /// Only those of instruments that bind so
    #[arg(long, value_name = "FORCE", value_parser = forces())]
    pub(crate) force: Option<String>,

    /// Only those that read this control
    #[arg(long, value_name = "NAME", add = ArgValueCandidates::new(complete::controls))]
    pub(crate) control: Option<String>,

    /// Tell every reason of a verdict that moves
    #[arg(long)]
    pub(crate) all: bool,

    /// How to write it
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub(crate) format: DiffFormat,
}

/// The formats of `dossier rules diff`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(crate) enum DiffFormat {
    /// For people
    Human,
    /// For other programs; `dossier schema diff` prints its shape
    Json,
    /// For a document or a pull request
    Markdown,
}

fn forces() -> PossibleValuesParser {
    PossibleValuesParser::new(dossier_model::law::Force::ALL.iter().map(|f| f.as_str()))
}

/// The formats of `dossier rules list`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(crate) enum ListFormat {
    /// For people
    Human,
    /// For other programs; `dossier schema rules` prints its shape
    Json,
}

/// `dossier explain` and `dossier rules show`
#[derive(Args, Debug)]
pub(crate) struct ExplainArgs {
    /// A code or name, as messages print it
    #[arg(value_name = "NAME", add = ArgValueCandidates::new(complete::names))]
    pub(crate) name: String,

    /// Show every requirement that reads it
    #[arg(long)]
    pub(crate) all: bool,

    /// How to write the page
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub(crate) format: PageFormat,
}

/// The formats of `dossier explain`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(crate) enum PageFormat {
    /// For a terminal, page by page where it is long
    Human,
    /// For a document or a pull request
    Markdown,
}

/// `dossier rules test`
#[derive(Args, Debug)]
pub(crate) struct TestArgs {
    /// A project folder, or one of its rulebooks; this folder's project if none is named
    #[arg(value_name = "PATH")]
    pub(crate) path: Option<PathBuf>,

    /// Only requirements whose code begins so
    #[arg(long, value_name = "PREFIX")]
    pub(crate) requirement: Option<String>,
}

/// `dossier rules coverage`
#[derive(Args, Debug)]
pub(crate) struct CoverageArgs {
    /// A project folder; this folder's project if none is named
    #[arg(value_name = "PATH")]
    pub(crate) path: Option<PathBuf>,

    /// Only law whose code begins so
    #[arg(long, value_name = "PREFIX")]
    pub(crate) requirement: Option<String>,
}

/// `dossier completions`
#[derive(Args, Debug)]
pub(crate) struct CompletionsArgs {
    /// For which shell
    #[arg(value_name = "SHELL")]
    pub(crate) shell: Shell,
}

/// The shells that complete.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(crate) enum Shell {
    /// Bash
    Bash,
    /// Zsh
    Zsh,
    /// Fish
    Fish,
    /// PowerShell
    #[value(name = "powershell")]
    Power,
    /// Elvish
    Elvish,
}

/// `dossier man`
#[derive(Args, Debug)]
pub(crate) struct ManArgs {
    /// Write one page for each command into this folder
    #[arg(value_name = "FOLDER")]
    pub(crate) folder: Option<PathBuf>,
}

/// `dossier schema`
#[derive(Args, Debug)]
pub(crate) struct SchemaArgs {
    /// Which
    #[arg(value_name = "NAME", value_parser = schemas())]
    pub(crate) name: String,
}

fn schemas() -> PossibleValuesParser {
    PossibleValuesParser::new(SCHEMAS.iter().map(|s| PossibleValue::new(s.name).help(s.about)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_well_formed() {
        Arguments::command().debug_assert();
    }
}
