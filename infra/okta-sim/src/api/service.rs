//! The simulated org as a service: a request in, an answer out.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::api::active_faults::{ActiveFaults, RequestFaults};
use crate::api::answer::Answer;
use crate::api::call::Call;
use crate::api::endpoint_context::{EndpointContext, Served};
use crate::api::entities::{self, Endpoint};
use crate::api::error::ApiError;
use crate::api::fault_effects::asked::Asked;
use crate::api::fault_effects::{self, by_gateway, by_org, truncated};
use crate::api::limits::{Limits, Verdict};
use crate::api::org_state::OrgState;
use crate::api::page::PageRules;
use crate::api::{logs, open};
use crate::clock::Clock;
use crate::fault::conditions::RequestFacts;
use crate::fault::kind::FaultKind;
use crate::fault::spec::Fault;
use crate::identity::Identity;
use crate::identity::access::{At, Caller};
use crate::identity::clients::Role;
use crate::identity::token::TokenRequest;
use crate::org::directory::Directory;
use crate::simulated_org::Org;
use crate::traffic::Traffic;

/// The simulated org, without its sockets.
#[derive(Debug)]
pub(crate) struct OrgService {
    pub(crate) org: Org,
    pub(crate) clock: Clock,
    /// The org's address, without a slash at the end.
    pub(crate) org_url: String,
    /// Other origins of the org: a custom domain, if it has one.
    pub(crate) custom_domain: Option<String>,
    pub(crate) limits: Limits,
    pub(crate) faults: ActiveFaults,
    identity: Mutex<Identity>,
    directory: Mutex<Directory>,
    traffic: Mutex<Traffic>,
}

/// A request with what goes wrong with it.
#[derive(Debug)]
pub(crate) struct FaultyRequest {
    pub(crate) call: Call,
    pub(crate) facts: RequestFacts,
    pub(crate) faults: RequestFaults,
}

/// An answer, with what traffic records and headers need.
#[derive(Debug)]
pub(crate) struct Handled {
    pub(crate) answer: Answer,
    pub(crate) client: Option<String>,
    pub(crate) verdict: Option<Verdict>,
    /// Whether something in front of the org answered: without a request id.
    pub(crate) is_foreign: bool,
}

/// Callers who are not known are counted together.
const NOBODY: usize = usize::MAX;

const TOKEN_PATH: &str = "/oauth2/v1/token";

impl Handled {
    fn by_org(answer: Answer, client: Option<String>, verdict: Option<Verdict>) -> Self {
        Self { answer, client, verdict, is_foreign: false }
    }

    /// An answer to nobody in particular.
    pub(crate) fn anonymous(answer: Answer, verdict: Option<Verdict>) -> Self {
        Self::by_org(answer, None, verdict)
    }
}

