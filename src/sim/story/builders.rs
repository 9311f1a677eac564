//! Builders of the state API: accounts, sign-ups, statuses and reports described step by step.

use chrono::{DateTime, Utc};

use crate::sim::Sim;
use crate::sim::config::Registrations;
use crate::sim::model::{Account, Id, Report, User, Visibility};
use crate::sim::moderation::Draft;
use crate::sim::outbox::Event;
use crate::sim::role::Role;

/// An account being described; each method takes effect at once.
#[derive(Debug)]
pub struct NewAccount<'s> {
    pub(super) sim: &'s Sim,
    pub(super) id: Id,
}

impl NewAccount<'_> {
    fn set(self, change: impl FnOnce(&mut Account)) -> Self {
        self.sim.with(|state| {
            if let Some(account) = state.account_mut(self.id) {
                change(account);
            }
        });
        self
    }

    fn set_user(self, change: impl FnOnce(&mut User)) -> Self {
        self.set(|account| {
            if let Some(user) = account.user.as_mut() {
                change(user);
            }
        })
    }

    /// The display name.
    #[must_use]
    pub fn named(self, display_name: &str) -> Self {
        self.set(|account| display_name.clone_into(&mut account.display_name))
    }

    /// The profile text, as HTML.
    #[must_use]
    pub fn note(self, html: &str) -> Self {
        self.set(|account| html.clone_into(&mut account.note))
    }

    /// The staff role of a local account.
    #[must_use]
    pub fn role(self, role: Role) -> Self {
        self.set_user(|user| user.role = role)
    }

    /// The account says that it is a bot.
    #[must_use]
    pub fn bot(self) -> Self {
        self.set(|account| account.is_bot = true)
    }

    /// Followers, follows and earlier statuses, as the profile shows them.
    #[must_use]
    pub fn counts(self, followers: i64, following: i64, statuses: i64) -> Self {
        self.set(|account| {
            account.followers_count = followers;
            account.following_count = following;
            account.earlier_statuses = statuses;
        })
    }

    /// When the account was made. Its id stays: ids are taken in the order of the story.
    #[must_use]
    pub fn since(self, created_at: DateTime<Utc>) -> Self {
        self.set(|account| account.created_at = created_at)
    }

    /// The e-mail address of a local account.
    #[must_use]
    pub fn email(self, email: &str) -> Self {
        self.set_user(|user| email.clone_into(&mut user.email))
    }

    /// The address that a local account was last used from.
    #[must_use]
    pub fn ip(self, ip: &str) -> Self {
        self.set_user(|user| ip.clone_into(&mut user.ip))
    }

    /// The language of the interface.
    #[must_use]
    pub fn locale(self, locale: &str) -> Self {
        self.set_user(|user| locale.clone_into(&mut user.locale))
    }

    /// An id from a recording instead of a new one.
    #[must_use]
    pub fn with_id(mut self, id: Id) -> Self {
        let old = std::mem::replace(&mut self.id, id);
        self.sim.with(|state| {
            if let Some(account) = state.account_mut(old) {
                account.id = id;
            }
        });
        self
    }

    /// The account's id.
    pub fn create(self) -> Id {
        self.id
    }
}

/// A sign-up being described.
#[derive(Debug)]
#[must_use = "a sign-up happens with `submit`"]
pub struct NewSignUp<'s> {
    pub(super) sim: &'s Sim,
    pub(super) username: String,
    pub(super) reason: Option<String>,
    pub(super) email: Option<String>,
    pub(super) ip: Option<String>,
    pub(super) confirmed: bool,
}

