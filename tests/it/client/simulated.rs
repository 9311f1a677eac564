//! The client and the webhook reader against the simulated server: every call means there what it
//! means here.

use std::sync::Arc;

use chrono::TimeDelta;
use secrecy::SecretString;
use url::Url;
use wardroom::clock::{Clock, ManualClock};
use wardroom::domain::domain_block::WantedBlock;
use wardroom::domain::operation::{IpSeverity, Verb};
use wardroom::domain::{
    Account, AccountAction, AccountId, BlockSeverity, Category, DomainName, ReportId,
};
use wardroom::mastodon::client::{
    AccountFilter, AccountStatus, Client, ClientError, Diagnosis, Origin, Priority, ReportFilter,
    Server,
};
use wardroom::mastodon::webhook::{Parsed, parse, signature};
use wardroom::sim::{Fault, Role, Scopes, Sim, SimConfig};

use super::{LONG, page, permit, recorded_at};

struct Set {
    sim: Sim,
    clock: Arc<ManualClock>,
    server: Server,
}

impl Set {
    async fn start() -> Self {
        let clock = Arc::new(ManualClock::new(recorded_at()));
        let sim = Sim::start(SimConfig::new(clock.clone())).await.unwrap();
        let url = Url::parse(sim.url()).unwrap();
        let server = Server::new(&url, LONG, clock.clone()).unwrap();
        Self { sim, clock, server }
    }

    fn client(&self, token: &str) -> Client {
        self.server
            .client(&SecretString::from(token), Priority::Person)
            .unwrap()
    }

    /// A client for a new member of the staff.
    fn staff(&self, name: &str, role: Role) -> Client {
        self.sim.add_account(name).role(role).create();
        self.client(&self.sim.token(name, Scopes::MODERATION))
    }
}

async fn known(client: &Client, acct: &str) -> Account {
    let found = client.lookup(acct).await.unwrap();
    client.account(&found.id).await.unwrap()
}

#[tokio::test]
async fn reports_and_accounts_change_there() {
    let set = Set::start().await;
    let client = set.staff("ana", Role::Moderator);
    let status = set.sim.status("spammer").text("cheap pills").publish();
    let filed = set
        .sim
        .report("spammer")
        .by("alice")
        .category("spam")
        .statuses(&[status])
        .file();
    let id = ReportId(filed.to_string());
    let report = client.report(&id).await.unwrap();
    assert_eq!(report.category, Category::Spam);
    assert_eq!(report.statuses.len(), 1);
    assert_eq!(report.reporter.username, "alice");

    let assigned = client.assign_report_to_self(permit(), &id).await.unwrap();
    assert_eq!(assigned.assigned_to.unwrap().username, "ana");
    assert_eq!(
        client
            .unassign_report(permit(), &id)
            .await
            .unwrap()
            .assigned_to,
        None
    );
    assert!(client.resolve_report(permit(), &id).await.unwrap().resolved);
    assert!(!client.reopen_report(permit(), &id).await.unwrap().resolved);
    let other = client
        .categorise_report(permit(), &id, &Category::Other, &[])
        .await
        .unwrap();
    assert_eq!(other.category, Category::Other);

    let spammer = known(&client, "spammer").await;
    for action in [
        AccountAction::ForceSensitive,
        AccountAction::Limit,
        AccountAction::Freeze,
        AccountAction::Suspend,
    ] {
        let tell = (action == AccountAction::Limit).then_some("Fewer pills, please.");
        client
            .act(permit(), &spammer, action, Some(&id), tell)
            .await
            .unwrap();
        let after = client.account(&spammer.id).await.unwrap();
        assert!(action.is_in_effect(&after.state), "{action:?}");
        let lifted = client.lift(permit(), &spammer, action).await.unwrap();
        assert!(!action.is_in_effect(&lifted.state), "{action:?}");
    }
    assert_eq!(set.sim.mails().len(), 1);
    let listed = ReportFilter {
        resolved: true,
        target: Some(spammer.id),
    };
    let resolved = client.reports(&listed, &page(100)).await.unwrap();
    assert_eq!(resolved.items.len(), 1);
    assert_eq!(resolved.next, None);
}

