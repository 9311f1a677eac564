//! The simulated server's state and the ways to find things in it.
//!
//! One value behind one mutex; every request and every call of a story sees it whole. Effects are
//! in `moderation`, what goes out about them in `outbox`, how it looks in `entity`.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use crate::clock::Clock;

use super::config::SimConfig;
use super::fault::Faults;
use super::limits::Counters;
use super::log::Logged;
use super::model::{
    Account, DomainBlock, EmailDomainBlock, Id, IpBlock, Mail, Report, Rule, SERVER_ACTOR, Status,
    Strike,
};
use super::outbox::Outbox;

/// Everything that the server knows. Not `Debug`: it holds tokens.
pub(super) struct State {
    pub(super) config: SimConfig,
    pub(super) web_url: String,
    pub(super) accounts: Vec<Account>,
    pub(super) statuses: Vec<Status>,
    pub(super) reports: Vec<Report>,
    pub(super) rules: Vec<Rule>,
    pub(super) domain_blocks: Vec<DomainBlock>,
    pub(super) email_domain_blocks: Vec<EmailDomainBlock>,
    pub(super) ip_blocks: Vec<IpBlock>,
    pub(super) tokens: Vec<Token>,
    pub(super) strikes: Vec<Strike>,
    pub(super) mails: Vec<Mail>,
    pub(super) log: Vec<Logged>,
    pub(super) faults: Faults,
    pub(super) counters: Counters,
    pub(super) outbox: Outbox,
    pub(super) rng: StdRng,
    last_stamp: DateTime<Utc>,
    numbers: HashMap<Table, Id>,
}

/// Tables whose ids are small numbers counted up; accounts and statuses have snowflakes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Table {
    Reports,
    Rules,
    DomainBlocks,
    EmailDomainBlocks,
    IpBlocks,
}

/// An access token. Not `Debug`: it is a secret.
#[derive(Clone)]
pub(super) struct Token {
    pub(super) value: String,
    pub(super) owner: Id,
    pub(super) scopes: Vec<String>,
    pub(super) revoked: bool,
    /// The app's name, shown on statuses that are posted with the token.
    pub(super) app: String,
}

impl State {
    /// A server with nobody on it but its own actor.
    pub(super) fn new(config: SimConfig, web_url: String) -> Self {
        let mut state = Self {
            rng: StdRng::seed_from_u64(config.seed),
            outbox: Outbox::new(),
            last_stamp: config.clock.now(),
            config,
            web_url,
            accounts: Vec::new(),
            statuses: Vec::new(),
            reports: Vec::new(),
            rules: Vec::new(),
            domain_blocks: Vec::new(),
            email_domain_blocks: Vec::new(),
            ip_blocks: Vec::new(),
            tokens: Vec::new(),
            strikes: Vec::new(),
            mails: Vec::new(),
            log: Vec::new(),
            faults: Faults::default(),
            counters: Counters::default(),
            numbers: HashMap::new(),
        };
        let actor = state.config.domain.clone();
        let created_at = state.now();
        state.accounts.push(Account {
            is_bot: true,
            ..Account::blank(SERVER_ACTOR, actor, None, created_at)
        });
        state
    }

    pub(super) fn clock(&self) -> &Arc<dyn Clock> {
        &self.config.clock
    }

    /// The time of a change. Never the same twice, as on a real server that takes its time: two
    /// changes in one millisecond of the clock differ by one millisecond.
    pub(super) fn now(&mut self) -> DateTime<Utc> {
        let stamp = self
            .config
            .clock
            .now()
            .max(self.last_stamp + TimeDelta::milliseconds(1));
        self.last_stamp = stamp;
        stamp
    }

    /// A new id of an account or status: milliseconds and 16 random bits, as Mastodon makes them.
    pub(super) fn snowflake(&mut self, at: DateTime<Utc>) -> Id {
        (at.timestamp_millis() << 16) | Id::from(self.rng.random::<u16>())
    }

    /// The next small number of a table.
    pub(super) fn number(&mut self, table: Table) -> Id {
        let number = self.numbers.entry(table).or_insert(0);
        *number += 1;
        *number
    }

