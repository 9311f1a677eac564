//! What is read before a call, and after one that was not answered: the probe of each call, and what
//! it must show (invariant 5: "each command names its probe or says none").

use std::collections::BTreeSet;

use ipnet::IpNet;

use crate::domain::domain_block::WantedBlock;
use crate::domain::operation::AccountRef;
use crate::domain::{
    Account, AccountAction, AccountId, Category, DomainBlock, DomainName, Report, ReportId,
    ServerCall,
};
use crate::mastodon::client::{Client, ClientError, EmailDomainBlock, IpBlock};

/// What can be read to see whether a call took effect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Probe {
    /// The account.
    Account(AccountRef),
    /// The report.
    Report(ReportId),
    /// The block of exactly this domain.
    DomainBlock(DomainName),
    /// The block of exactly this e-mail domain.
    EmailDomainBlock(DomainName),
    /// The block of exactly this range.
    IpBlock(IpNet),
    /// Nothing: the call leaves no trace that the API shows.
    None,
}

/// The probe of `call`. A warning changes nothing on the account and strikes are in no API, so only
/// the report that it resolves tells.
pub(super) fn probe(call: &ServerCall) -> Probe {
    match call {
        ServerCall::Act {
            action: AccountAction::Warn,
            report,
            ..
        } => match report {
            Some(report) => Probe::Report(report.clone()),
            None => Probe::None,
        },
        ServerCall::Act { account, .. }
        | ServerCall::Lift { account, .. }
        | ServerCall::Approve { account }
        | ServerCall::Reject { account } => Probe::Account(account.clone()),
        ServerCall::Resolve { report }
        | ServerCall::Reopen { report }
        | ServerCall::Assign { report }
        | ServerCall::Unassign { report }
        | ServerCall::Categorise { report, .. } => Probe::Report(report.clone()),
        ServerCall::Block { block } => Probe::DomainBlock(block.domain.clone()),
        ServerCall::Unblock { domain } => Probe::DomainBlock(domain.clone()),
        ServerCall::BlockEmailDomain { domain } | ServerCall::UnblockEmailDomain { domain } => {
            Probe::EmailDomainBlock(domain.clone())
        }
        ServerCall::BlockIp { range, .. } | ServerCall::UnblockIp { range } => {
            Probe::IpBlock(*range)
        }
    }
}

/// What is read before `call`: its probe, but for a warning the account.
pub(super) fn subject(call: &ServerCall) -> Probe {
    match call {
        ServerCall::Act { account, .. } => Probe::Account(account.clone()),
        other => probe(other),
    }
}

/// What was read.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Seen {
    /// The account.
    Account(Box<Account>),
    /// The report.
    Report(Box<Report>),
    /// The domain block, if there is one.
    DomainBlock(Option<Box<DomainBlock>>),
    /// The e-mail domain block, if there is one.
    EmailDomainBlock(Option<EmailDomainBlock>),
    /// The IP block, if there is one.
    IpBlock(Option<IpBlock>),
    /// The server does not know the account or the report (any more).
    Gone,
    /// Nothing can be read.
    Nothing,
}

impl Seen {
    /// The account; an error where something else was read, which is a bug.
    pub(super) fn account(&self) -> Result<&Account, ClientError> {
        match self {
            Self::Account(account) => Ok(account),
            _ => Err(ClientError::NotFound),
        }
    }

    /// The account that matters for the right to act.
    pub(super) fn target(&self) -> Option<&Account> {
        match self {
            Self::Account(account) => Some(account),
            Self::Report(report) => Some(&report.target),
            _ => None,
        }
    }
}

