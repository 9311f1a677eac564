//! What is sent to change a server.

use serde_json::{Value, json};
use wardroom::domain::domain_block::WantedBlock;
use wardroom::domain::operation::IpSeverity;
use wardroom::domain::{
    Account, AccountAction, BlockSeverity, Category, DomainBlock, DomainName, ReportId,
};
use wardroom::mastodon::client::{ClientError, NotSent};

use super::replay::{Asked, Replay, made_up, recorded};
use super::{account, client, permit};

const V: &str = "v4.3.23";

fn asked(line: &str, body: Value) -> Asked {
    Asked {
        line: line.to_owned(),
        body,
    }
}

#[tokio::test]
async fn reports_are_changed_one_call_each() {
    let path = |verb: &str| format!("/api/v1/admin/reports/1/{verb}");
    let replay = Replay::start([
        recorded(V, "p1", "POST", &path("assign_to_self"), 0),
        recorded(V, "p1", "POST", &path("unassign"), 0),
        recorded(V, "p1", "POST", &path("resolve"), 0),
        recorded(V, "p1", "POST", &path("reopen"), 0),
        recorded(V, "p1", "PUT", "/api/v1/admin/reports/1", 0),
        made_up(
            422,
            json!({"error": "Validation failed: Rule ids does not reference valid rules"}),
        ),
    ])
    .await;
    let client = client(&replay.url);
    let id = ReportId::from("1");
    let assigned = client.assign_report_to_self(permit(), &id).await.unwrap();
    assert_eq!(assigned.assigned_to.unwrap().username, "modder");
    let unassigned = client.unassign_report(permit(), &id).await.unwrap();
    assert_eq!(unassigned.assigned_to, None);
    let resolved = client.resolve_report(permit(), &id).await.unwrap();
    assert!(resolved.resolved && resolved.resolved_at.is_some());
    assert!(!client.reopen_report(permit(), &id).await.unwrap().resolved);
    let other = client
        .categorise_report(permit(), &id, &Category::Other, &[])
        .await
        .unwrap();
    assert_eq!(other.category, Category::Other);
    let rules = ["99".to_owned()];
    let refused = client
        .categorise_report(permit(), &id, &Category::Violation, &rules)
        .await;
    assert!(
        matches!(refused, Err(ClientError::Validation { .. })),
        "{refused:?}"
    );
    let nothing = Value::Null;
    assert_eq!(
        replay.finish(),
        [
            asked(
                "POST /api/v1/admin/reports/1/assign_to_self",
                nothing.clone()
            ),
            asked("POST /api/v1/admin/reports/1/unassign", nothing.clone()),
            asked("POST /api/v1/admin/reports/1/resolve", nothing.clone()),
            asked("POST /api/v1/admin/reports/1/reopen", nothing),
            asked("PUT /api/v1/admin/reports/1", json!({"category": "other"})),
            asked(
                "PUT /api/v1/admin/reports/1",
                json!({"category": "violation", "rule_ids": ["99"]})
            ),
        ]
    );
}

#[tokio::test]
async fn invariant_16_only_what_was_written_for_the_account_is_sent_to_it() {
    let local = account(true).await;
    let replay = Replay::start([made_up(200, "{}"), made_up(200, "{}"), made_up(200, "{}")]).await;
    let client = client(&replay.url);
    let report = ReportId::from("7");
    for (action, report, tell) in [
        (AccountAction::Warn, Some(&report), Some("Please stop.")),
        (AccountAction::Limit, None, None),
        (AccountAction::Suspend, Some(&report), Some("  ")),
    ] {
        client
            .act(permit(), &local, action, report, tell)
            .await
            .unwrap();
    }
    let line = format!("POST /api/v1/admin/accounts/{}/action", local.id);
    assert_eq!(
        replay.finish(),
        [
            asked(
                &line,
                json!({"type": "none", "report_id": "7", "text": "Please stop.",
                       "send_email_notification": true})
            ),
            asked(
                &line,
                json!({"type": "silence", "send_email_notification": false})
            ),
            asked(
                &line,
                json!({"type": "suspend", "report_id": "7", "send_email_notification": false})
            ),
        ]
    );
}

#[tokio::test]
async fn actions_are_lifted_and_sign_ups_decided() {
    let local = account(true).await;
    let path = |verb: &str| format!("/api/v1/admin/accounts/{}/{verb}", local.id);
    let replay = Replay::start([
        recorded(V, "p2", "POST", &path("unsensitive"), 0),
        recorded(V, "p2", "POST", &path("unsilence"), 0),
        recorded(V, "p2", "POST", &path("enable"), 0),
        recorded(V, "p2", "POST", &path("unsuspend"), 0),
        recorded(V, "p2", "POST", &path("approve"), 0),
        made_up(200, "{}"),
    ])
    .await;
    let client = client(&replay.url);
    for action in [
        AccountAction::ForceSensitive,
        AccountAction::Limit,
        AccountAction::Freeze,
        AccountAction::Suspend,
    ] {
        let after = client.lift(permit(), &local, action).await.unwrap();
        assert!(!action.is_in_effect(&after.state), "{action:?}");
    }
    let text = "This action is not allowed".to_owned();
    assert_eq!(
        client.approve(permit(), &local).await,
        Err(ClientError::Forbidden { text })
    );
    client.reject(permit(), &local).await.unwrap();
    let verbs = [
        "unsensitive",
        "unsilence",
        "enable",
        "unsuspend",
        "approve",
        "reject",
    ];
    assert_eq!(
        replay.lines(),
        verbs.map(|verb| format!("POST {}", path(verb)))
    );
}