#[tokio::test]
async fn lists_are_walked_to_their_end() {
    let set = Set::start().await;
    let client = set.staff("ana", Role::Moderator);
    for name in ["one", "two", "three", "four", "five"] {
        set.sim.report("spammer").by(name).file();
    }
    let mut seen = Vec::new();
    let mut next = Some(page(2));
    while let Some(page) = next {
        let reports = client
            .reports(&ReportFilter::default(), &page)
            .await
            .unwrap();
        seen.extend(reports.items.iter().filter_map(|report| report.id.number()));
        next = reports.next;
    }
    assert_eq!(seen.len(), 5);
    assert!(seen.is_sorted_by(|newer, older| newer > older), "{seen:?}");
}

#[tokio::test]
async fn sign_ups_are_decided_there() {
    let set = Set::start().await;
    let client = set.staff("ana", Role::Moderator);
    set.sim.sign_up("nestling").reason("birds").submit();
    set.sim.sign_up("robot").submit();
    let pending = AccountFilter {
        origin: Some(Origin::Local),
        status: Some(AccountStatus::Pending),
        ..AccountFilter::default()
    };
    let waiting = client.accounts(&pending, &page(100)).await.unwrap().items;
    assert_eq!(waiting.len(), 2);
    let find = |name: &str| {
        waiting
            .iter()
            .find(|account| account.username == name)
            .unwrap()
    };
    assert_eq!(find("nestling").invite_request.as_deref(), Some("birds"));
    let approved = client.approve(permit(), find("nestling")).await.unwrap();
    assert_eq!(approved.state.approved, Some(true));
    client.reject(permit(), find("robot")).await.unwrap();
    let gone = client.account(&find("robot").id).await;
    assert_eq!(gone, Err(ClientError::NotFound));
    let again = client.approve(permit(), find("nestling")).await;
    assert!(
        matches!(again, Err(ClientError::Forbidden { .. })),
        "{again:?}"
    );
}

#[tokio::test]
async fn blocks_are_made_and_lifted_there() {
    let set = Set::start().await;
    let client = set.staff("olive", Role::Owner);
    let wanted = WantedBlock {
        domain: DomainName::parse("bad.example").unwrap(),
        severity: BlockSeverity::Limit,
        reject_media: false,
        reject_reports: true,
        private_comment: Some("#42".to_owned()),
        public_comment: None,
        obfuscate: false,
    };
    let block = client.create_domain_block(permit(), &wanted).await.unwrap();
    let conflict = client.create_domain_block(permit(), &wanted).await;
    assert_eq!(
        conflict,
        Err(ClientError::ExistingBlock(Box::new(block.clone())))
    );
    let harder = WantedBlock {
        severity: BlockSeverity::Suspend,
        ..wanted.clone()
    };
    let updated = client
        .update_domain_block(permit(), &block, &harder)
        .await
        .unwrap();
    assert_eq!(updated.severity, BlockSeverity::Suspend);
    assert_eq!(updated.private_comment.as_deref(), Some("#42"));
    assert_eq!(
        client.find_domain_block(&wanted.domain).await,
        Ok(Some(updated))
    );
    client
        .delete_domain_block(permit(), &block.id)
        .await
        .unwrap();
    assert_eq!(client.find_domain_block(&wanted.domain).await, Ok(None));

    let own = WantedBlock {
        domain: DomainName::parse(&set.sim.domain()).unwrap(),
        ..wanted.clone()
    };
    let refused = client.create_domain_block(permit(), &own).await;
    assert!(
        matches!(refused, Err(ClientError::NotSent(_))),
        "{refused:?}"
    );

    let mail = client
        .create_email_domain_block(permit(), &wanted.domain, true)
        .await
        .unwrap();
    assert!(mail.allow_with_approval);
    let found = client.find_email_domain_block(&wanted.domain).await;
    assert_eq!(found, Ok(Some(mail.clone())));
    client
        .delete_email_domain_block(permit(), &mail.id)
        .await
        .unwrap();

    let range = "203.0.113.9/24".parse().unwrap();
    let ip = client
        .create_ip_block(permit(), range, IpSeverity::SignUps, Some(3600), "#42")
        .await
        .unwrap();
    assert_eq!(client.find_ip_block(range).await, Ok(Some(ip.clone())));
    client.delete_ip_block(permit(), &ip.id).await.unwrap();
    assert_eq!(client.find_ip_block(range).await, Ok(None));

    set.sim.report("troll@remote.example").by("alice").file();
    let remote = DomainName::parse("remote.example").unwrap();
    let measures = client
        .domain_measures(&remote, set.clock.now())
        .await
        .unwrap();
    assert_eq!(measures.accounts, Some(1));
    assert_eq!(measures.reports, Some(1));
}

