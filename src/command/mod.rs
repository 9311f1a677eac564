//! The command table: grammar, permission, tier and help of everything a moderator can ask for.
//!
//! Words from any chat, from the room and from the scripting API, and the keys of buttons, all
//! become the same [`Command`]. Nothing here reads the database or decides anything: the desk does.
//!
//! `table` holds the rows; `words`, `given`, `build` and `grammar` go from a line to a command,
//! `press` from a button's key; `print` goes back.

mod build;
mod complete;
mod error;
mod given;
mod grammar;
mod help;
mod policy;
mod press;
mod print;
mod rights;
mod subject;
mod table;
mod types;
mod words;

pub use complete::{Known, complete};
pub use error::ParseError;
pub use given::TEXT_LIMIT;
pub use grammar::parse;
pub use help::{help, least_role};
pub use policy::{Policy, Rule};
pub use press::{
    assign_key, cancel_key, cancel_operation_key, category_key, confirm_key, form_key,
    parse_assign_key, parse_form, parse_form_key, parse_press, reason_key,
};
pub use subject::MOST_SUBJECTS;
pub use table::{Entry, TABLE, entry};
pub use types::{
    Act, BROAD_BATCH, Block, Cancelled, Command, HistoryOf, StateFilter, Stop, StopScope, Subject,
};

#[cfg(test)]
mod tests;
