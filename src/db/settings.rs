//! Settings: what was switched by command, such as a stop or the dry run, seen by every process.

use super::tx::{on, wrote};
use super::{DbError, Tx};

impl Tx {
    /// One setting.
    pub async fn setting(&mut self, name: &str) -> Result<Option<String>, DbError> {
        on!(self, conn => sqlx::query_scalar("select value from settings where name = $1")
            .bind(name)
            .fetch_optional(conn)
            .await)
    }

    /// Sets a setting.
    pub async fn set_setting(&mut self, name: &str, value: &str) -> Result<(), DbError> {
        wrote!(
            self,
            sqlx::query(
                "insert into settings (name, value) values ($1, $2)
             on conflict (name) do update set value = excluded.value",
            )
            .bind(name)
            .bind(value)
        )?;
        Ok(())
    }

    /// Removes a setting. False when there is none.
    pub async fn delete_setting(&mut self, name: &str) -> Result<bool, DbError> {
        let rows = wrote!(
            self,
            sqlx::query("delete from settings where name = $1").bind(name)
        )?;
        Ok(rows == 1)
    }

    /// The settings whose names start with `prefix`, by name.
    pub async fn settings(&mut self, prefix: &str) -> Result<Vec<(String, String)>, DbError> {
        on!(self, conn => sqlx::query_as(
            "select name, value from settings where substr(name, 1, length($1)) = $1
             order by name",
        )
        .bind(prefix)
        .fetch_all(conn)
        .await)
    }
}
