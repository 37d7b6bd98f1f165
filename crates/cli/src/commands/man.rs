//! `dossier man`

use crate::args::{Arguments, ManArgs};
use crate::output;
use crate::{Status, Unusable};
use clap::{Command, CommandFactory as _};
use std::path::Path;

pub(crate) fn run(args: &ManArgs) -> Result<Status, Unusable> {
    let mut command = Arguments::command();
    command.build();
    match &args.folder {
        None => super::print(&page(&command)?),
        Some(folder) => {
            std::fs::create_dir_all(folder)
                .map_err(|e| format!("cannot make the folder `{}`: {e}", folder.display()))?;
            write(&command, folder)?;
            Ok(Status::Fine)
        }
    }
}

fn page(command: &Command) -> Result<String, Unusable> {
    let mut text = Vec::new();
    clap_mangen::Man::new(command.clone()).render(&mut text)?;
    Ok(String::from_utf8(text)?)
}

/// The page of a command and those of the commands in it.
fn write(command: &Command, folder: &Path) -> Result<(), Unusable> {
    let name = command.get_display_name().unwrap_or_else(|| command.get_name()).replace(' ', "-");
    let text = page(command)?;
    output::replace(&folder.join(format!("{name}.1")), |out| out.write_all(text.as_bytes()))?;
    command.get_subcommands().filter(|c| !c.is_hide_set()).try_for_each(|c| write(c, folder))
}
