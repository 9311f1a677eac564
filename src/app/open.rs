//! What every process opens, whether it serves or carries out one command: the database and the
//! desk.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use secrecy::SecretString;

use crate::clock::SystemClock;
use crate::config::Config;
use crate::db::{Db, DbConfig};
use crate::desk::{Desk, Rules};

/// The configured database.
pub fn database(config: &Config) -> DbConfig {
    DbConfig {
        connections: config.database.connections,
        ..DbConfig::new(SecretString::from(config.database.url.expose()))
    }
}

/// The database at an address from the command line.
pub fn database_at(url: String) -> DbConfig {
    DbConfig::new(SecretString::from(url))
}

/// Opens the configured database, and makes it where there is none.
///
/// # Errors
/// Says which kind of database cannot be opened, and why.
pub async fn open_db(config: &Config) -> Result<Db> {
    Ok(Db::open(&database(config)).await?)
}

/// Opens a database that has to be there: whoever checks or saves a database must not be handed
/// an empty one because of a typing error.
///
/// # Errors
/// Names the file that is missing, or why it cannot be opened.
pub async fn open_existing(database: &DbConfig) -> Result<Db> {
    if let Some(file) = database.sqlite_file()? {
        must_exist(&file)?;
    }
    Ok(Db::open(database).await?)
}

fn must_exist(file: &Path) -> Result<()> {
    match file.try_exists() {
        Ok(true) => Ok(()),
        Ok(false) => bail!("there is no database at {}", file.display()),
        Err(error) => Err(error).with_context(|| format!("cannot look for {}", file.display())),
    }
}

/// Opens the desk over the configured database, for a command that acts and ends.
///
/// # Errors
/// As [`open_db`].
pub async fn open_desk(config: &Config) -> Result<Desk> {
    let db = open_db(config).await?;
    let clock = Arc::new(SystemClock);
    Ok(Desk::new(db, clock, Rules::from_config(config)))
}
