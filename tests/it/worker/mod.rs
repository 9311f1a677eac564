//! The workers against a simulated Mastodon.

mod bench;
mod cards;
mod deliveries;
mod operations;
mod trouble;
