//! Keeps the cards in the chats as the cases are, and tells the threads under them what happened.
//!
//! Cards are level-triggered: wherever a channel shows less than is wanted, the case is rendered as
//! it is now, so many changes are one edit. Posting commits `posting` first; after a crash the
//! worker looks for what it may have posted (invariant 4). Thread messages go in order. What cannot
//! be sent is skipped after five tries and named (invariant 14).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Context;
use chrono::{DateTime, TimeDelta, Utc};

use super::{Tick, Worker};
use crate::chat::card::{Card, CardOptions, ReporterShown, Show, compose};
use crate::chat::text::clean;
use crate::chat::{Chat, ChatError, MessageRef};
use crate::db::DbError;
use crate::db::cards::{CardRow, CardState};
use crate::db::threads::{ThreadRow, ThreadState};
use crate::desk::standing::Standing;
use crate::desk::{Desk, words};
use crate::domain::case_view::Note;
use crate::domain::{CaseView, ChannelName, Fact};

/// How long a claimed card or message is ours.
const LEASE: TimeDelta = TimeDelta::minutes(1);
/// One process sends to a platform; another takes over after this long.
const PLATFORM_LEASE: TimeDelta = TimeDelta::minutes(1);
/// A card that a platform refuses is given up after so many tries, until the case changes.
const TRIES: i64 = 5;
/// Between two tries, times the number of tries.
const PAUSE: TimeDelta = TimeDelta::seconds(10);

/// A configured channel.
#[derive(Debug, Clone)]
pub struct Channel {
    /// Who sends there.
    pub chat: Arc<dyn Chat>,
    /// The platform's word.
    pub platform: String,
    /// How much of other people's words it shows.
    pub show: Show,
    /// How much it shows of who reported.
    pub reporter: ReporterShown,
}

/// What all cards of this process have in common.
#[derive(Debug, Clone)]
pub struct Look {
    /// The server's web address, without a slash at the end.
    pub server_url: String,
    /// Cards say that this is a demo.
    pub demo: bool,
    /// Whether the token may act; without, action buttons become links.
    pub can_act: Arc<AtomicBool>,
}

/// The card worker.
#[derive(Debug)]
pub struct Cards {
    desk: Arc<Desk>,
    channels: BTreeMap<ChannelName, Channel>,
    look: Look,
    name: String,
}

impl Cards {
    /// A worker for these channels that leases as `name`, which no other process may use.
    pub fn new(
        desk: Arc<Desk>,
        channels: BTreeMap<ChannelName, Channel>,
        look: Look,
        name: impl Into<String>,
    ) -> Self {
        Self {
            desk,
            channels,
            look,
            name: name.into(),
        }
    }

    fn now(&self) -> DateTime<Utc> {
        self.desk.clock().now()
    }

    /// The channels of the platforms whose lease this process holds.
    async fn held_channels(&self) -> Result<Vec<ChannelName>, DbError> {
        let platforms: BTreeSet<&str> = self
            .channels
            .values()
            .map(|channel| channel.platform.as_str())
            .collect();
        let mut held = Vec::new();
        for platform in platforms {
            let lease = format!("platform.{platform}");
            if self.holds(&lease).await? {
                let of_it = self.channels.iter().filter(|(_, c)| c.platform == platform);
                held.extend(of_it.map(|(name, _)| name.clone()));
            }
        }
        Ok(held)
    }

    async fn holds(&self, lease: &str) -> Result<bool, DbError> {
        let now = self.now();
        self.desk
            .db()
            .write(|mut tx| async move {
                let fence = tx
                    .take_lease(lease, &self.name, now, PLATFORM_LEASE)
                    .await?;
                Ok((tx, fence.is_some()))
            })
            .await
    }

    async fn claim(
        &self,
        channels: &[ChannelName],
    ) -> Result<(Option<CardRow>, Option<ThreadRow>), DbError> {
        let now = self.now();
        self.desk
            .db()
            .write(|mut tx| async move {
                let card = tx.claim_card(&self.name, channels, now, LEASE).await?;
                // A thread hangs off its card: cards first.
                let message = match card {
                    Some(_) => None,
                    None => {
                        tx.claim_thread_message(&self.name, channels, now, LEASE)
                            .await?
                    }
                };
                Ok((tx, (card, message)))
            })
            .await
    }

    async fn show(&self, row: &CardRow, channel: &Channel) -> anyhow::Result<()> {
        let Some(view) = self.desk.view(row.case_id).await? else {
            return self
                .card_failed(row, "there is no such case", None, CardState::Failed)
                .await;
        };
        let card = compose(&view, &self.options(row, channel).await?);
        match self.post_or_edit(row, channel, &card).await? {
            None => Ok(()),
            Some(Ok(message)) => self.card_shown(row, card.version, &message).await,
            Some(Err(ChatError::Gone)) if row.message_ref.is_some() => self.card_gone(row).await,
            Some(Err(error)) => self.card_troubled(row, &error).await,
        }
    }