impl OrgService {
    pub(crate) fn new(org: Org, clock: Clock, org_url: String, limits: Limits, identity: Identity) -> Self {
        let directory = Mutex::new(Directory::at(org.model(), clock.now_ms()));
        Self {
            org,
            clock,
            org_url,
            custom_domain: None,
            limits,
            faults: ActiveFaults::default(),
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
        if !directory.advance(self.org.model(), now_ms) {
            *directory = Directory::at(self.org.model(), now_ms);
        }
        directory
    }

    /// Puts a fault in force. [`FaultKind::Down`] is the server's.
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
            _ => self.faults.add(fault),
        }
    }

    /// Answers a request.
    pub(crate) fn handle(&self, request: &FaultyRequest) -> Handled {
        let FaultyRequest { call, faults, .. } = request;
        if let Some(answer) = faults.replacement.as_ref().and_then(|kind| by_gateway(kind, &call.path)) {
            return Handled { is_foreign: true, ..Handled::anonymous(answer, None) };
        }
        let handled = match (call.path.as_str(), call.method.as_str()) {
            (TOKEN_PATH, "POST") => self.token(request),
            (path, "GET") if path.starts_with("/.well-known/") => self.open(call, faults),
            _ => self.resource(request),
        };
        if handled.answer.status == 200 { self.changed(handled, request) } else { handled }
    }

    /// A good answer after the faults that change it.
    fn changed(&self, handled: Handled, request: &FaultyRequest) -> Handled {
        let FaultyRequest { call, faults, .. } = request;
        let asked = Asked { call, org_url: &self.org_url, now_ms: self.clock.now_ms() };
        let changes = faults.changes.iter();
        let answer = changes.fold(handled.answer, |answer, fault| fault_effects::changed(fault, answer, asked));
        let is_truncated = faults.replacement == Some(FaultKind::Truncated);
        Handled { answer: if is_truncated { truncated(answer) } else { answer }, ..handled }
    }

    fn open(&self, call: &Call, faults: &RequestFaults) -> Handled {
        let refusal = faults.replacement.as_ref().and_then(by_org);
        let organization = open::Organization {
            org: self.org.model(),
            org_url: &self.org_url,
            custom_domain: self.custom_domain.as_deref(),
            state: &self.faults.state(),
        };
        let answer = refusal.or_else(|| open::answer(&call.path, &organization));
        let answer = answer.unwrap_or_else(|| ApiError::NotFound(call.path.clone()).answer(&call.id));
        Handled::anonymous(answer, None)
    }

    fn token(&self, request: &FaultyRequest) -> Handled {
        let call = &request.call;
        let now_ms = self.clock.now_ms();
        let verdict = self.count(request, NOBODY, now_ms);
        let refused = |error: ApiError| Handled::anonymous(error.answer(&call.id), Some(verdict));
        if verdict.is_over {
            return refused(ApiError::TooManyRequests);
        }
        if !call.header("content-type").is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded")) {
            return refused(ApiError::MediaType);
        }
        if let Some(answer) = request.faults.replacement.as_ref().and_then(by_org) {
            return Handled::anonymous(answer, Some(verdict));
        }
        let url = format!("{}{TOKEN_PATH}", self.org_url);
        let mut identity = self.identity();
        let (answer, client) = identity.token(&TokenRequest { call, url: &url, issuer: &self.org_url, now_ms });
        let client = client.map(|client| identity.clients[client].spec.name.clone());
        Handled::by_org(answer, client, Some(verdict))
    }

    fn resource(&self, request: &FaultyRequest) -> Handled {
        let now_ms = self.clock.now_ms();
        let caller = match self.caller(request, now_ms) {
            Ok(caller) => caller,
            Err(answer) => return Handled::anonymous(answer, None),
        };
        let client = Some(self.identity().clients[caller.client].spec.name.clone());
        let verdict = self.count(request, caller.client, now_ms);
        let answer = if verdict.is_over {
            ApiError::TooManyRequests.answer(&request.call.id)
        } else if let Some(refusal) = request.faults.replacement.as_ref().and_then(by_org) {
            refusal
        } else {
            self.serve(request, &caller, now_ms)
        };
        Handled::by_org(answer, client, Some(verdict))
    }

    fn caller(&self, request: &FaultyRequest, now_ms: i64) -> Result<Caller, Answer> {
        let url = format!("{}{}", self.org_url, request.call.path);
        let wants_nonce = request.faults.replacement == Some(FaultKind::DpopNonce);
        let at = At { url: &url, org_url: &self.org_url, now_ms, wants_nonce };
        self.identity().caller(&request.call, &at)
    }

    fn count(&self, request: &FaultyRequest, client: usize, now_ms: i64) -> Verdict {
        let path = &request.call.path;
        match request.faults.replacement {
            Some(FaultKind::RateLimited) => self.limits.exhausted(path, now_ms),
            Some(FaultKind::Concurrency) => self.limits.exhausted(path, now_ms).concurrency(),
            _ => self.limits.count(path, client, now_ms),
        }
    }

    fn serve(&self, request: &FaultyRequest, caller: &Caller, now_ms: i64) -> Answer {
        let call = &request.call;
        let state = self.faults.state();
        let rules = page_rules(request, &state, now_ms);
        let served = if call.path == logs::PATH {
            self.allows(request, caller, ("okta.logs.read", Role::ReadOnly))
                .map(|()| logs::answer(self.org.model(), call, &self.org_url, rules))
        } else {
            let Some((endpoint, ids)) = entities::find(&call.segments()) else {
                return ApiError::NotFound(call.path.clone()).answer(&call.id);
            };
            self.allows(request, caller, (endpoint.scope, endpoint.role))
                .map(|()| self.entity(endpoint, ids, call, caller, &state, rules))
        };
        match served {
            Ok(answer) => answer.unwrap_or_else(|error| error.answer(&call.id)),
            Err(refusal) => refusal,
        }
    }

    /// Scope, then licence, then role, then method: the first that fails is what is answered.
    fn allows(&self, request: &FaultyRequest, caller: &Caller, needed: (&str, Role)) -> Result<(), Answer> {
        let FaultyRequest { call, facts, .. } = request;
        if !caller.has_scope(needed.0) {
            return Err(Caller::insufficient_scope(needed.0, &call.path, &self.org_url));
        }
        let error = if self.faults.is_unlicensed(facts) {
            ApiError::FeatureNotEnabled
        } else if caller.role < needed.1 || self.faults.denies(facts) {
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
        state: &OrgState,
        rules: PageRules,
    ) -> Result<Answer, ApiError> {
        let past = (state.search_lag_ms > 0 && is_search(call))
            .then(|| Directory::at(self.org.model(), rules.now_ms - state.search_lag_ms));
        let present = past.is_none().then(|| self.directory());
        let Some(directory) = past.as_ref().or(present.as_deref()) else { return Err(ApiError::Internal) };
        let context = EndpointContext {
            org: self.org.model(),
            directory,
            state,
            call,
            caller,
            org_url: &self.org_url,
            now_ms: rules.now_ms,
            ids,
        };
        match (endpoint.serve)(&context)? {
            Served::Listing(listing, paging) => listing.answer(paging, call, &self.org_url, rules),
            Served::One(object) => Ok(Answer::json(200, &object)),
            Served::Text(content_type, text) => Ok(Answer::typed(200, content_type, text)),
        }
    }
}

/// How the answer to a request is paged.
fn page_rules(request: &FaultyRequest, state: &OrgState, now_ms: i64) -> PageRules {
    let has = |kind: &FaultKind| request.faults.changes.iter().any(|fault| fault.kind == *kind);
    PageRules {
        now_ms,
        cursor_lifetime_ms: state.cursor_lifetime_ms,
        has_trailing_next: has(&FaultKind::TrailingNext),
        are_short: has(&FaultKind::ShortPages),
        overlap: has(&FaultKind::OverlappingPages),
    }
}

/// Okta answers searches from an index, which lags behind.
fn is_search(call: &Call) -> bool {
    ["search", "filter"].iter().any(|name| call.query(name).is_some())
}
