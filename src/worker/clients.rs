//! The tokens that Wardroom acts with: its own, and those of moderators who act as themselves.

use std::collections::BTreeMap;

use crate::domain::ModeratorName;
use crate::mastodon::client::Client;

/// A client for each token. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Clients {
    bot: Client,
    own: BTreeMap<ModeratorName, Client>,
}

impl Clients {
    /// `bot` for everything, and `own` for what these moderators ask for.
    pub fn new(bot: Client, own: BTreeMap<ModeratorName, Client>) -> Self {
        Self { bot, own }
    }

    /// Wardroom's own.
    pub fn bot(&self) -> &Client {
        &self.bot
    }

    /// The moderator's own, if there is one: then Mastodon itself checks the rank, and its log names
    /// the human.
    pub fn own(&self, moderator: &ModeratorName) -> Option<&Client> {
        self.own.get(moderator)
    }

    /// The one that carries out what `moderator` asks for.
    pub fn acting_for(&self, moderator: &ModeratorName) -> &Client {
        self.own(moderator).unwrap_or(&self.bot)
    }
}
