//! The front door: who asks, what they mean, whether it was answered before; then one transaction.
//!
//! A refusal rolls everything back and is recorded on its own. The same request id with the same
//! content gets the stored answer again; with other content it is refused.

use sha2::{Digest, Sha256};

use super::error::{Halt, Halted, Internal, Refused, sentence};
use super::inbound::{Answer, AnswerKind, Identity, Inbound, NoteInbound, Place, Platform, Reply};
use super::people;
use super::rules::{Person, Rules};
use super::unit::Unit;
use super::{Desk, words};
use crate::command::{self, Command, Stop};
use crate::db::Json;
use crate::db::requests::NewRequest;
use crate::domain::case::Seen;
use crate::domain::operation::Tier;
use crate::domain::{Actor, CaseId, Moderator};

/// How often a case may change under a command before it is given up.
pub(super) const CONTENTION_LIMIT: u32 = 8;

/// What somebody asked, understood.
#[derive(Debug, Clone)]
pub(super) enum Asked {
    /// A command, with what its presser saw.
    Command {
        command: Command,
        seen: Option<Seen>,
    },
    /// A note's life.
    Note(NoteInbound),
}

/// Everything about one request that its transaction needs.
#[derive(Debug, Clone, Copy)]
pub(super) struct Request<'a> {
    pub person: &'a Person,
    pub who: &'a Identity,
    pub place: &'a Place,
    pub id: &'a str,
    pub hash: &'a str,
}

impl Desk {
    /// Answers what a person did. Makes no network call.
    ///
    /// # Errors
    /// [`Internal`] when the database fails: the person sees a reference, the log the reason.
    pub async fn handle(
        &self,
        who: &Identity,
        place: &Place,
        request_id: &str,
        inbound: Inbound,
    ) -> Result<Reply, Internal> {
        let rules = self.rules();
        let Some(person) = rules.person(who) else {
            return Ok(stranger(place));
        };
        if let Inbound::Complete { prefix } = &inbound {
            return self.complete(&rules, prefix).await;
        }
        let hash = fingerprint(&inbound);
        let request = Request {
            person,
            who,
            place,
            id: request_id,
            hash: &hash,
        };
        let asked = match understand(inbound) {
            Ok(Understood::Asked(asked)) => asked,
            Ok(Understood::Form(form)) => return Ok(Reply::Form(form)),
            Ok(Understood::ToWhom(case)) => {
                return Ok(Reply::Private(words::to_whom(case, &rules, person)));
            }
            Err(text) => return Ok(Reply::Private(Answer::text(AnswerKind::Refused, text))),
        };
        for _ in 0..CONTENTION_LIMIT {
            match self.attempt(&rules, request, &asked).await {
                Err(Halt::Stale) => {}
                Err(Halt::Refused(refused)) => {
                    return self.refuse(&rules, request, &asked, refused).await;
                }
                Err(Halt::Internal(error)) => return Err(error),
                Ok(reply) => {
                    self.wake().cases_changed();
                    self.wake().replies.notify_one();
                    return Ok(reply);
                }
            }
        }
        Err(Internal::Contended(CONTENTION_LIMIT))
    }

    async fn attempt(&self, rules: &Rules, request: Request<'_>, asked: &Asked) -> Halted<Reply> {
        if let Asked::Command { command, .. } = asked
            && is_answered_from_the_database(command)
        {
            return self.read_only(rules, request, command).await;
        }
        let now = self.clock().now();
        self.db()
            .write(|mut tx| async move {
                let mut unit = Unit::begin(&mut tx, now, rules).await?;
                if let Some(stored) = unit.stored_answer(request).await? {
                    return Ok((tx, stored));
                }
                let moderator = unit.standing.moderator(request.person);
                let reply = unit.carry_out(&moderator, request, asked).await?;
                unit.remember(request, &reply).await?;
                unit.end().await?;
                Ok((tx, reply))
            })
            .await
    }

