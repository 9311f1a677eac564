//! Operations: intended changes of the server. Unfinished ones hold their fingerprint alone, and
//! only the worker that holds the fence writes them (invariant 5).

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::AssertSqlSafe;

use super::codec::from_row;
use super::tx::{list, on, wrote};
use super::{DbError, Tx};
use crate::domain::{
    CaseId, ModeratorName, Operation, OperationId, OperationState, Outcome, Target,
};

/// What became of an operation to store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddedOperation {
    /// Stored.
    New(OperationId),
    /// The same one is under way: this is it.
    Taken(OperationId),
}

/// What the desk changes about an operation before it is sent; `None` leaves things as they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperationChange {
    /// The new state.
    pub state: OperationState,
    /// The second person.
    pub seconded_by: Option<ModeratorName>,
    /// When the hold ends.
    pub hold_until: Option<DateTime<Utc>>,
    /// When the worker looks at it next.
    pub due_at: Option<DateTime<Utc>>,
    /// What became of it.
    pub outcome: Option<Outcome>,
    /// When it ended.
    pub done_at: Option<DateTime<Utc>>,
}

impl OperationChange {
    /// A change of the state alone.
    pub fn to(state: OperationState) -> Self {
        Self {
            state,
            seconded_by: None,
            hold_until: None,
            due_at: None,
            outcome: None,
            done_at: None,
        }
    }
}

from_row!(Operation {
    id,
    batch,
    case_id,
    actor,
    request,
    state,
    dry_run,
    seconded_by,
    hold_until,
    due_at,
    fence,
    outcome,
    inverse,
    undone_by,
    proposed_at,
    done_at,
    ends_at,
});

