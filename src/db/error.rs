//! What can go wrong with the database, as far as a caller can do something about it.

use std::path::PathBuf;

/// Why a read or a write failed.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// Another writer held the database, or kept changing the same rows, for longer than we wait.
    #[error("the database is busy: another writer held it for too long; try again")]
    Busy,
    /// The disk is full.
    #[error("the disk of the database is full: free some space")]
    Full,
    /// The database cannot be reached.
    #[error("cannot reach the database: {0}")]
    Unavailable(sqlx::Error),
    /// A statement had failed, the caller went on all the same, and nothing was kept.
    #[error("an earlier statement of the transaction had failed: nothing was kept")]
    Failed,
    /// Anything else: a bug, or a damaged database.
    #[error("the database refused a statement: {0}")]
    Other(sqlx::Error),
}

impl From<sqlx::Error> for DbError {
    fn from(error: sqlx::Error) -> Self {
        match kind(&error) {
            Kind::Raced | Kind::Busy => Self::Busy,
            Kind::Full => Self::Full,
            Kind::Unavailable => Self::Unavailable(error),
            Kind::Other => Self::Other(error),
        }
    }
}

/// Whether the same transaction may succeed when it is tried again at once.
pub(super) fn is_raced(error: &sqlx::Error) -> bool {
    kind(error) == Kind::Raced
}

#[derive(PartialEq, Eq)]
enum Kind {
    Raced,
    Busy,
    Full,
    Unavailable,
    Other,
}

fn kind(error: &sqlx::Error) -> Kind {
    match error {
        // A case was opened on the target while this transaction reopened another one; the next
        // try sees it.
        sqlx::Error::Database(error) if error.constraint() == Some("cases_one_unresolved") => {
            Kind::Raced
        }
        sqlx::Error::Database(error) => error.code().map_or(Kind::Other, |code| {
            code.parse::<i64>()
                .ok()
                .filter(|_| {
                    error
                        .try_downcast_ref::<sqlx::sqlite::SqliteError>()
                        .is_some()
                })
                .map_or_else(|| postgres_kind(&code), sqlite_kind)
        }),
        sqlx::Error::PoolTimedOut => Kind::Busy,
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => Kind::Unavailable,
        _ => Kind::Other,
    }
}

/// By SQLite's result codes (<https://www.sqlite.org/rescode.html>); the low byte is the primary one.
fn sqlite_kind(code: i64) -> Kind {
    match code & 0xff {
        5 | 6 => Kind::Raced,
        13 => Kind::Full,
        10 | 14 => Kind::Unavailable,
        _ => Kind::Other,
    }
}

/// By PostgreSQL's SQLSTATE (its manual, appendix A).
fn postgres_kind(code: &str) -> Kind {
    match code {
        // serialization_failure, deadlock_detected
        "40001" | "40P01" => Kind::Raced,
        // lock_not_available (lock_timeout), query_canceled (statement_timeout)
        "55P03" | "57014" => Kind::Busy,
        "53100" => Kind::Full,
        // too_many_connections, admin_shutdown, crash_shutdown, cannot_connect_now
        "53300" | "57P01" | "57P02" | "57P03" => Kind::Unavailable,
        _ if code.starts_with("08") => Kind::Unavailable,
        _ => Kind::Other,
    }
}

/// Why a database could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The address is of neither kind.
    #[error("'{scheme}' is no database: expected an address that starts with sqlite: or postgres:")]
    Scheme {
        /// What stands before the first colon.
        scheme: String,
    },
    /// The address cannot be read.
    #[error("the database's address cannot be read: {0}")]
    Address(sqlx::Error),
    /// The file cannot be made.
    #[error("cannot create {}: {error}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// No connection.
    #[error("cannot open the database: {0}")]
    Connect(sqlx::Error),
    /// A newer Wardroom has been here.
    #[error(
        "the database has schema version {found}, this Wardroom knows versions up to {known}: \
         start the newer Wardroom, or restore the backup from before its first start"
    )]
    Newer {
        /// The version in the database.
        found: i64,
        /// The newest one this build knows.
        known: i64,
    },
    /// The schema could not be brought up to date.
    #[error("cannot bring the database's schema up to date: {0}")]
    Migrate(sqlx::migrate::MigrateError),
}

/// Why no backup was made.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// PostgreSQL has its own tools.
    #[error("a PostgreSQL database is backed up with its own tool: pg_dump --format=custom")]
    Postgres,
    /// Nothing is overwritten.
    #[error("cannot write the backup to {}: {error}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}
