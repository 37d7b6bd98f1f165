//! `dossier schema NAME`

use crate::args::SchemaArgs;
use crate::{Status, Unusable};
use dossier_render::schema::SCHEMAS;

pub(crate) fn run(args: &SchemaArgs) -> Result<Status, Unusable> {
    let schema = SCHEMAS.iter().find(|s| s.name == args.name).ok_or("there is no such schema")?;
    super::print(schema.text)
}
