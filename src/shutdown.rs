//! Ordered shutdown.
