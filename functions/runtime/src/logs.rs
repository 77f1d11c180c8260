//! Logs as JSON lines on standard output, without what must never be in a log.

use tracing::{Level, Metadata};
use tracing_subscriber::filter::{EnvFilter, filter_fn};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

/// Below `info`, crates whose names begin so log whole answers of AWS (those of Secrets Manager and STS are secrets) and
/// whole invocations (which are events). No setting makes them do it here.
const NO_TRACES: [&str; 2] = ["aws_", "lambda_runtime"];

/// Whether `text` is a filter (<https://docs.rs/tracing-subscriber>, `EnvFilter`).
pub fn is_filter(text: &str) -> bool {
    EnvFilter::try_new(text).is_ok()
}

/// Starts logging what the filter lets through. One that cannot be read lets errors through: see [`is_filter`].
pub fn init(filter: &str) {
    subscriber(filter, std::io::stdout).init();
}

fn subscriber<W>(filter: &str, writer: W) -> impl tracing::Subscriber + Send + Sync
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let lines = tracing_subscriber::fmt::layer()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(false)
        .with_writer(writer);
    tracing_subscriber::registry().with(EnvFilter::new(filter)).with(filter_fn(may_be_logged)).with(lines)
}

fn may_be_logged(metadata: &Metadata<'_>) -> bool {
    *metadata.level() <= Level::INFO || !NO_TRACES.iter().any(|name| metadata.target().starts_with(name))
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    fn logged(filter: &str) -> String {
        let lines = Lines::default();
        let writer = lines.clone();
        tracing::subscriber::with_default(subscriber(filter, move || writer.clone()), || {
            tracing::trace!(target: "lambda_runtime::layers::api_response", body = "an event", "raw JSON event");
            tracing::debug!(target: "aws_sdk_secretsmanager::operation", answer = "a secret", "answered");
            tracing::info!(target: "aws_config", "region loaded");
            tracing::debug!(target: "okta::client", "page read");
        });
        let bytes = lines.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn no_filter_lets_events_or_secrets_into_the_log() {
        for filter in ["trace", "info,aws_sdk_secretsmanager::operation=trace,lambda_runtime=trace,okta=debug"] {
            let lines = logged(filter);
            assert!(!lines.contains("an event") && !lines.contains("a secret"), "{filter}: {lines}");
            assert!(lines.contains("region loaded") && lines.contains("page read"), "{filter}: {lines}");
        }
        assert_eq!(logged("error"), "");
    }

    #[test]
    fn a_line_is_json_with_its_fields_beside_the_message() {
        let lines = logged("okta=debug");
        let line: serde_json::Value = serde_json::from_str(&lines).unwrap();
        assert_eq!(
            (&line["message"], &line["target"], &line["level"]),
            (&"page read".into(), &"okta::client".into(), &"DEBUG".into())
        );
    }

    #[test]
    fn a_filter_is_checked_before_it_is_used() {
        assert!(is_filter("info,okta=debug"));
        assert!(!is_filter("a=b=c"));
    }
}
