//! The admin API of one server, for one token.
//!
//! [`Server`] holds what all tokens share: address, connections, clock, what the server said about
//! itself, and one rate budget per token. [`Client`] is a token's view of it. Reads are plain
//! methods; everything that changes the server takes a [`crate::domain::permission::Permit`], good for
//! one call. No method waits for a rate limit and none repeats a change: callers decide, from
//! [`ClientError`].

mod accounts;
mod budget;
mod capabilities;
mod domain_blocks;
mod error;
mod measures;
mod other_blocks;
mod reports;
mod request;
mod server;
mod token;
mod version;

use std::sync::Arc;

use http::HeaderValue;

pub use accounts::{AccountFilter, AccountStatus, Origin, PersonalData};
pub use budget::Priority;
pub use capabilities::{Capabilities, Lack, Scopes};
pub use error::{ClientError, NotSent};
pub use measures::DomainMeasures;
pub use reports::ReportFilter;
pub use request::{Page, Paged};
pub use server::{About, Server, SetupError};
pub use token::Diagnosis;
pub use version::Version;

pub use super::wire::{EmailDomainBlock, IpBlock};

/// The admin API with one token at one priority. Cheap to clone; clones share the budget.
#[derive(Debug, Clone)]
pub struct Client {
    server: Server,
    /// `Bearer …`, marked sensitive, so that it shows in no log.
    authorization: HeaderValue,
    budget: Arc<budget::Budget>,
    priority: Priority,
}

impl Client {
    /// The same token at another priority.
    #[must_use]
    pub fn with_priority(&self, priority: Priority) -> Self {
        Self {
            priority,
            ..self.clone()
        }
    }

    /// The server that this client talks to.
    pub fn server(&self) -> &Server {
        &self.server
    }
}
