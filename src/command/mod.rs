//! The command table: grammar, permission, tier and help of everything a moderator can ask for.
//!
//! Words from any chat, from the room and from the scripting API, and the keys of buttons, all
//! become the same [`Command`]. Nothing here reads the database or decides anything: the desk does.

mod policy;
mod types;

pub use policy::{Policy, Rule};
pub use types::{
    Act, BROAD_BATCH, Block, Cancelled, Command, HistoryOf, StateFilter, Stop, StopScope, Subject,
};
