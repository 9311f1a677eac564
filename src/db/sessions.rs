//! Invites to the room and its sessions. Only hashes of tokens are kept: who reads the database
//! cannot enter with what it holds.

use chrono::{DateTime, Utc};

use super::codec::from_row;
use super::tx::{on, wrote};
use super::{DbError, Tx};
use crate::domain::ModeratorName;

/// A session of the room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Of the cookie's token.
    pub token_hash: String,
    /// Whose.
    pub moderator: ModeratorName,
    /// What forms of this session carry.
    pub csrf: String,
    /// When it began.
    pub created_at: DateTime<Utc>,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
}

from_row!(Session {
    token_hash,
    moderator,
    csrf,
    created_at,
    expires_at,
});

impl Tx {
    /// Keeps an invite.
    pub async fn add_invite(
        &mut self,
        token_hash: &str,
        moderator: &ModeratorName,
        expires_at: DateTime<Utc>,
    ) -> Result<(), DbError> {
        wrote!(
            self,
            sqlx::query(
                "insert into invites (token_hash, moderator, expires_at) values ($1, $2, $3)",
            )
            .bind(token_hash)
            .bind(moderator)
            .bind(expires_at)
        )?;
        Ok(())
    }

    /// Uses an invite up, in one statement, and says for whom it was; `None` when there is none, or
    /// it is used or too old.
    pub async fn take_invite(
        &mut self,
        token_hash: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<ModeratorName>, DbError> {
        on!(self, conn => sqlx::query_scalar(
            "update invites set used_at = $2
             where token_hash = $1 and used_at is null and expires_at > $2 returning moderator",
        )
        .bind(token_hash)
        .bind(now)
        .fetch_optional(conn)
        .await)
    }

    /// Begins a session.
    pub async fn add_session(&mut self, session: &Session) -> Result<(), DbError> {
        wrote!(
            self,
            sqlx::query(
                "insert into sessions (token_hash, moderator, csrf, created_at, expires_at)
                 values ($1, $2, $3, $4, $5)",
            )
            .bind(&session.token_hash)
            .bind(&session.moderator)
            .bind(&session.csrf)
            .bind(session.created_at)
            .bind(session.expires_at)
        )?;
        Ok(())
    }

    /// A session that has not ended.
    pub async fn session(
        &mut self,
        token_hash: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<Session>, DbError> {
        on!(self, conn => sqlx::query_as(
            "select * from sessions where token_hash = $1 and expires_at > $2",
        )
        .bind(token_hash)
        .bind(now)
        .fetch_optional(conn)
        .await)
    }

    /// Ends one session: its owner logs out. False when there is none.
    pub async fn delete_session(&mut self, token_hash: &str) -> Result<bool, DbError> {
        let rows = wrote!(
            self,
            sqlx::query("delete from sessions where token_hash = $1").bind(token_hash)
        )?;
        Ok(rows == 1)
    }

    /// Ends every session of a moderator and takes back their open invites; returns how many
    /// sessions it ended.
    pub async fn delete_sessions(&mut self, moderator: &ModeratorName) -> Result<u64, DbError> {
        wrote!(
            self,
            sqlx::query("delete from invites where moderator = $1").bind(moderator)
        )?;
        wrote!(
            self,
            sqlx::query("delete from sessions where moderator = $1").bind(moderator)
        )
    }

    /// Forgets sessions, invites and confirmations that ended before `before`.
    pub async fn prune_tokens(&mut self, before: DateTime<Utc>) -> Result<u64, DbError> {
        let mut rows = 0;
        for sql in [
            "delete from sessions where expires_at < $1",
            "delete from invites where expires_at < $1",
            "delete from confirmations where expires_at < $1",
        ] {
            rows += wrote!(self, sqlx::query(sql).bind(before))?;
        }
        Ok(rows)
    }
}
