//! The desk: the only module that changes a case.
//!
//! Everything a person does arrives at [`Desk::handle`], everything the server says at
//! [`Desk::event`], everything an operation came to at [`Desk::outcome`]. Each loads, lets the pure
//! core decide, and writes case, facts, wanted cards, operations and audit entries in one
//! transaction. The desk makes no network call; what needs the server waits as an operation or a
//! reply for a worker.

mod calls;
mod confirm;
mod control;
mod coordinate;
mod error;
mod event;
mod handle;
mod inbound;
mod note;
mod operate;
mod outcome;
mod people;
mod plan;
mod read;
mod reply;
mod route;
mod rules;
pub mod standing;
mod subject;
mod timer;
mod undo;
mod unit;
mod view;
mod wake;
pub mod words;

use std::sync::Arc;

use arc_swap::ArcSwap;

pub use control::HostCommand;
pub use error::{Internal, Refused};
pub use event::EventSource;
pub use inbound::{
    Answer, AnswerKind, Button, Form, FormField, Identity, Inbound, NoteInbound, Place, Platform,
    Reply,
};
pub use people::{account_facts, domain_facts, find_moderator, find_reader};
pub use reply::{LiveAnswer, LiveQuestion, Question};
pub use rules::{Person, Rules};
pub use timer::{Due, OPERATION_WAITS};
pub use wake::Wake;

use crate::clock::Clock;
use crate::db::Db;

/// The desk. Shared by every edge and every worker of a process.
#[derive(Debug)]
pub struct Desk {
    db: Db,
    clock: Arc<dyn Clock>,
    rules: ArcSwap<Rules>,
    wake: Wake,
}

impl Desk {
    /// A desk over `db` that follows `rules`.
    pub fn new(db: Db, clock: Arc<dyn Clock>, rules: Rules) -> Self {
        Self {
            db,
            clock,
            rules: ArcSwap::from_pointee(rules),
            wake: Wake::default(),
        }
    }

    /// The rules in force.
    pub fn rules(&self) -> Arc<Rules> {
        self.rules.load_full()
    }

    /// Puts other rules in force, from the next command on.
    pub fn replace_rules(&self, rules: Rules) {
        self.rules.store(Arc::new(rules));
    }

    /// What wakes the workers of this process after a commit.
    pub fn wake(&self) -> &Wake {
        &self.wake
    }

    /// The database, for readers.
    pub fn db(&self) -> &Db {
        &self.db
    }

    /// The desk's clock.
    pub fn clock(&self) -> &dyn Clock {
        &*self.clock
    }
}
