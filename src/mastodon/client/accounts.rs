//! Accounts (scopes `admin:read:accounts`, `admin:write:accounts`; role right Manage Users), lookup
//! and search.

use chrono::{DateTime, Utc};
use http::Method;
use ipnet::IpNet;
use secrecy::SecretString;

use super::request::{Call, Page, Paged};
use super::{Client, ClientError, NotSent};
use crate::domain::permission::Permit;
use crate::domain::{Account, AccountAction, AccountId, DomainName, ReportId};
use crate::mastodon::wire::{self, Node};

const ACCOUNTS: [&str; 4] = ["api", "v1", "admin", "accounts"];

/// Where an account lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// On our server.
    Local,
    /// Elsewhere.
    Remote,
}

/// A moderation state to list, in Wardroom's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountStatus {
    /// Nothing done to it.
    Active,
    /// A sign-up that waits for approval.
    Pending,
    /// Login frozen.
    Frozen,
    /// Limited.
    Limited,
    /// Suspended.
    Suspended,
    /// Media forced to be sensitive.
    ForceSensitive,
}

impl AccountStatus {
    fn api_word(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Pending => "pending",
            Self::Frozen => "disabled",
            Self::Limited => "silenced",
            Self::Suspended => "suspended",
            Self::ForceSensitive => "sensitized",
        }
    }
}

/// Which accounts to list (`GET /api/v2/admin/accounts`). Without any filter: all of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccountFilter {
    /// Local or remote ones.
    pub origin: Option<Origin>,
    /// In this state.
    pub status: Option<AccountStatus>,
    /// With a staff role.
    pub staff: bool,
    /// Whose user name starts so.
    pub username: Option<String>,
    /// Whose display name starts so.
    pub display_name: Option<String>,
    /// Of exactly this domain.
    pub domain: Option<DomainName>,
    /// That used an address of this range.
    pub ip: Option<IpNet>,
    /// Invited by this account.
    pub invited_by: Option<AccountId>,
}

impl AccountFilter {
    fn apply(&self, call: Call) -> Call {
        let origin = self.origin.map(|origin| match origin {
            Origin::Local => "local",
            Origin::Remote => "remote",
        });
        call.maybe("origin", origin)
            .maybe("status", self.status.map(AccountStatus::api_word))
            .maybe("permissions", self.staff.then_some("staff"))
            .maybe("username", self.username.as_deref())
            .maybe("display_name", self.display_name.as_deref())
            .maybe("by_domain", self.domain.as_ref().map(DomainName::as_str))
            .maybe("ip", self.ip.map(|ip| ip.to_string()).as_deref())
            .maybe(
                "invited_by",
                self.invited_by.as_ref().map(AccountId::as_str),
            )
    }
}

/// What `reveal` shows, and nothing else may hold: e-mail and IP addresses of a local account.
#[derive(Debug)]
pub struct PersonalData {
    /// The e-mail address.
    pub email: Option<SecretString>,
    /// The newest IP address.
    pub ip: Option<SecretString>,
    /// All addresses that the server still keeps, with their last use.
    pub ips: Vec<(SecretString, Option<DateTime<Utc>>)>,
}

impl Client {
    /// Reads one account.
    pub async fn account(&self, id: &AccountId) -> Result<Account, ClientError> {
        let call = self.read(Method::GET, &path(id, None))?;
        self.get(call).await?.one(wire::admin_account)
    }

    /// Reads e-mail and IP addresses of one account: for `reveal` alone, which is audited.
    pub async fn personal_data(&self, id: &AccountId) -> Result<PersonalData, ClientError> {
        let call = self.read(Method::GET, &path(id, None))?;
        let answer = self.get(call).await?;
        let node = Node::root(answer.value(), "");
        let secret = |node: &Node<'_>| node.words().map(SecretString::from);
        let ips = node.at("ips").items();
        Ok(PersonalData {
            email: secret(&node.at("email")),
            ip: secret(&node.at("ip")),
            ips: ips
                .iter()
                .filter_map(|one| Some((secret(&one.at("ip"))?, one.at("used_at").time())))
                .collect(),
        })
    }

