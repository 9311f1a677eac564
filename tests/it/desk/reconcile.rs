//! Reconciliation against the simulated server: webhooks are lost, and the walk makes it good.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use secrecy::SecretString;
use url::Url;
use wardroom::domain::case::How;
use wardroom::domain::{CaseId, CaseKind, CaseState};
use wardroom::mastodon::client::{Priority, Server};
use wardroom::net::Deadlines;
use wardroom::sim::{Fault, RateLimits, Role, Scopes, Sim, SimConfig};
use wardroom::worker::reconcile::Reconcile;
use wardroom::worker::{Tick, Worker};

use super::bench::Bench;

struct Walked {
    t: Bench,
    sim: Sim,
    worker: Reconcile,
}

impl Walked {
    /// A server whose webhooks reach nobody.
    async fn new(budget: u32) -> Self {
        let t = Bench::new().await;
        let sim = Sim::start(SimConfig::new(t.clock.clone())).await.unwrap();
        sim.lose_webhooks(true);
        sim.add_account("wardroom").role(Role::Owner).create();
        let token = SecretString::from(sim.token("wardroom", Scopes::READ_ONLY));
        let deadlines = Deadlines {
            total: Duration::from_mins(1),
            connect: Duration::from_mins(1),
        };
        let url = Url::parse(sim.url()).unwrap();
        let server = Server::new(&url, deadlines, t.clock.clone()).unwrap();
        let client = server.client(&token, Priority::Reconcile).unwrap();
        let worker = Reconcile::new(Arc::clone(&t.desk), client, budget, "bench".to_owned());
        Self { t, sim, worker }
    }

    /// A whole walk.
    async fn walk(&self) {
        while self.worker.tick().await.unwrap() == Tick::Worked {}
    }

    async fn cases(&self) -> usize {
        let text = self.t.say("olga", "cases all").await.text;
        text.lines().filter(|line| line.starts_with('#')).count()
    }
}

#[tokio::test]
async fn invariant_01_what_the_webhooks_missed_is_opened() {
    let w = Walked::new(100).await;
    w.sim
        .report("spam@far.example")
        .by("alice")
        .category("spam")
        .comment("ads")
        .file();
    w.sim.sign_up("trains").reason("I like trains.").submit();
    w.sim.add_account("welcome").create();
    w.walk().await;
    let case = w.t.case(1).await;
    assert_eq!(
        (case.kind, case.target_text.as_str()),
        (CaseKind::Report, "@spam@far.example")
    );
    assert_eq!(w.t.case(2).await.kind, CaseKind::SignUp);
    assert_eq!(w.cases().await, 2);
    let before = w.t.audit().await;
    w.t.pass(TimeDelta::minutes(5));
    w.walk().await;
    assert_eq!(w.t.audit().await, before, "a second walk finds nothing");
}

#[tokio::test]
async fn invariant_01_what_was_settled_elsewhere_is_settled() {
    let w = Walked::new(100).await;
    let first = w.sim.report("one@far.example").by("alice").file();
    let second = w.sim.report("two@far.example").by("alice").file();
    w.sim.sign_up("trains").reason("trains").submit();
    w.sim.sign_up("planes").reason("planes").submit();
    w.walk().await;
    assert_eq!(w.cases().await, 4);
    w.t.pass(TimeDelta::minutes(5));
    w.sim.add_account("ana").role(Role::Moderator).create();
    w.sim.staff("ana").resolve(first);
    w.sim.delete_report(second);
    w.sim.confirm_email("trains");
    w.sim.staff("ana").approve("trains");
    w.sim.staff("ana").reject("planes");
    w.walk().await;
    let how = async |case| w.t.case(case).await.resolution.unwrap();
    assert_eq!(how(1).await.how, How::OnServer);
    assert_eq!(how(1).await.by.as_deref(), Some("@ana"));
    assert_eq!(how(2).await.how, How::DeletedOnServer);
    assert_eq!(how(3).await.how, How::OnServer);
    assert_eq!(how(4).await.how, How::DeletedOnServer);
    w.t.pass(TimeDelta::minutes(5));
    w.sim.staff("ana").reopen(first);
    w.walk().await;
    assert_eq!(w.t.case(1).await.state, CaseState::Open);
}

#[tokio::test]
async fn what_came_and_went_between_two_walks_is_a_resolved_case() {
    let w = Walked::new(100).await;
    w.sim.add_account("ana").role(Role::Moderator).create();
    let history = w.sim.report("old@far.example").by("alice").file();
    w.sim.staff("ana").resolve(history);
    w.walk().await;
    assert_eq!(
        w.cases().await,
        0,
        "what was resolved before Wardroom came is history"
    );
    w.t.pass(TimeDelta::minutes(5));
    let brief = w.sim.report("new@far.example").by("alice").file();
    w.sim.staff("ana").resolve(brief);
    w.walk().await;
    assert_eq!(w.cases().await, 1);
    assert_eq!(w.t.case(1).await.state, CaseState::Resolved);
}

#[tokio::test]
async fn nothing_is_concluded_from_an_incomplete_walk_or_a_failing_server() {
    let w = Walked::new(100).await;
    w.sim.report("one@far.example").by("alice").file();
    w.walk().await;
    w.sim
        .fail("GET /api/v1/admin/reports", Fault::ServerError, 1);
    w.worker.tick().await.unwrap();
    assert!(w.worker.tick().await.is_err());
    assert_eq!(w.t.case(1).await.state, CaseState::Open);
    w.walk().await;
    assert_eq!(w.t.case(1).await.state, CaseState::Open);
}

#[tokio::test]
async fn a_walk_cut_short_by_its_budget_goes_on_where_it_was() {
    let w = Walked::new(2).await;
    for n in 0..3 {
        w.sim
            .report(&format!("s{n}@far.example"))
            .by("alice")
            .file();
    }
    for _ in 0..6 {
        w.walk().await;
    }
    assert_eq!(w.cases().await, 3);
}

#[tokio::test]
async fn a_used_up_rate_limit_pauses_the_walk_without_an_error() {
    let w = Walked::new(100).await;
    w.sim.report("one@far.example").by("alice").file();
    w.sim.limit_requests(RateLimits {
        per_token: 1,
        ..RateLimits::default()
    });
    for _ in 0..4 {
        w.walk().await;
    }
    assert!(w.t.desk.view(CaseId(1)).await.unwrap().is_none());
    w.sim.limit_requests(RateLimits::default());
    for _ in 0..4 {
        w.t.pass(TimeDelta::minutes(6));
        w.walk().await;
    }
    assert_eq!(w.cases().await, 1);
}
