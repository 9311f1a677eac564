//! The audit log in the database: appended under the lock of its head, with the personal texts
//! beside it (invariant 12). The chain itself is `domain::audit`.

use std::collections::BTreeMap;

use rand::RngCore;
use sqlx::AssertSqlSafe;

use super::codec::from_row;
use super::tx::{on, wrote};
use super::{DbError, Tx};
use crate::domain::CaseId;
use crate::domain::audit::{Anchor, Entry, Filed, NewEntry, Row, SaltedText, chain};

/// Which entries a list shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// Only those whose personal text `subject` reads exactly so (`@user@domain`).
    pub subject: Option<String>,
    /// Only those of one actor.
    pub actor: Option<String>,
    /// Only those of one case.
    pub case: Option<CaseId>,
    /// At most this many.
    pub limit: i64,
}

/// An entry as people read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRow {
    /// The entry.
    pub entry: Entry,
    /// Its personal texts by name; erased ones are missing.
    pub texts: BTreeMap<String, String>,
    /// The hash of the entry before.
    pub prev_hash: String,
    /// Its own hash.
    pub hash: String,
}

/// One personal text and the entry that it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditText {
    /// The entry's place.
    pub seq: i64,
    /// The text's name.
    pub name: String,
    /// The salt of its commitment, in hex.
    pub salt: String,
    /// The text.
    pub text: String,
}

from_row!(Row {
    seq,
    entry,
    prev_hash,
    hash
});
from_row!(Anchor { seq, hash });
from_row!(Filed {
    seq,
    actor,
    verb,
    case_id
});
from_row!(AuditText {
    seq,
    name,
    salt,
    text
});

const MATCHES: &str = "($1 is null or exists (
      select 1 from audit_texts
      where audit_texts.seq = audit_log.seq and audit_texts.name = 'subject'
        and audit_texts.text = $1))
  and ($2 is null or actor = $2) and ($3 is null or case_id = $3)";

impl Tx {
    /// Appends entries. The last statement of a write: it locks the log's head until the commit,
    /// which is what puts concurrent writers in a row.
    pub async fn append(&mut self, new: &[NewEntry]) -> Result<(), DbError> {
        if new.is_empty() {
            return Ok(());
        }
        // An update that changes nothing takes the row lock on both databases.
        let mut head: Anchor = on!(self, conn => sqlx::query_as(
            "update audit_head set seq = seq where id = 1 returning seq, hash",
        )
        .fetch_one(conn)
        .await)?;
        for entry in new {
            head = self.append_one(entry, &head).await?;
        }
        wrote!(
            self,
            sqlx::query("update audit_head set seq = $1, hash = $2 where id = 1")
                .bind(head.seq)
                .bind(&head.hash)
        )?;
        Ok(())
    }

    async fn append_one(&mut self, new: &NewEntry, head: &Anchor) -> Result<Anchor, DbError> {
        let seq = head.seq + 1;
        let texts: BTreeMap<String, SaltedText> = new
            .texts
            .iter()
            .map(|(name, text)| (name.clone(), salted(text)))
            .collect();
        let entry = Entry::place(new, seq, &texts).canonical();
        let hash = chain(&head.hash, &entry);
        wrote!(
            self,
            sqlx::query(
                "insert into audit_log (seq, entry, prev_hash, hash, actor, verb, case_id)
             values ($1, $2, $3, $4, $5, $6, $7)",
            )
            .bind(seq)
            .bind(&entry)
            .bind(&head.hash)
            .bind(&hash)
            .bind(&new.actor)
            .bind(&new.verb)
            .bind(new.case)
        )?;
        for (name, salted) in &texts {
            wrote!(
                self,
                sqlx::query(
                    "insert into audit_texts (seq, name, salt, text) values ($1, $2, $3, $4)",
                )
                .bind(seq)
                .bind(name)
                .bind(&salted.salt)
                .bind(&salted.text)
            )?;
        }
        Ok(Anchor { seq, hash })
    }

    /// Where the log ends; place 0 before the first entry.
    pub async fn head(&mut self) -> Result<Anchor, DbError> {
        on!(self, conn => sqlx::query_as("select seq, hash from audit_head where id = 1")
            .fetch_one(conn)
            .await)
    }

    /// Entries after a place, oldest first.
    pub async fn entries(
        &mut self,
        after: i64,
        filter: &AuditFilter,
    ) -> Result<Vec<AuditRow>, DbError> {
        let sql = format!(
            "select seq, entry, prev_hash, hash from audit_log
             where {MATCHES} and seq > $5 order by seq limit $4"
        );
        self.matching(sql, filter, after).await
    }

    /// The last entries, newest first.
    pub async fn latest_entries(&mut self, filter: &AuditFilter) -> Result<Vec<AuditRow>, DbError> {
        let sql = format!(
            "select seq, entry, prev_hash, hash from audit_log
             where {MATCHES} and seq > $5 order by seq desc limit $4"
        );
        self.matching(sql, filter, 0).await
    }

    async fn matching(
        &mut self,
        sql: String,
        filter: &AuditFilter,
        after: i64,
    ) -> Result<Vec<AuditRow>, DbError> {
        let rows: Vec<Row> = on!(self, conn => sqlx::query_as(AssertSqlSafe(sql))
            .bind(&filter.subject)
            .bind(&filter.actor)
            .bind(filter.case)
            .bind(filter.limit)
            .bind(after)
            .fetch_all(conn)
            .await)?;
        let mut found = Vec::with_capacity(rows.len());
        for row in rows {
            let entry = serde_json::from_str(&row.entry)
                .map_err(|error| sqlx::Error::Decode(error.into()))?;
            let texts = self.texts(row.seq, row.seq).await?;
            found.push(AuditRow {
                entry,
                texts: texts
                    .into_iter()
                    .map(|text| (text.name, text.text))
                    .collect(),
                prev_hash: row.prev_hash,
                hash: row.hash,
            });
        }
        Ok(found)
    }

    /// The log as it is stored, after a place, for verifying it.
    pub async fn rows(&mut self, after: i64, limit: i64) -> Result<Vec<Row>, DbError> {
        on!(self, conn => sqlx::query_as(
            "select seq, entry, prev_hash, hash from audit_log where seq > $1
             order by seq limit $2",
        )
        .bind(after)
        .bind(limit)
        .fetch_all(conn)
        .await)
    }

    /// What the entries from one place to another, both included, are looked up by.
    pub async fn filed(&mut self, from: i64, to: i64) -> Result<Vec<Filed>, DbError> {
        on!(self, conn => sqlx::query_as(
            "select seq, actor, verb, case_id from audit_log where seq between $1 and $2
             order by seq",
        )
        .bind(from)
        .bind(to)
        .fetch_all(conn)
        .await)
    }

    /// The personal texts of the entries from one place to another, both included.
    pub async fn texts(&mut self, from: i64, to: i64) -> Result<Vec<AuditText>, DbError> {
        on!(self, conn => sqlx::query_as(
            "select seq, name, salt, text from audit_texts where seq between $1 and $2
             order by seq, name",
        )
        .bind(from)
        .bind(to)
        .fetch_all(conn)
        .await)
    }
}

fn salted(text: &str) -> SaltedText {
    let mut salt = [0; 16];
    rand::rng().fill_bytes(&mut salt);
    SaltedText {
        salt: hex::encode(salt),
        text: text.to_owned(),
    }
}
