//! Everything that the simulator is made of, and the way of a request through it.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::api::answer::Answer;
use crate::api::call::Call;
use crate::api::desk::{Desk, Served};
use crate::api::entities::{self, Endpoint};
use crate::api::error::ApiError;
use crate::api::limits::{Limits, Verdict};
use crate::api::mischief::{self, Mischief};
use crate::api::{logs, open};
use crate::clock::Clock;
use crate::fault::{Fault, FaultKind};
use crate::identity::Identity;
use crate::identity::access::{At, Caller};
use crate::identity::clients::Role;
use crate::identity::token::TokenRequest;
use crate::org::Org;
use crate::org::directory::Directory;
use crate::traffic::Traffic;

/// The simulator, without its sockets.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) org: Org,
    pub(crate) clock: Clock,
    /// The org's address, without a slash at the end.
    pub(crate) org_url: String,
    pub(crate) limits: Limits,
    pub(crate) mischief: Mischief,
    identity: Mutex<Identity>,
    directory: Mutex<Directory>,
    traffic: Mutex<Traffic>,
}

/// An answer, with what the books need to know of it.
#[derive(Debug)]
pub(crate) struct Handled {
    pub(crate) answer: Answer,
    pub(crate) client: Option<String>,
    pub(crate) verdict: Option<Verdict>,
}

/// Counted together: callers who are not known.
const NOBODY: usize = usize::MAX;

const TOKEN_PATH: &str = "/oauth2/v1/token";

impl World {
    pub(crate) fn new(org: Org, clock: Clock, org_url: String, limits: Limits, identity: Identity) -> Self {
        let directory = Mutex::new(Directory::at(&org, clock.now_ms()));
        Self {
            org,
            clock,
            org_url,
            limits,
            mischief: Mischief::default(),
            identity: Mutex::new(identity),
            directory,
            traffic: Mutex::default(),
        }
    }

