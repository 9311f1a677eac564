//! Reading accounts through the admin API: one, and both generations of the list.

use std::net::IpAddr;

use ipnet::IpNet;

use super::page::{Size, answer, page};
use super::{Outcome, id};
use crate::sim::answer::{Answer, Failure};
use crate::sim::call::Call;
use crate::sim::entity::View;
use crate::sim::model::{Account, Id};
use crate::sim::role::{Permission, Role};
use crate::sim::state::State;

const READ: [&str; 2] = ["admin:read", "admin:read:accounts"];

/// Filters that the links of the newer list repeat; `role_ids[]` is lost there.
const V2_KEPT: [&str; 9] = [
    "origin",
    "status",
    "permissions",
    "invited_by",
    "username",
    "display_name",
    "by_domain",
    "email",
    "ip",
];

const V1_KEPT: [&str; 13] = [
    "local",
    "remote",
    "active",
    "pending",
    "disabled",
    "silenced",
    "suspended",
    "by_domain",
    "username",
    "display_name",
    "email",
    "ip",
    "staff",
];

pub(super) fn get(state: &State, call: &Call, id_text: &str) -> Outcome {
    call.admin_scope(&READ)?;
    let account = state.account(id(id_text)?).ok_or(Failure::NotFound)?;
    call.staff(state, &[Permission::ManageUsers])?;
    let view = View::new(state, call.caller());
    Ok(Answer::json(view.admin_account(account)))
}

/// The older list: local accounts that are not suspended, unless it is told otherwise.
pub(super) fn list_v1(state: &State, call: &Call) -> Outcome {
    call.admin_scope(&READ)?;
    call.staff(state, &[Permission::ManageUsers])?;
    let on = |key| call.params.present(key).is_some();
    let mut filter = Filter::from_call(call);
    filter.origin = Some(if on("remote") {
        Origin::Remote
    } else {
        Origin::Local
    });
    filter.standing = Some(Standing::Active);
    for (key, standing) in STANDINGS.iter().filter(|(key, _)| *key != "sensitized") {
        if on(key) {
            filter.standing = Some(*standing);
        }
    }
    if on("staff") {
        filter.roles = Some(staff_roles());
    }
    show(state, call, &filter, &V1_KEPT)
}

/// The newer list: everybody, unless it is told otherwise.
pub(super) fn list_v2(state: &State, call: &Call) -> Outcome {
    call.admin_scope(&READ)?;
    call.staff(state, &[Permission::ManageUsers])?;
    let mut filter = Filter::from_call(call);
    filter.origin = match call.params.present("origin").as_deref() {
        None => None,
        Some("local") => Some(Origin::Local),
        Some("remote") => Some(Origin::Remote),
        Some(other) => return Err(Failure::BadRequest(format!("Unknown origin: {other}"))),
    };
    if let Some(status) = call.params.present("status") {
        let standing = STANDINGS.iter().find(|(name, _)| *name == status);
        let unknown = || Failure::BadRequest(format!("Unknown status: {status}"));
        filter.standing = Some(standing.ok_or_else(unknown)?.1);
    }
    if let Some(ids) = call.params.list("role_ids") {
        filter.roles = Some(ids.iter().filter_map(|id| Role::by_id(id)).collect());
    }
    if call.params.text("permissions").as_deref() == Some("staff") {
        filter.roles = Some(staff_roles());
    }
    show(state, call, &filter, &V2_KEPT)
}

fn show(state: &State, call: &Call, filter: &Filter, kept: &[&str]) -> Outcome {
    let fitting = state.accounts.iter().filter(|account| filter.fits(account));
    let ids = page(
        call,
        fitting.map(|account| account.id).collect(),
        Size::ADMIN,
    )?;
    let view = View::new(state, call.caller());
    let accounts = ids.iter().filter_map(|&id| state.account(id));
    let nodes = accounts.map(|account| view.admin_account(account));
    answer(call, &state.web_url, kept, Size::ADMIN, &ids, nodes)
}

