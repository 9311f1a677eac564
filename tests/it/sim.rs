//! The simulated Mastodon: it must behave as a real one before anything is tested against it.

mod bodies;
mod faults;
mod ordered;
mod receiver;
mod replay;
mod script;
mod unify;
mod webhooks;
