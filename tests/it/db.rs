//! The conformance suite of `wardroom::db`: every query and every rule, on SQLite and on PostgreSQL.
//!
//! A test is an `async fn(t: &TestDb)`; `db_tests!` at the end of its file makes one test for each
//! database of it, `sqlite::name` and `postgres::name`.

mod audit;
mod cards;
mod cases;
mod committer;
mod deliveries;
mod notes;
mod operations;
mod postgres;
mod reports;
mod rules;
mod sample;
mod sqlite;
mod threads;
mod tokens;
mod workers;

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::{Connection, PgConnection, SqliteConnection};
use tempfile::TempDir;
use wardroom::db::{Db, DbConfig};

/// An open, empty database.
pub(crate) struct TestDb {
    pub(crate) db: Db,
    pub(crate) url: String,
    _folder: Option<TempDir>,
}

impl TestDb {
    pub(crate) async fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("test.db").display());
        Self::open(url, Some(folder)).await
    }

    /// `None` where PostgreSQL is not installed.
    pub(crate) async fn postgres() -> Option<Self> {
        let url = crate::support::postgres::database().await?;
        Some(Self::open(url, None).await)
    }

    async fn open(url: String, folder: Option<TempDir>) -> Self {
        Self {
            db: Db::open(&DbConfig::new(url.clone())).await.unwrap(),
            url,
            _folder: folder,
        }
    }

    /// The same database, opened by somebody who waits only briefly for others.
    async fn impatient(&self) -> Db {
        let config = DbConfig {
            patience: Duration::from_millis(50),
            ..DbConfig::new(self.url.clone())
        };
        Db::open(&config).await.unwrap()
    }

    /// Keeps every other writer of deliveries and settings out until what it returns is closed.
    async fn block(&self) -> AnyConnection {
        if self.url.starts_with("sqlite:") {
            let mut connection = SqliteConnection::connect(&self.url).await.unwrap();
            sqlx::raw_sql("begin immediate")
                .execute(&mut connection)
                .await
                .unwrap();
            AnyConnection::Sqlite(connection)
        } else {
            let mut connection = PgConnection::connect(&self.url).await.unwrap();
            sqlx::raw_sql("begin; lock table deliveries, settings")
                .execute(&mut connection)
                .await
                .unwrap();
            AnyConnection::Postgres(connection)
        }
    }
}

/// A connection of its own, past `wardroom::db`.
enum AnyConnection {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl AnyConnection {
    async fn close(self) {
        match self {
            Self::Sqlite(connection) => connection.close().await.unwrap(),
            Self::Postgres(connection) => connection.close().await.unwrap(),
        }
    }
}

/// The tests of a file, for both databases.
macro_rules! db_tests {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $name() {
                super::$name(&$crate::db::TestDb::sqlite().await).await;
            })+
        }
        mod postgres {
            $(#[tokio::test]
            async fn $name() {
                if let Some(t) = $crate::db::TestDb::postgres().await {
                    super::$name(&t).await;
                }
            })+
        }
    };
}
pub(crate) use db_tests;

/// One query in a transaction of its own that is committed: `tx!(t.add_case(&case))`.
macro_rules! tx {
    ($t:ident.$query:ident($($argument:expr),* $(,)?)) => {
        $crate::db::tried!($t.$query($($argument),*)).unwrap()
    };
}
pub(crate) use tx;

/// As `tx!`, but gives the result.
macro_rules! tried {
    ($t:ident.$query:ident($($argument:expr),* $(,)?)) => {
        $t.db
            .write(|tx| async {
                let mut tx = tx;
                let value = tx.$query($($argument),*).await?;
                Ok::<_, wardroom::db::DbError>((tx, value))
            })
            .await
    };
}
pub(crate) use tried;

/// One query in a transaction that only reads.
macro_rules! read {
    ($t:ident.$query:ident($($argument:expr),* $(,)?)) => {
        $t.db
            .read(|tx| async {
                let mut tx = tx;
                let value = tx.$query($($argument),*).await?;
                Ok::<_, wardroom::db::DbError>((tx, value))
            })
            .await
            .unwrap()
    };
}
pub(crate) use read;

/// A point in time, `seconds` after noon, with milliseconds to keep.
fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(1_700_000_000_123).unwrap() + TimeDelta::seconds(seconds)
}

const MINUTE: TimeDelta = TimeDelta::minutes(1);
