//! `Account`, `Admin::Account` and `CredentialAccount` into [`Account`]. E-mail and IP addresses are
//! never read here.

use super::{Missing, Node};
use crate::domain::account::{Account, AccountState, ServerRole};
use crate::domain::ids::AccountId;

/// What an account without a name is called; only a version of Mastodon that we do not know would
/// send one.
const NAMELESS: &str = "unknown";

/// Reads an `Admin::Account`, whose public half is in its own `account` member.
///
/// # Errors
/// Only the id is required here; callers ask for more where the design does.
pub(in crate::mastodon) fn admin_account(node: &Node<'_>) -> Result<Account, Missing> {
    let public = node.at("account");
    let flag = |key| node.at(key).flag().unwrap_or(false);
    let domain = node.at("domain").text().or_else(|| domain_of(&public));
    let is_local = domain.is_none();
    Ok(Account {
        id: AccountId(node.at("id").needed_id()?),
        username: name(node)
            .or_else(|| name(&public))
            .unwrap_or_else(|| NAMELESS.to_owned()),
        domain,
        display_name: public.at("display_name").text().unwrap_or_default(),
        url: public.at("url").words(),
        created_at: node
            .at("created_at")
            .time()
            .or_else(|| public.at("created_at").time()),
        followers: public.at("followers_count").number(),
        statuses: public.at("statuses_count").number(),
        state: AccountState {
            suspended: flag("suspended"),
            limited: flag("silenced"),
            force_sensitive: flag("sensitized"),
            frozen: is_local && flag("disabled"),
            approved: node.at("approved").flag(),
            confirmed: node.at("confirmed").flag(),
        },
        role: node.at("role").present().map(|role| server_role(&role)),
        invite_request: node.at("invite_request").words(),
        locale: node.at("locale").words(),
    })
}

/// Reads an `Account` (lookup, search) or a `CredentialAccount` (which has a role). Moderation state
/// beyond suspended and limited is not in these entities, so it reads as "not".
///
/// # Errors
/// Only the id is required.
pub(in crate::mastodon) fn account(node: &Node<'_>) -> Result<Account, Missing> {
    let flag = |key| node.at(key).flag().unwrap_or(false);
    Ok(Account {
        id: AccountId(node.at("id").needed_id()?),
        username: name(node).unwrap_or_else(|| NAMELESS.to_owned()),
        domain: domain_of(node),
        display_name: node.at("display_name").text().unwrap_or_default(),
        url: node.at("url").words(),
        created_at: node.at("created_at").time(),
        followers: node.at("followers_count").number(),
        statuses: node.at("statuses_count").number(),
        state: AccountState {
            suspended: flag("suspended"),
            limited: flag("limited"),
            ..AccountState::default()
        },
        role: node.at("role").present().map(|role| server_role(&role)),
        invite_request: None,
        locale: None,
    })
}

fn name(node: &Node<'_>) -> Option<String> {
    node.at("username").words()
}

/// The domain of an `acct` such as `user@domain`; local ones have none.
fn domain_of(public: &Node<'_>) -> Option<String> {
    let acct = public.at("acct").text()?;
    acct.split_once('@').map(|(_, domain)| domain.to_owned())
}

/// A role; 4.0 leaks the database row (numbers), later versions send texts.
fn server_role(node: &Node<'_>) -> ServerRole {
    ServerRole {
        id: node.at("id").id().unwrap_or_default(),
        name: node.at("name").text().unwrap_or_default(),
        permissions: node
            .at("permissions")
            .number()
            .and_then(|bits| u64::try_from(bits).ok())
            .unwrap_or(0),
    }
}
