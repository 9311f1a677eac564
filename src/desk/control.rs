//! What Wardroom itself may do: stop, dry run, offboarding.

use super::error::{Halt, Halted, Internal, Refused};
use super::handle::CONTENTION_LIMIT;
use super::inbound::{Answer, AnswerKind, Reply};
use super::people;
use super::rules::Rules;
use super::standing::{DRY_RUN, STOP_ALL, STOP_AUTOMATION, STOP_MODERATOR, Standing, StopNote};
use super::unit::Unit;
use super::{Desk, words};
use crate::command::{Stop, StopScope};
use crate::db::cases::CaseFilter;
use crate::domain::decide::Command;
use crate::domain::operation::{OperationState, Outcome};
use crate::domain::permission::{TargetFacts, authorize};
use crate::domain::{Actor, Moderator, ModeratorName, Permission};

/// What somebody with a shell on the host may do without being a moderator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HostCommand {
    /// Set or lift a stop.
    Stop(Stop),
    /// Switch the dry run.
    DryRun {
        /// On or off.
        on: bool,
    },
    /// End a moderator's access.
    Offboard {
        /// Whose.
        moderator: ModeratorName,
    },
}

impl Desk {
    /// Carries out what was asked on the host, or what a file on the host says, and says in words
    /// what it did.
    ///
    /// # Errors
    /// [`Refused`] inside `Ok` when it makes no sense; [`Internal`] is the database's.
    pub async fn on_host(
        &self,
        command: &HostCommand,
    ) -> Result<Result<String, Refused>, Internal> {
        let rules = self.rules();
        for _ in 0..CONTENTION_LIMIT {
            match self.try_on_host(&rules, command).await {
                Ok(text) => {
                    self.wake().cases_changed();
                    return Ok(Ok(text));
                }
                Err(Halt::Stale) => {}
                Err(Halt::Refused(refused)) => return Ok(Err(refused)),
                Err(Halt::Internal(error)) => return Err(error),
            }
        }
        Err(Internal::Contended(CONTENTION_LIMIT))
    }

    async fn try_on_host(&self, rules: &Rules, command: &HostCommand) -> Halted<String> {
        let now = self.clock().now();
        self.db()
            .write(|mut tx| async move {
                let mut unit = Unit::begin(&mut tx, now, rules).await?;
                let actor = Actor::Host;
                let text = match command {
                    HostCommand::Stop(stop) => unit.set_stop(&actor, stop).await?,
                    HostCommand::DryRun { on } => unit.set_dry_run(&actor, *on, None).await?,
                    HostCommand::Offboard { moderator } => {
                        unit.end_access(&actor, moderator, None).await?
                    }
                };
                unit.end().await?;
                Ok((tx, text))
            })
            .await
    }
}

