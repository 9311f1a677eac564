//! Changes: which cases look different now, in the order of commits, for the room's stream.

use std::collections::BTreeSet;

use super::tx::{on, wrote};
use super::{DbError, Tx};
use crate::domain::CaseId;

impl Tx {
    /// Writes the changed cases at the end of a transaction. The head's row lock, taken this late,
    /// makes the order of numbers the order of commits, so that a reader never passes one by.
    pub(super) async fn write_changes(&mut self, cases: &BTreeSet<CaseId>) -> Result<(), DbError> {
        if cases.is_empty() {
            return Ok(());
        }
        let count = i64::try_from(cases.len()).unwrap_or(i64::MAX);
        let last: i64 = on!(self, conn => sqlx::query_scalar(
            "update change_head set seq = seq + $1 where id = 1 returning seq",
        )
        .bind(count)
        .fetch_one(conn)
        .await)?;
        for (seq, case) in (last - count + 1..).zip(cases) {
            wrote!(
                self,
                sqlx::query("insert into changes (seq, case_id) values ($1, $2)")
                    .bind(seq)
                    .bind(case)
            )?;
        }
        Ok(())
    }

    /// The changes after `seq`, oldest first.
    pub async fn changes_after(
        &mut self,
        seq: i64,
        limit: i64,
    ) -> Result<Vec<(i64, CaseId)>, DbError> {
        on!(self, conn => sqlx::query_as(
            "select seq, case_id from changes where seq > $1 order by seq limit $2",
        )
        .bind(seq)
        .bind(limit)
        .fetch_all(conn)
        .await)
    }

    /// The number of the last change; 0 before the first.
    pub async fn last_change(&mut self) -> Result<i64, DbError> {
        on!(self, conn => sqlx::query_scalar("select seq from change_head where id = 1")
            .fetch_one(conn)
            .await)
    }

    /// Forgets the changes before `before_seq`.
    pub async fn prune_changes(&mut self, before_seq: i64) -> Result<u64, DbError> {
        wrote!(
            self,
            sqlx::query("delete from changes where seq < $1").bind(before_seq)
        )
    }
}
