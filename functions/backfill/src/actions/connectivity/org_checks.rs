//! One org, checked from its secret up to one real read of every kind of data. What is missing is named with the way
//! to give it; nothing is written.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use normalize::Tenant;
use okta::{Cause, Client, Disposition, Engine, Error, Event, Grants, Page, WaitReason};

use crate::app::App;
use crate::check::{CLOCKS, CREDENTIALS, Check, Section, Status};
use crate::data_type::{DATA_TYPES, DataType, LOG_STREAMS, LOGS};
use crate::okta_log::stream_state::{StreamState, stream_state};
use crate::org::binding::{self, BindingError};
use crate::org::deadline::Deadline;

/// Checks the org that `secret` names.
pub(crate) async fn check(app: &App, tenant: &str, deadline: &Deadline) -> Section {
    let secret = Arc::new(app.secrets.of(tenant));
    let is_bound = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&is_bound);
    let observer = move |event: &Event| {
        if let Event::TokenObtained { is_bound: true, .. } = event {
            seen.store(true, Ordering::Relaxed);
        }
    };
    let client = match Client::new(secret, app.options(Arc::new(observer))).await {
        Ok(client) => client.with_deadline(deadline.moment()),
        Err(error) => return section(tenant, None, vec![failed("Secret", &error)], "the secret cannot be used"),
    };
    let org = Some(client.org().host().to_owned());
    let mut checks = vec![secret_check(&client).await];
    let scopes: Vec<_> = DATA_TYPES.iter().map(|data_type| data_type.scope).collect();
    let grants = match client.discover_scopes(&scopes).await {
        Ok(grants) => grants,
        Err(error) => {
            checks.push(failed(CREDENTIALS, &error));
            return section(tenant, org, checks, "there is no access token");
        }
    };
    checks.push(credentials_check(&grants, is_bound.load(Ordering::Relaxed)));
    checks.push(org_check(app, &client, tenant).await);
    checks.push(clock_check(&client));
    for data_type in DATA_TYPES {
        checks.push(data_check(&client, &grants, data_type).await);
    }
    checks.push(stream_check(app, &client, &grants).await);
    Section::new(tenant, org, checks)
}

/// A section that ends early: what was not tried is said, too.
fn section(tenant: &str, org: Option<String>, mut checks: Vec<Check>, why: &str) -> Section {
    if let Some(last) = checks.last_mut() {
        last.needed_for = DATA_TYPES.iter().map(|data_type| data_type.name.to_owned()).collect();
    }
    checks.extend(DATA_TYPES.iter().map(|data_type| Check::new(data_type.name, Status::Skipped, why)));
    Section::new(tenant, org, checks)
}

async fn secret_check(client: &Client) -> Check {
    let tenant = client.org().tenant();
    let kind = client.credential_kind().await;
    if kind.has_scopes {
        return Check::ok("Secret", format!("{kind}, for {tenant}"));
    }
    Check::new("Secret", Status::Warning, format!("{kind}, for {tenant}"))
        .remedy("use a service app with a key pair: an API token may do whatever its owner may, and has no scopes")
}

/// Which org answers, which engine it runs, and whether it is the one that the tenant belongs to.
async fn org_check(app: &App, client: &Client, secret: &str) -> Check {
    const NAME: &str = "Org";
    let tenant = match Tenant::parse(client.org().tenant()) {
        Ok(tenant) => tenant,
        Err(error) => {
            let check = Check::new(NAME, Status::Failed, error.to_string());
            return check.remedy("put the member `tenant` into the secret");
        }
    };
    match binding::compare(&app.sink.lake, client, secret, &tenant).await {
        Ok((org, _)) => {
            let engine = match org.engine {
                Engine::Classic => "Classic Engine".to_owned(),
                Engine::Identity => "Identity Engine".to_owned(),
                Engine::Other(name) => format!("an engine that it calls {name:?}"),
            };
            Check::ok(NAME, format!("{} on {engine}", org.id))
        }
        Err(BindingError::Okta(error)) => failed(NAME, &error),
        Err(error) => Check::new(NAME, Status::Failed, lake::quarantine::reason(&error)).remedy(error.remedy()),
    }
}

/// Okta's clock and this machine's decide together which hours have ended.
fn clock_check(client: &Client) -> Check {
    const NAME: &str = "Clock";
    match client.clocks().disagreement {
        None => Check::ok(NAME, "Okta's clock and this machine's agree"),
        Some(ahead) => {
            let seconds = ahead.as_secs();
            let detail = format!("Okta's clock is {seconds} seconds ahead of this machine's (negative: behind)");
            Check::new(NAME, Status::Failed, detail).remedy(CLOCKS)
        }
    }
}