    pub(super) fn account(&self, id: Id) -> Option<&Account> {
        self.accounts.iter().find(|account| account.id == id)
    }

    pub(super) fn account_mut(&mut self, id: Id) -> Option<&mut Account> {
        self.accounts.iter_mut().find(|account| account.id == id)
    }

    /// The account with this handle: `user`, `@user`, `user@domain`; the own domain may be given.
    pub(super) fn by_handle(&self, handle: &str) -> Option<&Account> {
        let (username, domain) = split_handle(handle, &self.config.domain);
        self.accounts.iter().find(|account| {
            account.username.eq_ignore_ascii_case(username)
                && account.domain.as_deref() == domain
                && !account.is_server_actor()
        })
    }

    pub(super) fn status(&self, id: Id) -> Option<&Status> {
        self.statuses.iter().find(|status| status.id == id)
    }

    pub(super) fn report(&self, id: Id) -> Option<&Report> {
        self.reports.iter().find(|report| report.id == id)
    }

    pub(super) fn report_mut(&mut self, id: Id) -> Option<&mut Report> {
        self.reports.iter_mut().find(|report| report.id == id)
    }

    pub(super) fn rule(&self, id: Id) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.id == id)
    }

    /// An account's statuses that its profile counts: not deleted, not direct.
    pub(super) fn counted_statuses(&self, account: Id) -> impl Iterator<Item = &Status> {
        self.statuses.iter().filter(move |status| {
            status.account == account
                && !status.deleted
                && status.visibility != super::model::Visibility::Direct
        })
    }

    /// The handle of an account that is known to exist, or its id.
    pub(super) fn handle_of(&self, id: Id) -> String {
        self.account(id)
            .map_or_else(|| id.to_string(), Account::handle)
    }

    /// A new token of the account.
    pub(super) fn issue_token(&mut self, owner: Id, scopes: &[&str]) -> String {
        let value = hex::encode(self.rng.random::<[u8; 20]>());
        self.tokens.push(Token {
            value: value.clone(),
            owner,
            scopes: scopes.iter().map(|&scope| scope.to_owned()).collect(),
            revoked: false,
            app: "probe".to_owned(),
        });
        value
    }
}

impl Account {
    /// An account with nothing but a name.
    pub(super) fn blank(
        id: Id,
        username: String,
        domain: Option<String>,
        created_at: DateTime<Utc>,
    ) -> Self {
        Self {
            id,
            username,
            domain,
            display_name: String::new(),
            note: String::new(),
            created_at,
            is_bot: false,
            discoverable: None,
            limited: false,
            suspended: false,
            force_sensitive: false,
            deletion_pending: false,
            followers_count: 0,
            following_count: 0,
            earlier_statuses: 0,
            user: None,
        }
    }
}

impl Report {
    /// A report with nothing but what every report has; its id and times are set when it is filed.
    pub(super) fn blank(
        reporter: Id,
        target: Id,
        category: String,
        comment: String,
        at: DateTime<Utc>,
    ) -> Self {
        Self {
            id: 0,
            reporter,
            target,
            category,
            comment,
            statuses: Vec::new(),
            rules: None,
            forwarded: None,
            assigned: None,
            resolved_at: None,
            resolved_by: None,
            created_at: at,
            updated_at: at,
            notes: Vec::new(),
        }
    }
}

/// Username and, for remote handles, domain.
pub(super) fn split_handle<'a>(handle: &'a str, own_domain: &str) -> (&'a str, Option<&'a str>) {
    let handle = handle.trim().trim_start_matches('@');
    match handle.split_once('@') {
        Some((username, domain)) if domain.eq_ignore_ascii_case(own_domain) => (username, None),
        Some((username, domain)) => (username, Some(domain)),
        None => (handle, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn handles_are_split() {
        assert_eq!(split_handle("@ana", "here.example"), ("ana", None));
        assert_eq!(
            split_handle("ana@Here.Example", "here.example"),
            ("ana", None)
        );
        assert_eq!(
            split_handle("@ana@far.example", "here.example"),
            ("ana", Some("far.example"))
        );
    }
}
