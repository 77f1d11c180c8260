//! What a person sees: notes and progress on standard error, results on standard output.

mod table;

use std::io::{self, Write as _};

use indicatif::{ProgressBar, ProgressStyle};

pub(crate) use table::{Table, grouped};

/// Prints a line on standard error.
pub(crate) fn note(text: &str) -> io::Result<()> {
    writeln!(io::stderr(), "{text}")
}

/// Progress through a known or an unknown number of bytes. It shows on a terminal only.
pub(crate) fn bytes_bar(length: Option<u64>) -> ProgressBar {
    let template = match length {
        Some(_) => "{bar:30} {bytes}/{total_bytes}  {bytes_per_sec}  {eta} left",
        None => "{spinner} {bytes}  {bytes_per_sec}",
    };
    bar(length, template)
}

/// Progress through events.
pub(crate) fn count_bar(length: u64) -> ProgressBar {
    bar(Some(length), "{bar:30} {human_pos}/{human_len} events  {eta} left")
}

fn bar(length: Option<u64>, template: &str) -> ProgressBar {
    // The templates are ours; one that does not parse leaves the plain bar.
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::with_draw_target(length, indicatif::ProgressDrawTarget::stderr()).with_style(style)
}
