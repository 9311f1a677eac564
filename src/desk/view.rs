//! A case with everything a reader sees of it, loaded in one read.

use super::error::Internal;
use super::standing::Standing;
use super::{Desk, words};
use crate::db::Tx;
use crate::domain::{CaseId, CaseView, Target};

/// How many earlier cases a card counts at the most.
const EARLIER: i64 = 20;

impl Desk {
    /// The case as it is now.
    ///
    /// # Errors
    /// Only the database's.
    pub async fn view(&self, id: CaseId) -> Result<Option<CaseView>, Internal> {
        self.db()
            .read(|mut tx| async move {
                let view = load(&mut tx, id).await?;
                Ok((tx, view))
            })
            .await
    }
}

impl Desk {
    /// What everybody should know before they act: dry run, stops. Empty when all is as usual.
    ///
    /// # Errors
    /// Only the database's.
    pub async fn notices(&self) -> Result<Vec<String>, Internal> {
        let rules = self.rules();
        let rules = &*rules;
        let standing = self
            .db()
            .read(|mut tx| async move {
                let standing = Standing::load(&mut tx, rules).await?;
                Ok::<_, Internal>((tx, standing))
            })
            .await?;
        Ok(words::standing_lines(&standing))
    }
}

async fn load(tx: &mut Tx, id: CaseId) -> Result<Option<CaseView>, Internal> {
    let Some(case) = tx.case(id).await? else {
        return Ok(None);
    };
    let account = match &case.target {
        Target::Account(account) => tx.account(account).await?,
        _ => None,
    };
    let notes = tx.notes_of(id).await?;
    Ok(Some(CaseView {
        account,
        reports: tx.case_reports(id).await?,
        notes: notes
            .into_iter()
            .filter(|note| note.deleted_at.is_none())
            .collect(),
        operations: tx.operations_of_case(id).await?,
        timeline: tx.timeline(id).await?,
        earlier: tx.earlier_cases(&case.target, id, EARLIER).await?,
        case,
    }))
}
