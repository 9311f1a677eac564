//! Teaches sqlx the domain's types, for both databases at once: ids as numbers or text, words of
//! closed sets as text, and whole facts as JSON text. The domain itself knows no database.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::{Database, Decode, Encode, Type};

use super::cards::CardState;
use super::deliveries::DeliveryState;
use super::replies::ReplyState;
use super::threads::ThreadState;
use crate::domain::case::Resolution;
use crate::domain::moderator::Link;
use crate::domain::operation::{Inverse, Request, StepAnswer, Tier};
use crate::domain::{
    Account, AccountId, Actor, CaseId, CaseKind, CaseState, ChannelName, DeliveryId, Fact,
    ModeratorName, NoteId, OperationId, OperationState, Outcome, Report, ReportId, ServerCall,
    Severity, Target,
};

/// Implements sqlx's three traits for types that are stored as `$stored`: `$write` gives what is
/// written, `$read` makes the value of what is read.
macro_rules! stored_as {
    ($stored:ty, $write:expr, $read:expr => $($type:ty),+ $(,)?) => {$(
        impl<DB: Database> Type<DB> for $type
        where
            $stored: Type<DB>,
        {
            fn type_info() -> DB::TypeInfo {
                <$stored as Type<DB>>::type_info()
            }

            fn compatible(ty: &DB::TypeInfo) -> bool {
                <$stored as Type<DB>>::compatible(ty)
            }
        }

        impl<'q, DB: Database> Encode<'q, DB> for $type
        where
            $stored: Encode<'q, DB>,
        {
            fn encode_by_ref(&self, buf: &mut DB::ArgumentBuffer) -> Result<IsNull, BoxDynError> {
                let write: fn(&Self) -> Result<$stored, BoxDynError> = $write;
                write(self)?.encode(buf)
            }
        }

        impl<'r, DB: Database> Decode<'r, DB> for $type
        where
            $stored: Decode<'r, DB>,
        {
            fn decode(value: DB::ValueRef<'r>) -> Result<Self, BoxDynError> {
                let read: fn($stored) -> Result<Self, BoxDynError> = $read;
                read(<$stored as Decode<'r, DB>>::decode(value)?)
            }
        }
    )+};
}

stored_as!(i64, |id| Ok(id.0), |number| Ok(Self(number)) =>
    CaseId, OperationId, DeliveryId, NoteId, Severity);
stored_as!(String, |id| Ok(id.0.clone()), |text| Ok(Self(text)) =>
    AccountId, ReportId, ModeratorName, ChannelName);
stored_as!(String, |target| Ok(target.to_string()), |text| Ok(text.parse()?) => Target);
stored_as!(String, write_word, read_word =>
    CaseKind, CaseState, OperationState, Tier, DeliveryState, CardState, ThreadState, ReplyState);
stored_as!(String, write_json, read_json =>
    Resolution, Report, Account, Actor, Fact, Request, Outcome, Inverse, ServerCall, StepAnswer,
    Link, Json);

/// Any JSON, stored as text. (sqlx's own JSON type is jsonb on PostgreSQL, which refuses `\u0000`
/// and forgets the order of keys.)
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Json(pub serde_json::Value);

fn write_json<T: Serialize>(value: &T) -> Result<String, BoxDynError> {
    Ok(serde_json::to_string(value)?)
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "the shape that stored_as! calls"
)]
fn read_json<T: DeserializeOwned>(text: String) -> Result<T, BoxDynError> {
    Ok(serde_json::from_str(&text)?)
}

/// The word that serde has for a unit variant, without quotes.
fn write_word<T: Serialize>(value: &T) -> Result<String, BoxDynError> {
    match serde_json::to_value(value)? {
        serde_json::Value::String(word) => Ok(word),
        other => Err(format!("{other} is no word").into()),
    }
}

fn read_word<T: DeserializeOwned>(word: String) -> Result<T, BoxDynError> {
    Ok(serde_json::from_value(serde_json::Value::String(word))?)
}

/// Implements `FromRow` for both databases by field name: columns are named as fields are, and a
/// field that is missing here does not compile.
macro_rules! from_row {
    ($type:ident { $($field:ident),+ $(,)? }) => {
        $crate::db::codec::from_row!(@one $type, sqlx::sqlite::SqliteRow, $($field),+);
        $crate::db::codec::from_row!(@one $type, sqlx::postgres::PgRow, $($field),+);
    };
    (@one $type:ident, $row:ty, $($field:ident),+) => {
        impl sqlx::FromRow<'_, $row> for $type {
            fn from_row(row: &$row) -> sqlx::Result<Self> {
                use sqlx::Row;
                Ok(Self { $($field: row.try_get(stringify!($field))?),+ })
            }
        }
    };
}
pub(super) use from_row;
