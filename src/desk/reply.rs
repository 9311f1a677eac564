//! Questions that need the server: stored, answered by a worker, told to the asker once.

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Desk;
use super::confirm::Pending;
use super::error::{Halt, Halted, Internal, Refused};
use super::handle::{CONTENTION_LIMIT, Request};
use super::inbound::{Answer, AnswerKind, Identity, Reply};
use super::people;
use super::rules::Rules;
use super::unit::Unit;
use super::words;
use crate::command::{Command, Subject};
use crate::db::Json;
use crate::db::replies::NewReply;
use crate::domain::operation::AccountRef;
use crate::domain::{Account, Actor, DomainBlock, DomainName, Moderator, Permission};

/// What a worker shall read from the server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "question", rename_all = "snake_case")]
pub enum LiveQuestion {
    /// An account as it is now.
    Account {
        /// Which.
        account: AccountRef,
    },
    /// A domain: its block, and how many accounts and follows there are.
    Domain {
        /// Which.
        domain: DomainName,
    },
    /// What a domain command would touch.
    Impact {
        /// The plan that waits for confirmation, as the desk wrote it.
        plan: Value,
        /// Which domain.
        domain: DomainName,
    },
    /// E-mail and IP addresses of a local account.
    Personal {
        /// Whose.
        account: AccountRef,
    },
}

/// A question with its asker, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// Who hears the answer.
    pub asker: Identity,
    /// What was asked.
    pub question: LiveQuestion,
}

/// What the worker read.
#[derive(Debug)]
pub enum LiveAnswer {
    /// The account.
    Account(Box<Account>),
    /// The domain's block and counts by name (`accounts`, `followers`, `follows`, `reports`,
    /// `statuses`).
    Domain {
        /// The block of exactly this domain, if any.
        block: Option<DomainBlock>,
        /// Counts; empty where the token may not read them.
        counts: Vec<(String, i64)>,
    },
    /// The personal data, as lines to show once.
    Personal(Vec<(String, SecretString)>),
    /// There is no such account or domain on the server.
    NotFound,
    /// The server could not be asked, in words.
    Failed(String),
}

impl Desk {
    /// Takes what a worker read for a question, words the answer, and stores it for the asker.
    ///
    /// # Errors
    /// Only the database's; the question is asked again then.
    pub async fn answer(&self, id: i64, answer: &LiveAnswer) -> Result<(), Internal> {
        let rules = self.rules();
        for _ in 0..CONTENTION_LIMIT {
            match self.write_answer(&rules, id, answer).await {
                Ok(()) => {
                    self.wake().cases_changed();
                    self.wake().answers.notify_waiters();
                    return Ok(());
                }
                Err(Halt::Stale) => {}
                Err(Halt::Refused(refused)) => {
                    return Err(Internal::Unreadable {
                        what: "question",
                        why: refused.text,
                    });
                }
                Err(Halt::Internal(error)) => return Err(error),
            }
        }
        Err(Internal::Contended(CONTENTION_LIMIT))
    }

    async fn write_answer(&self, rules: &Rules, id: i64, answer: &LiveAnswer) -> Halted<()> {
        let now = self.clock().now();
        self.db()
            .write(|mut tx| async move {
                let mut unit = Unit::begin(&mut tx, now, rules).await?;
                if let Some(stored) = unit
                    .tx
                    .reply(id)
                    .await?
                    .filter(|reply| reply.body.is_none())
                {
                    let asked: Question = read_question(stored.request)?;
                    let worded = unit
                        .word_answer(&asked.asker, &asked.question, answer)
                        .await;
                    let answer = match worded {
                        Ok(answer) => answer,
                        Err(Halt::Refused(refused)) => {
                            Answer::text(AnswerKind::Refused, refused.text)
                        }
                        Err(halt) => return Err(halt),
                    };
                    let body = serde_json::to_string(&answer).unwrap_or_default();
                    unit.tx.finish_reply(id, &body).await?;
                }
                unit.end().await?;
                Ok((tx, ()))
            })
            .await
    }

    /// The answer to question `id`, if there is one by now. It is told to its asker only, and
    /// once: personal data do not stay in the database.
    ///
    /// # Errors
    /// Only the database's.
    pub async fn take_answer(&self, id: i64, who: &Identity) -> Result<Option<Answer>, Internal> {
        let taken: Halted<Option<Answer>> = self
            .db()
            .write(|mut tx| async move {
                let Some(stored) = tx.reply(id).await? else {
                    return Ok((tx, None));
                };
                let asked: Question = read_question(stored.request)?;
                let Some(body) = stored.body.filter(|_| asked.asker == *who) else {
                    return Ok((tx, None));
                };
                tx.delete_reply(id).await?;
                let answer = serde_json::from_str(&body).map_err(|error| unreadable(&error))?;
                Ok((tx, Some(answer)))
            })
            .await;
        match taken {
            Ok(answer) => Ok(answer),
            Err(Halt::Internal(error)) => Err(error),
            Err(Halt::Refused(_) | Halt::Stale) => Ok(None),
        }
    }
}