#[tokio::test]
async fn what_a_token_can_do_is_known_before_it_is_tried() {
    let set = Set::start().await;
    let moderator = set.staff("ana", Role::Moderator);
    let found = moderator.capabilities().await.unwrap();
    assert!(found.about.version.is_at_least(4, 3));
    assert_eq!(found.lack_for(Verb::Suspend), None);
    assert!(found.lack_for(Verb::BlockDomain).is_some());
    assert_eq!(found.owner.unwrap().username, "ana");

    let token = set.sim.token("ana", Scopes::MODERATION);
    set.sim.revoke(&token);
    let revoked = set.client(&token);
    assert_eq!(revoked.diagnose().await, Ok(Diagnosis::Dead));
    assert_eq!(
        set.client("never-a-token").diagnose().await,
        Ok(Diagnosis::Dead)
    );
    let mut narrow = set.client(&set.sim.token("ana", &["admin:read:reports"]));
    assert_eq!(narrow.diagnose().await, Ok(Diagnosis::WorksNameless));
    narrow = narrow.with_priority(Priority::Reconcile);
    let missing = narrow.account(&AccountId::from("1")).await;
    assert!(
        matches!(
            missing,
            Err(ClientError::ScopeMissing | ClientError::NotFound)
        ),
        "{missing:?}"
    );
}

#[tokio::test]
async fn invariant_05_faults_say_whether_the_call_may_have_taken_effect() {
    let set = Set::start().await;
    let client = set.staff("ana", Role::Moderator);
    set.sim.add_account("spammer").create();
    let spammer = known(&client, "spammer").await;
    let path = "POST /api/v1/admin/accounts/*/action";
    for (fault, possibly) in [
        (Fault::ResetBefore, true),
        (Fault::ServerError, true),
        (Fault::Unavailable, true),
        (Fault::Nonsense, true),
        (Fault::Status(404), false),
        (Fault::Status(410), false),
        (Fault::ResetAfter, true),
    ] {
        set.sim.fail(path, fault, 1);
        let error = client
            .act(permit(), &spammer, AccountAction::Limit, None, None)
            .await
            .unwrap_err();
        assert_eq!(error.possibly_applied(), possibly, "{fault:?}: {error:?}");
        let after = client.account(&spammer.id).await.unwrap();
        assert_eq!(after.state.limited, fault == Fault::ResetAfter, "{fault:?}");
    }
    set.sim.fail(path, Fault::RateLimited, 1);
    let limited = client
        .act(permit(), &spammer, AccountAction::Suspend, None, None)
        .await;
    let Err(ClientError::RateLimited { until }) = limited else {
        panic!("{limited:?}")
    };
    set.clock
        .advance(until - set.clock.now() + TimeDelta::seconds(1));
    assert!(!client.account(&spammer.id).await.unwrap().state.suspended);
}

#[tokio::test]
async fn its_webhooks_are_authentic_and_understood() {
    let set = Set::start().await;
    let secret = "a long enough secret";
    set.sim.add_webhook_for(
        "http://127.0.0.1:9/",
        secret,
        &["report.*", "account.*", "status.*"],
    );
    let status = set.sim.status("spammer").text("cheap pills").publish();
    set.sim
        .report("spammer")
        .by("alice")
        .statuses(&[status])
        .file();
    set.sim.sign_up("nestling").reason("birds").submit();
    let requests = set.sim.take_webhooks();
    assert!(requests.len() >= 3, "{}", requests.len());
    for request in requests {
        let header = request.header(signature::HEADER).map(str::as_bytes);
        let secrets = [SecretString::from(secret)];
        assert_eq!(signature::verify(&secrets, header, &request.body), Ok(()));
        let parsed = parse(&request.body);
        assert!(
            matches!(parsed, Parsed::Event(_)),
            "{}: {parsed:?}",
            request.event
        );
    }
}

#[tokio::test]
async fn a_token_that_only_reads_is_told_so() {
    let set = Set::start().await;
    set.sim.add_account("ana").role(Role::Moderator).create();
    let reading = set.client(&set.sim.token("ana", Scopes::READ_ONLY));
    let lack = reading
        .capabilities()
        .await
        .unwrap()
        .lack_for(Verb::Suspend);
    assert!(
        lack.is_some(),
        "its scopes are known, and writing is not among them"
    );
    let full = set.client(&set.sim.token("ana", Scopes::MODERATION));
    assert!(
        full.capabilities()
            .await
            .unwrap()
            .lack_for(Verb::Suspend)
            .is_none()
    );
}
