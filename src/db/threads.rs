//! Thread messages: what happened, as facts, in the order it is told. The words are chosen when a
//! message is sent.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use sqlx::AssertSqlSafe;

use super::codec::from_row;
use super::tx::{list, on, wrote};
use super::{DbError, Tx};
use crate::domain::case_view::TimelineEntry;
use crate::domain::{Actor, CaseId, ChannelName, Fact};

/// After this many tries a message is skipped, so that the ones behind it are heard
/// (invariant 14).
const TRIES: i64 = 5;

/// Where a thread message stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ThreadState {
    /// To be sent.
    New,
    /// Sent.
    Sent,
    /// Given up.
    Skipped,
    /// For the timeline only.
    Kept,
}

/// A fact to tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewThreadMessage {
    /// Of which case.
    pub case_id: CaseId,
    /// In which channel's thread; `None` for the timeline only.
    pub channel: Option<ChannelName>,
    /// Who did it.
    pub actor: Actor,
    /// What.
    pub fact: Fact,
    /// When.
    pub at: DateTime<Utc>,
}

/// A thread message that a worker took up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThreadRow {
    /// The number.
    pub id: i64,
    /// Of which case.
    pub case_id: CaseId,
    /// In which channel's thread.
    pub channel: ChannelName,
    /// Who did it.
    pub actor: Actor,
    /// What.
    pub fact: Fact,
    /// When.
    pub at: DateTime<Utc>,
    /// How often it was tried, this time included.
    pub attempts: i64,
    /// Grows with each worker that takes it; write-backs name it.
    pub fence: i64,
}

from_row!(ThreadRow {
    id,
    case_id,
    channel,
    actor,
    fact,
    at,
    attempts,
    fence
});
from_row!(TimelineEntry { at, actor, fact });

impl Tx {
    /// Stores a fact for one channel's thread, or for the timeline only. A fact for several
    /// channels is stored once for each; the timeline tells it once.
    pub async fn add_thread_message(&mut self, new: &NewThreadMessage) -> Result<(), DbError> {
        let state = match new.channel {
            Some(_) => ThreadState::New,
            None => ThreadState::Kept,
        };
        wrote!(self, sqlx::query(
            "insert into thread_messages (case_id, channel, actor, fact, at, state, attempts, fence)
             values ($1, $2, $3, $4, $5, $6, 0, 0)",
        )
        .bind(new.case_id)
        .bind(&new.channel)
        .bind(&new.actor)
        .bind(&new.fact)
        .bind(new.at)
        .bind(state))?;
        self.record_change(new.case_id);
        Ok(())
    }

    /// What happened to a case, oldest first.
    pub async fn timeline(&mut self, case: CaseId) -> Result<Vec<TimelineEntry>, DbError> {
        on!(self, conn => sqlx::query_as(
            "select at, actor, fact from thread_messages where case_id = $1
             group by at, actor, fact order by min(id)",
        )
        .bind(case)
        .fetch_all(conn)
        .await)
    }

    /// Takes up the oldest unsent message of a thread of one of these channels. A later message is
    /// never taken before an earlier one of its thread, and none before its card stands.
    pub async fn claim_thread_message(
        &mut self,
        worker: &str,
        channels: &[ChannelName],
        now: DateTime<Utc>,
        lease: TimeDelta,
    ) -> Result<Option<ThreadRow>, DbError> {
        let sql = format!(
            "update thread_messages
             set leased_by = $1, leased_until = $3, fence = fence + 1, attempts = attempts + 1
             where id = (
               select message.id from thread_messages message
               where message.state = 'new'
                 and (message.due_at is null or message.due_at <= $2)
                 and (message.leased_until is null or message.leased_until <= $2)
                 and message.channel in {}
                 and not exists (
                   select 1 from thread_messages earlier
                   where earlier.case_id = message.case_id and earlier.channel = message.channel
                     and earlier.state = 'new' and earlier.id < message.id)
                 and exists (
                   select 1 from cards
                   where cards.case_id = message.case_id and cards.channel = message.channel
                     and cards.message_ref is not null)
               order by message.id limit 1 {})
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

    /// Notes that a message was sent. False when another worker took it.
    pub async fn thread_message_sent(
        &mut self,
        id: i64,
        fence: i64,
        message_ref: &str,
    ) -> Result<bool, DbError> {
        let rows = wrote!(
            self,
            sqlx::query(
                "update thread_messages
             set state = 'sent', message_ref = $3, last_error = null, leased_by = null,
               leased_until = null
             where id = $1 and fence = $2",
            )
            .bind(id)
            .bind(fence)
            .bind(message_ref)
        )?;
        Ok(rows == 1)
    }

    /// Notes that the platform was not there: the message is tried again at `due_at`, and this try
    /// does not count. False when another worker took it.
    pub async fn thread_message_postponed(
        &mut self,
        id: i64,
        fence: i64,
        error: &str,
        due_at: DateTime<Utc>,
    ) -> Result<bool, DbError> {
        let rows = wrote!(
            self,
            sqlx::query(
                "update thread_messages
             set attempts = attempts - 1, last_error = $3, due_at = $4, leased_by = null,
               leased_until = null
             where id = $1 and fence = $2",
            )
            .bind(id)
            .bind(fence)
            .bind(error)
            .bind(due_at)
        )?;
        Ok(rows == 1)
    }

    /// Notes that sending failed: the message is tried again at `due_at`, or skipped after the
    /// fifth try. Returns where it stands; `None` when another worker took it.
    pub async fn thread_message_failed(
        &mut self,
        id: i64,
        fence: i64,
        error: &str,
        due_at: DateTime<Utc>,
    ) -> Result<Option<ThreadState>, DbError> {
        on!(self, conn => sqlx::query_scalar(
            "update thread_messages
             set state = case when attempts >= $5 then 'skipped' else 'new' end, last_error = $3,
               due_at = $4, leased_by = null, leased_until = null
             where id = $1 and fence = $2 returning state",
        )
        .bind(id)
        .bind(fence)
        .bind(error)
        .bind(due_at)
        .bind(TRIES)
        .fetch_optional(conn)
        .await)
    }
}
