//! What the simulated server was asked, for stories that check for calls nobody expected.

use chrono::{DateTime, Utc};

/// One request as it was received, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logged {
    /// When it came.
    pub at: DateTime<Utc>,
    /// The method, in capitals.
    pub method: String,
    /// Path and query as sent.
    pub path: String,
    /// Whose token it carried; `None` without a token that the server knows.
    pub owner: Option<String>,
    /// The body as text.
    pub body: String,
    /// The status answered; `None` where a fault left the caller without an answer.
    pub status: Option<u16>,
}

impl Logged {
    /// Whether the request was meant to change something. The metrics of the admin API are read
    /// with POST and change nothing.
    pub fn is_mutating(&self) -> bool {
        let reading = ["/measures", "/dimensions", "/retention"];
        self.method != "GET" && !reading.iter().any(|end| self.path.ends_with(end))
    }
}

impl std::fmt::Display for Logged {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let owner = self.owner.as_deref().unwrap_or("-");
        write!(f, "{} {} by {owner}: ", self.method, self.path)?;
        match self.status {
            Some(status) => write!(f, "{status}"),
            None => f.write_str("no answer"),
        }
    }
}