    pub(crate) fn identity(&self) -> MutexGuard<'_, Identity> {
        self.identity.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn traffic(&self) -> MutexGuard<'_, Traffic> {
        self.traffic.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The directory as it is now.
    fn directory(&self) -> MutexGuard<'_, Directory> {
        let mut directory = self.directory.lock().unwrap_or_else(PoisonError::into_inner);
        let now_ms = self.clock.now_ms();
        if !directory.advance(&self.org, now_ms) {
            *directory = Directory::at(&self.org, now_ms);
        }
        directory
    }

    /// Makes something go wrong from now on.
    pub(crate) fn inject(&self, fault: Fault) {
        match &fault.kind {
            FaultKind::DpopRequired => {
                self.identity().clients.iter_mut().for_each(|client| client.spec.needs_dpop = true);
            }
            FaultKind::Role(role) => self.identity().clients.iter_mut().for_each(|client| client.spec.role = *role),
            FaultKind::ScopeMissing(scope) => {
                self.identity().clients.iter_mut().for_each(|client| client.spec.granted.remove(scope));
            }
            FaultKind::SecretsRevoked => {
                let mut identity = self.identity();
                identity.clients.iter_mut().for_each(|client| client.is_revoked = true);
                identity.tokens.revoke_all();
            }
            FaultKind::TokensRevoked => self.identity().tokens.revoke_all(),
            _ => self.mischief.add(fault),
        }
    }

    /// Answers a request. `fault` is what goes wrong with it.
    pub(crate) fn handle(&self, call: &Call, fault: Option<&FaultKind>) -> Handled {
        if let Some(answer) = fault.and_then(|fault| mischief::instead(fault, &call.path)) {
            return Handled { answer, client: None, verdict: None };
        }
        let handled = match (call.path.as_str(), call.method.as_str()) {
            (TOKEN_PATH, "POST") => self.token(call, fault),
            (path, "GET") if path.starts_with("/.well-known/") => self.open(call),
            _ => self.resource(call, fault),
        };
        let url = format!("{}{}{}", self.org_url, call.path, query_of(call));
        let spoiled =
            |answer| fault.map_or_else(|| None, |fault| Some(mischief::spoil(fault, answer, &url, &self.org_url)));
        match handled {
            Handled { answer, client, verdict } if answer.status == 200 && fault.is_some() => {
                let whole = answer.clone();
                Handled { answer: spoiled(answer).unwrap_or(whole), client, verdict }
            }
            handled => handled,
        }
    }

    fn open(&self, call: &Call) -> Handled {
        let answer = open::answer(&call.path, &self.org, &self.org_url, &self.mischief.switches());
        let answer = answer.unwrap_or_else(|| ApiError::NotFound(call.path.clone()).answer(&call.id));
        Handled { answer, client: None, verdict: None }
    }

    fn token(&self, call: &Call, fault: Option<&FaultKind>) -> Handled {
        let now_ms = self.clock.now_ms();
        let verdict = self.count(call, NOBODY, fault, now_ms);
        let refused =
            |error: ApiError| Handled { answer: error.answer(&call.id), client: None, verdict: Some(verdict) };
        if verdict.is_over {
            return refused(ApiError::TooManyRequests);
        }
        if !call.header("content-type").is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded")) {
            return refused(ApiError::MediaType);
        }
        let url = format!("{}{TOKEN_PATH}", self.org_url);
        let mut identity = self.identity();
        let (answer, client) = identity.token(&TokenRequest { call, url: &url, issuer: &self.org_url, now_ms });
        let client = client.map(|client| identity.clients[client].spec.name.clone());
        Handled { answer, client, verdict: Some(verdict) }
    }

    fn resource(&self, call: &Call, fault: Option<&FaultKind>) -> Handled {
        let now_ms = self.clock.now_ms();
        let caller = match self.caller(call, fault, now_ms) {
            Ok(caller) => caller,
            Err(answer) => return Handled { answer, client: None, verdict: None },
        };
        let client = Some(self.identity().clients[caller.client].spec.name.clone());
        let verdict = self.count(call, caller.client, fault, now_ms);
        let answer = if verdict.is_over {
            ApiError::TooManyRequests.answer(&call.id)
        } else {
            self.serve(call, &caller, now_ms)
        };
        Handled { answer, client, verdict: Some(verdict) }
    }

    fn caller(&self, call: &Call, fault: Option<&FaultKind>, now_ms: i64) -> Result<Caller, Answer> {
        let url = format!("{}{}", self.org_url, call.path);
        let wants_nonce = fault == Some(&FaultKind::DpopNonce);
        let at = At { url: &url, org_url: &self.org_url, now_ms, wants_nonce };
        self.identity().caller(call, &at)
    }

    fn count(&self, call: &Call, client: usize, fault: Option<&FaultKind>, now_ms: i64) -> Verdict {
        match fault {
            Some(FaultKind::RateLimited) => self.limits.exhausted(&call.path, now_ms),
            Some(FaultKind::Concurrency) => self.limits.exhausted(&call.path, now_ms).concurrency(),
            _ => self.limits.count(&call.path, client, now_ms),
        }
    }

    fn serve(&self, call: &Call, caller: &Caller, now_ms: i64) -> Answer {
        if call.path == logs::PATH {
            let needed = ("okta.logs.read", Role::ReadOnly);
            return match self.allows(call, caller, needed) {
                Ok(()) => {
                    logs::answer(&self.org, call, &self.org_url, now_ms).unwrap_or_else(|error| error.answer(&call.id))
                }
                Err(answer) => answer,
            };
        }
        let Some((endpoint, ids)) = entities::find(&call.segments()) else {
            return ApiError::NotFound(call.path.clone()).answer(&call.id);
        };
        match self.allows(call, caller, (endpoint.scope, endpoint.role)) {
            Ok(()) => self.entity(endpoint, ids, call, caller, now_ms).unwrap_or_else(|error| error.answer(&call.id)),
            Err(answer) => answer,
        }
    }

    /// Scope, then licence, then role, then method: the first that fails is what is answered.
    fn allows(&self, call: &Call, caller: &Caller, needed: (&str, Role)) -> Result<(), Answer> {
        if !caller.has_scope(needed.0) {
            return Err(Caller::insufficient_scope(needed.0, &call.path, &self.org_url));
        }
        let error = if self.mischief.is_unlicensed(&call.path) {
            ApiError::FeatureNotEnabled
        } else if caller.role < needed.1 || self.mischief.denies(&call.path) {
            ApiError::AccessDenied
        } else if call.method != "GET" {
            ApiError::MethodNotAllowed
        } else {
            return Ok(());
        };
        Err(error.answer(&call.id))
    }

    fn entity(
        &self,
        endpoint: &Endpoint,
        ids: Vec<&str>,
        call: &Call,
        caller: &Caller,
        now_ms: i64,
    ) -> Result<Answer, ApiError> {
        let directory = self.directory();
        let switches = self.mischief.switches();
        let desk = Desk {
            org: &self.org,
            directory: &directory,
            switches: &switches,
            call,
            caller,
            org_url: &self.org_url,
            now_ms,
            ids,
        };
        match (endpoint.serve)(&desk)? {
            Served::Listing(listing, paging) => listing.answer(paging, call, &self.org_url),
            Served::One(object) => Ok(Answer::json(200, &object)),
        }
    }
}

/// The query with its question mark, if there is one.
fn query_of(call: &Call) -> String {
    if call.query_text.is_empty() { String::new() } else { format!("?{}", call.query_text) }
}
