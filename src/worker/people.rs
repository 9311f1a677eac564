//! The people on the server: every few minutes the role and state of linked accounts, of the
//! account whose token Wardroom uses, and whether that token still works.
//!
//! Mastodon lets a frozen moderator's token act on, so a lost role or a freeze is looked for here
//! and ends all grants.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::clients::Clients;
use super::{Tick, Worker};
use crate::db::DbError;
use crate::desk::Desk;
use crate::desk::standing::BOT_ACCOUNT;
use crate::domain::account::ServerRole;
use crate::domain::moderator::Link;
use crate::domain::{Account, ModeratorName, Verb};
use crate::mastodon::client::{Client, ClientError, Diagnosis};
use crate::telemetry::readiness::{PartState, Readiness};

/// Looks people up.
#[derive(Debug, Clone)]
pub struct People {
    desk: Arc<Desk>,
    clients: Clients,
    readiness: Arc<Readiness>,
    can_act: Arc<AtomicBool>,
}

impl People {
    /// How often roles are read.
    pub const EVERY: Duration = Duration::from_mins(5);

    /// Looks up the people of `desk` through `clients`, tells `readiness` how the server is, and
    /// `can_act` whether Wardroom's token may change anything there.
    pub fn new(
        desk: Arc<Desk>,
        clients: Clients,
        readiness: Arc<Readiness>,
        can_act: Arc<AtomicBool>,
    ) -> Self {
        Self {
            desk,
            clients,
            readiness,
            can_act,
        }
    }

    /// With a token that only reads, cards and claims work, and buttons lead to the server. As long
    /// as nobody can tell, the server has the last word.
    async fn look_what_the_token_may(&self) {
        if let Ok(capabilities) = self.clients.bot().capabilities().await {
            let can_act = [Verb::Resolve, Verb::Limit]
                .iter()
                .any(|verb| capabilities.lack_for(*verb).is_none());
            self.can_act.store(can_act, Ordering::Relaxed);
        }
    }

    /// Whose token it is, and whether it works; says so on `/readyz`.
    async fn bot(&self) -> anyhow::Result<()> {
        let diagnosis = self.clients.bot().diagnose().await;
        let (state, text) = match &diagnosis {
            Ok(Diagnosis::Works(account)) => {
                self.remember_bot(account).await?;
                self.look_what_the_token_may().await;
                (PartState::Ready, format!("answers; the token is that of {}", account.handle()))
            }
            Ok(Diagnosis::WorksNameless) => (
                PartState::Degraded,
                "the token lacks read:accounts: nobody can tell whose it is, so its own account is \
                 not protected"
                    .to_owned(),
            ),
            Ok(Diagnosis::Dead) => (
                PartState::Degraded,
                "the token is dead: make a new one under Preferences, Development".to_owned(),
            ),
            Ok(Diagnosis::Barred { text }) => {
                (PartState::Degraded, format!("the token's account is barred: {text}"))
            }
            Err(error) => (PartState::Degraded, error.to_string()),
        };
        self.readiness.set("mastodon", state, text);
        match diagnosis {
            Ok(_) => Ok(()),
            Err(error) if error.is_passing() => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    async fn remember_bot(&self, account: &Account) -> Result<(), DbError> {
        let id = account.id.as_str();
        self.desk
            .db()
            .write(|mut tx| async move {
                if tx.setting(BOT_ACCOUNT).await?.as_deref() != Some(id) {
                    tx.set_setting(BOT_ACCOUNT, id).await?;
                }
                Ok((tx, ()))
            })
            .await
    }

    async fn link(&self, name: &ModeratorName, handle: &str) -> anyhow::Result<()> {
        let link = match read_link(self.clients.bot(), self.clients.own(name), handle).await {
            Ok(link) => link,
            // No answer says nothing about the person: what was last known holds.
            Err(error) if error.is_passing() => return Ok(()),
            Err(error) => {
                tracing::warn!(moderator = %name, %error, "the linked account could not be read");
                return Ok(());
            }
        };
        let now = self.desk.clock().now();
        let link = &link;
        self.desk
            .db()
            .write(|mut tx| async move {
                tx.save_link(name, link, now).await?;
                Ok::<_, DbError>((tx, ()))
            })
            .await?;
        Ok(())
    }
}

impl Worker for People {
    fn name(&self) -> &'static str {
        "people"
    }

    async fn tick(&self) -> anyhow::Result<Tick> {
        for person in &self.desk.rules().people {
            if let Some(handle) = &person.account {
                self.link(&person.name, handle).await?;
            }
        }
        Ok(Tick::Idle)
    }
}

/// Asks now and then whether the server answers and the token works, so that `/readyz` tells of a
/// server that is away long before the next round of roles.
#[derive(Debug)]
pub struct Pulse(People);

impl Pulse {
    /// How often it asks: with the token's rights some fifteen calls of the 300 in five minutes.
    pub const EVERY: Duration = Duration::from_mins(1);

    /// The pulse of the server that `people` looks people up on.
    pub fn new(people: People) -> Self {
        Self(people)
    }
}

impl Worker for Pulse {
    fn name(&self) -> &'static str {
        "pulse"
    }

    async fn tick(&self) -> anyhow::Result<Tick> {
        self.0.bot().await?;
        Ok(Tick::Idle)
    }
}

/// What the server says of a linked account. Admin calls do not show that an own token's owner is
/// frozen, so their own token is asked as well.
async fn read_link(bot: &Client, own: Option<&Client>, handle: &str) -> Result<Link, ClientError> {
    let found = bot.lookup(handle).await?;
    let account = bot.account(&found.id).await?;
    let own_is_barred = match own {
        Some(own) => matches!(
            own.diagnose().await?,
            Diagnosis::Dead | Diagnosis::Barred { .. }
        ),
        None => false,
    };
    Ok(Link {
        is_staff: account.is_staff(),
        barred: own_is_barred || account.state.frozen || account.state.suspended,
        rank: account.role.as_ref().map(ServerRole::rank),
        account: account.id,
    })
}