impl NewSignUp<'_> {
    /// What the person writes about themselves.
    pub fn reason(mut self, text: &str) -> Self {
        self.reason = Some(text.to_owned());
        self
    }

    /// The e-mail address; otherwise one made from the name.
    pub fn email(mut self, email: &str) -> Self {
        self.email = Some(email.to_owned());
        self
    }

    /// The address that the sign-up comes from.
    pub fn ip(mut self, ip: &str) -> Self {
        self.ip = Some(ip.to_owned());
        self
    }

    /// The e-mail address is not confirmed yet.
    pub fn unconfirmed(mut self) -> Self {
        self.confirmed = false;
        self
    }

    /// The sign-up happens; the account's id.
    pub fn submit(self) -> Id {
        self.sim.with(|state| {
            let id = state.find_or_add(&self.username);
            let approved = state.config.registrations == Registrations::Open;
            if let Some(user) = state
                .account_mut(id)
                .and_then(|account| account.user.as_mut())
            {
                user.approved = approved;
                user.confirmed = self.confirmed;
                user.invite_request = self.reason;
                user.email = self.email.unwrap_or_else(|| user.email.clone());
                user.ip = self.ip.unwrap_or_else(|| user.ip.clone());
            }
            state.emit(Event::AccountCreated(id));
            id
        })
    }
}

/// A status being written.
#[derive(Debug)]
#[must_use = "a status is posted with `publish`"]
pub struct NewStatus<'s> {
    pub(super) sim: &'s Sim,
    pub(super) author: String,
    pub(super) draft: Draft,
}

impl NewStatus<'_> {
    /// What it says, as plain text with mentions, tags and links.
    pub fn text(mut self, text: &str) -> Self {
        text.clone_into(&mut self.draft.text);
        self
    }

    /// Who may read it; public otherwise.
    pub fn visibility(mut self, visibility: Visibility) -> Self {
        self.draft.visibility = visibility;
        self
    }

    /// The content warning.
    pub fn warning(mut self, text: &str) -> Self {
        text.clone_into(&mut self.draft.spoiler_text);
        self
    }

    /// The language tag; `en` otherwise.
    pub fn language(mut self, tag: &str) -> Self {
        tag.clone_into(&mut self.draft.language);
        self
    }

    /// One more attached picture with this description (empty for none).
    pub fn picture(mut self, description: &str) -> Self {
        self.draft.pictures.push(description.to_owned());
        self
    }

    /// The status is posted; its id.
    pub fn publish(self) -> Id {
        self.sim.with(|state| {
            let author = state.find_or_add(&self.author);
            state.post(author, self.draft)
        })
    }
}

/// A report being written.
#[derive(Debug)]
#[must_use = "a report arrives with `file`"]
pub struct NewReport<'s> {
    pub(super) sim: &'s Sim,
    pub(super) target: String,
    pub(super) reporter: String,
    pub(super) category: String,
    pub(super) comment: String,
    pub(super) statuses: Vec<Id>,
    pub(super) rules: Option<Vec<Id>>,
    pub(super) forwarded: bool,
}

impl NewReport<'_> {
    /// Who reports; `@reporter` otherwise. A server's actor (`far.example@far.example`) reports for
    /// somebody there.
    pub fn by(mut self, handle: &str) -> Self {
        handle.clone_into(&mut self.reporter);
        self
    }

    /// `other`, `spam`, `legal` or `violation`.
    pub fn category(mut self, category: &str) -> Self {
        category.clone_into(&mut self.category);
        self
    }

    /// What the reporter writes.
    pub fn comment(mut self, text: &str) -> Self {
        text.clone_into(&mut self.comment);
        self
    }

    /// Statuses of the target.
    pub fn statuses(mut self, ids: &[Id]) -> Self {
        self.statuses = ids.to_vec();
        self
    }

    /// Rules said to be broken; makes it a violation.
    pub fn rules(mut self, ids: &[Id]) -> Self {
        self.rules = Some(ids.to_vec());
        "violation".clone_into(&mut self.category);
        self
    }

    /// The reporter asked to forward it to the target's server.
    pub fn forwarded(mut self) -> Self {
        self.forwarded = true;
        self
    }

    /// The report arrives; its id.
    pub fn file(self) -> Id {
        self.sim.with(|state| {
            let reporter = state.find_or_add(&self.reporter);
            let target = state.find_or_add(&self.target);
            let local = state.account(reporter).is_some_and(Account::is_local);
            let at = state.clock().now();
            state.file(Report {
                statuses: self.statuses,
                rules: self.rules,
                // Reports from remote servers do not say.
                forwarded: local.then_some(self.forwarded),
                ..Report::blank(reporter, target, self.category, self.comment, at)
            })
        })
    }
}
