//! Validates OCSF events: one JSON object a line on standard input, a fault a line on standard output.

use std::io::{self, BufRead, Write};

fn main() -> io::Result<()> {
    let mut out = io::stdout().lock();
    let (mut events, mut faulty) = (0_usize, 0_usize);
    for line in io::stdin().lock().lines() {
        let event = serde_json::from_str(&line?)?;
        let found = ocsf_check::check(&event);
        events += 1;
        faulty += usize::from(!found.is_empty());
        for fault in found {
            writeln!(out, "{events}\t{fault}")?;
        }
    }
    writeln!(out, "{events} events, {faulty} with faults")
}