    /// Lists accounts, newest first.
    pub async fn accounts(
        &self,
        filter: &AccountFilter,
        page: &Page,
    ) -> Result<Paged<Account>, ClientError> {
        let call = self
            .read(Method::GET, &["api", "v2", "admin", "accounts"])?
            .page(page);
        let answer = self.get(filter.apply(call)).await?;
        answer.page(page, wire::admin_account)
    }

    /// Finds an account that the server knows by its handle, `user` or `user@domain` without `@` in
    /// front. State and role are not in the answer: read the account by its id for those.
    pub async fn lookup(&self, acct: &str) -> Result<Account, ClientError> {
        let call = self
            .read(Method::GET, &["api", "v1", "accounts", "lookup"])?
            .query("acct", acct);
        self.get(call).await?.one(wire::account)
    }

    /// Searches accounts (`read:search`). `resolve` makes the server fetch one that it does not know
    /// yet. State and role are not in the answer.
    pub async fn search_accounts(
        &self,
        words: &str,
        resolve: bool,
    ) -> Result<Vec<Account>, ClientError> {
        let call = self
            .read(Method::GET, &["api", "v2", "search"])?
            .query("q", words)
            .query("type", "accounts")
            .query("resolve", if resolve { "true" } else { "false" })
            .query("limit", "20");
        let answer = self.get(call).await?;
        let found = Node::root(answer.value(), "").at("accounts").items();
        let accounts: Result<Vec<_>, _> = found.iter().map(wire::account).collect();
        Ok(accounts?)
    }

    /// Acts on an account, and so resolves every open report on it, unless it is a warning: that
    /// resolves `report` alone. `tell` is what the account is told; without it no e-mail is sent
    /// (invariant 16). Done again it writes a new strike, so read the state first.
    pub async fn act(
        &self,
        permit: Permit,
        account: &Account,
        action: AccountAction,
        report: Option<&ReportId>,
        tell: Option<&str>,
    ) -> Result<(), ClientError> {
        if action == AccountAction::Freeze && !account.is_local() {
            return Err(NotSent::RemoteFreeze.into());
        }
        let tell = tell.filter(|text| !text.trim().is_empty());
        let call = self
            .mutation(Method::POST, &path(&account.id, Some("action")))?
            .field("type", action.api_type())
            .field("send_email_notification", tell.is_some())
            .maybe_field("report_id", report.map(ReportId::as_str))
            .maybe_field("text", tell);
        self.change(permit, call).await?;
        Ok(())
    }

    /// Lifts an action. All but lifting a suspension may be repeated without effect.
    pub async fn lift(
        &self,
        permit: Permit,
        account: &Account,
        action: AccountAction,
    ) -> Result<Account, ClientError> {
        let verb = match action {
            AccountAction::Warn => return Err(NotSent::LiftOfWarning.into()),
            AccountAction::Freeze if !account.is_local() => {
                return Err(NotSent::RemoteFreeze.into());
            }
            AccountAction::ForceSensitive => "unsensitive",
            AccountAction::Limit => "unsilence",
            AccountAction::Freeze => "enable",
            AccountAction::Suspend => "unsuspend",
        };
        let call = self.mutation(Method::POST, &path(&account.id, Some(verb)))?;
        self.change(permit, call).await?.one(wire::admin_account)
    }

    /// Approves a sign-up. One that is approved already is refused (403).
    pub async fn approve(&self, permit: Permit, account: &Account) -> Result<Account, ClientError> {
        let call = self.sign_up(account, "approve")?;
        self.change(permit, call).await?.one(wire::admin_account)
    }

    /// Rejects a sign-up: the server deletes the account outright.
    pub async fn reject(&self, permit: Permit, account: &Account) -> Result<(), ClientError> {
        let call = self.sign_up(account, "reject")?;
        self.change(permit, call).await?;
        Ok(())
    }

    fn sign_up(&self, account: &Account, verb: &str) -> Result<Call, ClientError> {
        if !account.is_local() {
            return Err(NotSent::RemoteSignUp.into());
        }
        self.mutation(Method::POST, &path(&account.id, Some(verb)))
    }
}

fn path<'a>(id: &'a AccountId, verb: Option<&'a str>) -> Vec<&'a str> {
    ACCOUNTS
        .into_iter()
        .chain([id.as_str()])
        .chain(verb)
        .collect()
}
