//! Who asks, and with what right: from an identity to a moderator, from a moderator and a target
//! to a grant.

use super::error::{Halt, Refused};
use super::rules::{Rules, plain_handle};
use super::standing::Standing;
use crate::domain::permission::{Protection, TargetFacts, authorize};
use crate::domain::{
    Account, AccountId, DomainName, Grant, Moderator, ModeratorName, Permission, Report,
};

/// The moderator of that name as things stand: what the operation worker checks again.
pub fn find_moderator(
    name: &ModeratorName,
    rules: &Rules,
    standing: &Standing,
) -> Option<Moderator> {
    rules
        .named(name.as_str())
        .map(|person| standing.moderator(person))
}

/// The moderator of that name, if they may read at all: what the room and the API ask first.
///
/// # Errors
/// [`Refused`] for whoever is in the configuration no more, or lost their rights.
pub fn find_reader(
    name: &ModeratorName,
    rules: &Rules,
    standing: &Standing,
) -> Result<Moderator, Refused> {
    let moderator = find_moderator(name, rules, standing).ok_or_else(|| {
        Refused::new(format!(
            "{name} is no moderator any more; a lead adds people to the configuration"
        ))
    })?;
    let nothing = TargetFacts::default();
    authorize(&moderator, Permission::Read, &nothing, rules.policy.roles())?;
    Ok(moderator)
}

/// Checks a right that concerns no target.
pub(super) fn grant(
    moderator: &Moderator,
    permission: Permission,
    rules: &Rules,
) -> Result<Grant, Halt> {
    Ok(authorize(
        moderator,
        permission,
        &TargetFacts::default(),
        rules.policy.roles(),
    )?)
}

/// Checks that no stop covers what `moderator` wants to change.
pub(super) fn not_stopped(moderator: &Moderator, standing: &Standing) -> Result<(), Refused> {
    match standing.stop_for(&moderator.name) {
        Some(stop) => Err(Refused::new(format!(
            "Nothing was changed: {stop}. A lead, two moderators or the host can lift that with \
             `stop reset`."
        ))),
        None => Ok(()),
    }
}

/// What matters about an account for the right to act on it.
pub fn account_facts(
    account: &Account,
    reports: &[Report],
    moderator: &Moderator,
    rules: &Rules,
    standing: &Standing,
) -> TargetFacts {
    let is_own = |account: &Account| is_account_of(moderator, account);
    TargetFacts {
        own_case: is_own(account) || reports.iter().any(|report| is_own(&report.reporter)),
        protected: protection(account, rules, standing),
        rank: account
            .role
            .as_ref()
            .map(crate::domain::account::ServerRole::rank),
        in_batch: false,
    }
}

/// What matters about a domain for the right to act on it.
pub fn domain_facts(domain: &DomainName, rules: &Rules) -> TargetFacts {
    let own = rules
        .own_domain
        .as_ref()
        .is_some_and(|own| own.is_within(domain));
    let named = rules.protected.iter().any(|name| name == domain.as_str());
    let protected = match (own, named) {
        (true, _) => Some(Protection::OwnDomain),
        (false, true) => Some(Protection::Named),
        (false, false) => None,
    };
    TargetFacts {
        protected,
        ..TargetFacts::default()
    }
}

fn is_account_of(moderator: &Moderator, account: &Account) -> bool {
    let by_id = moderator
        .link
        .as_ref()
        .is_some_and(|link| link.account == account.id);
    by_id || moderator.account.as_deref() == Some(plain_handle(&account.acct()).as_str())
}

fn protection(account: &Account, rules: &Rules, standing: &Standing) -> Option<Protection> {
    let is_bot = |id: &AccountId| standing.bot.as_ref() == Some(id);
    let acct = plain_handle(&account.acct());
    let domain_named = account.domain.as_ref().is_some_and(|domain| {
        rules
            .protected
            .iter()
            .any(|name| name.eq_ignore_ascii_case(domain))
    });
    if is_bot(&account.id) {
        Some(Protection::Bot)
    } else if rules.linked_to(&acct).is_some() {
        Some(Protection::Moderator)
    } else if account.is_staff() {
        Some(Protection::Staff)
    } else if domain_named || rules.protected.contains(&acct) {
        Some(Protection::Named)
    } else {
        None
    }
}
