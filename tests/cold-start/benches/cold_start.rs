//! From the start of a function's process to its first `next`, when Lambda takes it for started (AWS Lambda Developer Guide,
//! "Using the Lambda runtime API"): the deployed binaries beside one that does nothing, in turns, on one machine.
//!
//! ```sh
//! sam build --parameter-overrides Architecture=x86_64
//! cargo lambda build --release -p cold-start
//! cargo bench -p cold-start -- .aws-sam/build/*/bootstrap target/lambda/hello/bootstrap
//! ```

#![allow(clippy::print_stdout)] // It is what it is for.

use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

/// Starts of each function.
const RUNS: usize = 60;

const HELP: &str =
    "give it the functions' binaries; the last one is what the others are compared with (see the head of this file)";

/// A function's starts.
struct Starts {
    binary: PathBuf,
    took: Vec<Duration>,
}

fn main() -> ExitCode {
    // Cargo adds `--bench`, and runs with the package's folder as its own.
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let binaries = std::env::args_os().skip(1).filter(|argument| argument != "--bench");
    let mut functions: Vec<_> =
        binaries.map(|path| Starts { binary: root.join(path), took: Vec::with_capacity(RUNS) }).collect();
    if functions.len() < 2 {
        println!("{HELP}");
        return ExitCode::SUCCESS;
    }
    for run in 0..=RUNS {
        for function in &mut functions {
            match start(&function.binary) {
                // The first start reads the binary from the disk.
                Ok(_) if run == 0 => {}
                Ok(took) => function.took.push(took),
                Err(error) => {
                    println!("{} does not start: {error}", function.binary.display());
                    return ExitCode::FAILURE;
                }
            }
        }
    }
    report(&mut functions);
    ExitCode::SUCCESS
}

/// How long one start takes.
fn start(binary: &Path) -> io::Result<Duration> {
    let runtime_api = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0)))?;
    let variables = [
        ("AWS_LAMBDA_RUNTIME_API", runtime_api.local_addr()?.to_string()),
        ("AWS_LAMBDA_FUNCTION_NAME", "f".to_owned()),
        ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST".to_owned()),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512".to_owned()),
        ("AWS_LAMBDA_LOG_GROUP_NAME", "g".to_owned()),
        ("AWS_LAMBDA_LOG_STREAM_NAME", "s".to_owned()),
        ("AWS_REGION", "us-east-1".to_owned()),
        ("AWS_ACCESS_KEY_ID", "none".to_owned()),
        ("AWS_SECRET_ACCESS_KEY", "none".to_owned()),
        ("OKTA_LAKE_BUCKET", "b".to_owned()),
        ("OKTA_LAKE_EVENT_BUS", "b".to_owned()),
        ("OKTA_LAKE_BUS", "b".to_owned()),
        ("MIMALLOC_ALLOW_THP", "0".to_owned()),
        ("MIMALLOC_PURGE_DELAY", "0".to_owned()),
    ];
    let begun = Instant::now();
    let mut function = Command::new(binary).env_clear().envs(variables).stdout(Stdio::null()).spawn()?;
    let asked = first_request(&runtime_api);
    let took = begun.elapsed();
    function.kill()?;
    function.wait()?;
    let line = asked?;
    if !line.starts_with("GET /2018-06-01/runtime/invocation/next ") {
        return Err(io::Error::other(format!("its first request is {line:?}")));
    }
    Ok(took)
}

/// The beginning of what the function asks first.
fn first_request(runtime_api: &TcpListener) -> io::Result<String> {
    let (mut connection, _) = runtime_api.accept()?;
    let mut beginning = [0; 64];
    connection.read_exact(&mut beginning)?;
    Ok(String::from_utf8_lossy(&beginning).into_owned())
}

fn report(functions: &mut [Starts]) {
    let median_of = |function: &mut Starts| {
        function.took.sort();
        milliseconds(function.took[RUNS / 2])
    };
    let medians: Vec<_> = functions.iter_mut().map(median_of).collect();
    let least = medians.last().copied().unwrap_or_default();
    println!("process start to first next, {RUNS} starts each, ms");
    println!("{:<50} {:>8} {:>8} {:>8}", "", "median", "90 %", "beyond");
    for (function, median) in functions.iter().zip(medians) {
        let name: PathBuf = function.binary.components().rev().take(3).collect::<Vec<_>>().into_iter().rev().collect();
        let late = milliseconds(function.took[RUNS * 9 / 10]);
        println!("{:<50} {median:>8.1} {late:>8.1} {:>8.1}", name.display(), median - least);
    }
    let _ = io::stdout().flush();
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}
