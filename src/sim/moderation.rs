//! What happens on the server: posts, reports, sign-ups, moderation, with the webhooks they cause.
//!
//! Every function changes the state completely or not at all and notes the events of facts such as
//! "every save of a report fires `report.updated`". Who may do it was checked before.

use super::format::{self, Mention};
use super::model::{Account, Action, Id, Mail, Report, Status, Strike, Visibility};
use super::outbox::Event;
use super::state::State;

/// A status to be made.
#[derive(Debug, Clone, Default)]
pub(super) struct Draft {
    pub(super) text: String,
    pub(super) visibility: Visibility,
    pub(super) spoiler_text: String,
    pub(super) language: String,
    pub(super) pictures: Vec<String>,
    pub(super) application: Option<String>,
    pub(super) idempotency_key: Option<String>,
}

impl State {
    /// Posts a status; local ones tell the webhooks.
    pub(super) fn post(&mut self, author: Id, draft: Draft) -> Id {
        let created_at = self.now();
        let id = self.snowflake(created_at);
        let (content, mentions) = self.formatted(&draft.text);
        let local = self.account(author).is_some_and(Account::is_local);
        self.statuses.push(Status {
            id,
            account: author,
            tags: format::hashtags(&draft.text),
            content,
            mentions,
            text: draft.text,
            spoiler_text: draft.spoiler_text,
            visibility: draft.visibility,
            language: draft.language,
            created_at,
            edited_at: None,
            pictures: draft.pictures,
            application: draft.application.filter(|_| local),
            deleted: false,
            idempotency_key: draft.idempotency_key,
        });
        if local {
            self.emit(Event::StatusCreated(id));
        }
        id
    }

    /// Replaces the text of a status. One edit saves the row twice on a real server, so the
    /// webhook goes out twice.
    pub(super) fn edit(&mut self, id: Id, text: String) {
        let edited_at = self.now();
        let (content, mentions) = self.formatted(&text);
        if let Some(status) = self.statuses.iter_mut().find(|status| status.id == id) {
            status.tags = format::hashtags(&text);
            status.content = content;
            status.mentions = mentions;
            status.text = text;
            status.edited_at = Some(edited_at);
            self.emit(Event::StatusUpdated(id));
            self.emit(Event::StatusUpdated(id));
        }
    }

    fn formatted(&self, text: &str) -> (String, Vec<Id>) {
        let view = super::entity::View::new(self, None);
        let (mut known, mut mentions) = (Vec::new(), Vec::new());
        for typed in format::mentioned(text) {
            let Some(account) = self.by_handle(&typed) else {
                continue;
            };
            known.push(account.id);
            mentions.push(Mention {
                typed,
                username: account.username.clone(),
                url: view.account_url(account),
            });
        }
        (format::html(text, &self.web_url, &mentions), known)
    }

    /// Files a report; its id, creation and update times are set here.
    pub(super) fn file(&mut self, report: Report) -> Id {
        let created_at = self.now();
        let id = self.number(super::state::Table::Reports);
        self.reports.push(Report {
            id,
            created_at,
            updated_at: created_at,
            ..report
        });
        self.emit(Event::ReportCreated(id));
        id
    }

    /// Saves a report. Only a change moves `updated_at`, but the webhook fires in any case.
    pub(super) fn save_report(&mut self, id: Id, change: impl FnOnce(&mut Report) -> bool) {
        let now = self.now();
        if let Some(report) = self.report_mut(id) {
            if change(report) {
                report.updated_at = now;
            }
            self.emit(Event::ReportUpdated(id));
        }
    }

    /// Resolves a report; resolving again stamps it anew.
    pub(super) fn resolve(&mut self, id: Id, by: Id) {
        let now = self.now();
        self.save_report(id, |report| {
            report.resolved_at = Some(now);
            report.resolved_by = Some(by);
            true
        });
    }

    /// Reopens a report.
    pub(super) fn reopen(&mut self, id: Id) {
        self.save_report(id, |report| {
            let changed = report.resolved_at.is_some() || report.resolved_by.is_some();
            report.resolved_at = None;
            report.resolved_by = None;
            changed
        });
    }

    /// Assigns a report, or takes the assignment away.
    pub(super) fn assign(&mut self, id: Id, to: Option<Id>) {
        self.save_report(id, |report| {
            let changed = report.assigned != to;
            report.assigned = to;
            changed
        });
    }

