//! The real router on a real database: what strangers, scripts and browsers can do to it.

mod intake;
mod support;
