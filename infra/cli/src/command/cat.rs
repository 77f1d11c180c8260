//! `okta-lake cat`: the rows of the view.

use std::io::{self, BufWriter, Write as _};
use std::path::Path;

use anyhow::bail;
use okta_lake::view::{self, Filter};

use crate::arguments::CatArguments;
use crate::outcome::Outcome;

/// Prints the rows.
pub(crate) fn run(arguments: &CatArguments, lake: &Path) -> anyhow::Result<Outcome> {
    if !lake.is_dir() {
        bail!("no lake at {}: give its folder with --lake, or make one with `okta-lake demo`", lake.display());
    }
    let mut output = BufWriter::with_capacity(1 << 16, io::stdout().lock());
    view::rows(lake, &filter(arguments), &mut |line| {
        output.write_all(line)?;
        output.write_all(b"\n")
    })?;
    output.flush()?;
    Ok(Outcome::Done)
}

fn filter(arguments: &CatArguments) -> Filter {
    Filter {
        tenant: arguments.tenant.as_ref().map(ToString::to_string),
        class_uid: arguments.class,
        from: arguments.from,
        to: arguments.to,
        sealed: match (arguments.live, arguments.sealed) {
            (true, _) => Some(false),
            (_, true) => Some(true),
            _ => None,
        },
    }
}