impl Tx {
    /// Stores an operation; its number and fence do not count. Of two equal unfinished operations
    /// only the first is stored; a dry run takes no fingerprint.
    pub async fn add_operation(&mut self, new: &Operation) -> Result<AddedOperation, DbError> {
        let request = &new.request;
        let fingerprint = (!new.dry_run).then(|| request.fingerprint());
        let id: Option<OperationId> = on!(self, conn => sqlx::query_scalar(
            "insert into operations (batch, case_id, command, actor, target, request, fingerprint,
               state, tier, dry_run, seconded_by, hold_until, due_at, fence, outcome, inverse,
               undone_by, proposed_at, done_at, ends_at, time_is_up)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 0, $14, $15, $16, $17,
               $18, $19, false)
             on conflict do nothing returning id",
        )
        .bind(new.batch)
        .bind(new.case_id)
        .bind(request.verb.word())
        .bind(&new.actor)
        .bind(&request.target)
        .bind(request)
        .bind(&fingerprint)
        .bind(new.state)
        .bind(request.verb.tier())
        .bind(new.dry_run)
        .bind(&new.seconded_by)
        .bind(new.hold_until)
        .bind(new.due_at)
        .bind(&new.outcome)
        .bind(&new.inverse)
        .bind(new.undone_by)
        .bind(new.proposed_at)
        .bind(new.done_at)
        .bind(new.ends_at)
        .fetch_optional(conn)
        .await)?;
        if let Some(id) = id {
            self.operation_changed(new.case_id);
            return Ok(AddedOperation::New(id));
        }
        let holder: Option<OperationId> = on!(self, conn => sqlx::query_scalar(
            "select id from operations where fingerprint = $1
               and state not in ('done', 'refused', 'cancelled', 'expired')",
        )
        .bind(&fingerprint)
        .fetch_optional(conn)
        .await)?;
        // The holder may have ended between the two statements.
        holder
            .map(AddedOperation::Taken)
            .ok_or_else(|| self.lost_race())
    }

    /// One operation.
    pub async fn operation(&mut self, id: OperationId) -> Result<Option<Operation>, DbError> {
        on!(self, conn => sqlx::query_as("select * from operations where id = $1")
            .bind(id)
            .fetch_optional(conn)
            .await)
    }

    /// The operations of a case, oldest first.
    pub async fn operations_of_case(&mut self, case: CaseId) -> Result<Vec<Operation>, DbError> {
        on!(self, conn => sqlx::query_as("select * from operations where case_id = $1 order by id")
            .bind(case)
            .fetch_all(conn)
            .await)
    }

    /// The operations on a target that belong to no case, newest first.
    pub async fn operations_without_case(
        &mut self,
        target: &Target,
        limit: i64,
    ) -> Result<Vec<Operation>, DbError> {
        on!(self, conn => sqlx::query_as(
            "select * from operations where target = $1 and case_id is null
             order by id desc limit $2",
        )
        .bind(target)
        .bind(limit)
        .fetch_all(conn)
        .await)
    }

    /// The operations of a batch: the first one, by which it is named, and all that name it.
    pub async fn operations_of_batch(
        &mut self,
        first: OperationId,
    ) -> Result<Vec<Operation>, DbError> {
        on!(self, conn => sqlx::query_as(
            "select * from operations where id = $1 or batch = $1 order by id",
        )
        .bind(first)
        .fetch_all(conn)
        .await)
    }

    /// Operations that are not finished, oldest first; unsettled ones are among them.
    pub async fn unfinished_operations(&mut self, limit: i64) -> Result<Vec<Operation>, DbError> {
        on!(self, conn => sqlx::query_as(
            "select * from operations
             where state not in ('done', 'refused', 'cancelled', 'expired') order by id limit $1",
        )
        .bind(limit)
        .fetch_all(conn)
        .await)
    }

    /// The newest operations.
    pub async fn recent_operations(&mut self, limit: i64) -> Result<Vec<Operation>, DbError> {
        on!(self, conn => sqlx::query_as("select * from operations order by id desc limit $1")
            .bind(limit)
            .fetch_all(conn)
            .await)
    }

    /// Takes up the operation that has been due for longest: one whose hold is over, a ready one,
    /// or one that another worker left on its way.
    pub async fn claim_operation(
        &mut self,
        worker: &str,
        now: DateTime<Utc>,
        lease: TimeDelta,
    ) -> Result<Option<Operation>, DbError> {
        let skip_locked = self.skip_locked();
        let sql = format!(
            "update operations set leased_by = $1, leased_until = $3, fence = fence + 1
             where id = (
               select id from operations
               where state in ('held', 'ready', 'sending', 'checking') and due_at <= $2
                 and (state <> 'held' or hold_until is null or hold_until <= $2)
                 and (leased_until is null or leased_until <= $2)
               order by due_at, id limit 1 {skip_locked})
             returning *"
        );
        on!(self, conn => sqlx::query_as(AssertSqlSafe(sql))
            .bind(worker)
            .bind(now)
            .bind(now + lease)
            .fetch_optional(conn)
            .await)
    }

    /// Holds a claimed operation longer. False when another worker took it.
    pub async fn extend_operation_lease(
        &mut self,
        id: OperationId,
        fence: i64,
        until: DateTime<Utc>,
    ) -> Result<bool, DbError> {
        let rows = wrote!(
            self,
            sqlx::query("update operations set leased_until = $3 where id = $1 and fence = $2",)
                .bind(id)
                .bind(fence)
                .bind(until)
        )?;
        Ok(rows == 1)
    }

    /// Writes an operation back; the lease ends unless it is being sent. False when another worker
    /// took it, or the desk changed it, since `operation.fence`.
    pub async fn save_operation(&mut self, operation: &Operation) -> Result<bool, DbError> {
        let rows = wrote!(
            self,
            sqlx::query(
                "update operations
             set batch = $3, request = $4, state = $5, seconded_by = $6, hold_until = $7,
               due_at = $8, outcome = $9, inverse = $10, undone_by = $11, done_at = $12,
               ends_at = $13,
               leased_until = case when $5 = 'sending' then leased_until end
             where id = $1 and fence = $2",
            )
            .bind(operation.id)
            .bind(operation.fence)
            .bind(operation.batch)
            .bind(&operation.request)
            .bind(operation.state)
            .bind(&operation.seconded_by)
            .bind(operation.hold_until)
            .bind(operation.due_at)
            .bind(&operation.outcome)
            .bind(&operation.inverse)
            .bind(operation.undone_by)
            .bind(operation.done_at)
            .bind(operation.ends_at)
        )?;
        self.operation_changed(operation.case_id);
        Ok(rows == 1)
    }

    /// Cancels, seconds or expires an operation that is still in one of the states `from`. False
    /// when it is not: a call may be on its way by now. The fence grows, so a worker that had just
    /// taken it writes nothing any more.
    pub async fn change_operation_before_sending(
        &mut self,
        id: OperationId,
        from: &[OperationState],
        change: &OperationChange,
    ) -> Result<bool, DbError> {
        let sql = format!(
            "update operations
             set state = $2, seconded_by = coalesce($3, seconded_by),
               hold_until = coalesce($4, hold_until), due_at = coalesce($5, due_at),
               outcome = coalesce($6, outcome), done_at = coalesce($7, done_at),
               fence = fence + 1, leased_by = null, leased_until = null
             where id = $1 and state in {} returning case_id",
            list(8, from.len())
        );
        let changed: Option<Option<CaseId>> = on!(self, conn => {
            let mut query = sqlx::query_scalar(AssertSqlSafe(sql))
                .bind(id)
                .bind(change.state)
                .bind(&change.seconded_by)
                .bind(change.hold_until)
                .bind(change.due_at)
                .bind(&change.outcome)
                .bind(change.done_at);
            for state in from {
                query = query.bind(state);
            }
            query.fetch_optional(conn).await
        })?;
        self.operation_changed(changed.flatten());
        Ok(changed.is_some())
    }

    /// Makes an operation the first one of a batch, which it belongs to as the others do.
    pub async fn lead_batch(&mut self, id: OperationId) -> Result<(), DbError> {
        wrote!(
            self,
            sqlx::query("update operations set batch = id where id = $1").bind(id)
        )?;
        Ok(())
    }

    /// Writes down that `by` took an operation back. False when another one did before.
    pub async fn mark_undone(&mut self, id: OperationId, by: OperationId) -> Result<bool, DbError> {
        let rows = wrote!(
            self,
            sqlx::query(
                "update operations set undone_by = $2 where id = $1 and undone_by is null",
            )
            .bind(id)
            .bind(by)
        )?;
        Ok(rows == 1)
    }

    /// What a moderator asked for and was not sent yet, oldest first.
    pub async fn unsent_operations_of(
        &mut self,
        actor: &ModeratorName,
    ) -> Result<Vec<Operation>, DbError> {
        on!(self, conn => sqlx::query_as(
            "select * from operations
             where actor = $1 and state in ('waiting', 'held', 'ready') order by id",
        )
        .bind(actor)
        .fetch_all(conn)
        .await)
    }

    /// Carried-out timed operations whose time is up, that nobody took back and that
    /// [`Tx::mark_time_is_up`] has not marked; longest ago first.
    pub async fn timed_operations_due(
        &mut self,
        now: DateTime<Utc>,
        limit: i64,
    ) -> Result<Vec<Operation>, DbError> {
        on!(self, conn => sqlx::query_as(
            "select * from operations
             where ends_at <= $1 and state = 'done' and undone_by is null and not time_is_up
             order by ends_at, id limit $2",
        )
        .bind(now)
        .bind(limit)
        .fetch_all(conn)
        .await)
    }

    /// Marks that what follows from a timed operation's end was done. False when it was marked
    /// before: another process was faster.
    pub async fn mark_time_is_up(&mut self, id: OperationId) -> Result<bool, DbError> {
        let rows = wrote!(self, sqlx::query(
            "update operations set time_is_up = true where id = $1 and not time_is_up",
        )
        .bind(id))?;
        Ok(rows == 1)
    }

    /// Operations proposed before `before` of which nothing was sent, oldest first.
    pub async fn waiting_to_expire(
        &mut self,
        before: DateTime<Utc>,
        limit: i64,
    ) -> Result<Vec<OperationId>, DbError> {
        on!(self, conn => sqlx::query_scalar(
            "select id from operations
             where state in ('waiting', 'held', 'ready') and proposed_at <= $1
             order by id limit $2",
        )
        .bind(before)
        .bind(limit)
        .fetch_all(conn)
        .await)
    }

    fn operation_changed(&mut self, case: Option<CaseId>) {
        if let Some(case) = case {
            self.record_change(case);
        }
    }
}
