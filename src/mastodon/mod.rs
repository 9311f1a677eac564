//! Mastodon: the admin API client and the webhooks, with the wire types of both.
//!
//! JSON of the server becomes `domain` types here and nowhere else. Everything it says is untrusted:
//! control characters end in this module, and so do e-mail and IP addresses (invariants 10 and 11).

pub mod client;
pub mod webhook;
mod wire;

pub use wire::Missing;
