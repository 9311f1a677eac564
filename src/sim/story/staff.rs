//! Mastodon's own staff at work in the web UI: what Wardroom must notice without having done it.

use crate::sim::Sim;
use crate::sim::model::{Action, Id};
use crate::sim::moderation::Order;

/// A staff member at work in Mastodon's own web UI: everything that Wardroom did not do.
#[derive(Debug)]
pub struct Staff<'s> {
    pub(super) sim: &'s Sim,
    pub(super) id: Id,
}

impl Staff<'_> {
    /// Resolves a report.
    pub fn resolve(&self, report: Id) {
        self.sim.with(|state| state.resolve(report, self.id));
    }

    /// Reopens a report.
    pub fn reopen(&self, report: Id) {
        self.sim.with(|state| state.reopen(report));
    }

    /// Assigns a report to themselves.
    pub fn assign(&self, report: Id) {
        self.sim.with(|state| state.assign(report, Some(self.id)));
    }

    /// Takes the assignment of a report away.
    pub fn unassign(&self, report: Id) {
        self.sim.with(|state| state.assign(report, None));
    }

    /// Adds a note to a report: nothing but `updated_at` shows it.
    pub fn note(&self, report: Id, text: &str) {
        self.sim.with(|state| {
            state.save_report(report, |report| {
                report.notes.push(text.to_owned());
                true
            });
        });
    }

    /// Warns, limits, freezes or suspends somebody, with strike and mail.
    pub fn act(&self, handle: &str, action: Action) {
        self.sim.with(|state| {
            let target = state.find_or_add(handle);
            let order = Order {
                mail: true,
                ..Order::default()
            };
            state.act(self.id, target, action, order);
        });
    }

    /// Suspends somebody.
    pub fn suspend(&self, handle: &str) {
        self.act(handle, Action::Suspend);
    }

    /// Lifts limit, suspension, freeze and forced sensitivity.
    pub fn lift(&self, handle: &str) {
        self.sim.with(|state| {
            let id = state.find_or_add(handle);
            state.save_account(id, |account| {
                account.limited = false;
                account.suspended = false;
                account.force_sensitive = false;
                account.deletion_pending = false;
                if let Some(user) = account.user.as_mut() {
                    user.frozen = false;
                }
            });
        });
    }

    /// Lets a waiting person in.
    pub fn approve(&self, handle: &str) {
        self.sim.with(|state| {
            let id = state.find_or_add(handle);
            state.approve(id);
        });
    }

    /// Refuses a waiting person.
    pub fn reject(&self, handle: &str) {
        self.sim.delete_account(handle);
    }
}
