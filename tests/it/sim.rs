//! The simulated Mastodon: it must behave as a real one before anything is tested against it.

mod ordered;
mod replay;
mod unify;
