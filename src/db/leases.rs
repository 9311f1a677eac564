//! Leases: which process does what only one may do, such as sending to one platform.

use chrono::{DateTime, TimeDelta, Utc};

use super::tx::{on, wrote};
use super::{DbError, Tx};

impl Tx {
    /// Takes or prolongs a lease. Returns its fence, which grows at each takeover; `None` while
    /// somebody else holds it.
    pub async fn take_lease(
        &mut self,
        name: &str,
        holder: &str,
        now: DateTime<Utc>,
        lease: TimeDelta,
    ) -> Result<Option<i64>, DbError> {
        on!(self, conn => sqlx::query_scalar(
            "insert into leases (name, holder, expires_at, fence) values ($1, $2, $3, 1)
             on conflict (name) do update
             set holder = excluded.holder, expires_at = excluded.expires_at,
               fence = leases.fence + case when leases.holder = excluded.holder then 0 else 1 end
             where leases.holder = excluded.holder or leases.expires_at <= $4
             returning fence",
        )
        .bind(name)
        .bind(holder)
        .bind(now + lease)
        .bind(now)
        .fetch_optional(conn)
        .await)
    }

    /// Gives a lease back before it ends. False when `holder` does not hold it.
    pub async fn release_lease(&mut self, name: &str, holder: &str) -> Result<bool, DbError> {
        // The row stays, for its fence; long past is free for everybody.
        let rows =
            wrote!(self, sqlx::query(
            "update leases set holder = '', expires_at = $3 where name = $1 and holder = $2",
        )
        .bind(name)
        .bind(holder)
        .bind(DateTime::UNIX_EPOCH))?;
        Ok(rows == 1)
    }
}
