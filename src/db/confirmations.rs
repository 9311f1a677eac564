//! Confirmations: what a moderator was asked to confirm, kept under the hash of a one-time token.

use chrono::{DateTime, Utc};

use super::codec::{Json, from_row};
use super::tx::{on, wrote};
use super::{DbError, Tx};
use crate::domain::ModeratorName;

/// A question that waits for "confirm".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirmation {
    /// Of the token; the token itself is known to the asker only.
    pub token_hash: String,
    /// Of what was asked for.
    pub request_hash: String,
    /// Who may confirm.
    pub moderator: ModeratorName,
    /// Where it was asked, in the desk's words.
    pub place: String,
    /// What is done when it is confirmed.
    pub payload: Json,
    /// Until when it may be confirmed.
    pub expires_at: DateTime<Utc>,
}

/// What became of a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TakenConfirmation {
    /// It was good, and is used up now.
    Ok(Box<Confirmation>),
    /// It came too late.
    Expired,
    /// It was used before.
    Used,
    /// It is somebody else's, or from another place.
    NotYours,
    /// There is none.
    Unknown,
}

from_row!(Confirmation {
    token_hash,
    request_hash,
    moderator,
    place,
    payload,
    expires_at
});

impl Tx {
    /// Keeps a question.
    pub async fn add_confirmation(&mut self, new: &Confirmation) -> Result<(), DbError> {
        wrote!(
            self,
            sqlx::query(
                "insert into confirmations
               (token_hash, request_hash, moderator, place, payload, expires_at)
             values ($1, $2, $3, $4, $5, $6)",
            )
            .bind(&new.token_hash)
            .bind(&new.request_hash)
            .bind(&new.moderator)
            .bind(&new.place)
            .bind(&new.payload)
            .bind(new.expires_at)
        )?;
        Ok(())
    }

    /// Uses a token up, in one statement: of two presses only one gets [`TakenConfirmation::Ok`].
    /// With `place` only what was asked there counts.
    pub async fn take_confirmation(
        &mut self,
        token_hash: &str,
        moderator: &ModeratorName,
        place: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<TakenConfirmation, DbError> {
        let taken: Option<Confirmation> = on!(self, conn => sqlx::query_as(
            "update confirmations set used_at = $4
             where token_hash = $1 and moderator = $2 and ($3 is null or place = $3)
               and used_at is null and expires_at > $4
             returning *",
        )
        .bind(token_hash)
        .bind(moderator)
        .bind(place)
        .bind(now)
        .fetch_optional(conn)
        .await)?;
        if let Some(taken) = taken {
            return Ok(TakenConfirmation::Ok(Box::new(taken)));
        }
        let why: Option<(ModeratorName, String, Option<DateTime<Utc>>)> = on!(self, conn =>
            sqlx::query_as(
                "select moderator, place, used_at from confirmations where token_hash = $1",
            )
            .bind(token_hash)
            .fetch_optional(conn)
            .await)?;
        Ok(match why {
            None => TakenConfirmation::Unknown,
            Some((of, at, _)) if of != *moderator || place.is_some_and(|place| place != at) => {
                TakenConfirmation::NotYours
            }
            Some((_, _, Some(_))) => TakenConfirmation::Used,
            Some((_, _, None)) => TakenConfirmation::Expired,
        })
    }
}
