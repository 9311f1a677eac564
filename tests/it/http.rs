//! The real router on a real database: what strangers, scripts and browsers can do to it.

mod api;
mod hostile;
mod intake;
mod room;
mod sessions;
mod stream;
mod support;
