//! `okta-lake sim`: a simulated Okta org, served until it is stopped.

use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;
use jiff::Timestamp;
use local_aws::private_files;
use okta_sim::{ClientSpec, Clock, Fault, LimitsConfig, OrgConfig, Posture, SimConfig, Simulator, StorySpec};

use crate::outcome::Outcome;
use crate::stop;

/// Serve a simulated Okta org, strict enough for Okta's own SDK, until it is stopped
#[derive(Debug, Args)]
#[command(after_help = Fault::help())]
pub(crate) struct Arguments {
    /// Where to listen
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8420")]
    listen: SocketAddr,

    /// Decides everything that the other numbers leave open: the same seed makes the same org
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,

    /// The org's subdomain, which is its tenant
    #[arg(long, value_name = "NAME", default_value = "acme")]
    subdomain: String,

    /// How well the org is kept: good, typical or bad
    #[arg(long, value_name = "POSTURE", default_value = "typical")]
    posture: Posture,

    /// The number of people in the org
    #[arg(long, value_name = "N", default_value_t = 250)]
    users: u32,

    /// The number of groups
    #[arg(long, value_name = "N", default_value_t = 40)]
    groups: u32,

    /// The number of applications
    #[arg(long, value_name = "N", default_value_t = 25)]
    apps: u32,

    /// The number of events a day, on average
    #[arg(long, value_name = "N", default_value_t = 5_000)]
    events_per_day: u32,

    /// Multiplies the rate limits that Okta publishes: for long logs in a short time
    #[arg(long, value_name = "N", default_value_t = 1)]
    limits_times: u32,

    /// Percent of each rate limit that other clients use in every minute
    #[arg(long, value_name = "PERCENT", default_value_t = 0, value_parser = clap::value_parser!(u32).range(0..=100))]
    used_by_others: u32,

    /// The number of days of log that exist already
    #[arg(long, value_name = "N", default_value_t = 90)]
    days: u32,

    /// The folder for the credentials, a file for each client
    #[arg(long, value_name = "DIR", default_value = "./okta-sim")]
    secrets: PathBuf,

    /// The number of changes in each of the next 72 hours, beside the usual ones
    #[arg(long, value_name = "N", default_value_t = 0)]
    changes_per_hour: u32,

    /// An attack or a mishap and when it begins, such as rogue-idp@2026-05-04T10:00:00Z; can be given more than once
    #[arg(long = "story", value_name = "NAME@TIME")]
    stories: Vec<StorySpec>,

    /// What goes wrong; can be given more than once
    #[arg(long = "fault", value_name = "FAULT")]
    faults: Vec<Fault>,
}

/// Serves the org, and says where and as whom it can be asked.
pub(crate) async fn run(arguments: &Arguments) -> anyhow::Result<Outcome> {
    let now = Timestamp::now();
    let org = OrgConfig {
        seed: arguments.seed,
        subdomain: arguments.subdomain.clone(),
        posture: arguments.posture,
        changes_per_hour: arguments.changes_per_hour,
        stories: arguments.stories.clone(),
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
    private_files::create_folder(&arguments.secrets)
        .with_context(|| format!("cannot create the folder {}", arguments.secrets.display()))?;
    let secrets =
        ClientSpec::defaults().into_iter().map(|client| write_secret(&simulator, &client.name, &arguments.secrets));
    let secrets = secrets.collect::<anyhow::Result<Vec<_>>>()?;
    describe(&simulator, &secrets)?;
    tokio::select! {
        () = simulator.join() => {}
        requested = stop::requested() => requested?,
    }
    Ok(Outcome::Done)
}

fn write_secret(simulator: &Simulator, client: &str, folder: &Path) -> anyhow::Result<PathBuf> {
    let path = folder.join(format!("{client}.json"));
    let secret = simulator.secret(client).with_context(|| format!("the org has no client {client}"))?;
    private_files::write(&path, secret.as_bytes()).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(path)
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
