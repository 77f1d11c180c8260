//! `okta-lake views`: the views over the lake, as SQL for an engine of one's own.

use std::io::{self, Write as _};
use std::path::Path;

use anyhow::Context as _;
use clap::Args;
use clap::builder::PossibleValuesParser;
use clap::builder::TypedValueParser as _;
use views::Dialect;

use crate::app::App;
use crate::outcome::Outcome;

const HELP: &str = "\
DuckDB 2.0 or newer reads a local lake in place, and one in S3 with its extension httpfs; Spark 3.5 or newer the same.
Athena has the tables from the stack, and most of the views; this prints all of them.

Examples:
  duckdb -init <(okta-lake views --lake lake)
  okta-lake views --lake s3://my-bucket > views.sql && duckdb -cmd 'INSTALL httpfs; LOAD httpfs; CREATE SECRET (TYPE s3, PROVIDER credential_chain)' -init views.sql
  okta-lake views --dialect spark --lake s3a://my-bucket > views.sql";

/// Print the SQL that makes the views: every event once, the latest users, admins and factors, and the like
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(crate) struct Arguments {
    /// Whose SQL
    #[arg(long, default_value = "duckdb", value_parser = PossibleValuesParser::new(Dialect::ALL.map(Dialect::name)).map(|name| dialect(&name)))]
    dialect: Dialect,
}

fn dialect(name: &str) -> Dialect {
    Dialect::ALL.into_iter().find(|dialect| dialect.name() == name).unwrap_or(Dialect::DuckDb)
}

/// Prints the script.
pub(crate) fn run(arguments: &Arguments, app: &App) -> anyhow::Result<Outcome> {
    let lake = location(&app.lake)?;
    let entities = backfill::inventory::reference::names();
    let script = views::script(arguments.dialect, &lake, &entities)?;
    io::stdout().lock().write_all(script.as_bytes()).context("cannot write the script")?;
    Ok(Outcome::Done)
}

/// The lake's place, so that the script works from any folder. The folder may not exist yet: views of it are empty.
fn location(lake: &Path) -> anyhow::Result<String> {
    let text = lake.to_str().with_context(|| format!("{} is no UTF-8", lake.display()))?;
    if text.contains("://") {
        return Ok(text.to_owned());
    }
    let absolute = std::path::absolute(lake).with_context(|| format!("cannot find {text}"))?;
    Ok(absolute.to_string_lossy().into_owned())
}
