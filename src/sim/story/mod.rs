//! The state API for stories: make people, let things happen, read back what came of it.
//!
//! Everything here is a method of [`Sim`] or a builder that it returns; nothing touches HTTP.

mod builders;
mod staff;

pub use self::builders::{NewAccount, NewReport, NewSignUp, NewStatus};
pub use self::staff::Staff;

use super::Sim;
use super::model::{
    Account, DomainBlock, EmailDomainBlock, Id, IpBlock, Mail, Report, Rule, Severity, Status,
    Strike, User,
};
use super::moderation::Draft;
use super::role::Role;
use super::state::{State, Table, split_handle};

/// Sets of token scopes.
#[derive(Debug, Clone, Copy)]
pub struct Scopes;

impl Scopes {
    /// Everything that Wardroom can use.
    pub const MODERATION: &[&str] = &["read", "write", "admin:read", "admin:write"];
    /// Reading only: cards work, action buttons become links.
    pub const READ_ONLY: &[&str] = &["read", "admin:read"];
}

impl State {
    /// The account with this handle, made if it is new.
    fn find_or_add(&mut self, handle: &str) -> Id {
        if let Some(account) = self.by_handle(handle) {
            return account.id;
        }
        let (username, domain) = split_handle(handle, &self.config.domain);
        let (username, domain) = (username.to_owned(), domain.map(str::to_owned));
        let created_at = self.now();
        let id = self.snowflake(created_at);
        let mut account = Account::blank(id, username, domain, created_at);
        account.user = account.is_local().then(|| User {
            email: format!("{}@mail.example", account.username),
            ip: "192.0.2.10".to_owned(),
            ip_used_at: created_at,
            confirmed: true,
            approved: true,
            frozen: false,
            locale: "en".to_owned(),
            invite_request: None,
            role: Role::Everyone,
        });
        // Remote actors that report for their whole server are named after it, and are bots.
        account.is_bot = account.domain.as_ref() == Some(&account.username);
        self.accounts.push(account);
        id
    }

    fn update(&mut self, handle: &str, change: impl FnOnce(&mut Account)) {
        let id = self.find_or_add(handle);
        if let Some(account) = self.account_mut(id) {
            change(account);
        }
    }
}

