//! `dossier explain NAME`, and `dossier rules show`, which is the same.

use crate::args::{ExplainArgs, PageFormat};
use crate::project::{self, Limit, Texts};
use crate::terminal::Terminal;
use crate::{Status, Unusable};
use dossier_render::Look;
use dossier_render::rules::{self, Medium};

pub(crate) fn run(args: &ExplainArgs, limit: Limit, terminal: &Terminal) -> Result<Status, Unusable> {
    let ws = project::open_rulebooks(limit)?;
    let look = Look { all: args.all, ..terminal.out() };
    let medium = match args.format {
        PageFormat::Human => Medium::Terminal(&look),
        PageFormat::Markdown => Medium::Markdown,
    };
    let page = rules::show(&ws.model().rules, &Texts(&ws), &args.name, medium)?;
    super::rules::warn_of_errors(&ws);
    match args.format {
        PageFormat::Human => super::page(&page, terminal),
        PageFormat::Markdown => super::print(&page),
    }
}