#[tokio::test]
async fn what_would_be_wrong_is_not_sent() {
    let remote = account(false).await;
    let local = account(true).await;
    let replay = Replay::start([]).await;
    let client = client(&replay.url);
    let refused = |result: Result<Account, ClientError>| match result {
        Err(ClientError::NotSent(why)) => why,
        other => panic!("{other:?}"),
    };
    let freeze = client
        .act(permit(), &remote, AccountAction::Freeze, None, None)
        .await;
    assert_eq!(freeze, Err(NotSent::RemoteFreeze.into()));
    let thaw = client.lift(permit(), &remote, AccountAction::Freeze).await;
    assert_eq!(refused(thaw), NotSent::RemoteFreeze);
    let unwarn = client.lift(permit(), &local, AccountAction::Warn).await;
    assert_eq!(refused(unwarn), NotSent::LiftOfWarning);
    assert_eq!(
        refused(client.approve(permit(), &remote).await),
        NotSent::RemoteSignUp
    );
    assert_eq!(
        client.reject(permit(), &remote).await,
        Err(NotSent::RemoteSignUp.into())
    );
    let id = ReportId::from("1");
    let unknown = Category::Unknown("bogus".to_owned());
    assert!(
        client
            .categorise_report(permit(), &id, &unknown, &[])
            .await
            .is_err()
    );
    let rules = ["1".to_owned()];
    assert_eq!(
        client
            .categorise_report(permit(), &id, &Category::Spam, &rules)
            .await,
        Err(NotSent::RulesWithoutViolation.into())
    );
    assert!(replay.lines().is_empty());
}

fn wanted(domain: &str, severity: BlockSeverity) -> WantedBlock {
    WantedBlock {
        domain: DomainName::parse(domain).unwrap(),
        severity,
        reject_media: true,
        reject_reports: false,
        private_comment: Some("Wardroom #42".to_owned()),
        public_comment: None,
        obfuscate: false,
    }
}

#[tokio::test]
async fn domains_are_blocked_updated_by_what_differs_and_unblocked() {
    let blocks = "/api/v1/admin/domain_blocks";
    let replay = Replay::start([
        recorded(V, "p1", "GET", "/api/v2/instance", 0),
        recorded(V, "p3", "POST", blocks, 5),
        recorded(V, "p3", "POST", blocks, 7),
        recorded(V, "p3", "PUT", "/api/v1/admin/domain_blocks/1", 0),
        recorded(V, "p3", "DELETE", "/api/v1/admin/domain_blocks/1", 0),
        recorded(V, "p3", "DELETE", "/api/v1/admin/domain_blocks/1", 1),
    ])
    .await;
    let client = client(&replay.url);
    let first = wanted("Bad.TEST", BlockSeverity::Limit);
    let block = client.create_domain_block(permit(), &first).await.unwrap();
    assert_eq!(
        (block.domain.as_str(), block.severity),
        ("bad.test", BlockSeverity::Limit)
    );

    let sub = wanted("sub.bad.test", BlockSeverity::None);
    let Err(ClientError::ExistingBlock(existing)) =
        client.create_domain_block(permit(), &sub).await
    else {
        panic!()
    };
    assert_eq!(*existing, block);
    assert_ne!(existing.domain, sub.domain.as_str());

    let same = as_wanted(&block);
    let unchanged = client.update_domain_block(permit(), &block, &same).await;
    assert_eq!(unchanged.unwrap(), block);
    let harder = WantedBlock {
        severity: BlockSeverity::Suspend,
        private_comment: None,
        public_comment: Some("worse".to_owned()),
        ..same
    };
    let updated = client
        .update_domain_block(permit(), &block, &harder)
        .await
        .unwrap();
    assert_eq!(updated.severity, BlockSeverity::Suspend);
    client
        .delete_domain_block(permit(), &block.id)
        .await
        .unwrap();
    assert_eq!(
        client.delete_domain_block(permit(), &block.id).await,
        Err(ClientError::NotFound)
    );

    let asked = replay.finish();
    assert_eq!(
        asked[1].body,
        json!({"domain": "bad.test", "severity": "silence", "reject_media": true,
               "reject_reports": false, "obfuscate": false, "private_comment": "Wardroom #42"})
    );
    assert_eq!(
        asked[3].body,
        json!({"severity": "suspend", "private_comment": null, "public_comment": "worse"})
    );
    assert_eq!(asked[5].line, "DELETE /api/v1/admin/domain_blocks/1");
    assert_eq!(asked.len(), 6);
}

