//! A copy of the whole database as it is at one moment, while it is in use.

use std::path::Path;

use super::connect::create_private;
use super::{BackupError, Db, DbError, Pools};

impl Db {
    /// Writes a copy of an SQLite database to the file `to`, which must not be there yet. Putting
    /// it back is copying that file, while Wardroom does not run.
    ///
    /// # Errors
    /// [`BackupError`]; PostgreSQL has a tool of its own, which it names.
    pub async fn backup(&self, to: &Path) -> Result<(), BackupError> {
        let Pools::Sqlite { readers, .. } = &self.pools else {
            return Err(BackupError::Postgres);
        };
        // SQLite writes into an empty file that is there, and keeps its permissions.
        create_private(to, true).map_err(|error| BackupError::File {
            path: to.to_owned(),
            error,
        })?;
        sqlx::query("vacuum into $1")
            .bind(to.to_string_lossy())
            .execute(readers)
            .await
            .map_err(DbError::from)?;
        Ok(())
    }
}
