//! Who calls, and what they may: clients, keys, tokens, proofs.

pub(crate) mod access;
mod assertion;
pub(crate) mod clients;
pub(crate) mod digest;
mod dpop;
mod jwk;
mod jwt;
pub(crate) mod keys;
pub(crate) mod oauth_error;
mod replay;
pub(crate) mod scopes;
pub(crate) mod token;
mod tokens;

use crate::identity::clients::{Client, ClientSpec};
use crate::identity::dpop::Nonces;
use crate::identity::keys::KeyError;
use crate::identity::replay::Replay;
use crate::identity::tokens::Tokens;
use crate::org::model::OrgModel;

/// All that the org knows of its callers.
#[derive(Debug)]
pub(crate) struct Identity {
    pub(crate) clients: Vec<Client>,
    pub(crate) tokens: Tokens,
    nonces: Nonces,
    assertions: Replay,
    proofs: Replay,
}

impl Identity {
    /// Registers the clients.
    pub(crate) fn new(specs: Vec<ClientSpec>, org: &OrgModel) -> Result<Self, KeyError> {
        let clients: Result<Vec<_>, _> = specs.into_iter().map(|spec| Client::register(spec, org)).collect();
        Ok(Self {
            clients: clients?,
            tokens: Tokens::default(),
            nonces: Nonces::new(keys::random()?),
            assertions: Replay::default(),
            proofs: Replay::default(),
        })
    }

    fn client_by_id(&self, id: &str) -> Option<usize> {
        self.clients.iter().position(|client| client.id == id)
    }
}
