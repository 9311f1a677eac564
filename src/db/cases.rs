//! Cases: the work itself. Every write of a case names the version that it was decided on.

use chrono::{DateTime, Utc};
use sqlx::AssertSqlSafe;

use super::codec::from_row;
use super::tx::{list, on, wrote};
use super::{DbError, Tx};
use crate::domain::case_view::EarlierCase;
use crate::domain::{Case, CaseId, CaseKind, CaseState, DomainName, ModeratorName, Target};

/// Which cases a list shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CaseFilter {
    /// Which ones by state.
    pub states: CaseStates,
    /// Only those of one claimant.
    pub claimed_by: Option<ModeratorName>,
    /// Only those of one kind.
    pub kind: Option<CaseKind>,
    /// The last case of the page before: when it was opened, and its number.
    pub before: Option<(DateTime<Utc>, CaseId)>,
    /// At most this many.
    pub limit: i64,
}

/// Cases by state.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum CaseStates {
    /// Every case.
    All,
    /// Open and claimed ones.
    #[default]
    Unresolved,
    /// Those in one of these states.
    Only(Vec<CaseState>),
}

impl CaseStates {
    fn words(&self) -> Vec<CaseState> {
        match self {
            Self::All => vec![CaseState::Open, CaseState::Claimed, CaseState::Resolved],
            Self::Unresolved => vec![CaseState::Open, CaseState::Claimed],
            Self::Only(states) => states.clone(),
        }
    }
}

from_row!(Case {
    id,
    kind,
    target,
    target_text,
    state,
    severity,
    version,
    claimed_by,
    opened_at,
    claimed_at,
    claim_expires_at,
    due_at,
    resolved_at,
    resolution,
});
from_row!(EarlierCase {
    id,
    resolved_at,
    resolution
});

