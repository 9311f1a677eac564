//! The database: the only module that speaks SQL, to SQLite or PostgreSQL.
//!
//! [`Db::read`] and [`Db::write`] are the only entrances. Both lend a [`Tx`], whose methods are the
//! queries, in one file per family of tables; the conformance suite runs each on both databases.
//!
//! ```text
//! let case = db.write(|mut tx| async move {
//!     let case = tx.case(id).await?;
//!     Ok::<_, DbError>((tx, case))
//! }).await?;
//! ```
//!
//! The transaction goes in and out by value: a closure that borrows it would not be `Send`.

pub mod audit;
mod backup;
pub mod cards;
pub mod cases;
mod changes;
mod codec;
pub mod committer;
pub mod confirmations;
mod connect;
pub mod deliveries;
mod error;
mod leases;
mod moderators;
pub mod notes;
pub mod operations;
pub mod replies;
mod reports;
pub mod requests;
mod restore;
pub mod schema;
pub mod sessions;
mod settings;
mod snapshots;
mod steps;
pub mod threads;
mod tx;

use std::future::Future;

pub use codec::Json;
pub use connect::DbConfig;
pub use error::{BackupError, DbError, OpenError};
pub use restore::{RestoreError, restore};
use sqlx::{PgPool, SqlitePool};
use tx::Open;
pub use tx::Tx;

/// How often a transaction that lost a race is tried, at most.
const TRIES: usize = 5;

/// The open database. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Db {
    pools: Pools,
}

#[derive(Debug, Clone)]
enum Pools {
    /// One writer that begins IMMEDIATE, and readers that cannot write: a pool of deferred writers
    /// fails with `SQLITE_BUSY_SNAPSHOT` whenever two of them read before they write.
    Sqlite {
        writer: SqlitePool,
        readers: SqlitePool,
    },
    Postgres(PgPool),
}

impl Db {
    /// Opens the database, creates it if it is an SQLite file that is not there, and brings its
    /// schema up to date. When two processes start at once, one does it and the other waits.
    ///
    /// # Errors
    /// [`OpenError`], for a newer schema with both version numbers.
    pub async fn open(config: &DbConfig) -> Result<Self, OpenError> {
        Ok(Self {
            pools: connect::open(config).await?,
        })
    }

    /// Runs `f` on one consistent state of the database. What it writes is an error.
    ///
    /// # Errors
    /// Those of `f`, and [`DbError`] if no transaction could be begun.
    pub async fn read<T, E, F, Fut>(&self, mut f: F) -> Result<T, E>
    where
        F: FnMut(Tx) -> Fut,
        Fut: Future<Output = Result<(Tx, T), E>>,
        E: From<DbError>,
    {
        let tx = self.begin_read().await?;
        let (tx, value) = f(tx).await?;
        tx.end().await?;
        Ok(value)
    }

    /// Runs `f` and commits what it wrote; an error rolls everything back.
    ///
    /// `f` is run again, up to five times, when the database says that another transaction was in
    /// its way (40001, 40P01, BUSY): it must have no effect beyond the transaction.
    ///
    /// # Errors
    /// Those of `f`, and [`DbError`] if it could not be begun or committed.
    pub async fn write<T, E, F, Fut>(&self, mut f: F) -> Result<T, E>
    where
        F: FnMut(Tx) -> Fut,
        Fut: Future<Output = Result<(Tx, T), E>>,
        E: From<DbError>,
    {
        for _ in 0..TRIES {
            let tx = self.begin_write().await?;
            let race = tx.race();
            let error = match f(tx).await {
                Ok((tx, value)) => match tx.commit().await {
                    Ok(()) => return Ok(value),
                    Err(error) => error.into(),
                },
                Err(error) => error,
            };
            if !race.happened() {
                return Err(error);
            }
        }
        Err(DbError::Busy.into())
    }

    /// Closes every connection; SQLite folds its write-ahead log into the file.
    pub async fn close(&self) {
        match &self.pools {
            Pools::Sqlite { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
            Pools::Postgres(pool) => pool.close().await,
        }
    }

    async fn begin_read(&self) -> Result<Tx, DbError> {
        Ok(Tx::new(match &self.pools {
            Pools::Sqlite { readers, .. } => Open::Sqlite(readers.begin().await?),
            Pools::Postgres(pool) => Open::Postgres(
                pool.begin_with("begin isolation level repeatable read read only")
                    .await?,
            ),
        }))
    }

    async fn begin_write(&self) -> Result<Tx, DbError> {
        Ok(Tx::new(match &self.pools {
            Pools::Sqlite { writer, .. } => {
                Open::Sqlite(writer.begin_with("begin immediate").await?)
            }
            Pools::Postgres(pool) => Open::Postgres(pool.begin().await?),
        }))
    }
}
