//! The `dossier` command: reads arguments, calls the libraries, writes results to standard output and everything
//! else to standard error.
//!
//! Exit status: 0 if nothing fails, 1 if something does, 2 if the command, the configuration or an input could not
//! be used, and on an internal error. Nothing else, ever.

mod args;
mod commands;
mod complete;
mod guard;
mod output;
mod project;
mod terminal;

use args::{Arguments, Command};
use clap::{CommandFactory as _, Parser as _};
use std::process::ExitCode;

/// Trees and derivations are many small things that live shortly.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How a command ends, unless it cannot be carried out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Status {
    /// Nothing fails.
    Fine,
    /// Something does.
    Fails,
    /// An input could not be used.
    Unusable,
}

/// Why a command could not be carried out: one sentence.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Unusable(String);

impl<T: std::fmt::Display> From<T> for Unusable {
    fn from(why: T) -> Self {
        Self(why.to_string())
    }
}

fn main() -> ExitCode {
    // Only where a shell asks what may stand next; it ends the process then.
    clap_complete::CompleteEnv::with_factory(Arguments::command)
        .var(commands::completions::VARIABLE)
        .complete();
    let arguments = Arguments::parse();
    let status = guard::guarded(|| run(&arguments));
    ExitCode::from(match status {
        Ok(Ok(Status::Fine)) => 0,
        Ok(Ok(Status::Fails)) => 1,
        Ok(Ok(Status::Unusable)) => 2,
        Ok(Err(Unusable(why))) => {
            terminal::complain(&format!("dossier: {why}"));
            2
        }
        Err(why) => {
            if let Command::Check(check) = &arguments.command {
                commands::check::internal_error(check, &why);
            }
            2
        }
    })
}

fn run(arguments: &Arguments) -> Result<Status, Unusable> {
    // Deep trees are walked on threads, too.
    let threads = arguments.threads.unwrap_or(0);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).stack_size(16 << 20);
    pool.build_global()?;
    let terminal = terminal::Terminal::new(arguments.color);
    let limit = project::Limit::mib(arguments.max_file_size);
    match &arguments.command {
        Command::Init(a) => commands::init::run(a, limit),
        Command::Check(a) => commands::check::run(a, limit, &terminal),
        Command::Fmt(a) => commands::fmt::run(a, limit, &terminal),
        Command::Explain(a) => commands::explain::run(a, limit, &terminal),
        Command::Rules(a) => commands::rules::run(a, limit, &terminal),
        Command::Schema(a) => commands::schema::run(a),
        Command::Completions(a) => commands::completions::run(a),
        Command::Man(a) => commands::man::run(a),
    }
}
