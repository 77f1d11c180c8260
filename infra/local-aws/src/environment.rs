//! One execution environment: a process, its Runtime API, its log.

use std::process::ExitStatus;
use std::time::{Duration, Instant};

use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};
use tokio::process::{Child, Command};
use tokio::time::timeout_at;

use crate::credentials::REGION;
use crate::error::{Error, FunctionError};
use crate::function_log::FunctionLog;
use crate::function_settings::FunctionSettings;
use crate::metrics::Metrics;
use crate::runtime_api::{Event, Reply, RuntimeApi};

/// The account in the ARNs of the local stack; AWS's documentation uses it, nobody owns it.
const ACCOUNT: &str = "123456789012";

/// A successful invocation.
#[derive(Debug, Clone)]
pub struct Invocation {
    /// What the function responded.
    pub response: Bytes,
    /// The lines that it printed, standard output and standard error.
    pub log: Vec<String>,
    /// The metrics among these lines.
    pub metrics: Metrics,
    /// How long it took.
    pub duration: Duration,
}

/// A started process. It is killed when this is dropped.
#[derive(Debug)]
pub(crate) struct Environment {
    name: String,
    api: RuntimeApi,
    child: Child,
    log: FunctionLog,
    usable: bool,
}

impl Environment {
    /// Starts a process and waits until it asks for its first event.
    pub(crate) async fn start(settings: &FunctionSettings) -> Result<(Self, Duration), FunctionError> {
        let api = RuntimeApi::start().await.map_err(|cause| not_served(settings, cause))?;
        let log = FunctionLog::new().map_err(|source| serve(settings, source))?;
        let started = Instant::now();
        let child = spawn(settings, &api, &log)?;
        let mut environment = Self { name: settings.name.clone(), api, child, log, usable: true };
        environment.initialize(settings.init_timeout).await?;
        Ok((environment, started.elapsed()))
    }

    /// Runs one invocation to its end: the function has asked for the next event, or has exited.
    pub(crate) async fn invoke(
        &mut self,
        request_id: String,
        payload: Bytes,
        timeout: Duration,
    ) -> Result<Invocation, FunctionError> {
        let started = tokio::time::Instant::now();
        let event = self.event(request_id, payload, timeout);
        let reply = tokio::select! {
            biased;
            reply = self.api.invoke(event) => reply,
            status = self.child.wait() => return Err(self.exited(status)),
            () = tokio::time::sleep_until(started + timeout) => return Err(self.timed_out(timeout).await),
        };
        let duration = started.elapsed();
        // A function may finish its log after it has answered. If it dies then, the answer stands and the process goes.
        self.usable = tokio::select! {
            idle = timeout_at(started + timeout, self.api.idle()) => idle.is_ok(),
            _ = self.child.wait() => false,
        };
        self.finish(reply, duration)
    }

    /// Whether the process can take another event.
    pub(crate) fn is_usable(&self) -> bool {
        self.usable
    }

