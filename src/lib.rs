//! Wardroom puts a Fediverse server's moderation desk into the chat its team already uses.
//!
//! This file is the map. A signed webhook is stored as a *delivery* and answered; a worker turns it
//! into an *event*; the *desk* decides in one transaction what it means for a *case*; workers show
//! the case as cards and carry *operations* out on the server; everything lands in the audit log.
//!
//! ```text
//!  http ──> db (delivery) ──> worker ──> mastodon::webhook ──> desk ──> db (case, cards, audit)
//!  http, chat ──> desk::Inbound ──> desk ──> db (operation) ──> worker ──> mastodon::client
//! ```
//!
//! `domain` is pure and knows nobody; `desk` is the only module that changes a case; `worker` and
//! the edges are the only ones that touch the network; `app` is the only file that knows every
//! concrete type. Who may import whom is a table in `docs/ARCHITECTURE.md`, and a test holds it.

pub mod app;
pub mod chat;
pub mod cli;
pub mod clock;
pub mod command;
pub mod config;
pub mod db;
pub mod desk;
pub mod domain;
pub mod http;
pub mod mastodon;
pub mod net;
pub mod shutdown;
pub mod sim;
pub mod telemetry;
pub mod template;
pub mod worker;
