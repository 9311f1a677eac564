//! Puts a backup in the place of an SQLite database that nobody has open.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use secrecy::ExposeSecret;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Connection};

use super::connect::create_private;
use super::{DbConfig, DbError, OpenError};

/// Why a backup was not restored. What was there before is untouched.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// PostgreSQL has its own tools.
    #[error("a PostgreSQL database is restored with its own tool: pg_restore --clean")]
    Postgres,
    /// The database's address makes no sense.
    #[error(transparent)]
    Address(#[from] OpenError),
    /// There is a database already.
    #[error("{} exists: add --force to give it up, after a backup", .0.display())]
    Exists(PathBuf),
    /// Some process has the database open.
    #[error("{} is in use: stop Wardroom first", .0.display())]
    InUse(PathBuf),
    /// The backup is none.
    #[error("{} is no backup of a Wardroom: {why}", file.display())]
    NoBackup {
        /// The file that was named.
        file: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// A file could not be written or moved.
    #[error("cannot write {}: {error}", file.display())]
    File {
        /// Which.
        file: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// The database that is there could not be looked at.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl DbConfig {
    /// The file of an SQLite database; `None` for PostgreSQL.
    ///
    /// # Errors
    /// [`OpenError::Address`] when the address makes no sense.
    pub fn sqlite_file(&self) -> Result<Option<PathBuf>, OpenError> {
        let url = self.url.expose_secret();
        if !url.starts_with("sqlite:") {
            return Ok(None);
        }
        let options = SqliteConnectOptions::from_str(url).map_err(OpenError::Address)?;
        Ok(Some(options.get_filename().to_owned()))
    }
}

/// Makes the SQLite database of `config` a copy of `backup`; one that is there is given up only
/// if `overwrite` says so.
///
/// The copy is written beside the database and moved over it, so that a full disk or a crash
/// leaves the old one.
///
/// # Errors
/// [`RestoreError`] says what stands in the way.
pub async fn restore(
    config: &DbConfig,
    backup: &Path,
    overwrite: bool,
) -> Result<(), RestoreError> {
    let Some(file) = config.sqlite_file()? else {
        return Err(RestoreError::Postgres);
    };
    let exists = file.exists();
    if exists && !overwrite {
        return Err(RestoreError::Exists(file));
    }
    let copy = beside(&file, ".restoring");
    remove(&copy)?;
    let copied = copy_into(backup, &copy).await;
    let moved = match copied {
        Ok(()) => replace(&file, &copy, exists).await,
        Err(error) => Err(error),
    };
    if moved.is_err() {
        remove(&copy)?;
    }
    moved
}

/// Writes what `backup` holds to the new file `copy`, after checking that it is whole and ours.
async fn copy_into(backup: &Path, copy: &Path) -> Result<(), RestoreError> {
    let no_backup = |why: String| RestoreError::NoBackup {
        file: backup.to_owned(),
        why,
    };
    let mut source = SqliteConnectOptions::new()
        .filename(backup)
        .read_only(true)
        .connect()
        .await
        .map_err(|error| no_backup(error.to_string()))?;
    let whole: String = sqlx::query_scalar("pragma integrity_check(1)")
        .fetch_one(&mut source)
        .await
        .map_err(|error| no_backup(error.to_string()))?;
    if whole != "ok" {
        return Err(no_backup(format!("it is damaged: {whole}")));
    }
    sqlx::query("select seq from audit_head")
        .fetch_one(&mut source)
        .await
        .map_err(|_| no_backup("it holds no audit log".to_owned()))?;
    create_private(copy, true).map_err(|error| RestoreError::File {
        file: copy.to_owned(),
        error,
    })?;
    sqlx::query("vacuum into $1")
        .bind(copy.to_string_lossy().into_owned())
        .execute(&mut source)
        .await
        .map_err(DbError::from)?;
    source.close().await.map_err(DbError::from)?;
    Ok(())
}

/// Moves `copy` to `file` while nobody else can have `file` open.
async fn replace(file: &Path, copy: &Path, exists: bool) -> Result<(), RestoreError> {
    let failed = |error| RestoreError::File {
        file: file.to_owned(),
        error,
    };
    File::open(copy)
        .and_then(|copy| copy.sync_all())
        .map_err(failed)?;
    let lock = if exists {
        Some(lock(file).await?)
    } else {
        None
    };
    for left in ["-wal", "-shm", "-journal"] {
        remove(&beside(file, left))?;
    }
    fs::rename(copy, file).map_err(failed)?;
    if let Some(folder) = file
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
    {
        File::open(folder)
            .and_then(|folder| folder.sync_all())
            .map_err(failed)?;
    }
    // Held until the new file is in place, and gone before anybody opens it: the old connection
    // would remove files beside it by name.
    match lock {
        Some(lock) => Ok(lock.close().await.map_err(DbError::from)?),
        None => Ok(()),
    }
}

/// Takes the database for this process alone. Leaving WAL mode needs every other connection of
/// every process to be gone (<https://www.sqlite.org/wal.html>, section 2), even idle ones.
async fn lock(file: &Path) -> Result<SqliteConnection, RestoreError> {
    let in_use = |_| RestoreError::InUse(file.to_owned());
    let mut connection = SqliteConnectOptions::new()
        .filename(file)
        .pragma("locking_mode", "exclusive")
        .busy_timeout(std::time::Duration::ZERO)
        .connect()
        .await
        .map_err(in_use)?;
    let mode: String = sqlx::query_scalar("pragma journal_mode = delete")
        .fetch_one(&mut connection)
        .await
        .map_err(in_use)?;
    if mode != "delete" {
        return Err(RestoreError::InUse(file.to_owned()));
    }
    sqlx::query("begin exclusive")
        .execute(&mut connection)
        .await
        .map_err(in_use)?;
    Ok(connection)
}

fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

fn remove(file: &Path) -> Result<(), RestoreError> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(RestoreError::File {
            file: file.to_owned(),
            error,
        }),
        _ => Ok(()),
    }
}
