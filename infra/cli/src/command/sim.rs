//! `okta-lake sim`: a simulated Okta org, served until it is stopped.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use jiff::Timestamp;
use okta_sim::{ClientSpec, Clock, LimitsConfig, OrgConfig, SimConfig, Simulator};

use crate::arguments::SimArguments;
use crate::outcome::Outcome;

/// Serves the org, and says where and as whom it can be asked.
pub(crate) async fn run(arguments: &SimArguments) -> anyhow::Result<Outcome> {
    let now = Timestamp::now();
    let org = OrgConfig {
        seed: arguments.seed,
        users: arguments.users,
        groups: arguments.groups,
        apps: arguments.apps,
        events_per_day: arguments.events_per_day,
        days: arguments.days,
        now,
        ..OrgConfig::default()
    };
    let config = SimConfig {
        org,
        listen: arguments.listen,
        clock: Clock::system(),
        limits: LimitsConfig {
            times: arguments.limits_times,
            used_by_others_percent: arguments.used_by_others,
            ..LimitsConfig::default()
        },
        faults: arguments.faults.clone(),
        ..SimConfig::default()
    };
    let simulator = Simulator::start(config).await?;
    std::fs::create_dir_all(&arguments.secrets)
        .with_context(|| format!("cannot make the folder {}", arguments.secrets.display()))?;
    let secrets =
        ClientSpec::defaults().into_iter().map(|client| write_secret(&simulator, &client.name, &arguments.secrets));
    let secrets = secrets.collect::<anyhow::Result<Vec<_>>>()?;
    describe(&simulator, &secrets)?;
    tokio::select! {
        () = simulator.join() => {}
        interrupted = tokio::signal::ctrl_c() => interrupted?,
    }
    Ok(Outcome::Done)
}

fn write_secret(simulator: &Simulator, client: &str, folder: &Path) -> anyhow::Result<PathBuf> {
    let path = folder.join(format!("{client}.json"));
    let secret = simulator.secret(client).with_context(|| format!("the org has no client {client}"))?;
    private(&path)?.write_all(secret.as_bytes()).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(path)
}

/// A file that only its owner may read.
fn private(path: &Path) -> anyhow::Result<std::fs::File> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).with_context(|| format!("cannot write {}", path.display()))
}

fn describe(simulator: &Simulator, secrets: &[PathBuf]) -> io::Result<()> {
    let org = simulator.org();
    let config = org.config();
    let mut output = io::stdout().lock();
    writeln!(output, "{}", simulator.base_url())?;
    writeln!(
        output,
        "The org {} with {} users, {} groups, {} apps; {} events in the last {} days, {} a day from now on.",
        org.tenant(),
        config.users,
        config.groups,
        config.apps,
        org.count(org.log_start()..simulator.clock().now()),
        config.days,
        config.events_per_day,
    )?;
    writeln!(output, "Credentials (service app, service app with DPoP, API service integration, API token):")?;
    secrets.iter().try_for_each(|path| writeln!(output, "  {}", path.display()))?;
    writeln!(output, "Try: okta-lake test-connectivity --secret {}", secrets[0].display())?;
    output.flush()
}
