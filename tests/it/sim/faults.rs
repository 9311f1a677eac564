//! Faults: what the caller sees, and whether the request took effect.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use reqwest::{Client, Response};
use serde_json::{Value, json};
use wardroom::clock::ManualClock;
use wardroom::net;
use wardroom::sim::{Fault, RateLimits, Scopes, Sim, SimConfig};

const ACTION: &str = "POST /api/v1/admin/accounts/*/action";

struct Story {
    sim: Sim,
    clock: Arc<ManualClock>,
    client: Client,
    token: String,
}

impl Story {
    async fn start() -> Self {
        let clock = Arc::new(ManualClock::new("2026-11-21T08:20:00Z".parse().unwrap()));
        let sim = Sim::start(SimConfig::new(clock.clone())).await.unwrap();
        sim.add_account("spammer").create();
        let deadlines = net::Deadlines {
            total: Duration::from_millis(300),
            ..net::Deadlines::default()
        };
        let client = net::client(deadlines, net::Reach::Anywhere).unwrap();
        let token = sim.token("wardroom", Scopes::MODERATION);
        Self {
            sim,
            clock,
            client,
            token,
        }
    }

    async fn suspend(&self) -> reqwest::Result<Response> {
        let id = self.sim.id_of("spammer");
        let url = format!("{}/api/v1/admin/accounts/{id}/action", self.sim.url());
        let body = json!({"type": "suspend", "text": "spam"});
        self.client
            .post(url)
            .bearer_auth(&self.token)
            .json(&body)
            .send()
            .await
    }

    async fn get(&self, path: &str) -> Response {
        let url = format!("{}{path}", self.sim.url());
        self.client
            .get(url)
            .bearer_auth(&self.token)
            .send()
            .await
            .unwrap()
    }

    fn is_suspended(&self) -> bool {
        self.sim.account("spammer").unwrap().suspended
    }
}

#[tokio::test]
async fn a_reset_after_applying_leaves_the_effect_and_no_answer() {
    let story = Story::start().await;
    story.sim.fail(ACTION, Fault::ResetAfter, 1);
    let error = story.suspend().await.unwrap_err();
    assert!(
        !error.is_timeout(),
        "the connection is reset at once: {error:?}"
    );
    assert!(story.is_suspended());
    assert_eq!(story.sim.strikes().len(), 1);
    assert_eq!(story.sim.calls()[0].status, None);
    assert_eq!(story.sim.faults_left(), 0);
    story.suspend().await.unwrap().error_for_status().unwrap();
    assert_eq!(
        story.sim.strikes_of("spammer").len(),
        2,
        "asking again strikes again"
    );
    assert_eq!(story.sim.mails().len(), 2);
}

#[tokio::test]
async fn a_reset_before_applying_leaves_nothing() {
    let story = Story::start().await;
    story.sim.fail(ACTION, Fault::ResetBefore, 1);
    assert!(!story.suspend().await.unwrap_err().is_timeout());
    assert!(!story.is_suspended());
    assert!(story.sim.strikes().is_empty());
}

#[tokio::test]
async fn silence_lasts_until_the_callers_deadline() {
    let story = Story::start().await;
    story.sim.fail(ACTION, Fault::Silence, 1);
    assert!(story.suspend().await.unwrap_err().is_timeout());
    assert!(!story.is_suspended());
    story.sim.fail(ACTION, Fault::SilenceAfter, 1);
    assert!(story.suspend().await.unwrap_err().is_timeout());
    assert!(story.is_suspended());
}

#[tokio::test]
async fn statuses_come_as_from_a_real_server() {
    let story = Story::start().await;
    let media_type = |answer: &Response| {
        let value = answer.headers()["content-type"].to_str().unwrap();
        value.split(';').next().unwrap().to_owned()
    };
    for (fault, status, kind) in [
        (Fault::ServerError, 500, "text/html"),
        (Fault::Unavailable, 503, "application/json"),
        (Fault::RateLimited, 429, "application/json"),
        (Fault::Status(403), 403, "application/json"),
        (Fault::Nonsense, 200, "application/json"),
    ] {
        story.sim.fail(ACTION, fault, 1);
        let answer = story.suspend().await.unwrap();
        assert_eq!(
            (answer.status().as_u16(), media_type(&answer).as_str()),
            (status, kind)
        );
        assert_eq!(answer.headers().get("retry-after"), None);
        let body: Result<Value, _> = answer.json().await;
        assert_eq!(body.is_ok(), status != 500 && status != 200, "{fault:?}");
    }
    assert!(!story.is_suspended());
}

#[tokio::test]
async fn a_used_up_budget_is_429_until_the_window_ends() {
    let story = Story::start().await;
    story.sim.limit_requests(RateLimits {
        per_token: 2,
        ..RateLimits::default()
    });
    let remaining = |answer: &Response| answer.headers()["x-ratelimit-remaining"].clone();
    let path = "/api/v1/admin/reports";
    assert_eq!(remaining(&story.get(path).await), "1");
    assert_eq!(remaining(&story.get(path).await), "0");
    let refused = story.get(path).await;
    assert_eq!(refused.status().as_u16(), 429);
    assert_eq!(
        refused.headers()["x-ratelimit-reset"],
        "2026-11-21T08:25:00.000000Z"
    );
    story.clock.advance(TimeDelta::minutes(5));
    assert_eq!(story.get(path).await.status().as_u16(), 200);
}

#[tokio::test]
async fn calls_are_logged_with_their_owner() {
    let story = Story::start().await;
    story.get("/api/v1/admin/reports?limit=5").await;
    story.suspend().await.unwrap();
    let calls = story.sim.take_calls();
    assert_eq!(
        calls[0].to_string(),
        "GET /api/v1/admin/reports?limit=5 by wardroom: 200"
    );
    assert!(!calls[0].is_mutating() && calls[1].is_mutating());
    assert!(calls[1].body.contains("\"suspend\""));
    assert!(story.sim.calls().is_empty());
}

#[tokio::test]
async fn pages_show_the_state_and_escape_it() {
    let story = Story::start().await;
    story.sim.rename("spammer", "<script>alert(1)</script>");
    let report = story.sim.report("spammer").comment("\"><img src=x>").file();
    for path in [
        format!("/admin/reports/{report}"),
        "/@spammer".to_owned(),
        "/".to_owned(),
    ] {
        let answer = story.get(&path).await;
        assert_eq!(answer.status().as_u16(), 200, "{path}");
        let page = answer.text().await.unwrap();
        assert!(
            page.contains("simulated Mastodon of the Wardroom demo"),
            "{path}"
        );
        assert!(
            !page.contains("<script>") && !page.contains("<img"),
            "{path}"
        );
    }
    let page = story
        .get(&format!("/admin/reports/{report}"))
        .await
        .text()
        .await
        .unwrap();
    assert!(page.contains("&quot;&gt;&lt;img src=x&gt;"));
    assert_eq!(story.get("/admin/reports/999").await.status().as_u16(), 404);
}
