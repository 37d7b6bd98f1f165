//! `dossier completions SHELL`

use crate::args::{CompletionsArgs, Shell};
use crate::{Status, Unusable};
use clap_complete::env::{Bash, Elvish, EnvCompleter, Fish, Powershell, Zsh};

/// The variable by which a shell asks the program itself what may stand next.
pub(crate) const VARIABLE: &str = "DOSSIER_COMPLETE";

pub(crate) fn run(args: &CompletionsArgs) -> Result<Status, Unusable> {
    let shell: &dyn EnvCompleter = match args.shell {
        Shell::Bash => &Bash,
        Shell::Zsh => &Zsh,
        Shell::Fish => &Fish,
        Shell::Power => &Powershell,
        Shell::Elvish => &Elvish,
    };
    let mut script = Vec::new();
    shell.write_registration(VARIABLE, "dossier", "dossier", "dossier", &mut script)?;
    super::print(&String::from_utf8(script)?)
}
