//! Every sentence that the desk says, in one place: one function per situation. Names and words
//! from the Fediverse stand in them as they came; edges make them safe for their platform.

mod answers;
mod facts;
mod forms;
mod lines;

pub(super) use answers::{
    accepted, capital, domain_question, not_asked, offboarded, question, standing_lines, stopped,
    undo_question, who,
};
pub use facts::{fact, outcome, resolution};
pub(super) use forms::{form, form_key, reasons, to_whom, which_category};
pub(super) use lines::{
    account_line, block_line, case_line, earlier_line, how_it_stands, list, operation_line,
    report_line, target_line,
};
pub use lines::{ago, span};
