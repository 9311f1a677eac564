//! The desk by itself: events and commands in, cases, operations and audit log out.

mod acting;
mod anchors;
mod bench;
mod control;
mod coordinating;
mod events;
mod reconcile;
mod time;