    async fn read_only(
        &self,
        rules: &Rules,
        request: Request<'_>,
        command: &Command,
    ) -> Halted<Reply> {
        let now = self.clock().now();
        self.db()
            .read(|mut tx| async move {
                let mut unit = Unit::begin(&mut tx, now, rules).await?;
                let moderator = unit.standing.moderator(request.person);
                people::grant(&moderator, command.permission(), rules)?;
                let text = unit.tell_about(&moderator, request.who, command).await?;
                Ok((tx, Reply::Private(Answer::text(AnswerKind::Done, text))))
            })
            .await
    }

    /// Records a refusal, so that a repeated request hears the same, and a missing right in the
    /// audit log.
    async fn refuse(
        &self,
        rules: &Rules,
        request: Request<'_>,
        asked: &Asked,
        refused: Refused,
    ) -> Result<Reply, Internal> {
        let now = self.clock().now();
        let reply = Reply::Private(Answer::text(AnswerKind::Refused, refused.text.clone()));
        let (refused, answer) = (&refused, &reply);
        let written: Halted<()> = self
            .db()
            .write(|mut tx| async move {
                let mut unit = Unit::begin(&mut tx, now, rules).await?;
                unit.remember(request, answer).await?;
                if let Some(denied) = &refused.denied {
                    let actor = Actor::Moderator(request.person.name.clone());
                    let mut entry = unit.entry(&actor, "authority.refused");
                    entry.detail = serde_json::json!({
                        "command": asked.word(),
                        "why": denied.to_string(),
                        "platform": request.place.platform,
                    });
                    unit.audit(entry);
                }
                unit.end().await?;
                Ok((tx, ()))
            })
            .await;
        match written {
            Ok(()) | Err(Halt::Refused(_) | Halt::Stale) => Ok(reply),
            Err(Halt::Internal(error)) => Err(error),
        }
    }

    async fn complete(&self, rules: &Rules, prefix: &str) -> Result<Reply, Internal> {
        let known = self.known(rules).await?;
        Ok(Reply::Completions {
            words: command::complete(prefix, &known),
        })
    }
}

impl Unit<'_> {
    async fn stored_answer(&mut self, request: Request<'_>) -> Halted<Option<Reply>> {
        let platform = request.who.platform.word();
        let stored = self
            .tx
            .request(platform, &request.who.id, request.id)
            .await?;
        let Some(stored) = stored else {
            return Ok(None);
        };
        if stored.command_hash != request.hash {
            return Err(Refused::new(
                "This request id was used for another command; nothing was done. Use a new id.",
            )
            .into());
        }
        serde_json::from_value(stored.answer.0)
            .map(Some)
            .map_err(|error| {
                Halt::Internal(Internal::Unreadable {
                    what: "answer",
                    why: error.to_string(),
                })
            })
    }

    /// Keeps the answer for a repeated request; not in a dry run, so that the same press counts
    /// once the dry run is over (invariant 8).
    async fn remember(&mut self, request: Request<'_>, reply: &Reply) -> Halted<()> {
        if self.standing.dry_run.is_some() {
            return Ok(());
        }
        let stored = NewRequest {
            platform: request.who.platform.word().to_owned(),
            identity: request.who.id.clone(),
            request_id: request.id.to_owned(),
            command_hash: request.hash.to_owned(),
            answer: Json(serde_json::to_value(reply).unwrap_or_default()),
            created_at: self.now,
        };
        self.tx.add_request(&stored).await?;
        Ok(())
    }

    async fn carry_out(
        &mut self,
        moderator: &Moderator,
        request: Request<'_>,
        asked: &Asked,
    ) -> Halted<Reply> {
        let (command, seen) = match asked {
            Asked::Note(note) => return self.note_inbound(moderator, note).await,
            Asked::Command { command, seen } => (command, seen.as_ref()),
        };
        // Who may lift a stop is a rule of its own (invariant 9).
        if !matches!(command, Command::Stop(Stop::Reset(_))) {
            people::grant(moderator, command.permission(), self.rules)?;
        }
        match command {
            Command::Claim { cases, take_over } => {
                self.claim(moderator, request, cases, *take_over).await
            }
            Command::Unclaim { cases } => self.unclaim(moderator, cases).await,
            Command::Assign { case, to } => self.assign(moderator, *case, to).await,
            Command::Note { case, text } => self.add_note(moderator, *case, text).await,
            Command::Act(act) => self.act(moderator, request, act, seen).await,
            Command::Block(block) => self.block_domain(moderator, request, block).await,
            Command::BlockEmailDomain { .. }
            | Command::UnblockEmailDomain { .. }
            | Command::BlockIp { .. }
            | Command::UnblockIp { .. } => self.block_other(moderator, request, command).await,
            Command::Stop(stop) => self.stop(moderator, stop).await,
            Command::DryRun { on, reason } => {
                self.switch_dry_run(moderator, *on, reason.as_deref()).await
            }
            Command::Settle {
                operation,
                done,
                reason,
            } => {
                self.settle(moderator, *operation, *done, reason.as_deref())
                    .await
            }
            Command::Offboard {
                moderator: name,
                reason,
            } => self.offboard(moderator, name, reason.as_deref()).await,
            Command::Confirm { token } => self.confirm(moderator, request, token).await,
            Command::Cancel(cancelled) => self.cancel(moderator, cancelled).await,
            Command::Second { operation } => self.second(moderator, *operation).await,
            Command::Undo { operation, reason } => {
                self.undo(moderator, request, *operation, reason.clone())
                    .await
            }
            Command::Lookup { .. } | Command::Domain { .. } | Command::Reveal { .. } => {
                self.ask_the_server(moderator, request, command).await
            }
            Command::Case { .. }
            | Command::Cases { .. }
            | Command::History { .. }
            | Command::Desk
            | Command::Whoami
            | Command::Help { .. } => {
                let text = self.tell_about(moderator, request.who, command).await?;
                Ok(Reply::Private(Answer::text(AnswerKind::Done, text)))
            }
        }
    }
}

