//! The steps of an operation: what was sent is committed before it is sent (invariant 5).

use super::codec::from_row;
use super::tx::{on, wrote};
use super::{DbError, Tx};
use crate::domain::OperationId;
use crate::domain::operation::Step;

from_row!(Step {
    n,
    call,
    sent_at,
    answer
});

impl Tx {
    /// The steps of an operation, in order.
    pub async fn steps(&mut self, operation: OperationId) -> Result<Vec<Step>, DbError> {
        on!(self, conn => sqlx::query_as(
            "select n, call, sent_at, answer from operation_steps where operation_id = $1
             order by n",
        )
        .bind(operation)
        .fetch_all(conn)
        .await)
    }

    /// Writes one step. False when another worker took the operation since `fence`: then nothing
    /// is written, and nothing may be sent.
    pub async fn save_step(
        &mut self,
        operation: OperationId,
        step: &Step,
        fence: i64,
    ) -> Result<bool, DbError> {
        // The update locks the operation's row, so the fence holds until the commit.
        let held = wrote!(
            self,
            sqlx::query("update operations set fence = fence where id = $1 and fence = $2",)
                .bind(operation)
                .bind(fence)
        )?;
        if held == 0 {
            return Ok(false);
        }
        wrote!(
            self,
            sqlx::query(
                "insert into operation_steps (operation_id, n, call, sent_at, answer)
             values ($1, $2, $3, $4, $5)
             on conflict (operation_id, n) do update
             set call = excluded.call, sent_at = excluded.sent_at, answer = excluded.answer",
            )
            .bind(operation)
            .bind(step.n)
            .bind(&step.call)
            .bind(step.sent_at)
            .bind(&step.answer)
        )?;
        Ok(true)
    }
}