fn as_wanted(block: &DomainBlock) -> WantedBlock {
    WantedBlock {
        domain: DomainName::parse(&block.domain).unwrap(),
        severity: block.severity,
        reject_media: block.reject_media,
        reject_reports: block.reject_reports,
        private_comment: block.private_comment.clone(),
        public_comment: block.public_comment.clone(),
        obfuscate: block.obfuscate,
    }
}

#[tokio::test]
async fn the_servers_own_domain_is_never_blocked() {
    let about = json!({"domain": "social.mastodon.test", "version": "4.3.23"});
    let replay = Replay::start([made_up(200, about)]).await;
    let client = client(&replay.url);
    for domain in ["social.mastodon.test", "Mastodon.test"] {
        let refused = client
            .create_domain_block(permit(), &wanted(domain, BlockSeverity::Suspend))
            .await;
        assert!(
            matches!(refused, Err(ClientError::NotSent(NotSent::OwnDomain(_)))),
            "{refused:?}"
        );
    }
    assert_eq!(replay.lines(), ["GET /api/v2/instance"]);
}

#[tokio::test]
async fn invariant_05_a_block_that_could_not_be_checked_was_certainly_not_sent() {
    let replay = Replay::start([made_up(500, "<html>"), made_up(500, "<html>")]).await;
    let client = client(&replay.url);
    let error = client
        .create_domain_block(permit(), &wanted("bad.test", BlockSeverity::Suspend))
        .await
        .unwrap_err();
    assert!(!error.possibly_applied() && error.is_passing(), "{error:?}");
    assert_eq!(
        replay.lines(),
        ["GET /api/v2/instance", "GET /api/v1/instance"]
    );
}

#[tokio::test]
async fn email_domains_may_wait_for_approval_since_4_3() {
    let domain = DomainName::parse("mail.test").unwrap();
    let path = "/api/v1/admin/email_domain_blocks";
    let old = Replay::start([
        made_up(200, json!({"domain": "old.test", "version": "4.2.10"})),
        recorded("v4.2", "p3", "POST", path, 0),
        made_up(200, "{}"),
    ])
    .await;
    let client_of_old = client(&old.url);
    let refused = client_of_old
        .create_email_domain_block(permit(), &domain, true)
        .await;
    assert!(
        matches!(refused, Err(ClientError::NotSent(NotSent::TooOld { .. }))),
        "{refused:?}"
    );
    let block = client_of_old
        .create_email_domain_block(permit(), &domain, false)
        .await
        .unwrap();
    client_of_old
        .delete_email_domain_block(permit(), &block.id)
        .await
        .unwrap();
    let asked = old.finish();
    assert_eq!(asked[1].body, json!({"domain": "mail.test"}));
    assert_eq!(asked[2].line, "DELETE /api/v1/admin/email_domain_blocks/1");

    let new = Replay::start([
        recorded(V, "p1", "GET", "/api/v2/instance", 0),
        recorded(V, "p3", "POST", path, 0),
    ])
    .await;
    client(&new.url)
        .create_email_domain_block(permit(), &domain, true)
        .await
        .unwrap();
    let body = json!({"domain": "mail.test", "allow_with_approval": true});
    assert_eq!(new.finish()[1].body, body);
}

#[tokio::test]
async fn ip_ranges_are_blocked_as_networks() {
    let path = "/api/v1/admin/ip_blocks";
    let replay = Replay::start([
        recorded(V, "p3", "POST", path, 0),
        recorded(V, "p3", "POST", path, 1),
        made_up(200, "{}"),
    ])
    .await;
    let client = client(&replay.url);
    let range = "203.0.113.77/24".parse().unwrap();
    let block = client
        .create_ip_block(permit(), range, IpSeverity::SignUps, Some(3600), "#42")
        .await
        .unwrap();
    assert_eq!(block.range.to_string(), "203.0.113.0/24");
    let taken = client
        .create_ip_block(permit(), range, IpSeverity::NoAccess, None, "#42")
        .await;
    assert!(
        matches!(taken, Err(ClientError::Validation { .. })),
        "{taken:?}"
    );
    client.delete_ip_block(permit(), &block.id).await.unwrap();
    assert_eq!(
        replay.finish()[..2],
        [
            asked(
                "POST /api/v1/admin/ip_blocks",
                json!({"ip": "203.0.113.0/24", "severity": "sign_up_block", "comment": "#42",
                       "expires_in": 3600})
            ),
            asked(
                "POST /api/v1/admin/ip_blocks",
                json!({"ip": "203.0.113.0/24", "severity": "no_access", "comment": "#42"})
            ),
        ]
    );
}