    /// The open reports on an account.
    pub(super) fn open_reports(&self, target: Id) -> Vec<Id> {
        let open = |report: &&Report| report.target == target && report.resolved_at.is_none();
        self.reports
            .iter()
            .filter(open)
            .map(|report| report.id)
            .collect()
    }

    /// Carries an action out: effect, strike, resolved reports, mail. Repeating it repeats strike
    /// and mail.
    pub(super) fn act(&mut self, by: Id, target: Id, action: Action, order: Order) {
        let handle = self.handle_of(target);
        let local = self.account(target).is_some_and(Account::is_local);
        if let Some(account) = self.account_mut(target) {
            apply(account, action);
        }
        if local && !matches!(action, Action::Warn | Action::Freeze) {
            self.emit(Event::AccountUpdated(target));
        }
        let by_handle = self.handle_of(by);
        self.strikes.push(Strike {
            account: handle.clone(),
            by: by_handle,
            action,
            text: order.text.clone(),
            report: order.report,
        });
        let resolved = match action {
            Action::Warn => order.report.into_iter().collect(),
            _ => self.open_reports(target),
        };
        for report in resolved {
            self.resolve(report, by);
        }
        if local && order.mail {
            self.mails.push(Mail {
                account: handle,
                action,
                text: order.text,
            });
        }
    }

    /// Changes a local or remote account's row; local ones tell the webhooks, changed or not.
    pub(super) fn save_account(&mut self, id: Id, change: impl FnOnce(&mut Account)) {
        let Some(account) = self.account_mut(id) else {
            return;
        };
        change(account);
        if account.is_local() {
            self.emit(Event::AccountUpdated(id));
        }
    }

    /// Lets a waiting person in. The webhook fires once they are approved and confirmed.
    pub(super) fn approve(&mut self, id: Id) {
        if let Some(user) = self
            .account_mut(id)
            .and_then(|account| account.user.as_mut())
        {
            let first = !user.approved;
            user.approved = true;
            if first && user.confirmed {
                self.emit(Event::AccountApproved(id));
            }
        }
    }

    /// Confirms the e-mail address of an account.
    pub(super) fn confirm(&mut self, id: Id) {
        if let Some(user) = self
            .account_mut(id)
            .and_then(|account| account.user.as_mut())
        {
            let first = !user.confirmed;
            user.confirmed = true;
            if first && user.approved {
                self.emit(Event::AccountApproved(id));
            }
        }
    }

    /// Removes an account and everything of it without a trace, as a rejected sign-up.
    pub(super) fn remove_account(&mut self, id: Id) {
        self.accounts.retain(|account| account.id != id);
        self.statuses.retain(|status| status.account != id);
        self.reports
            .retain(|report| report.target != id && report.reporter != id);
        self.tokens.retain(|token| token.owner != id);
    }

    /// Deletes the data of a suspended account; the row stays, and so do reported statuses.
    pub(super) fn wipe_account(&mut self, id: Id) {
        let reported: Vec<Id> = self
            .reports
            .iter()
            .flat_map(|report| report.statuses.iter().copied())
            .collect();
        self.statuses
            .retain(|status| status.account != id || reported.contains(&status.id));
        for status in self
            .statuses
            .iter_mut()
            .filter(|status| status.account == id)
        {
            status.deleted = true;
        }
        self.save_account(id, |account| {
            account.deletion_pending = false;
            account.display_name.clear();
            account.note.clear();
            account.discoverable = Some(false);
            account.earlier_statuses = 0;
        });
    }
}

/// The circumstances of an action.
#[derive(Debug, Clone, Default)]
pub(super) struct Order {
    pub(super) text: String,
    pub(super) report: Option<Id>,
    /// Whether a local account is told by mail.
    pub(super) mail: bool,
}

fn apply(account: &mut Account, action: Action) {
    match action {
        Action::Warn => {}
        Action::ForceSensitive => account.force_sensitive = true,
        Action::Limit => account.limited = true,
        Action::Freeze => {
            if let Some(user) = account.user.as_mut() {
                user.frozen = true;
            }
        }
        Action::Suspend => {
            account.suspended = true;
            account.deletion_pending = true;
        }
    }
}