impl Tx {
    /// Opens a case as version 1; its number and version in `case` do not count. When another
    /// transaction has just opened one on the same target, this one is run again and finds it.
    pub async fn add_case(&mut self, case: &Case) -> Result<CaseId, DbError> {
        let id: Option<CaseId> = on!(self, conn => sqlx::query_scalar(
            "insert into cases (kind, target, target_text, state, severity, version, claimed_by,
               opened_at, claimed_at, claim_expires_at, due_at, resolved_at, resolution)
             values ($1, $2, $3, $4, $5, 1, $6, $7, $8, $9, $10, $11, $12)
             on conflict do nothing returning id",
        )
        .bind(case.kind)
        .bind(&case.target)
        .bind(&case.target_text)
        .bind(case.state)
        .bind(case.severity)
        .bind(&case.claimed_by)
        .bind(case.opened_at)
        .bind(case.claimed_at)
        .bind(case.claim_expires_at)
        .bind(case.due_at)
        .bind(case.resolved_at)
        .bind(&case.resolution)
        .fetch_optional(conn)
        .await)?;
        let id = id.ok_or_else(|| self.lost_race())?;
        self.record_change(id);
        Ok(id)
    }

    /// One case.
    pub async fn case(&mut self, id: CaseId) -> Result<Option<Case>, DbError> {
        on!(self, conn => sqlx::query_as("select * from cases where id = $1")
            .bind(id)
            .fetch_optional(conn)
            .await)
    }

    /// The case on `target` that is not resolved; there is at most one.
    pub async fn unresolved_case_on(&mut self, target: &Target) -> Result<Option<Case>, DbError> {
        on!(self, conn => sqlx::query_as(
            "select * from cases where target = $1 and state <> 'resolved'",
        )
        .bind(target)
        .fetch_optional(conn)
        .await)
    }

    /// Writes a case as the next version. False when it is not at `case.version` any more: the
    /// caller loads it and decides again. Reopening a case while another one on the target is
    /// unresolved is an error: that is decided before.
    pub async fn save_case(&mut self, case: &Case) -> Result<bool, DbError> {
        let rows = wrote!(
            self,
            sqlx::query(
                "update cases
             set kind = $3, target = $4, target_text = $5, state = $6, severity = $7,
               claimed_by = $8, claimed_at = $9, claim_expires_at = $10, due_at = $11,
               resolved_at = $12, resolution = $13, version = version + 1
             where id = $1 and version = $2",
            )
            .bind(case.id)
            .bind(case.version)
            .bind(case.kind)
            .bind(&case.target)
            .bind(&case.target_text)
            .bind(case.state)
            .bind(case.severity)
            .bind(&case.claimed_by)
            .bind(case.claimed_at)
            .bind(case.claim_expires_at)
            .bind(case.due_at)
            .bind(case.resolved_at)
            .bind(&case.resolution)
        )?;
        self.record_change(case.id);
        Ok(rows == 1)
    }

    /// Cases, newest first.
    pub async fn cases(&mut self, filter: &CaseFilter) -> Result<Vec<Case>, DbError> {
        let states = filter.states.words();
        let sql = format!(
            "select * from cases
             where ($1 is null or claimed_by = $1) and ($2 is null or kind = $2)
               and ($3 is null or (opened_at, id) < ($3, $4)) and state in {}
             order by opened_at desc, id desc limit $5",
            list(6, states.len())
        );
        let (opened_at, id) = filter.before.unzip();
        on!(self, conn => {
            let mut query = sqlx::query_as(AssertSqlSafe(sql))
                .bind(&filter.claimed_by)
                .bind(filter.kind)
                .bind(opened_at)
                .bind(id)
                .bind(filter.limit);
            for state in states {
                query = query.bind(state);
            }
            query.fetch_all(conn).await
        })
    }

    /// Other cases on a target in one line each, newest first.
    pub async fn earlier_cases(
        &mut self,
        target: &Target,
        but: CaseId,
        limit: i64,
    ) -> Result<Vec<EarlierCase>, DbError> {
        on!(self, conn => sqlx::query_as(
            "select id, resolved_at, resolution from cases where target = $1 and id <> $2
             order by id desc limit $3",
        )
        .bind(target)
        .bind(but)
        .bind(limit)
        .fetch_all(conn)
        .await)
    }

    /// The latest case whose target reads so (`@user@domain`), in upper or lower case.
    pub async fn latest_case_with_text(
        &mut self,
        target_text: &str,
    ) -> Result<Option<Case>, DbError> {
        on!(self, conn => sqlx::query_as(
            "select * from cases where lower(target_text) = $1 order by id desc limit 1",
        )
        .bind(target_text.to_ascii_lowercase())
        .fetch_optional(conn)
        .await)
    }

    /// The newest cases on accounts of a remote domain, in any state.
    pub async fn cases_on_domain(
        &mut self,
        domain: &DomainName,
        limit: i64,
    ) -> Result<Vec<Case>, DbError> {
        on!(self, conn => sqlx::query_as(
            "select cases.* from cases
             join context_snapshots on cases.target = 'account:' || context_snapshots.account_id
             where context_snapshots.domain = $1
             order by cases.opened_at desc, cases.id desc limit $2",
        )
        .bind(domain.as_str())
        .bind(limit)
        .fetch_all(conn)
        .await)
    }

    /// How many cases are in which state.
    pub async fn case_counts(&mut self) -> Result<Vec<(CaseState, i64)>, DbError> {
        on!(self, conn => sqlx::query_as(
            "select state, count(*) from cases group by state order by state",
        )
        .fetch_all(conn)
        .await)
    }

    /// Cases whose claim has run out, longest ago first.
    pub async fn claims_to_expire(
        &mut self,
        now: DateTime<Utc>,
        limit: i64,
    ) -> Result<Vec<CaseId>, DbError> {
        on!(self, conn => sqlx::query_scalar(
            "select id from cases where state = 'claimed' and claim_expires_at <= $1
             order by claim_expires_at, id limit $2",
        )
        .bind(now)
        .bind(limit)
        .fetch_all(conn)
        .await)
    }
}