impl Asked {
    fn word(&self) -> &'static str {
        match self {
            Self::Command { command, .. } => command.word(),
            Self::Note(_) => "note",
        }
    }
}

/// Reads that need nothing but the database write nothing, not even their answer.
fn is_answered_from_the_database(command: &Command) -> bool {
    command.tier() == Tier::Read
        && !matches!(command, Command::Lookup { .. } | Command::Domain { .. })
}

/// What an inbound turned out to be.
enum Understood {
    Asked(Asked),
    Form(super::inbound::Form),
    ToWhom(CaseId),
}

fn understand(inbound: Inbound) -> Result<Understood, String> {
    let plain = |error: command::ParseError| sentence(&error.to_string());
    let asked = match inbound {
        Inbound::Words { text, case } => Asked::Command {
            command: command::parse(&text, case).map_err(plain)?,
            seen: None,
        },
        Inbound::Press { key, seen } => {
            if let Some(form) = words::form(&key) {
                return Ok(Understood::Form(form));
            }
            if let Some(case) = command::parse_assign_key(&key) {
                return Ok(Understood::ToWhom(case));
            }
            Asked::Command {
                command: command::parse_press(&key).map_err(plain)?,
                seen,
            }
        }
        Inbound::Form { key, values, seen } => Asked::Command {
            command: command::parse_form(&key, &values).map_err(plain)?,
            seen,
        },
        Inbound::Note(note) => Asked::Note(note),
        Inbound::Complete { .. } => return Err("There is nothing to complete.".to_owned()),
    };
    Ok(Understood::Asked(asked))
}

/// Strangers learn nothing on other people's platforms, and get one sentence on our own.
fn stranger(place: &Place) -> Reply {
    match place.platform {
        Platform::Room | Platform::Api | Platform::Host => Reply::Private(Answer::text(
            AnswerKind::Refused,
            "You are not a moderator here. A lead adds people to the configuration.",
        )),
        _ => Reply::Nothing,
    }
}

fn fingerprint(inbound: &Inbound) -> String {
    let text = serde_json::to_vec(inbound).unwrap_or_default();
    hex::encode(Sha256::digest(text))
}
