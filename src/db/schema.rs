//! The schema: its migrations, embedded at build time, and the guard against a newer one.

use sqlx::migrate::{MigrateError, Migrator};
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, PgConnection, SqlitePool};

use super::tx::on;
use super::{DbError, OpenError, Tx};

static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");

const VERSION: &str = "select coalesce(max(version), 0) from _sqlx_migrations";

/// The schema version that this build knows.
pub fn known() -> i64 {
    SQLITE
        .iter()
        .map(|migration| migration.version)
        .max()
        .unwrap_or(0)
}

/// In one IMMEDIATE transaction: a second process waits for it to end, and finds nothing to do.
pub(super) async fn migrate_sqlite(writer: &SqlitePool) -> Result<(), OpenError> {
    let mut tx = writer
        .begin_with("begin immediate")
        .await
        .map_err(OpenError::Connect)?;
    if let Err(error) = SQLITE.run_direct(None, &mut *tx, false).await {
        let found = sqlx::query_scalar(VERSION).fetch_one(&mut *tx).await;
        return Err(explain(error, found));
    }
    tx.commit().await.map_err(OpenError::Connect)
}

/// On a connection of its own, without the pool's time limits; sqlx lets one process in at a time.
pub(super) async fn migrate_postgres(address: &PgConnectOptions) -> Result<(), OpenError> {
    let mut connection = PgConnection::connect_with(address)
        .await
        .map_err(OpenError::Connect)?;
    if let Err(error) = POSTGRES.run_direct(None, &mut connection, false).await {
        let found = sqlx::query_scalar(VERSION).fetch_one(&mut connection).await;
        return Err(explain(error, found));
    }
    connection.close().await.map_err(OpenError::Connect)
}

fn explain(error: MigrateError, found: sqlx::Result<i64>) -> OpenError {
    match (error, found) {
        (MigrateError::VersionMissing(_), Ok(found)) if found > known() => OpenError::Newer {
            found,
            known: known(),
        },
        (error, _) => OpenError::Migrate(error),
    }
}

impl Tx {
    /// The schema version of the database.
    pub async fn schema_version(&mut self) -> Result<i64, DbError> {
        on!(self, conn => sqlx::query_scalar(VERSION).fetch_one(conn).await)
    }
}