    /// The highest resident memory so far, in bytes.
    pub(crate) fn peak_memory(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()?)).ok()?;
        let kilobytes = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?.trim().strip_suffix(" kB")?;
        kilobytes.parse::<u64>().ok().map(|kilobytes| kilobytes * 1024)
    }

    /// Kills the process and waits until it has exited.
    pub(crate) async fn kill(&mut self) {
        self.usable = false;
        // It fails only if the process has exited already.
        let _ = self.child.kill().await;
    }

    async fn initialize(&mut self, limit: Duration) -> Result<(), FunctionError> {
        let failed = tokio::select! {
            biased;
            idle = self.api.idle() => idle,
            status = self.child.wait() => return Err(self.exited(status)),
            () = tokio::time::sleep(limit) => {
                self.kill().await;
                return Err(FunctionError::InitTimedOut { name: self.name.clone(), after: limit, log: self.log.tail() });
            }
        };
        let Err(fault) = failed else { return Ok(()) };
        self.kill().await;
        Err(FunctionError::Init {
            name: self.name.clone(),
            error_type: fault.error_type,
            message: fault.error_message,
            log: self.log.tail(),
        })
    }

    fn event(&self, request_id: String, payload: Bytes, timeout: Duration) -> Event {
        let trace_id = format!("Root=1-00000000-{};Sampled=0", request_id.replace('-', "").split_off(8));
        let function_arn = format!("arn:aws:lambda:{REGION}:{ACCOUNT}:function:{}", self.name);
        Event { request_id, payload, deadline: deadline(timeout), function_arn, trace_id }
    }

    fn finish(&mut self, reply: Reply, duration: Duration) -> Result<Invocation, FunctionError> {
        let name = self.name.clone();
        match reply {
            Reply::Response(response) => {
                let log = self.log.drain().map_err(|source| FunctionError::Serve { name, source })?;
                let mut metrics = Metrics::default();
                for line in &log {
                    metrics.add(&Metrics::read(line));
                }
                Ok(Invocation { response, log, metrics, duration })
            }
            Reply::Error(fault) => Err(FunctionError::Reported {
                name,
                error_type: fault.error_type,
                message: fault.error_message,
                log: self.log.tail(),
            }),
        }
    }

    fn exited(&mut self, status: std::io::Result<ExitStatus>) -> FunctionError {
        self.usable = false;
        let status = status.map_or_else(|cause| cause.to_string(), |status| status.to_string());
        FunctionError::Exited { name: self.name.clone(), status, log: self.log.tail() }
    }

    async fn timed_out(&mut self, after: Duration) -> FunctionError {
        self.kill().await;
        FunctionError::TimedOut { name: self.name.clone(), after, log: self.log.tail() }
    }
}

fn spawn(settings: &FunctionSettings, api: &RuntimeApi, log: &FunctionLog) -> Result<Child, FunctionError> {
    let writer = || log.writer().map_err(|source| serve(settings, source));
    let mut command = Command::new(&settings.binary);
    // Nothing of this process: a proxy, a profile or a region set by its user must not change what the function does.
    command.env_clear().envs(lambda_variables(settings, api)).envs(settings.environment.iter().cloned());
    command.stdin(std::process::Stdio::null()).stdout(writer()?).stderr(writer()?).kill_on_drop(true);
    // Ctrl-C on the terminal is for whoever runs the function: it decides what becomes of it.
    #[cfg(unix)]
    command.process_group(0);
    command.spawn().map_err(|source| FunctionError::Spawn { path: settings.binary.clone(), source })
}

/// The variables that Lambda sets.
fn lambda_variables(settings: &FunctionSettings, api: &RuntimeApi) -> Vec<(&'static str, String)> {
    vec![
        ("AWS_LAMBDA_RUNTIME_API", api.url()),
        ("AWS_LAMBDA_FUNCTION_NAME", settings.name.clone()),
        ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST".to_owned()),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", settings.memory_mb.to_string()),
        ("AWS_LAMBDA_LOG_GROUP_NAME", format!("/aws/lambda/{}", settings.name)),
        ("AWS_LAMBDA_LOG_STREAM_NAME", "local".to_owned()),
        ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand".to_owned()),
        ("AWS_EXECUTION_ENV", "AWS_Lambda_provided.al2023".to_owned()),
        ("AWS_REGION", REGION.to_owned()),
        ("_HANDLER", "bootstrap".to_owned()),
        ("LANG", "en_US.UTF-8".to_owned()),
        ("PATH", "/usr/local/bin:/usr/bin:/bin:/opt/bin".to_owned()),
        ("TZ", ":UTC".to_owned()),
    ]
}

fn serve(settings: &FunctionSettings, source: std::io::Error) -> FunctionError {
    FunctionError::Serve { name: settings.name.clone(), source }
}

fn not_served(settings: &FunctionSettings, cause: Error) -> FunctionError {
    serve(settings, std::io::Error::other(cause))
}

/// The moment at which a timeout that starts now ends.
fn deadline(timeout: Duration) -> Timestamp {
    let timeout = SignedDuration::try_from(timeout).unwrap_or(SignedDuration::MAX);
    Timestamp::now().saturating_add(timeout).unwrap_or(Timestamp::MAX)
}