fn credentials_check(grants: &Grants, is_bound: bool) -> Check {
    let proof = if is_bound { ", with DPoP" } else { "" };
    match grants {
        Grants::Unscoped => Check::ok(CREDENTIALS, "taken; an API token has no scopes, its owner's role decides"),
        Grants::Scoped { granted, denied } if granted.is_empty() => {
            let needed = denied.iter().cloned().collect::<Vec<_>>().join(" ");
            Check::new(CREDENTIALS, Status::Denied, format!("taken{proof}, but no scope is granted"))
                .remedy(format!("grant scopes: Admin Console > Applications > the app > Okta API Scopes: {needed}"))
        }
        Grants::Scoped { granted, denied } => {
            let wanted = granted.len() + denied.len();
            Check::ok(CREDENTIALS, format!("taken{proof}; {} of {wanted} scopes are granted", granted.len()))
        }
    }
}

async fn data_check(client: &Client, grants: &Grants, data_type: &DataType) -> Check {
    if !grants.allows(data_type.scope) {
        let remedy = format!("grant {}: Admin Console > Applications > the app > Okta API Scopes", data_type.scope);
        let check = Check::new(data_type.name, Status::Denied, format!("the scope {} is missing", data_type.scope));
        return Check { needed_for: vec![data_type.name.to_owned()], ..check.remedy(remedy) };
    }
    match read(client, data_type).await {
        Ok((page, records)) => Check::ok(data_type.name, found(&page, records)),
        Err(error) => Check { needed_for: vec![data_type.name.to_owned()], ..failed(data_type.name, &error) },
    }
}

async fn read(client: &Client, data_type: &DataType) -> Result<(Page, usize), Error> {
    let page = client.get(&client.url(data_type.path, data_type.query)?).await?;
    let records = match data_type.field {
        Some(field) => page.records_in(field)?.len(),
        None => page.records()?.len(),
    };
    Ok((page, records))
}

fn found(page: &Page, records: usize) -> String {
    match (records, page.next()) {
        (0, _) => "readable; there is none".to_owned(),
        (_, Ok(Some(_)) | Err(_)) => "readable".to_owned(),
        (1, Ok(None)) => "readable; there is 1".to_owned(),
        (records, Ok(None)) => format!("readable; there are {records}"),
    }
}

/// Okta switches a stream off after failed deliveries and tells nobody.
async fn stream_check(app: &App, client: &Client, grants: &Grants) -> Check {
    const NAME: &str = "Log stream";
    let detail = match stream_state(app, client, grants).await {
        Ok(StreamState::Active(name)) => return Check::ok(NAME, format!("{name:?} sends to EventBridge")),
        Ok(StreamState::Off(name, status)) => format!("{name:?} is {status}"),
        Ok(StreamState::Elsewhere(name)) => {
            format!("{name:?} leads to another account, region or event source than this stack's: the log is polled")
        }
        Ok(StreamState::None) => "none sends to EventBridge: the log is polled".to_owned(),
        Ok(StreamState::Unknown) => {
            return Check::new(NAME, Status::Skipped, format!("the scope {} is missing", LOG_STREAMS.scope));
        }
        Err(error) => return failed(NAME, &error),
    };
    let remedy = "activate it: Admin Console > Reports > Log Streaming; until then the log is polled";
    Check { needed_for: vec![LOGS.name.to_owned()], ..Check::new(NAME, Status::Warning, detail).remedy(remedy) }
}

fn failed(name: &str, error: &Error) -> Check {
    if let Error::TooLate(late) = error {
        return too_late(name, late.reason);
    }
    let status = match error.disposition() {
        Disposition::Denied => Status::Denied,
        Disposition::NotOffered | Disposition::NotFound => Status::Unlicensed,
        _ => Status::Failed,
    };
    Check::new(name, status, lake::quarantine::reason(error)).remedy(error.remedy())
}

/// The time was up. If a call had gone wrong before and was to be made again, the org was tried; else nothing is known.
fn too_late(name: &str, reason: WaitReason) -> Check {
    match reason {
        WaitReason::Retry(Cause::RateLimited { .. } | Cause::TooManyAtOnce) => Check::too_late(name),
        WaitReason::Retry(cause) => Check::new(name, Status::Failed, format!("the org does not answer as it should: {cause}"))
            .remedy("see that this function reaches the org, and Okta's status page; it is tested again with the next change or day"),
        _ => Check::too_late(name),
    }
}
