//! Which commands work with which token.

use super::*;
use crate::domain::account::{AccountState, ServerRole};
use crate::domain::ids::AccountId;
use crate::mastodon::client::Version;
use serde_json::json;

fn capabilities(version: &str, scopes: Option<&str>, permissions: Option<u64>) -> Capabilities {
    let owner = Account {
        id: AccountId::from("1"),
        username: "modder".to_owned(),
        domain: None,
        display_name: String::new(),
        url: None,
        created_at: None,
        followers: None,
        statuses: None,
        state: AccountState::default(),
        role: permissions.map(|permissions| ServerRole {
            id: "1".to_owned(),
            name: "Moderator".to_owned(),
            permissions,
        }),
        invite_request: None,
        locale: None,
    };
    Capabilities {
        about: Arc::new(About {
            domain: None,
            title: String::new(),
            version: Version::parse(version),
            api_version: None,
        }),
        scopes: scopes.and_then(|scopes| Scopes::read(&Node::root(&json!(scopes), ""))),
        owner: Some(owner),
    }
}

#[test]
fn scopes_hold_what_is_within_them() {
    let list = json!(["read", "admin:write:reports"]);
    let scopes = Scopes::read(&Node::root(&list, "")).unwrap();
    for (scope, given) in [
        ("read", true),
        ("read:accounts", true),
        ("admin:write:reports", true),
        ("admin:write", false),
        ("admin:write:reports2", false),
        ("readonly", false),
    ] {
        assert_eq!(scopes.allow(scope), given, "{scope}");
    }
    assert_eq!(Scopes::read(&Node::root(&json!([]), "")), None);
    assert_eq!(Scopes::read(&Node::root(&json!(null), "")), None);
}

#[test]
fn a_stock_moderator_cannot_block() {
    let moderator = capabilities("4.3.23", Some("admin:read admin:write"), Some(66_844));
    for verb in Verb::ALL {
        let expected = match verb {
            Verb::BlockDomain | Verb::LimitDomain | Verb::SuspendDomain | Verb::UnblockDomain => {
                Some(Lack::Right("Manage Federation"))
            }
            Verb::BlockEmailDomain | Verb::UnblockEmailDomain | Verb::BlockIp | Verb::UnblockIp => {
                Some(Lack::Right("Manage Blocks"))
            }
            _ => None,
        };
        assert_eq!(moderator.lack_for(verb), expected, "{verb}");
    }
    assert_eq!(moderator.lack_for_reading_reports(), None);
    assert_eq!(moderator.lack_for_measures(), None);
}

#[test]
fn an_owner_can_do_everything_and_a_plain_user_nothing() {
    let owner = capabilities("4.6.5", Some("admin:read admin:write"), Some(1));
    let plain = capabilities("4.6.5", Some("admin:read admin:write"), Some(65_536));
    for verb in Verb::ALL {
        assert_eq!(owner.lack_for(verb), None, "{verb}");
        assert!(
            matches!(plain.lack_for(verb), Some(Lack::Right(_))),
            "{verb}"
        );
    }
}

#[test]
fn read_only_scopes_leave_reading() {
    let reader = capabilities("4.3.23", Some("read admin:read"), Some(1));
    assert_eq!(reader.lack_for_reading_accounts(), None);
    assert_eq!(
        reader.lack_for(Verb::Suspend).unwrap().to_string(),
        "the token lacks the scope admin:write:accounts; add it under Preferences, Development and make a new token"
    );
}

#[test]
fn what_is_not_known_is_tried_and_other_software_is_not() {
    let unknown = capabilities("4.2.0", None, None);
    assert_eq!(unknown.lack_for(Verb::Suspend), None);
    let pleroma = capabilities("2.7.2 (compatible; Pleroma 2.6)", None, Some(1));
    assert_eq!(
        pleroma.lack_for(Verb::Limit),
        Some(Lack::OtherSoftware("Pleroma 2.6".to_owned()))
    );
}