impl Unit<'_> {
    /// `lookup`, `domain` and `reveal`: the worker reads, the asker hears later.
    pub(super) async fn ask_the_server(
        &mut self,
        moderator: &Moderator,
        request: Request<'_>,
        command: &Command,
    ) -> Halted<Reply> {
        let question = match command {
            Command::Domain { domain } => LiveQuestion::Domain {
                domain: domain.clone(),
            },
            Command::Lookup { subject } => LiveQuestion::Account {
                account: self.account_of(subject).await?,
            },
            Command::Reveal { subject, reason } => {
                self.reveal(moderator, request, subject, reason.as_deref())
                    .await?
            }
            other => return Err(Refused::new(format!("`{}` asks nothing.", other.word())).into()),
        };
        self.later(request, &question).await
    }

    /// Stores a question.
    pub(super) async fn later(
        &mut self,
        request: Request<'_>,
        question: &LiveQuestion,
    ) -> Halted<Reply> {
        let asked = Question {
            asker: request.who.clone(),
            question: question.clone(),
        };
        let reply = NewReply {
            platform: request.place.platform.word().to_owned(),
            channel: request.place.channel.as_ref().map(ToString::to_string),
            request: Json(serde_json::to_value(asked).unwrap_or_default()),
            created_at: self.now,
        };
        Ok(Reply::Later {
            id: self.tx.add_reply(&reply).await?,
        })
    }

    async fn account_of(&mut self, subject: &Subject) -> Halted<AccountRef> {
        let found = self.find(subject).await?;
        found
            .reference
            .ok_or_else(|| Refused::new(format!("{} is about no account.", found.text)).into())
    }

    async fn reveal(
        &mut self,
        moderator: &Moderator,
        request: Request<'_>,
        subject: &Subject,
        reason: Option<&str>,
    ) -> Halted<LiveQuestion> {
        people::grant(moderator, Permission::Reveal, self.rules)?;
        let Some(reason) = reason else {
            return Err(Refused::new("Say why you need it: add --reason \"…\".").into());
        };
        if request.place.platform.is_third_party() {
            return Err(Refused::new(
                "E-mail and IP addresses are not shown in other people's chats. Ask in the room.",
            )
            .into());
        }
        let found = self.find(subject).await?;
        if found
            .account
            .as_ref()
            .is_some_and(|account| !account.is_local())
        {
            return Err(Refused::new(format!(
                "{} lives on another server: nobody here knows its e-mail or IP address.",
                found.text
            ))
            .into());
        }
        let Some(account) = found.reference else {
            return Err(Refused::new(format!("{} is about no account.", found.text)).into());
        };
        let mut entry = self.entry(
            &Actor::Moderator(moderator.name.clone()),
            "account.revealed",
        );
        entry.case = found.case.map(|case| case.id);
        entry.texts.insert("subject".to_owned(), found.text);
        entry.texts.insert("reason".to_owned(), reason.to_owned());
        self.audit(entry);
        Ok(LiveQuestion::Personal { account })
    }

    async fn word_answer(
        &mut self,
        who: &Identity,
        question: &LiveQuestion,
        answer: &LiveAnswer,
    ) -> Halted<Answer> {
        match (question, answer) {
            (LiveQuestion::Impact { plan, domain }, answer) => {
                self.ask_about_impact(who, plan, domain, answer).await
            }
            (_, LiveAnswer::NotFound) => {
                Err(Refused::new("The server does not know it. Check the spelling.").into())
            }
            (_, LiveAnswer::Failed(why)) => Err(Refused::new(words::not_asked(why)).into()),
            (_, LiveAnswer::Account(account)) => {
                self.tx.save_account(account, self.now).await?;
                let text = self.account_text(account).await?;
                Ok(Answer::text(AnswerKind::Done, text))
            }
            (LiveQuestion::Domain { domain }, LiveAnswer::Domain { block, counts }) => {
                let text = self.domain_text(domain, block.as_ref(), counts).await?;
                Ok(Answer::text(AnswerKind::Done, text))
            }
            (_, LiveAnswer::Personal(lines)) => {
                let lines: Vec<String> = lines
                    .iter()
                    .map(|(name, value)| format!("{name}: {}", value.expose_secret()))
                    .collect();
                Ok(Answer::text(AnswerKind::Done, lines.join("\n")))
            }
            (_, LiveAnswer::Domain { .. }) => {
                Err(Refused::new("The answer does not fit the question. Ask again.").into())
            }
        }
    }

    /// The preview of a domain command, and the question whether to go on. A server that does not
    /// answer leaves the impact unknown, and the question says so.
    async fn ask_about_impact(
        &mut self,
        who: &Identity,
        plan: &Value,
        domain: &DomainName,
        answer: &LiveAnswer,
    ) -> Halted<Answer> {
        let plan = serde_json::from_value(plan.clone()).map_err(|error| unreadable(&error))?;
        let Some(person) = self.rules.person(who) else {
            return Err(Refused::new("You are not a moderator here any more.").into());
        };
        let moderator = self.standing.moderator(person);
        let impact = match answer {
            LiveAnswer::Domain { block, counts } => {
                self.domain_text(domain, block.as_ref(), counts).await?
            }
            LiveAnswer::Failed(why) => format!("The impact is unknown: {why}"),
            _ => "The server knows nothing of this domain yet.".to_owned(),
        };
        let question = words::domain_question(&plan, &self.standing);
        let text = format!("{question}\n{impact}");
        self.question(
            &moderator,
            ("", who.platform),
            &Pending::Plan { plan },
            text,
        )
        .await
    }
}

fn read_question(stored: Json) -> Halted<Question> {
    serde_json::from_value(stored.0).map_err(|error| unreadable(&error))
}

fn unreadable(error: &serde_json::Error) -> Halt {
    Halt::Internal(Internal::Unreadable {
        what: "question",
        why: error.to_string(),
    })
}
