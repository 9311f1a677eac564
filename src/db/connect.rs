//! Opens the connections: what SQLite and PostgreSQL must be told so that both keep the same
//! promises.

use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use sqlx::Connection as _;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};

use super::{OpenError, Pools, schema};

/// Which database, and how long to wait for it.
#[derive(Debug, Clone)]
pub struct DbConfig {
    /// `sqlite:PATH` or `postgres://…`; the latter may hold a password.
    pub url: SecretString,
    /// Connections at most: of PostgreSQL, or of SQLite's readers (it has one writer).
    pub connections: u32,
    /// How long to wait for a connection, or for another writer, before the answer is "busy".
    pub patience: Duration,
    /// The longest that one statement may take on PostgreSQL.
    pub statement_timeout: Duration,
}

impl DbConfig {
    /// The database at `url` with what fits most servers: 8 connections, 5 s of patience, 30 s for
    /// a statement.
    pub fn new(url: impl Into<SecretString>) -> Self {
        Self {
            url: url.into(),
            connections: 8,
            patience: Duration::from_secs(5),
            statement_timeout: Duration::from_secs(30),
        }
    }
}

pub(super) async fn open(config: &DbConfig) -> Result<Pools, OpenError> {
    let url = config.url.expose_secret();
    match url.split_once(':') {
        Some(("sqlite", _)) => open_sqlite(url, config).await,
        Some(("postgres" | "postgresql", _)) => open_postgres(url, config).await,
        scheme => Err(OpenError::Scheme {
            scheme: scheme.map_or_else(String::new, |(scheme, _)| scheme.to_owned()),
        }),
    }
}

async fn open_sqlite(url: &str, config: &DbConfig) -> Result<Pools, OpenError> {
    let base = SqliteConnectOptions::from_str(url)
        .map_err(OpenError::Address)?
        .busy_timeout(config.patience)
        .foreign_keys(true);
    create_private(base.get_filename(), false).map_err(|error| OpenError::File {
        path: base.get_filename().to_owned(),
        error,
    })?;
    let writing = base
        .clone()
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        // What is deleted or blanked is overwritten in the file too.
        .pragma("secure_delete", "on");
    let writer = sound_connections()
        .max_connections(1)
        .acquire_timeout(config.patience)
        .connect_with(writing)
        .await
        .map_err(OpenError::Connect)?;
    schema::migrate_sqlite(&writer).await?;
    let readers = sound_connections()
        .max_connections(config.connections)
        .acquire_timeout(config.patience)
        .connect_lazy_with(base.read_only(true));
    Ok(Pools::Sqlite { writer, readers })
}

/// A pool that hands out no connection which believes that it is still in a transaction. After a
/// full disk, and some other errors, SQLite rolls back by itself
/// (<https://www.sqlite.org/lang_transaction.html>, "Response To Errors Within A Transaction"); the
/// driver's own rollback then fails, and it would refuse to begin another transaction for ever.
fn sound_connections() -> SqlitePoolOptions {
    SqlitePoolOptions::new().before_acquire(|connection, _| {
        let is_sound = !connection.is_in_transaction();
        Box::pin(async move { Ok(is_sound) })
    })
}

/// Makes a file that its owner alone can read: it holds what was reported. With `new` it must not
/// be there yet.
pub(super) fn create_private(path: &Path, new: bool) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options
        .write(true)
        .create(true)
        .truncate(false)
        .create_new(new);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

async fn open_postgres(url: &str, config: &DbConfig) -> Result<Pools, OpenError> {
    let address = PgConnectOptions::from_str(url)
        .map_err(OpenError::Address)?
        .application_name("wardroom");
    schema::migrate_postgres(&address).await?;
    let milliseconds = |span: Duration| span.as_millis().to_string();

    let pool = PgPoolOptions::new()
        .max_connections(config.connections)
        .acquire_timeout(config.patience)
        .connect_with(address.options([
            ("statement_timeout", milliseconds(config.statement_timeout)),
            ("lock_timeout", milliseconds(config.patience)),
            // Locks of a process that hangs in the middle of a transaction end with it.
            (
                "idle_in_transaction_session_timeout",
                milliseconds(config.statement_timeout),
            ),
        ]))
        .await
        .map_err(OpenError::Connect)?;
    Ok(Pools::Postgres(pool))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn sqlite_is_told_to_be_durable_strict_and_forgetful() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("test.db").display());
        let Pools::Sqlite { writer, readers } = open(&DbConfig::new(url)).await.unwrap() else {
            panic!("no SQLite");
        };
        assert_eq!(writer.options().get_max_connections(), 1);
        for (pragma, expected) in [
            ("pragma synchronous", 2),
            ("pragma foreign_keys", 1),
            ("pragma secure_delete", 1),
            ("pragma busy_timeout", 5000),
        ] {
            let found: i64 = sqlx::query_scalar(pragma).fetch_one(&writer).await.unwrap();
            assert_eq!(found, expected, "{pragma}");
        }
        let mode: String = sqlx::query_scalar("pragma journal_mode")
            .fetch_one(&writer)
            .await
            .unwrap();
        assert_eq!(mode, "wal");
        let error = sqlx::query("delete from settings")
            .execute(&readers)
            .await
            .unwrap_err();
        assert!(error.to_string().contains("readonly"), "{error}");
    }
}