    /// `None` when another process took the card.
    async fn post_or_edit(
        &self,
        row: &CardRow,
        channel: &Channel,
        card: &Card,
    ) -> Result<Option<Result<MessageRef, ChatError>>, DbError> {
        let (chat, name) = (&channel.chat, &row.channel);
        // Posted again after it was deleted in the chat, it is another message.
        let again = if row.reposted { "-again" } else { "" };
        let key = format!("card-{}-{name}{again}", row.case_id.0);
        if let Some(message) = &row.message_ref {
            let message = MessageRef(message.clone());
            let key = format!("{key}-v{}", card.version);
            return Ok(Some(chat.edit_card(name, &message, card, &key).await));
        }
        if row.state == CardState::Posting {
            match chat.find_posted(name, &key).await {
                Ok(Some(message)) => {
                    let key = format!("{key}-v{}", card.version);
                    return Ok(Some(chat.edit_card(name, &message, card, &key).await));
                }
                Ok(None) => {}
                Err(error) => return Ok(Some(Err(error))),
            }
        }
        let held = self
            .desk
            .db()
            .write(|mut tx| async move {
                let held = tx
                    .card_posting(row.case_id, &row.channel, row.fence)
                    .await?;
                Ok::<_, DbError>((tx, held))
            })
            .await?;
        if !held {
            return Ok(None);
        }
        Ok(Some(chat.post_card(name, card, &key).await))
    }

    async fn options(&self, row: &CardRow, channel: &Channel) -> Result<CardOptions, DbError> {
        let rules = self.desk.rules();
        let rules = &*rules;
        let (standing, mirrors) = self
            .desk
            .db()
            .read(|mut tx| async move {
                let standing = Standing::load(&mut tx, rules).await?;
                let mirrors = tx.cards_of(row.case_id).await?;
                Ok::<_, DbError>((tx, (standing, mirrors)))
            })
            .await?;
        let failed = mirrors
            .iter()
            .filter(|mirror| mirror.state == CardState::Failed);
        Ok(CardOptions {
            show: if row.reposted {
                channel.show.min(Show::Minimal)
            } else {
                channel.show
            },
            reporter: channel.reporter,
            dry_run: standing.dry_run.is_some(),
            demo: self.look.demo,
            can_act: self.look.can_act.load(Ordering::Relaxed),
            server_url: self.look.server_url.clone(),
            notices: failed
                .map(|mirror| {
                    let why = mirror
                        .last_error
                        .as_deref()
                        .unwrap_or("for an unknown reason");
                    format!("Not shown in {}: {}", mirror.channel, clean(why))
                })
                .collect(),
            now: self.now(),
        })
    }

    async fn card_shown(
        &self,
        row: &CardRow,
        version: i64,
        message: &MessageRef,
    ) -> anyhow::Result<()> {
        // On every platform the thread hangs off the card's own message.
        let place = message.0.as_str();
        self.desk
            .db()
            .write(|mut tx| async move {
                let (case, channel, fence) = (row.case_id, &row.channel, row.fence);
                tx.card_shown(case, channel, fence, version, place, Some(place))
                    .await?;
                Ok::<_, DbError>((tx, ()))
            })
            .await?;
        Ok(())
    }

    /// Somebody deleted the card in the chat: it is posted once more, without excerpt.
    async fn card_gone(&self, row: &CardRow) -> anyhow::Result<()> {
        self.desk
            .db()
            .write(|mut tx| async move {
                tx.card_deleted(row.case_id, &row.channel).await?;
                Ok::<_, DbError>((tx, ()))
            })
            .await?;
        Ok(())
    }

    async fn card_troubled(&self, row: &CardRow, error: &ChatError) -> anyhow::Result<()> {
        let standing = match &row.message_ref {
            Some(_) => CardState::Live,
            None => CardState::Posting,
        };
        let state = if is_refusal(error) && row.attempts >= TRIES {
            CardState::Failed
        } else {
            standing
        };
        let pause = pause(error, row.attempts);
        tracing::warn!(case.id = %row.case_id, channel = %row.channel, %error, "card not shown");
        self.card_failed(row, &error.to_string(), Some(self.now() + pause), state)
            .await
    }

