//! One open transaction on either database, and `on!`, which writes one statement for both.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use sqlx::{Postgres, Sqlite, Transaction};

use super::error::{DbError, is_raced};
use crate::domain::CaseId;

/// An open transaction. Every query of this crate is a method of it, in one file per family of
/// tables. It is rolled back when it is dropped.
#[derive(Debug)]
pub struct Tx {
    pub(super) open: Open,
    raced: Raced,
    /// A statement failed. PostgreSQL would turn the commit into a rollback without a word.
    failed: bool,
    /// What the room streams once this is committed.
    changed: BTreeSet<CaseId>,
}

/// The transaction of one of the two drivers.
#[derive(Debug)]
pub(super) enum Open {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

/// Remembers, outside the transaction, that what failed may succeed when it is tried again: the
/// error itself has become the caller's by then.
#[derive(Debug, Clone, Default)]
pub(super) struct Raced(Arc<AtomicBool>);

impl Raced {
    pub(super) fn happened(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Runs one statement on whichever database `$tx` is open on. Both drivers take `$1`, so the
/// text is the same; an arm of its own is for where the dialects differ. Gives
/// `Result<_, DbError>`.
macro_rules! on {
    ($tx:expr, $conn:ident => $body:expr) => {
        $crate::db::tx::on!($tx, $conn => sqlite: $body, postgres: $body)
    };
    ($tx:expr, $conn:ident => sqlite: $sqlite:expr, postgres: $postgres:expr $(,)?) => {{
        let result = match &mut $tx.open {
            $crate::db::tx::Open::Sqlite(tx) => {
                let $conn = &mut **tx;
                $sqlite
            }
            $crate::db::tx::Open::Postgres(tx) => {
                let $conn = &mut **tx;
                $postgres
            }
        };
        $tx.noted(result)
    }};
}
pub(super) use on;

/// Runs a query that returns nothing, and gives how many rows it wrote.
macro_rules! wrote {
    ($tx:expr, $query:expr) => {
        $crate::db::tx::on!($tx, conn => $query.execute(conn).await.map(|done| done.rows_affected()))
    };
}
pub(super) use wrote;

impl Tx {
    pub(super) fn new(open: Open) -> Self {
        Self {
            open,
            raced: Raced::default(),
            failed: false,
            changed: BTreeSet::new(),
        }
    }

    pub(super) fn race(&self) -> Raced {
        self.raced.clone()
    }

    /// Notes a failed statement, and whether it is worth another try.
    pub(super) fn noted<T>(&mut self, result: sqlx::Result<T>) -> Result<T, DbError> {
        result.map_err(|error| {
            self.failed = true;
            self.raced.0.store(is_raced(&error), Ordering::Relaxed);
            error.into()
        })
    }

    /// Somebody else was faster, and what this transaction read before is no more so: the error
    /// makes [`super::Db::write`] run it again from the start.
    pub(super) fn lost_race(&mut self) -> DbError {
        self.failed = true;
        self.raced.0.store(true, Ordering::Relaxed);
        DbError::Busy
    }

    /// What ends the inner query of a claim, so that two workers pass by each other's rows. SQLite
    /// has one writer at a time and needs none.
    pub(super) fn skip_locked(&self) -> &'static str {
        match self.open {
            Open::Sqlite(_) => "",
            Open::Postgres(_) => "for update skip locked",
        }
    }

    /// Notes that the room's view of a case changed; written once per case at the commit.
    pub(super) fn record_change(&mut self, case: CaseId) {
        self.changed.insert(case);
    }

    pub(super) async fn commit(mut self) -> Result<(), DbError> {
        let changed = std::mem::take(&mut self.changed);
        if !self.failed {
            self.write_changes(&changed).await?;
        }
        let (raced, failed) = (self.raced, self.failed);
        let ended = match self.open {
            // The caller swallowed the error of a statement: nothing of it may stay.
            Open::Sqlite(tx) if failed => tx.rollback().await,
            Open::Postgres(tx) if failed => tx.rollback().await,
            Open::Sqlite(tx) => tx.commit().await,
            Open::Postgres(tx) => tx.commit().await,
        };
        ended.map_err(|error| {
            raced.0.store(is_raced(&error), Ordering::Relaxed);
            DbError::from(error)
        })?;
        if failed {
            return Err(DbError::Failed);
        }
        Ok(())
    }

    /// Ends a read.
    pub(super) async fn end(self) -> Result<(), DbError> {
        match self.open {
            Open::Sqlite(tx) => tx.rollback().await?,
            Open::Postgres(tx) => tx.rollback().await?,
        }
        Ok(())
    }
}

/// The placeholders of a list, `($3, $4)` for two values from the third on: the one way to give
/// SQL a list. An empty list is `(null)`, which nothing equals.
pub(super) fn list(first: usize, count: usize) -> String {
    let names: Vec<String> = (first..first + count).map(|n| format!("${n}")).collect();
    if names.is_empty() {
        "(null)".to_owned()
    } else {
        format!("({})", names.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_placeholders() {
        assert_eq!(list(3, 2), "($3, $4)");
        assert_eq!(list(1, 0), "(null)");
    }
}