impl Unit<'_> {
    /// `stop …` and `stop reset …`.
    pub(super) async fn stop(&mut self, moderator: &Moderator, stop: &Stop) -> Halted<Reply> {
        let actor = Actor::Moderator(moderator.name.clone());
        if let Stop::Reset(scope) = stop
            && let Some(reply) = self.ask_second_reset(moderator, scope).await?
        {
            return Ok(reply);
        }
        let text = self.set_stop(&actor, stop).await?;
        Ok(Reply::Private(Answer::text(AnswerKind::Done, text)))
    }

    /// A lead lifts a stop alone; of others it takes two who could have set it (invariant 9).
    async fn ask_second_reset(
        &mut self,
        moderator: &Moderator,
        scope: &StopScope,
    ) -> Halted<Option<Reply>> {
        let rules = self.rules;
        let may = |permission| {
            authorize(
                moderator,
                permission,
                &TargetFacts::default(),
                rules.policy.roles(),
            )
        };
        if may(Permission::StopOthers).is_ok() {
            return Ok(None);
        }
        may(Permission::StopAll)?;
        let Some(mut note) = stop_note(&self.standing, scope) else {
            return Err(Refused::new("That is not stopped.").into());
        };
        if let StopScope::Moderator(name) = scope
            && *name == moderator.name
        {
            return Err(Refused::new("You cannot lift a stop of your own; ask a lead.").into());
        }
        match &note.reset_asked_by {
            Some(first) if *first != moderator.name => Ok(None),
            _ => {
                note.reset_asked_by = Some(moderator.name.clone());
                let text = serde_json::to_string(&note).unwrap_or_default();
                self.tx.set_setting(&setting(scope), &text).await?;
                let mut entry = self.entry(
                    &Actor::Moderator(moderator.name.clone()),
                    "stop.reset-asked",
                );
                entry.detail = serde_json::json!({ "scope": scope });
                self.audit(entry);
                Ok(Some(Reply::Private(Answer::text(
                    AnswerKind::Second,
                    "Noted. A second moderator lifts it with the same command; a lead can alone.",
                ))))
            }
        }
    }

    async fn set_stop(&mut self, actor: &Actor, stop: &Stop) -> Halted<String> {
        let (scope, is_set) = match stop {
            Stop::Set(scope) => (scope, true),
            Stop::Reset(scope) => (scope, false),
        };
        if let StopScope::Moderator(name) = scope
            && self.rules.named(name.as_str()).is_none()
        {
            return Err(Refused::new(format!("There is no moderator {name}.")).into());
        }
        let key = setting(scope);
        let was = stop_note(&self.standing, scope);
        let text = match (is_set, was) {
            (true, Some(note)) => return Ok(format!("Stopped already, by {}.", note.by)),
            (false, None) => return Ok("That is not stopped.".to_owned()),
            (true, None) => {
                let note = StopNote {
                    by: actor.name(),
                    at: self.now,
                    reset_asked_by: None,
                };
                let note = serde_json::to_string(&note).unwrap_or_default();
                self.tx.set_setting(&key, &note).await?;
                words::stopped(scope)
            }
            (false, Some(_)) => {
                self.tx.delete_setting(&key).await?;
                "It goes on. Operations that waited less than an hour are carried out now."
                    .to_owned()
            }
        };
        let verb = if is_set { "stop.set" } else { "stop.reset" };
        let mut entry = self.entry(actor, verb);
        entry.detail = serde_json::json!({ "scope": scope });
        self.audit(entry);
        Ok(text)
    }

    /// `dry-run on|off`. What the configuration or the file sets, chat cannot switch off.
    pub(super) async fn switch_dry_run(
        &mut self,
        moderator: &Moderator,
        on: bool,
        reason: Option<&str>,
    ) -> Halted<Reply> {
        if !on && reason.is_none() {
            return Err(Refused::new("Say why: `dry-run off --reason \"…\"`.").into());
        }
        let actor = Actor::Moderator(moderator.name.clone());
        let text = self.set_dry_run(&actor, on, reason).await?;
        Ok(Reply::Private(Answer::text(AnswerKind::Done, text)))
    }

    async fn set_dry_run(
        &mut self,
        actor: &Actor,
        on: bool,
        reason: Option<&str>,
    ) -> Halted<String> {
        if on {
            self.tx.set_setting(DRY_RUN, "on").await?;
        } else {
            self.tx.delete_setting(DRY_RUN).await?;
        }
        let mut entry = self.entry(actor, if on { "dry-run.on" } else { "dry-run.off" });
        entry
            .texts
            .extend(reason.map(|reason| ("reason".to_owned(), reason.to_owned())));
        self.audit(entry);
        let left = Standing::load(self.tx, self.rules).await?.dry_run;
        Ok(match (on, left) {
            (true, _) => {
                "Dry run: nothing on the server is changed until `dry-run off`.".to_owned()
            }
            (false, None) => {
                "The dry run is over: commands change the server from now on.".to_owned()
            }
            (false, Some(why)) => format!(
                "It is still a dry run, because {why}. That can be changed on the host only."
            ),
        })
    }

    /// `offboard NAME`: their sessions end, their claims are given back, what they asked for and
    /// was not sent is cancelled.
    pub(super) async fn offboard(
        &mut self,
        moderator: &Moderator,
        name: &ModeratorName,
        reason: Option<&str>,
    ) -> Halted<Reply> {
        if *name == moderator.name {
            return Err(Refused::new("You cannot offboard yourself; another lead can.").into());
        }
        let Some(reason) = reason else {
            return Err(Refused::new("Say why: add --reason \"…\".").into());
        };
        people::grant(moderator, Permission::Offboard, self.rules)?;
        let actor = Actor::Moderator(moderator.name.clone());
        let text = self.end_access(&actor, name, Some(reason)).await?;
        Ok(Reply::Private(Answer::text(AnswerKind::Done, text)))
    }

    async fn end_access(
        &mut self,
        actor: &Actor,
        name: &ModeratorName,
        reason: Option<&str>,
    ) -> Halted<String> {
        let Some(person) = self.rules.named(name.as_str()) else {
            return Err(Refused::new(format!("There is no moderator {name}.")).into());
        };
        self.tx.offboard(name, &actor.name(), self.now).await?;
        self.tx.delete_sessions(name).await?;
        let mut released = 0;
        let theirs = CaseFilter {
            claimed_by: Some(name.clone()),
            limit: i64::MAX,
            ..CaseFilter::default()
        };
        for case in self.tx.cases(&theirs).await? {
            let context = self.context(Actor::Moderator(name.clone()), &case).await?;
            self.apply(&case, &Command::Unclaim, &context).await?;
            released += 1;
        }
        let mut cancelled = 0;
        for mut operation in self.tx.unsent_operations_of(name).await? {
            let by = ModeratorName(actor.name());
            let outcome = Outcome::Cancelled { by };
            if self
                .finish(&mut operation, OperationState::Cancelled, outcome)
                .await?
            {
                self.tell_ended(actor, &operation, Vec::new()).await?;
                cancelled += 1;
            }
        }
        let mut entry = self.entry(actor, "moderator.offboarded");
        entry.detail = serde_json::json!({ "moderator": name, "cases_released": released, "operations_cancelled": cancelled });
        entry
            .texts
            .extend(reason.map(|reason| ("reason".to_owned(), reason.to_owned())));
        self.audit(entry);
        Ok(words::offboarded(person, released, cancelled))
    }
}

fn setting(scope: &StopScope) -> String {
    match scope {
        StopScope::Automation => STOP_AUTOMATION.to_owned(),
        StopScope::All => STOP_ALL.to_owned(),
        StopScope::Moderator(name) => format!("{STOP_MODERATOR}{name}"),
    }
}

fn stop_note(standing: &Standing, scope: &StopScope) -> Option<StopNote> {
    match scope {
        StopScope::Automation => standing.stop_automation.clone(),
        StopScope::All => standing.stop_all.clone(),
        StopScope::Moderator(name) => standing.stopped.get(name).cloned(),
    }
}
