//! What we last saw of accounts: one snapshot each, never an older one over a newer one.

use chrono::{DateTime, Utc};

use super::tx::{on, wrote};
use super::{DbError, Tx};
use crate::domain::{Account, AccountId};

impl Tx {
    /// Keeps an account as it was at `at`. False when what we hold is newer: then nothing is
    /// written.
    pub async fn save_account(
        &mut self,
        account: &Account,
        at: DateTime<Utc>,
    ) -> Result<bool, DbError> {
        let rows = wrote!(
            self,
            sqlx::query(
                "insert into context_snapshots
               (account_id, acct, domain, is_local, awaits_approval, account, taken_at)
             values ($1, $2, $3, $4, $5, $6, $7)
             on conflict (account_id) do update
             set acct = excluded.acct, domain = excluded.domain, is_local = excluded.is_local,
               awaits_approval = excluded.awaits_approval, account = excluded.account,
               taken_at = excluded.taken_at
             where excluded.taken_at >= context_snapshots.taken_at",
            )
            .bind(&account.id)
            .bind(account.acct().to_lowercase())
            .bind(account.domain.as_ref().map(|domain| domain.to_lowercase()))
            .bind(account.is_local())
            .bind(account.is_local() && account.state.approved == Some(false))
            .bind(account)
            .bind(at)
        )?;
        Ok(rows == 1)
    }

    /// An account as last seen.
    pub async fn account(&mut self, id: &AccountId) -> Result<Option<Account>, DbError> {
        on!(self, conn => sqlx::query_scalar(
            "select account from context_snapshots where account_id = $1",
        )
        .bind(id)
        .fetch_optional(conn)
        .await)
    }

    /// An account by `user` or `user@domain` in upper or lower case, as last seen. A handle that
    /// was given away means the account that had it last.
    pub async fn account_by_handle(&mut self, acct: &str) -> Result<Option<Account>, DbError> {
        on!(self, conn => sqlx::query_scalar(
            "select account from context_snapshots where acct = $1
             order by taken_at desc, account_id desc limit 1",
        )
        .bind(acct.to_lowercase())
        .fetch_optional(conn)
        .await)
    }

    /// Local accounts that waited for approval when last seen, in the order of their ids.
    pub async fn pending_sign_ups(&mut self, limit: i64) -> Result<Vec<AccountId>, DbError> {
        on!(self, conn => sqlx::query_scalar(
            "select account_id from context_snapshots where awaits_approval
             order by length(account_id), account_id limit $1",
        )
        .bind(limit)
        .fetch_all(conn)
        .await)
    }

    /// The highest id of a local account that we know: how far back reconciliation has to walk.
    pub async fn highest_account_id(&mut self) -> Result<Option<AccountId>, DbError> {
        on!(self, conn => sqlx::query_scalar(
            "select account_id from context_snapshots where is_local
             order by length(account_id) desc, account_id desc limit 1",
        )
        .fetch_optional(conn)
        .await)
    }
}
