//! What is known about moderators beyond the configuration, which is the truth about them: what the
//! server last said about their linked accounts, and whose access was ended.

use chrono::{DateTime, Utc};

use super::tx::{on, wrote};
use super::{DbError, Tx};
use crate::domain::ModeratorName;
use crate::domain::moderator::Link;

impl Tx {
    /// Keeps what the server said at `at` about a moderator's linked account.
    pub async fn save_link(
        &mut self,
        moderator: &ModeratorName,
        link: &Link,
        at: DateTime<Utc>,
    ) -> Result<(), DbError> {
        wrote!(
            self,
            sqlx::query(
                "insert into moderators (name, link, link_read_at) values ($1, $2, $3)
                 on conflict (name) do update
                 set link = excluded.link, link_read_at = excluded.link_read_at",
            )
            .bind(moderator)
            .bind(link)
            .bind(at)
        )?;
        Ok(())
    }

    /// What the server last said about every linked account.
    pub async fn links(&mut self) -> Result<Vec<(ModeratorName, Link)>, DbError> {
        on!(self, conn => sqlx::query_as(
            "select name, link from moderators where link is not null order by name",
        )
        .fetch_all(conn)
        .await)
    }

    /// Ends a moderator's access. False when it was ended before.
    pub async fn offboard(
        &mut self,
        moderator: &ModeratorName,
        by: &str,
        at: DateTime<Utc>,
    ) -> Result<bool, DbError> {
        let rows = wrote!(
            self,
            sqlx::query(
                "insert into moderators (name, offboarded_by, offboarded_at) values ($1, $2, $3)
                 on conflict (name) do update
                 set offboarded_by = excluded.offboarded_by, offboarded_at = excluded.offboarded_at
                 where moderators.offboarded_at is null",
            )
            .bind(moderator)
            .bind(by)
            .bind(at)
        )?;
        Ok(rows == 1)
    }

    /// Whose access was ended.
    pub async fn offboarded(&mut self) -> Result<Vec<ModeratorName>, DbError> {
        on!(self, conn => sqlx::query_scalar(
            "select name from moderators where offboarded_at is not null order by name",
        )
        .fetch_all(conn)
        .await)
    }
}
