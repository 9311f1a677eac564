//! Requests: what was asked under which request id, and what was answered, so that a request that
//! comes twice is answered twice and done once (invariant 7).

use chrono::{DateTime, Utc};

use super::codec::{Json, from_row};
use super::tx::{on, wrote};
use super::{DbError, Tx};

/// A request to remember.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRequest {
    /// The platform's word.
    pub platform: String,
    /// Who asked, in the platform's terms.
    pub identity: String,
    /// The platform's id of the request.
    pub request_id: String,
    /// Of what was asked.
    pub command_hash: String,
    /// What was answered.
    pub answer: Json,
    /// When.
    pub created_at: DateTime<Utc>,
}

/// What is remembered of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRequest {
    /// Of what was asked: another one under the same id is refused.
    pub command_hash: String,
    /// What was answered.
    pub answer: Json,
}

from_row!(StoredRequest {
    command_hash,
    answer
});

impl Tx {
    /// What is remembered of a request.
    pub async fn request(
        &mut self,
        platform: &str,
        identity: &str,
        request_id: &str,
    ) -> Result<Option<StoredRequest>, DbError> {
        on!(self, conn => sqlx::query_as(
            "select command_hash, answer from requests
             where platform = $1 and identity = $2 and request_id = $3",
        )
        .bind(platform)
        .bind(identity)
        .bind(request_id)
        .fetch_optional(conn)
        .await)
    }

    /// Remembers a request, in the transaction that decides it. False when it is remembered
    /// already: then the transaction has to be given up, for its other half was faster.
    pub async fn add_request(&mut self, new: &NewRequest) -> Result<bool, DbError> {
        let rows = wrote!(
            self,
            sqlx::query(
                "insert into requests
               (platform, identity, request_id, command_hash, answer, created_at)
             values ($1, $2, $3, $4, $5, $6)
             on conflict do nothing",
            )
            .bind(&new.platform)
            .bind(&new.identity)
            .bind(&new.request_id)
            .bind(&new.command_hash)
            .bind(&new.answer)
            .bind(new.created_at)
        )?;
        Ok(rows == 1)
    }

    /// Forgets the requests before `before`.
    pub async fn prune_requests(&mut self, before: DateTime<Utc>) -> Result<u64, DbError> {
        wrote!(
            self,
            sqlx::query("delete from requests where created_at < $1").bind(before)
        )
    }
}
