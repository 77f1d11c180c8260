//! Normalizes LogEvents: one JSON object a line on standard input, its OCSF event a line on standard
//! output. A line that is no LogEvent is named on standard error.

use std::io::{self, BufRead, Write};

use jiff::Timestamp;
use normalize::{IngestContext, IngestPath, LogEvent, Tenant, normalize};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let tenant = Tenant::parse("example")?;
    let now: Timestamp = "2026-01-01T00:00:00Z".parse()?;
    let receipt = IngestContext { tenant: &tenant, path: IngestPath::History, logged: now, processed: now };
    let mut out = io::stdout().lock();
    for (index, line) in io::stdin().lock().lines().enumerate() {
        let line = line?;
        match LogEvent::parse(&line) {
            Ok(log) => {
                serde_json::to_writer(&mut out, &normalize(log, &receipt).event)?;
                out.write_all(b"\n")?;
            }
            Err(error) => writeln!(io::stderr(), "line {}: {error}", index + 1)?,
        }
    }
    Ok(())
}
