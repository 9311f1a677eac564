//! What stands around every page of the room.

use serde::Serialize;

use super::case::{AnswerView, Spoken};

/// The frame of a page: head, bar, banners, command line.
#[derive(Debug, Clone, Serialize)]
pub struct Frame {
    /// The page's title.
    pub title: String,
    /// Where the assets are, with their version in it.
    pub assets: String,
    /// The server's host.
    pub server: String,
    /// The server's address: the one site that pages link to.
    pub server_url: String,
    /// Who reads the page.
    pub moderator: String,
    /// Their role.
    pub role: String,
    /// Which page it is: `cases`, `operations`, `audit`.
    pub on_cases: bool,
    /// See `on_cases`.
    pub on_operations: bool,
    /// See `on_cases`.
    pub on_audit: bool,
    /// How many cases are unresolved.
    pub unresolved: i64,
    /// What must not be overlooked: demo, dry run, stops.
    pub banners: Vec<Banner>,
    /// Proves that a form came from one of our pages.
    pub csrf: String,
    /// Makes the requests of this page's forms distinct.
    pub nonce: String,
    /// The page's own address, to come back to.
    pub here: String,
    /// The last change that the page shows.
    pub last_change: i64,
    /// The case that words in the command line are about.
    pub case: Option<i64>,
    /// What was just answered.
    pub answer: Option<AnswerView>,
}

/// One thing that must not be overlooked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Banner {
    /// `demo`, `dry`, `stop`.
    pub tone: &'static str,
    /// An icon's name.
    pub icon: &'static str,
    /// In two words.
    pub title: &'static str,
    /// In a sentence, with the next step.
    pub words: Vec<Spoken>,
}

/// A way to see fewer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Filter {
    /// What it says.
    pub label: &'static str,
    /// Where it leads.
    pub href: String,
    /// How many there are.
    pub count: Option<i64>,
    /// It is the one in force.
    pub is_current: bool,
}
