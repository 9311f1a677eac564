//! The simulated Mastodon: it must behave as a real one before anything is tested against it.

mod bodies;
mod ordered;
mod replay;
mod unify;
