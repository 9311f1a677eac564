//! Asked back, and the answer: what a confirmation holds, and what confirming does.

use rand::Rng;
use rand::distr::slice::Choose;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::error::{Halt, Halted, Internal, Refused};
use super::handle::Request;
use super::inbound::{Answer, AnswerKind, Button, Platform, Reply};
use super::plan::Plan;
use super::unit::Unit;
use crate::command::{self, Cancelled};
use crate::db::Json;
use crate::db::confirmations::{Confirmation, TakenConfirmation};
use crate::domain::{CaseId, Moderator};

/// Letters and digits that cannot be mistaken for one another, for tokens that people type.
const TOKEN_LETTERS: &[char] = &[
    'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'k', 'm', 'n', 'p', 'q', 'r', 's', 't', 'u', 'v', 'w',
    'x', 'y', 'z', '2', '3', '4', '5', '6', '7', '8', '9',
];

/// 12 letters of 30: 58 bits, for a question that lives for minutes and is bound to its asker.
const TOKEN_LENGTH: usize = 12;

/// What waits for a yes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "pending", rename_all = "snake_case")]
pub(super) enum Pending {
    /// Operations.
    Plan {
        /// As planned when it was asked.
        plan: Plan,
    },
    /// Claiming cases that somebody else has.
    TakeOver {
        /// Which.
        cases: Vec<CaseId>,
    },
}

impl Unit<'_> {
    /// Asks back: stores what waits, and answers with the token.
    pub(super) async fn ask(
        &mut self,
        moderator: &Moderator,
        request: Request<'_>,
        pending: &Pending,
        text: String,
    ) -> Halted<Reply> {
        let place = request.place.platform;
        let answer = self
            .question(moderator, (request.hash, place), pending, text)
            .await?;
        Ok(Reply::Private(answer))
    }

    /// The question itself, for answers that come later as well.
    pub(super) async fn question(
        &mut self,
        moderator: &Moderator,
        (request_hash, place): (&str, Platform),
        pending: &Pending,
        text: String,
    ) -> Halted<Answer> {
        let token = new_token();
        let confirmation = Confirmation {
            token_hash: token_hash(&token),
            request_hash: request_hash.to_owned(),
            moderator: moderator.name.clone(),
            place: place.word().to_owned(),
            payload: Json(serde_json::to_value(pending).unwrap_or_default()),
            expires_at: self.now + self.rules.confirm_within,
        };
        self.tx.add_confirmation(&confirmation).await?;
        let buttons = vec![
            Button {
                label: "Confirm".to_owned(),
                key: command::confirm_key(&token),
            },
            Button {
                label: "Cancel".to_owned(),
                key: command::cancel_key(&token),
            },
        ];
        Ok(Answer {
            kind: AnswerKind::Confirm,
            text,
            operation: None,
            confirm_token: Some(token),
            buttons,
        })
    }

    /// `confirm TOKEN`: takes what waits, checks every right again, and does it. Its asker may
    /// confirm from any place they are known at: ask in the chat, confirm in the room.
    pub(super) async fn confirm(
        &mut self,
        moderator: &Moderator,
        request: Request<'_>,
        token: &str,
    ) -> Halted<Reply> {
        match self.take(moderator, token).await? {
            Pending::TakeOver { cases } => self.claim(moderator, request, &cases, true).await,
            Pending::Plan { plan } => {
                super::people::not_stopped(moderator, &self.standing)?;
                let grant = self.recheck(&plan, &moderator.name).await?;
                self.commit(moderator, &grant, plan, true).await
            }
        }
    }

    /// `cancel`: a question, or an operation that was not sent yet.
    pub(super) async fn cancel(
        &mut self,
        moderator: &Moderator,
        cancelled: &Cancelled,
    ) -> Halted<Reply> {
        match cancelled {
            Cancelled::Operation(operation) => self.cancel_operation(moderator, *operation).await,
            Cancelled::Token(token) => {
                self.take(moderator, token).await?;
                let text = "Cancelled. Nothing was done.";
                Ok(Reply::Private(Answer::text(AnswerKind::Done, text)))
            }
        }
    }

    async fn take(&mut self, moderator: &Moderator, token: &str) -> Halted<Pending> {
        let outcome = self
            .tx
            .take_confirmation(&token_hash(token), &moderator.name, None, self.now)
            .await?;
        let refuse = |text: &str| Err(Halt::Refused(Refused::new(text)));
        match outcome {
            TakenConfirmation::Ok(confirmation) => serde_json::from_value(confirmation.payload.0)
                .map_err(|error| {
                    Halt::Internal(Internal::Unreadable {
                        what: "question",
                        why: error.to_string(),
                    })
                }),
            TakenConfirmation::Used => refuse("That was answered already. Nothing more was done."),
            TakenConfirmation::Expired => {
                refuse("That question is too old. Nothing was done: ask again.")
            }
            TakenConfirmation::Unknown | TakenConfirmation::NotYours => {
                refuse("There is no such question of yours. Nothing was done: ask again.")
            }
        }
    }
}

fn new_token() -> String {
    let Ok(letters) = Choose::new(TOKEN_LETTERS) else {
        return String::new();
    };
    rand::rng()
        .sample_iter(letters)
        .take(TOKEN_LENGTH)
        .collect()
}

fn token_hash(token: &str) -> String {
    hex::encode(Sha256::digest(token.trim().to_lowercase().as_bytes()))
}