    async fn card_failed(
        &self,
        row: &CardRow,
        error: &str,
        due_at: Option<DateTime<Utc>>,
        state: CardState,
    ) -> anyhow::Result<()> {
        self.desk
            .db()
            .write(|mut tx| async move {
                let (case, channel, fence) = (row.case_id, &row.channel, row.fence);
                tx.card_failed(case, channel, fence, error, due_at, state)
                    .await?;
                Ok::<_, DbError>((tx, ()))
            })
            .await?;
        Ok(())
    }

    async fn tell(&self, row: &ThreadRow, channel: &Channel) -> anyhow::Result<()> {
        let Some(view) = self.desk.view(row.case_id).await? else {
            return Ok(());
        };
        let card = self
            .desk
            .db()
            .read(|mut tx| async move {
                let card = tx.card(row.case_id, &row.channel).await?;
                Ok::<_, DbError>((tx, card))
            })
            .await?;
        let Some(card) = card.and_then(|card| card.thread_ref.or(card.message_ref)) else {
            return Ok(());
        };
        let key = format!("thread-{}", row.id);
        let (chat, name) = (&channel.chat, &row.channel);
        // Taken up before: perhaps it was sent, and nobody could say so.
        let found = if row.fence > 1 {
            chat.find_posted(name, &key).await
        } else {
            Ok(None)
        };
        let posted = match found {
            Ok(Some(message)) => Ok(message),
            Ok(None) => {
                let text = line(row, &view);
                chat.post_thread(name, &MessageRef(card), &text, &key).await
            }
            Err(error) => Err(error),
        };
        self.told(row, posted).await
    }

    async fn told(
        &self,
        row: &ThreadRow,
        posted: Result<MessageRef, ChatError>,
    ) -> anyhow::Result<()> {
        let posted = &posted;
        let now = self.now();
        let state = self
            .desk
            .db()
            .write(|mut tx| async move {
                let state = match posted {
                    Ok(message) => {
                        tx.thread_message_sent(row.id, row.fence, &message.0)
                            .await?;
                        Some(ThreadState::Sent)
                    }
                    Err(error) => {
                        let due_at = now + pause(error, row.attempts);
                        let (id, fence, why) = (row.id, row.fence, error.to_string());
                        if is_refusal(error) {
                            tx.thread_message_failed(id, fence, &why, due_at).await?
                        } else {
                            tx.thread_message_postponed(id, fence, &why, due_at).await?;
                            None
                        }
                    }
                };
                Ok::<_, DbError>((tx, state))
            })
            .await?;
        if state == Some(ThreadState::Skipped) {
            tracing::error!(case.id = %row.case_id, channel = %row.channel,
                "a thread message was skipped after five tries");
            metrics::counter!("wardroom_thread_messages_skipped_total").increment(1);
        }
        Ok(())
    }
}

/// A thread message's text, with what a note says.
fn line(row: &ThreadRow, view: &CaseView) -> String {
    let text = words::fact(&row.actor, &row.fact);
    let note = match &row.fact {
        Fact::NoteAdded { note } | Fact::NoteEdited { note } => {
            view.notes.iter().find(|held| held.id == *note)
        }
        _ => None,
    };
    match note {
        Some(Note { text: said, .. }) => clean(&format!("{text}\n{said}")),
        None => clean(&text),
    }
}

/// Whether trying again will not help by itself; an outage or refused credentials pass.
fn is_refusal(error: &ChatError) -> bool {
    matches!(
        error,
        ChatError::Denied(_) | ChatError::Invalid(_) | ChatError::Gone
    )
}

/// How long to wait after a failure.
fn pause(error: &ChatError, attempts: i64) -> TimeDelta {
    let tries = i32::try_from(attempts.clamp(1, 30)).unwrap_or(1);
    match error {
        ChatError::Retry(after) => (*after).max(PAUSE * tries),
        ChatError::Fatal(_) => TimeDelta::minutes(1) * tries,
        ChatError::Gone | ChatError::Denied(_) | ChatError::Invalid(_) => PAUSE * tries,
    }
}

impl Worker for Cards {
    fn name(&self) -> &'static str {
        "cards"
    }

    async fn tick(&self) -> anyhow::Result<Tick> {
        let held = self
            .held_channels()
            .await
            .context("cannot hold the platforms' leases")?;
        if held.is_empty() {
            return Ok(Tick::Idle);
        }
        let (card, message) = self.claim(&held).await.context("cannot claim a card")?;
        let channel = |name: &ChannelName| {
            self.channels
                .get(name)
                .context("a channel that is not configured was claimed")
        };
        if let Some(row) = card {
            self.show(&row, channel(&row.channel)?).await?;
        } else if let Some(row) = message {
            self.tell(&row, channel(&row.channel)?).await?;
        } else {
            return Ok(Tick::Idle);
        }
        Ok(Tick::Worked)
    }
}
