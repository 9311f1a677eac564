//! Who asks: a moderator of the configuration, as things stand at this moment. Sessions and tokens
//! only name one; whether they may read at all is asked anew for each request (invariant 6).

use super::error::HttpError;
use super::state::HttpState;
use crate::db::Tx;
use crate::desk::standing::Standing;
use crate::desk::{Identity, Place, Platform, Rules, find_reader};
use crate::domain::{Moderator, ModeratorName};

/// A moderator who may read, and how things stood when that was checked.
#[derive(Debug, Clone)]
pub(super) struct Known {
    pub(super) moderator: Moderator,
    pub(super) standing: Standing,
}

impl Known {
    /// Loads the moderator of that name and checks that they may read.
    pub(super) async fn load(
        tx: &mut Tx,
        rules: &Rules,
        name: &ModeratorName,
    ) -> Result<Self, HttpError> {
        let standing = Standing::load(tx, rules).await?;
        let moderator = find_reader(name, rules, &standing)
            .map_err(|refused| HttpError::forbidden(refused.text))?;
        Ok(Self {
            moderator,
            standing,
        })
    }

    /// The moderator as the desk knows them on `platform`: the room, or the API.
    pub(super) fn identity(&self, platform: Platform) -> Identity {
        Identity {
            platform,
            id: self.moderator.name.to_string(),
        }
    }
}

/// The room or the API as a place: no channel, and nobody reads along.
pub(super) fn place(platform: Platform) -> Place {
    Place {
        platform,
        channel: None,
    }
}

/// Waits for the answer to a question that needs the server, as long as the configuration allows.
pub(super) async fn later(
    state: &HttpState,
    reply: i64,
    who: &Identity,
) -> Result<Option<crate::desk::Answer>, HttpError> {
    let look = async {
        loop {
            let answered = state.desk.wake().answers.notified();
            if let Some(answer) = state.desk.take_answer(reply, who).await? {
                return Ok(Some(answer));
            }
            // Another replica's worker may be the one that answers: look from time to time.
            tokio::time::timeout(LOOK_EVERY, answered).await.ok();
        }
    };
    tokio::time::timeout(state.settings.reply_deadline, look)
        .await
        .unwrap_or(Ok(None))
}

const LOOK_EVERY: std::time::Duration = std::time::Duration::from_millis(500);
