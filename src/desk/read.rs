//! Private answers to reading commands, in text that every platform can show.

use std::collections::BTreeMap;

use super::Desk;
use super::error::{Halted, Internal};
use super::inbound::Identity;
use super::rules::Rules;
use super::unit::Unit;
use super::words;
use crate::command::{self, Command, HistoryOf, Known, StateFilter};
use crate::db::cases::{CaseFilter, CaseStates};
use crate::domain::{
    Account, CaseId, CaseState, DomainBlock, DomainName, Moderator, OperationState, Target,
};

/// How many lines a listing holds; the room and the API page through all.
const LINES: i64 = 25;

/// How many names a completion looks through.
const COMPLETIONS: i64 = 200;

impl Desk {
    /// What a half-typed command can go on with.
    pub(super) async fn known(&self, rules: &Rules) -> Result<Known, Internal> {
        let cases = self
            .db()
            .read(|mut tx| async move {
                let filter = CaseFilter {
                    limit: COMPLETIONS,
                    ..CaseFilter::default()
                };
                let cases = tx.cases(&filter).await?;
                Ok::<_, Internal>((tx, cases))
            })
            .await?;
        Ok(Known {
            cases: cases.iter().map(|case| case.id).collect(),
            handles: cases.into_iter().map(|case| case.target_text).collect(),
            moderators: rules
                .people
                .iter()
                .map(|person| person.name.clone())
                .collect(),
            presets: rules
                .presets
                .iter()
                .map(|preset| preset.name.clone())
                .collect(),
        })
    }
}

