//! Cards: how a case looks in one channel. No queue of edits: a row holds the version that is
//! wanted and the one that is shown, and the worker closes the gap with the case as it is now.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use sqlx::AssertSqlSafe;

use super::codec::from_row;
use super::tx::{list, on, wrote};
use super::{DbError, Tx};
use crate::domain::{CaseId, ChannelName};

/// Where a card stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CardState {
    /// Never posted.
    New,
    /// Perhaps posted: after a crash the worker looks for it before it posts again.
    Posting,
    /// In the channel.
    Live,
    /// Deleted in the chat, and it stays away.
    Gone,
    /// Given up, until the case changes again.
    Failed,
}

/// A card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardRow {
    /// The case it shows.
    pub case_id: CaseId,
    /// Where.
    pub channel: ChannelName,
    /// The version of the case that it should show.
    pub wanted_version: i64,
    /// The version that it shows; 0 while it was never posted.
    pub shown_version: i64,
    /// Where it stands.
    pub state: CardState,
    /// The platform's message.
    pub message_ref: Option<String>,
    /// The platform's thread.
    pub thread_ref: Option<String>,
    /// How often showing the wanted version was tried.
    pub attempts: i64,
    /// Grows with each worker that takes it; write-backs name it.
    pub fence: i64,
    /// Why the last try failed.
    pub last_error: Option<String>,
    /// It was deleted in the chat once, and posted again.
    pub reposted: bool,
}

from_row!(CardRow {
    case_id,
    channel,
    wanted_version,
    shown_version,
    state,
    message_ref,
    thread_ref,
    attempts,
    fence,
    last_error,
    reposted,
});

impl Tx {
    /// Wants a channel to show a case as of `version` or later. A card that was given up gets new
    /// tries; one that is gone stays away.
    pub async fn want_card(
        &mut self,
        case: CaseId,
        channel: &ChannelName,
        version: i64,
    ) -> Result<(), DbError> {
        wrote!(self, sqlx::query(
            "insert into cards (case_id, channel, wanted_version, shown_version, state, reposted,
               attempts, fence)
             values ($1, $2, $3, 0, 'new', false, 0, 0)
             on conflict (case_id, channel) do update
             set wanted_version = excluded.wanted_version,
               attempts = case when cards.state = 'failed' then 0 else cards.attempts end,
               due_at = case when cards.state = 'failed' then null else cards.due_at end,
               state = case
                 when cards.state <> 'failed' then cards.state
                 when cards.message_ref is null then 'posting'
                 else 'live' end
             where cards.wanted_version < excluded.wanted_version",
        )
        .bind(case)
        .bind(channel)
        .bind(version))?;
        Ok(())
    }

    /// Takes up a card of one of these channels that does not show what is wanted.
    pub async fn claim_card(
        &mut self,
        worker: &str,
        channels: &[ChannelName],
        now: DateTime<Utc>,
        lease: TimeDelta,
    ) -> Result<Option<CardRow>, DbError> {
        let sql = format!(
            "update cards
             set leased_by = $1, leased_until = $3, fence = fence + 1, attempts = attempts + 1
             where (case_id, channel) = (
               select case_id, channel from cards
               where shown_version < wanted_version and state not in ('gone', 'failed')
                 and (due_at is null or due_at <= $2)
                 and (leased_until is null or leased_until <= $2)
                 and channel in {}
               order by due_at nulls first, case_id, channel limit 1 {})
             returning *",
            list(4, channels.len()),
            self.skip_locked()
        );
        on!(self, conn => {
            let mut query = sqlx::query_as(AssertSqlSafe(sql))
                .bind(worker)
                .bind(now)
                .bind(now + lease);
            for channel in channels {
                query = query.bind(channel);
            }
            query.fetch_optional(conn).await
        })
    }

    /// One card.
    pub async fn card(
        &mut self,
        case: CaseId,
        channel: &ChannelName,
    ) -> Result<Option<CardRow>, DbError> {
        on!(self, conn => sqlx::query_as("select * from cards where case_id = $1 and channel = $2")
            .bind(case)
            .bind(channel)
            .fetch_optional(conn)
            .await)
    }

    /// The cards of a case, by channel.
    pub async fn cards_of(&mut self, case: CaseId) -> Result<Vec<CardRow>, DbError> {
        on!(self, conn => sqlx::query_as("select * from cards where case_id = $1 order by channel")
            .bind(case)
            .fetch_all(conn)
            .await)
    }

    /// Marks, before a card is posted, that it may be in the channel from now on. False when
    /// another worker took it: then nothing may be posted.
    pub async fn card_posting(
        &mut self,
        case: CaseId,
        channel: &ChannelName,
        fence: i64,
    ) -> Result<bool, DbError> {
        let rows = wrote!(
            self,
            sqlx::query(
                "update cards set state = 'posting'
             where case_id = $1 and channel = $2 and fence = $3",
            )
            .bind(case)
            .bind(channel)
            .bind(fence)
        )?;
        Ok(rows == 1)
    }

    /// Notes that the channel shows `version` now. False when another worker took the card.
    pub async fn card_shown(
        &mut self,
        case: CaseId,
        channel: &ChannelName,
        fence: i64,
        version: i64,
        message_ref: &str,
        thread_ref: Option<&str>,
    ) -> Result<bool, DbError> {
        let rows = wrote!(
            self,
            sqlx::query(
                "update cards
             set state = 'live', shown_version = $4, message_ref = $5,
               thread_ref = coalesce($6, thread_ref), attempts = 0, due_at = null,
               last_error = null, leased_by = null, leased_until = null
             where case_id = $1 and channel = $2 and fence = $3",
            )
            .bind(case)
            .bind(channel)
            .bind(fence)
            .bind(version)
            .bind(message_ref)
            .bind(thread_ref)
        )?;
        Ok(rows == 1)
    }

    /// Notes that showing a card failed: it is tried again at `due_at`, unless `state` says that it
    /// is given up. False when another worker took it.
    pub async fn card_failed(
        &mut self,
        case: CaseId,
        channel: &ChannelName,
        fence: i64,
        error: &str,
        due_at: Option<DateTime<Utc>>,
        state: CardState,
    ) -> Result<bool, DbError> {
        let rows = wrote!(
            self,
            sqlx::query(
                "update cards
             set state = $4, last_error = $5, due_at = $6, leased_by = null, leased_until = null
             where case_id = $1 and channel = $2 and fence = $3",
            )
            .bind(case)
            .bind(channel)
            .bind(fence)
            .bind(state)
            .bind(error)
            .bind(due_at)
        )?;
        // A failure is named on the card's other mirrors.
        self.record_change(case);
        Ok(rows == 1)
    }

    /// Notes that somebody deleted a card in the chat. The first time it becomes new and is posted
    /// again; the second time it is gone. Returns where it stands then; `None` if there was none.
    pub async fn card_deleted(
        &mut self,
        case: CaseId,
        channel: &ChannelName,
    ) -> Result<Option<CardState>, DbError> {
        on!(self, conn => sqlx::query_scalar(
            "update cards
             set state = case when reposted then 'gone' else 'new' end, reposted = true,
               shown_version = 0, message_ref = null, thread_ref = null, attempts = 0,
               due_at = null, fence = fence + 1, leased_by = null, leased_until = null
             where case_id = $1 and channel = $2 and state <> 'gone' returning state",
        )
        .bind(case)
        .bind(channel)
        .fetch_optional(conn)
        .await)
    }
}
