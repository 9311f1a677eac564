//! Untrusted text on its way to a screen: HTML becomes text, what could deceive or break is taken
//! out, what is too long is cut between letters (invariant 11). Pure, and the same for every
//! platform; each adapter then escapes for its own markup.

mod clean;
mod fit;
mod html;

pub use clean::{clean, clean_line};
pub use fit::{fit, fit_list};
pub use html::html_to_text;
