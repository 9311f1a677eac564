//! The workers against a simulated Mastodon.

mod bench;
mod cards;
mod convergence;
mod deliveries;
mod operations;
mod trouble;