fn staff_roles() -> Vec<Role> {
    vec![Role::Moderator, Role::Admin, Role::Owner]
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Origin {
    Local,
    Remote,
}

/// What the lists call the status of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    Active,
    Pending,
    Frozen,
    Limited,
    Suspended,
    ForceSensitive,
}

const STANDINGS: [(&str, Standing); 6] = [
    ("active", Standing::Active),
    ("pending", Standing::Pending),
    ("disabled", Standing::Frozen),
    ("silenced", Standing::Limited),
    ("suspended", Standing::Suspended),
    ("sensitized", Standing::ForceSensitive),
];

/// Which accounts a list shows.
#[derive(Debug, Default)]
struct Filter {
    origin: Option<Origin>,
    standing: Option<Standing>,
    roles: Option<Vec<Role>>,
    by_domain: Option<String>,
    username: Option<String>,
    display_name: Option<String>,
    email: Option<String>,
    ip: Option<Network>,
    invited_by: Option<String>,
}

/// An address filter; one that cannot be read fits nobody.
#[derive(Debug)]
enum Network {
    Unreadable,
    Net(IpNet),
}

impl Filter {
    /// The filters that both lists have.
    fn from_call(call: &Call) -> Self {
        let lower = |key| {
            call.params
                .present(key)
                .map(|text| text.trim().to_lowercase())
        };
        Self {
            by_domain: lower("by_domain"),
            username: lower("username").map(|name| name.trim_start_matches('@').to_owned()),
            display_name: lower("display_name"),
            email: lower("email"),
            invited_by: call.params.present("invited_by"),
            ip: call.params.present("ip").map(|ip| network(&ip)),
            ..Self::default()
        }
    }

    fn fits(&self, account: &Account) -> bool {
        let user = account.user.as_ref();
        let starts = |text: &str, prefix: &str| text.to_lowercase().starts_with(prefix);
        !account.is_server_actor()
            && self.origin.is_none_or(|o| (o == Origin::Local) == account.is_local())
            && self.standing.is_none_or(|standing| stands(account, standing))
            && self.roles.as_ref().is_none_or(|roles| has_role(account, roles))
            && self.by_domain.as_ref().is_none_or(|domain| account.domain.as_ref() == Some(domain))
            && self.username.as_ref().is_none_or(|prefix| starts(&account.username, prefix))
            && self.display_name.as_ref().is_none_or(|prefix| starts(&account.display_name, prefix))
            && self.email.as_ref().is_none_or(|p| user.is_some_and(|user| starts(&user.email, p)))
            && self.ip.as_ref().is_none_or(|ip| user.is_some_and(|user| contains(ip, &user.ip)))
            // Nobody on the simulated server was invited.
            && self.invited_by.is_none()
    }
}

fn stands(account: &Account, standing: Standing) -> bool {
    match standing {
        Standing::Active => !account.suspended,
        Standing::Pending => account.pending(),
        Standing::Frozen => account.frozen() && !account.suspended,
        Standing::Limited => account.limited,
        Standing::Suspended => account.suspended,
        Standing::ForceSensitive => account.force_sensitive,
    }
}

fn has_role(account: &Account, roles: &[Role]) -> bool {
    account.role().is_some_and(|role| roles.contains(&role))
}

fn network(text: &str) -> Network {
    let net = text
        .parse::<IpNet>()
        .ok()
        .or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from));
    net.map_or(Network::Unreadable, Network::Net)
}

fn contains(network: &Network, ip: &str) -> bool {
    match network {
        Network::Unreadable => false,
        Network::Net(net) => ip.parse::<IpAddr>().is_ok_and(|ip| net.contains(&ip)),
    }
}

/// The account that an admin call names, found before any permission is checked.
pub(super) fn named(state: &State, id_text: &str) -> Result<Id, Failure> {
    state
        .account(id(id_text)?)
        .map(|account| account.id)
        .ok_or(Failure::NotFound)
}
