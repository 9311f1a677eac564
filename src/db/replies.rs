//! Replies: questions that only the server can answer. They are asked and acknowledged at once,
//! answered later by a worker, and the platform shows the answer when it is there.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use sqlx::AssertSqlSafe;

use super::codec::{Json, from_row};
use super::tx::{on, wrote};
use super::{DbError, Tx};

/// Where a reply stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ReplyState {
    /// To be answered.
    New,
    /// Answered.
    Done,
}

/// A question to answer later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewReply {
    /// The platform's word.
    pub platform: String,
    /// The channel, where the platform needs it for the answer.
    pub channel: Option<String>,
    /// What was asked, by whom.
    pub request: Json,
    /// When.
    pub created_at: DateTime<Utc>,
}

/// A question and its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredReply {
    /// The number.
    pub id: i64,
    /// The platform's word.
    pub platform: String,
    /// The channel.
    pub channel: Option<String>,
    /// What was asked.
    pub request: Json,
    /// Where it stands.
    pub state: ReplyState,
    /// The answer.
    pub body: Option<String>,
    /// When it was asked.
    pub created_at: DateTime<Utc>,
}

from_row!(StoredReply {
    id,
    platform,
    channel,
    request,
    state,
    body,
    created_at,
});

impl Tx {
    /// Stores a question.
    pub async fn add_reply(&mut self, new: &NewReply) -> Result<i64, DbError> {
        on!(self, conn => sqlx::query_scalar(
            "insert into replies (platform, channel, request, state, created_at, fence)
             values ($1, $2, $3, 'new', $4, 0) returning id",
        )
        .bind(&new.platform)
        .bind(&new.channel)
        .bind(&new.request)
        .bind(new.created_at)
        .fetch_one(conn)
        .await)
    }

    /// Takes up the oldest question, for as long as `lease`.
    pub async fn claim_reply(
        &mut self,
        worker: &str,
        now: DateTime<Utc>,
        lease: TimeDelta,
    ) -> Result<Option<StoredReply>, DbError> {
        let skip_locked = self.skip_locked();
        let sql = format!(
            "update replies set leased_by = $1, leased_until = $3, fence = fence + 1
             where id = (
               select id from replies
               where state = 'new' and (leased_until is null or leased_until <= $2)
               order by id limit 1 {skip_locked})
             returning *"
        );
        on!(self, conn => sqlx::query_as(AssertSqlSafe(sql))
            .bind(worker)
            .bind(now)
            .bind(now + lease)
            .fetch_optional(conn)
            .await)
    }

    /// Answers a question. False when it is answered already: the first answer stays. No fence:
    /// a question only reads, so two answers are one too many and nothing worse.
    pub async fn finish_reply(&mut self, id: i64, body: &str) -> Result<bool, DbError> {
        let rows = wrote!(
            self,
            sqlx::query(
                "update replies
                 set state = 'done', body = $2, leased_by = null, leased_until = null
                 where id = $1 and state = 'new'",
            )
            .bind(id)
            .bind(body)
        )?;
        Ok(rows == 1)
    }

    /// One question, with its answer if it is there.
    pub async fn reply(&mut self, id: i64) -> Result<Option<StoredReply>, DbError> {
        on!(self, conn => sqlx::query_as("select * from replies where id = $1")
            .bind(id)
            .fetch_optional(conn)
            .await)
    }

    /// Forgets an answer that was told: personal data are not kept. False when it is gone.
    pub async fn delete_reply(&mut self, id: i64) -> Result<bool, DbError> {
        let rows = wrote!(
            self,
            sqlx::query("delete from replies where id = $1").bind(id)
        )?;
        Ok(rows == 1)
    }

    /// Forgets questions and answers from before `before`.
    pub async fn prune_replies(&mut self, before: DateTime<Utc>) -> Result<u64, DbError> {
        wrote!(
            self,
            sqlx::query("delete from replies where created_at < $1").bind(before)
        )
    }
}