impl Sim {
    /// Someone who was there before the story begins; sends no webhook.
    pub fn add_account(&self, handle: &str) -> NewAccount<'_> {
        let id = self.with(|state| state.find_or_add(handle));
        NewAccount { sim: self, id }
    }

    /// Someone local who asks for an account: sends `account.created`. It waits for approval unless
    /// the server's registrations are open.
    pub fn sign_up(&self, username: &str) -> NewSignUp<'_> {
        NewSignUp {
            sim: self,
            username: username.to_owned(),
            reason: None,
            email: None,
            ip: None,
            confirmed: true,
        }
    }

    /// A status that is posted now; local ones send `status.created`.
    pub fn status(&self, author: &str) -> NewStatus<'_> {
        let draft = Draft {
            language: "en".to_owned(),
            application: Some("Web".to_owned()),
            ..Draft::default()
        };
        NewStatus {
            sim: self,
            author: author.to_owned(),
            draft,
        }
    }

    /// A report on `target` that arrives now: sends `report.created`.
    pub fn report(&self, target: &str) -> NewReport<'_> {
        NewReport {
            sim: self,
            target: target.to_owned(),
            reporter: "reporter".to_owned(),
            category: "other".to_owned(),
            comment: String::new(),
            statuses: Vec::new(),
            rules: None,
            forwarded: false,
        }
    }

    /// A staff member who works in Mastodon's own web UI. Unknown people become moderators.
    pub fn staff(&self, handle: &str) -> Staff<'_> {
        let id = self.with(|state| {
            let id = state.find_or_add(handle);
            let user = state
                .account_mut(id)
                .and_then(|account| account.user.as_mut());
            if let Some(user) = user.filter(|user| !user.role.is_staff()) {
                user.role = Role::Moderator;
            }
            id
        });
        Staff { sim: self, id }
    }

    /// A rule of the server; its id.
    pub fn add_rule(&self, text: &str) -> Id {
        self.with(|state| {
            let id = state.number(Table::Rules);
            state.rules.push(Rule {
                id,
                text: text.to_owned(),
            });
            id
        })
    }

    /// A domain block made outside of the API; its id.
    pub fn add_domain_block(&self, domain: &str, severity: Severity) -> Id {
        self.with(|state| {
            let created_at = state.now();
            state.add_domain_block(DomainBlock {
                id: 0,
                domain: domain.to_lowercase(),
                created_at,
                severity,
                reject_media: false,
                reject_reports: false,
                private_comment: None,
                public_comment: None,
                obfuscate: false,
                applied: Vec::new(),
            })
        })
    }

    // -- tokens and roles ---------------------------------------------------------------------

    /// A new access token of the account with these scopes.
    pub fn token(&self, handle: &str, scopes: &[&str]) -> String {
        self.with(|state| {
            let owner = state.find_or_add(handle);
            state.issue_token(owner, scopes)
        })
    }

    /// Takes a token back: it gets 401 from now on.
    pub fn revoke(&self, token: &str) {
        self.with(|state| {
            for known in state.tokens.iter_mut().filter(|known| known.value == token) {
                known.revoked = true;
            }
        });
    }

    /// Changes a role; that changes the login, so no webhook fires.
    pub fn set_role(&self, handle: &str, role: Role) {
        self.with(|state| {
            state.update(handle, |account| {
                if let Some(user) = account.user.as_mut() {
                    user.role = role;
                }
            });
        });
    }

    // -- things that happen without staff -------------------------------------------------------

    /// The person confirms their e-mail address: sends `account.approved` if they are approved.
    pub fn confirm_email(&self, handle: &str) {
        self.with(|state| {
            let id = state.find_or_add(handle);
            state.confirm(id);
        });
    }

    /// The person changes their display name: sends `account.updated` for local accounts.
    pub fn rename(&self, handle: &str, display_name: &str) {
        self.with(|state| {
            let id = state.find_or_add(handle);
            state.save_account(id, |account| {
                display_name.clone_into(&mut account.display_name);
            });
        });
    }

    /// The author edits a status: sends `status.updated`, twice as a real server does.
    pub fn edit_status(&self, id: Id, text: &str) {
        self.with(|state| state.edit(id, text.to_owned()));
    }

    /// The author deletes a status: sends nothing; reports keep showing it.
    pub fn delete_status(&self, id: Id) {
        self.with(|state| {
            for status in state.statuses.iter_mut().filter(|status| status.id == id) {
                status.deleted = true;
            }
        });
    }

    /// A status disappears from the database: sends nothing, and reports show it no longer.
    pub fn remove_status(&self, id: Id) {
        self.with(|state| state.statuses.retain(|status| status.id != id));
    }

    /// A report disappears from the database: sends nothing, and the API answers 404.
    pub fn delete_report(&self, id: Id) {
        self.with(|state| state.reports.retain(|report| report.id != id));
    }

    /// An account disappears with everything of it: sends nothing, and the API answers 404.
    pub fn delete_account(&self, handle: &str) {
        self.with(|state| {
            if let Some(id) = state.by_handle(handle).map(|account| account.id) {
                state.remove_account(id);
            }
        });
    }

    // -- reading back ---------------------------------------------------------------------------

    /// The account with this handle as it is now.
    pub fn account(&self, handle: &str) -> Option<Account> {
        self.with(|state| state.by_handle(handle).cloned())
    }

    /// All accounts but the server's own actor.
    pub fn accounts(&self) -> Vec<Account> {
        self.with(|state| {
            let people = state
                .accounts
                .iter()
                .filter(|account| !account.is_server_actor());
            people.cloned().collect()
        })
    }

    /// The id of the account with this handle, made if it is new.
    pub fn id_of(&self, handle: &str) -> Id {
        self.with(|state| state.find_or_add(handle))
    }

    /// A report as it is now.
    pub fn filed_report(&self, id: Id) -> Option<Report> {
        self.with(|state| state.report(id).cloned())
    }

    /// All reports, oldest first.
    pub fn reports(&self) -> Vec<Report> {
        self.with(|state| state.reports.clone())
    }

    /// A status as it is now.
    pub fn posted_status(&self, id: Id) -> Option<Status> {
        self.with(|state| state.status(id).cloned())
    }

    /// Every action ever taken; repeated ones are there repeatedly.
    pub fn strikes(&self) -> Vec<Strike> {
        self.with(|state| state.strikes.clone())
    }

    /// The strikes of one account.
    pub fn strikes_of(&self, handle: &str) -> Vec<Strike> {
        let handle = handle.trim_start_matches('@');
        self.strikes()
            .into_iter()
            .filter(|strike| strike.account == handle)
            .collect()
    }

    /// Every mail sent to a sanctioned person.
    pub fn mails(&self) -> Vec<Mail> {
        self.with(|state| state.mails.clone())
    }

    /// The domain blocks in force.
    pub fn domain_blocks(&self) -> Vec<DomainBlock> {
        self.with(|state| state.domain_blocks.clone())
    }

    /// The blocks of e-mail domains in force.
    pub fn email_domain_blocks(&self) -> Vec<EmailDomainBlock> {
        self.with(|state| state.email_domain_blocks.clone())
    }

    /// The blocks of addresses in force.
    pub fn ip_blocks(&self) -> Vec<IpBlock> {
        self.with(|state| state.ip_blocks.clone())
    }
}
