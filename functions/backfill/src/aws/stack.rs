//! What all tenants share: the bucket, and the way that Okta's log stream takes into it.

use aws_sdk_eventbridge::error::ProvideErrorMetadata;
use aws_sdk_eventbridge::types::RuleState;
use lake::Lake;

use crate::check::{Check, Section, Status};

/// The deployed stack, as far as it is looked at.
#[derive(Debug)]
pub struct Stack {
    /// The bucket.
    pub lake: Lake,
    /// EventBridge.
    pub events: aws_sdk_eventbridge::Client,
    /// The partner event bus that Okta's log stream arrives on, if there is one.
    pub bus: Option<String>,
    /// The rule on that bus.
    pub rule: Option<String>,
}

/// Where a log stream must lead for its events to arrive in this stack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Destination {
    /// The AWS account, if EventBridge says it.
    pub(crate) account: Option<String>,
    /// The region.
    pub(crate) region: Option<String>,
    /// The name of the event source, which is the last part of the bus's name.
    pub(crate) source: String,
}

/// Written once and left there: another test finds that it is there, which takes the same permission.
const PROBE: &str = "state/connectivity-probe.json";

impl Stack {
    /// Checks all of it.
    pub(crate) async fn check(&self) -> Section {
        let mut checks = vec![self.check_bucket().await];
        if let Some(bus) = &self.bus {
            checks.push(self.check_bus(bus).await);
            if let Some(rule) = &self.rule {
                checks.push(self.check_rule(bus, rule).await);
                checks.push(self.check_target(bus, rule).await);
            }
        }
        Section::new("stack", None, checks)
    }

    /// Where a log stream must lead to arrive here; none, if this stack has no partner event bus.
    pub(crate) async fn destination(&self) -> Option<Destination> {
        let bus = self.bus.as_ref()?;
        let described = self.events.describe_event_bus().name(bus).send().await;
        // arn:aws:events:REGION:ACCOUNT:event-bus/NAME
        let account = described.ok().and_then(|described| described.arn()?.split(':').nth(4).map(str::to_owned));
        let region = self.events.config().region().map(ToString::to_string);
        Some(Destination { account, region, source: bus.rsplit('/').next().unwrap_or(bus).to_owned() })
    }

    async fn check_bucket(&self) -> Check {
        match self.lake.put_new(PROBE, "application/json", b"{}".to_vec()).await {
            Ok(_) => Check::ok("Bucket", "objects can be written"),
            Err(error) => Check::new("Bucket", Status::Failed, error.to_string()).remedy(error.remedy()),
        }
    }

    async fn check_bus(&self, bus: &str) -> Check {
        let error = match self.events.describe_event_bus().name(bus).send().await {
            Ok(_) => return Check::ok("Event bus", format!("{bus} is there")),
            Err(error) => code(&error),
        };
        let region = self.events.config().region().map_or_else(|| "this region".to_owned(), ToString::to_string);
        let (detail, remedy) = match error.as_str() {
            "ResourceNotFoundException" => (
                format!("{bus} is not in {region}"),
                format!(
                    "associate Okta's partner event source with a bus: Amazon EventBridge > Partner event sources, in {region}; \
                     then deploy the stack there with the name that `aws events list-event-buses --name-prefix \
                     aws.partner/okta.com --region {region}` prints"
                ),
            ),
            _ => (
                format!("{bus}: {error}"),
                "let the function's role look at the bus (events:DescribeEventBus)".to_owned(),
            ),
        };
        Check::new("Event bus", Status::Failed, detail).remedy(remedy)
    }

    async fn check_rule(&self, bus: &str, rule: &str) -> Check {
        let enable = "enable the rule: Amazon EventBridge > Rules";
        match self.events.describe_rule().event_bus_name(bus).name(rule).send().await {
            Ok(found) if found.state() == Some(&RuleState::Enabled) => Check::ok("Rule", format!("{rule} is enabled")),
            Ok(_) => Check::new("Rule", Status::Failed, format!("{rule} is disabled")).remedy(enable),
            Err(error) => {
                let detail = match code(&error).as_str() {
                    "ResourceNotFoundException" => format!("{bus} has no rule {rule}"),
                    other => format!("{rule}: {other}"),
                };
                Check::new("Rule", Status::Failed, detail).remedy("deploy the stack again: it makes the rule")
            }
        }
    }

    async fn check_target(&self, bus: &str, rule: &str) -> Check {
        let deploy = "deploy the stack again: it makes the queue the rule's target";
        match self.events.list_targets_by_rule().event_bus_name(bus).rule(rule).send().await {
            Ok(found) => match found.targets().iter().find(|target| target.arn().contains(":sqs:")) {
                Some(target) => Check::ok("Queue", format!("the rule sends to {}", target.arn())),
                None => Check::new("Queue", Status::Failed, "the rule sends to no queue").remedy(deploy),
            },
            Err(error) => Check::new("Queue", Status::Failed, code(&error)).remedy(deploy),
        }
    }
}

fn code(error: &impl ProvideErrorMetadata) -> String {
    error.code().unwrap_or("no answer").to_owned()
}
