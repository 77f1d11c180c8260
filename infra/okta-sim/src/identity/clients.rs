//! Who may talk to the org: service apps, API service integrations, holders of API tokens.

use std::fmt;

use serde_json::{Value, json};

use crate::identity::digest::sha256_base64url;
use crate::identity::jwk::PublicKey;
use crate::identity::keys::{self, KeyError, KeyKind};
use crate::identity::scopes::Granted;
use crate::org::model::OrgModel;
use crate::random::mix;

/// A client of the org, as it is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientSpec {
    /// What [`crate::Simulator::secret`] knows it by.
    pub name: String,
    /// How it proves who it is.
    pub auth: ClientAuth,
    /// Whether its tokens must be bound to a key: `dpop_bound_access_tokens`.
    pub needs_dpop: bool,
    /// The scopes in its *Okta API Scopes* tab. An API token has none: it may what its owner may.
    pub granted: Granted,
    /// What it is allowed to see.
    pub role: Role,
}

/// How a client proves who it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClientAuth {
    /// A service app with a key pair that the simulator makes.
    PrivateKey(KeyKind),
    /// A service app with keys of its own: their public halves, as JWKs with a `kid`.
    PublicKeys(Vec<Value>),
    /// An API service integration with a client secret.
    Secret,
    /// An SSWS token.
    ApiToken,
}

/// An admin role, as far as the simulator tells them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// No admin: nothing but its own tokens.
    None,
    /// Read-only administrator.
    ReadOnly,
    /// Read-only administrator with a custom role that has `okta.iam.read`.
    ReadOnlyAndIam,
    /// Organization administrator.
    OrgAdmin,
    /// Super administrator.
    SuperAdmin,
}

impl ClientSpec {
    /// A client with every scope and the highest role, and no DPoP.
    pub fn new(name: impl Into<String>, auth: ClientAuth) -> Self {
        Self { name: name.into(), auth, needs_dpop: false, granted: Granted::All, role: Role::SuperAdmin }
    }

    /// The clients of an org that nothing else was said about: `service` (a service app with an RSA key), `dpop` (one
    /// that must use DPoP), `integration` (with a client secret) and `token` (SSWS).
    pub fn defaults() -> Vec<Self> {
        // RSA for both: Okta's Python SDK reads no other keys.
        let dpop = Self::new("dpop", ClientAuth::PrivateKey(KeyKind::Rsa));
        vec![
            Self::new("service", ClientAuth::PrivateKey(KeyKind::Rsa)),
            Self { needs_dpop: true, ..dpop },
            Self::new("integration", ClientAuth::Secret),
            Self::new("token", ClientAuth::ApiToken),
        ]
    }
}

/// A client, registered.
pub(crate) struct Client {
    pub(crate) id: String,
    pub(crate) spec: ClientSpec,
    /// Key ids with public keys.
    pub(crate) keys: Vec<(String, PublicKey)>,
    /// The client secret or the API token.
    pub(crate) secret: Option<String>,
    /// Whether an admin has deactivated its credentials.
    pub(crate) is_revoked: bool,
    private_key: Option<String>,
}

impl fmt::Debug for Client {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Client").field("id", &self.id).field("spec", &self.spec).finish_non_exhaustive()
    }
}

impl Client {
    /// Registers a client, with keys and secrets that nobody had before.
    pub(crate) fn register(spec: ClientSpec, org: &OrgModel) -> Result<Self, KeyError> {
        let name = spec.name.bytes().fold(mix(org.config.seed, 0xc1), |hash, byte| mix(hash, u64::from(byte)));
        let (mut keys, mut secret, mut private_key) = (Vec::new(), None, None);
        match &spec.auth {
            ClientAuth::PrivateKey(kind) => {
                let made = keys::make(*kind)?;
                keys.push((made.public.thumbprint(), made.public));
                private_key = Some(made.pem);
            }
            ClientAuth::PublicKeys(jwks) => keys = jwks.iter().filter_map(registered_key).collect(),
            ClientAuth::Secret => secret = Some(random_text("")?),
            ClientAuth::ApiToken => secret = Some(random_text("00")?),
        }
        Ok(Self { id: crate::id::object("0oa", name), spec, keys, secret, is_revoked: false, private_key })
    }

    /// What has to be put into the secret store for it: the fields that a collector reads.
    pub(crate) fn secret_json(&self, org_url: &str, tenant: &str) -> Value {
        let secret = self.secret.as_deref();
        match &self.spec.auth {
            ClientAuth::ApiToken => json!({"org_url": org_url, "tenant": tenant, "api_token": secret}),
            ClientAuth::Secret => {
                json!({"org_url": org_url, "tenant": tenant, "client_id": self.id, "client_secret": secret})
            }
            ClientAuth::PrivateKey(_) | ClientAuth::PublicKeys(_) => json!({
                "org_url": org_url,
                "tenant": tenant,
                "client_id": self.id,
                "key_id": self.keys.first().map(|(kid, _)| kid),
                "private_key": self.private_key,
            }),
        }
    }

    pub(crate) const fn is_integration(&self) -> bool {
        matches!(self.spec.auth, ClientAuth::Secret)
    }

    /// Gives it a new key or secret; the old one works no more.
    pub(crate) fn rotate(&mut self, org: &OrgModel) -> Result<(), KeyError> {
        let fresh = Self::register(self.spec.clone(), org)?;
        (self.keys, self.secret, self.private_key) = (fresh.keys, fresh.secret, fresh.private_key);
        self.is_revoked = false;
        Ok(())
    }
}

fn registered_key(jwk: &Value) -> Option<(String, PublicKey)> {
    let key = PublicKey::from_jwk(jwk)?;
    let kid = jwk["kid"].as_str().map_or_else(|| key.thumbprint(), str::to_owned);
    Some((kid, key))
}

fn random_text(prefix: &str) -> Result<String, KeyError> {
    Ok(format!("{prefix}{}", sha256_base64url(&keys::random::<32>()?)))
}