impl Unit<'_> {
    /// The answer to a reading command.
    pub(super) async fn tell_about(
        &mut self,
        moderator: &Moderator,
        who: &Identity,
        command: &Command,
    ) -> Halted<String> {
        match command {
            Command::Case { case } => self.case_text(*case).await,
            Command::Cases { state, mine } => self.cases_text(moderator, *state, *mine).await,
            Command::History { of } => self.history_text(of).await,
            Command::Desk => self.desk_text().await,
            Command::Whoami => Ok(words::who(moderator, who, &self.standing)),
            Command::Help { topic } => Ok(command::help(
                topic.as_deref(),
                moderator.role,
                self.rules.policy.roles(),
            )),
            other => Ok(format!("`{}` is no question.", other.word())),
        }
    }

    async fn case_text(&mut self, id: CaseId) -> Halted<String> {
        let case = self.need_case(id).await?;
        let mut lines = vec![words::case_line(&case, self.now)];
        for report in self.tx.case_reports(id).await? {
            lines.push(words::report_line(&report));
        }
        for operation in self.tx.operations_of_case(id).await? {
            lines.push(words::operation_line(&operation));
        }
        for note in self
            .tx
            .notes_of(id)
            .await?
            .iter()
            .filter(|note| note.deleted_at.is_none())
        {
            lines.push(format!("Note by {}: {}", note.author, note.text));
        }
        for earlier in self.tx.earlier_cases(&case.target, id, LINES).await? {
            lines.push(words::earlier_line(&earlier));
        }
        Ok(lines.join("\n"))
    }

    async fn cases_text(
        &mut self,
        moderator: &Moderator,
        state: StateFilter,
        mine: bool,
    ) -> Halted<String> {
        let states = match state {
            StateFilter::Unresolved => CaseStates::Unresolved,
            StateFilter::All => CaseStates::All,
            StateFilter::Only(state) => CaseStates::Only(vec![state]),
        };
        let filter = CaseFilter {
            states,
            claimed_by: mine.then(|| moderator.name.clone()),
            limit: LINES,
            ..CaseFilter::default()
        };
        let cases = self.tx.cases(&filter).await?;
        if cases.is_empty() {
            return Ok("No cases. All quiet.".to_owned());
        }
        let lines: Vec<String> = cases
            .iter()
            .map(|case| words::case_line(case, self.now))
            .collect();
        Ok(lines.join("\n"))
    }

    async fn history_text(&mut self, of: &HistoryOf) -> Halted<String> {
        let (text, target) = match of {
            HistoryOf::Domain(domain) => {
                return self.domain_history(domain).await;
            }
            HistoryOf::Subject(subject) => {
                let found = self.find(subject).await?;
                (found.text.clone(), found.target())
            }
        };
        let earlier = self.tx.earlier_cases(&target, CaseId(0), LINES).await?;
        let mut lines = vec![match earlier.len() {
            0 => format!("No case on {text} yet."),
            1 => format!("One case on {text}:"),
            count => format!("{count} cases on {text}, newest first:"),
        }];
        lines.extend(earlier.iter().map(words::earlier_line));
        lines.extend(self.decided_without_case(&target).await?);
        Ok(lines.join("\n"))
    }

    /// `history DOMAIN`: what was done to the domain itself, and the cases on its accounts.
    async fn domain_history(&mut self, domain: &DomainName) -> Halted<String> {
        let mut lines = self
            .decided_without_case(&Target::Domain(domain.clone()))
            .await?;
        let cases = self.tx.cases_on_domain(domain, LINES).await?;
        if cases.is_empty() {
            lines.push(format!("No case on accounts of {domain} yet."));
        }
        lines.extend(cases.iter().map(|case| words::case_line(case, self.now)));
        Ok(lines.join("\n"))
    }

    /// Operations that no case tells of, newest first.
    async fn decided_without_case(&mut self, target: &Target) -> Halted<Vec<String>> {
        let operations = self.tx.operations_without_case(target, LINES).await?;
        Ok(operations.iter().map(words::operation_line).collect())
    }

    /// `lookup`: the account as the server just showed it, and what we remember of it.
    pub(super) async fn account_text(&mut self, account: &Account) -> Halted<String> {
        let mut lines = vec![words::account_line(account, self.now)];
        let target = Target::Account(account.id.clone());
        if let Some(case) = self.tx.unresolved_case_on(&target).await? {
            lines.push(format!("Open now: {}", words::case_line(&case, self.now)));
        }
        let earlier = self.tx.earlier_cases(&target, CaseId(0), LINES).await?;
        lines.extend(earlier.iter().map(words::earlier_line));
        Ok(lines.join("\n"))
    }

    /// `domain`: the block and counts as the server just showed them, and our cases.
    pub(super) async fn domain_text(
        &mut self,
        domain: &DomainName,
        block: Option<&DomainBlock>,
        counts: &[(String, i64)],
    ) -> Halted<String> {
        let mut lines = vec![words::block_line(domain, block)];
        if !counts.is_empty() {
            let counts: Vec<String> = counts
                .iter()
                .map(|(name, count)| format!("{count} {name}"))
                .collect();
            lines.push(format!("On this server: {}.", counts.join(", ")));
        }
        lines.push(self.domain_history(domain).await?);
        Ok(lines.join("\n"))
    }

    /// `desk`: how things stand.
    async fn desk_text(&mut self) -> Halted<String> {
        let counts: BTreeMap<CaseState, i64> = self.tx.case_counts().await?.into_iter().collect();
        let count = |state| counts.get(&state).copied().unwrap_or(0);
        let mut lines = vec![format!(
            "{} open, {} claimed, {} resolved.",
            count(CaseState::Open),
            count(CaseState::Claimed),
            count(CaseState::Resolved)
        )];
        lines.extend(words::standing_lines(&self.standing));
        let unfinished = self.tx.unfinished_operations(LINES).await?;
        if unfinished
            .iter()
            .any(|operation| operation.state == OperationState::Unsettled)
        {
            lines.push("Unsettled operations wait for `settle op-N done|not-done`:".to_owned());
        }
        lines.extend(unfinished.iter().map(words::operation_line));
        Ok(lines.join("\n"))
    }
}
