//! Serves a simulated org until it is stopped. The options are those of `okta-lake sim`, which is what people use; this
//! is for checks of the simulator alone, such as `tests/sdk`.

use std::error::Error;
use std::io::{self, Write as _};
use std::path::PathBuf;

use jiff::Timestamp;
use okta_sim::{ClientSpec, Clock, OrgConfig, SimConfig, Simulator};

fn main() -> Result<(), Box<dyn Error>> {
    let (config, secrets) = arguments()?;
    tokio::runtime::Runtime::new()?.block_on(serve(config, secrets))
}

/// The options, all of which have a value.
fn arguments() -> Result<(SimConfig, PathBuf), Box<dyn Error>> {
    let now = Timestamp::now();
    let org = OrgConfig { now, ..OrgConfig::default() };
    let mut config = SimConfig { clock: Clock::system(), org, ..SimConfig::default() };
    let mut secrets = PathBuf::from("okta-sim");
    let mut given = std::env::args().skip(1);
    while let Some(name) = given.next() {
        let value = given.next().ok_or_else(|| format!("{name} has no value"))?;
        match name.as_str() {
            "--apps" => config.org.apps = value.parse()?,
            "--days" => config.org.days = value.parse()?,
            "--events-per-day" => config.org.events_per_day = value.parse()?,
            "--fault" => config.faults.push(value.parse()?),
            "--groups" => config.org.groups = value.parse()?,
            "--listen" => config.listen = value.parse()?,
            "--secrets" => secrets = value.into(),
            "--posture" => config.org.posture = value.parse()?,
            "--seed" => config.org.seed = value.parse()?,
            "--users" => config.org.users = value.parse()?,
            _ => return Err(format!("there is no option {name}").into()),
        }
    }
    Ok((config, secrets))
}

/// Writes a secret file for each client, and the address as the first line.
async fn serve(config: SimConfig, secrets: PathBuf) -> Result<(), Box<dyn Error>> {
    let simulator = Simulator::start(config).await?;
    std::fs::create_dir_all(&secrets)?;
    for ClientSpec { name, .. } in ClientSpec::defaults() {
        let secret = simulator.secret(&name).ok_or_else(|| format!("there is no client {name}"))?;
        std::fs::write(secrets.join(format!("{name}.json")), secret)?;
    }
    writeln!(io::stdout(), "{}", simulator.base_url())?;
    simulator.join().await;
    Ok(())
}