/// Reads what `probe` names.
pub(super) async fn look(client: &Client, probe: &Probe) -> Result<Seen, ClientError> {
    let read = match probe {
        Probe::Account(AccountRef::Id(id)) => account(client, id).await,
        Probe::Account(AccountRef::Handle(handle)) => match client.lookup(handle).await {
            Ok(found) => account(client, &found.id).await,
            Err(error) => Err(error),
        },
        Probe::Report(id) => client
            .report(id)
            .await
            .map(|report| Seen::Report(Box::new(report))),
        Probe::DomainBlock(domain) => {
            let block = client.find_domain_block(domain).await?;
            return Ok(Seen::DomainBlock(block.map(Box::new)));
        }
        Probe::EmailDomainBlock(domain) => {
            return client
                .find_email_domain_block(domain)
                .await
                .map(Seen::EmailDomainBlock);
        }
        Probe::IpBlock(range) => return client.find_ip_block(*range).await.map(Seen::IpBlock),
        Probe::None => return Ok(Seen::Nothing),
    };
    match read {
        Err(ClientError::NotFound) => Ok(Seen::Gone),
        other => other,
    }
}

async fn account(client: &Client, id: &AccountId) -> Result<Seen, ClientError> {
    client
        .account(id)
        .await
        .map(|account| Seen::Account(Box::new(account)))
}

/// Whether what was read shows `call`'s effect. `own` is the account of the token that the call is
/// made with.
pub(super) fn is_in_effect(call: &ServerCall, seen: &Seen, own: Option<&AccountId>) -> bool {
    match (call, seen) {
        (ServerCall::Reject { .. }, Seen::Gone)
        | (ServerCall::Unblock { .. }, Seen::DomainBlock(None))
        | (ServerCall::UnblockEmailDomain { .. }, Seen::EmailDomainBlock(None))
        | (ServerCall::UnblockIp { .. }, Seen::IpBlock(None)) => true,
        (call, Seen::Account(account)) => on_account(call, account),
        (call, Seen::Report(report)) => on_report(call, report, own),
        (ServerCall::Block { block }, Seen::DomainBlock(Some(is))) => is_as_wanted(is, block),
        (ServerCall::BlockEmailDomain { .. }, Seen::EmailDomainBlock(Some(is))) => {
            !is.allow_with_approval
        }
        (ServerCall::BlockIp { severity, .. }, Seen::IpBlock(Some(is))) => {
            is.severity == severity.api_word()
        }
        _ => false,
    }
}

fn on_account(call: &ServerCall, account: &Account) -> bool {
    match call {
        ServerCall::Act { action, .. } => action.is_in_effect(&account.state),
        ServerCall::Lift { action, .. } => !action.is_in_effect(&account.state),
        ServerCall::Approve { .. } => account.state.approved == Some(true),
        _ => false,
    }
}

fn on_report(call: &ServerCall, report: &Report, own: Option<&AccountId>) -> bool {
    match call {
        ServerCall::Act { .. } | ServerCall::Resolve { .. } => report.resolved,
        ServerCall::Reopen { .. } => !report.resolved,
        ServerCall::Assign { .. } => {
            own.is_some() && report.assigned_to.as_ref().map(|account| &account.id) == own
        }
        ServerCall::Unassign { .. } => report.assigned_to.is_none(),
        ServerCall::Categorise {
            category, rules, ..
        } => {
            let named: BTreeSet<&str> = report.rules.iter().map(|rule| rule.id.as_str()).collect();
            let wanted: BTreeSet<&str> = rules.iter().map(String::as_str).collect();
            report.category == *category && (*category != Category::Violation || named == wanted)
        }
        _ => false,
    }
}

/// Whether a block is what is wanted. A private comment is for moderators only and never a reason
/// to send anything; a public one only where one is wanted.
fn is_as_wanted(is: &DomainBlock, wanted: &WantedBlock) -> bool {
    is.severity == wanted.severity
        && is.reject_media == wanted.reject_media
        && is.reject_reports == wanted.reject_reports
        && is.obfuscate == wanted.obfuscate
        && (wanted.public_comment.is_none() || is.public_comment == wanted.public_comment)
}

#[cfg(test)]
pub(super) mod tests;
