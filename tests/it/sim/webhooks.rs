//! Delivery: the bytes on the wire, which events a call echoes, and everything that goes wrong.

use std::sync::Arc;

use chrono::TimeDelta;
use reqwest::Client;
use secrecy::SecretString;
use serde_json::{Value, json};
use wardroom::clock::{ManualClock, SystemClock};
use wardroom::mastodon::webhook::signature;
use wardroom::net;
use wardroom::sim::{Delivered, Scopes, Sim, SimConfig, WebhookMode};

use super::receiver::Receiver;

const SECRET: &str = "probe-secret-0123456789";

async fn start() -> (Sim, Receiver, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::new("2026-11-21T08:20:00Z".parse().unwrap()));
    let sim = Sim::start(SimConfig::new(clock.clone())).await.unwrap();
    let receiver = Receiver::start().await;
    sim.add_webhook(&receiver.url, SECRET);
    (sim, receiver, clock)
}

fn body(request: &str) -> &str {
    request.split_once("\r\n\r\n").unwrap().1
}

fn events(requests: &[String]) -> Vec<String> {
    let event = |request: &String| {
        let body: Value = serde_json::from_str(body(request)).unwrap();
        body["event"].as_str().unwrap().to_owned()
    };
    requests.iter().map(event).collect()
}

const fn delivered(accepted: usize, retrying: usize, dropped: usize) -> Delivered {
    Delivered {
        accepted,
        retrying,
        dropped,
    }
}

#[tokio::test]
async fn the_request_looks_as_recorded() {
    let (sim, receiver, _clock) = start().await;
    sim.report("spammer").file();
    assert_eq!(sim.deliver_webhooks().await, delivered(1, 0, 0));
    let found = receiver.take().remove(0);
    let path = "tests/data/recorded/v4.3.23/webhooks/0011-report.created.raw";
    let path = format!("{}/{path}", env!("CARGO_MANIFEST_DIR"));
    let recorded = std::fs::read_to_string(path).unwrap();
    let head = |request: &str| -> Vec<(String, String)> {
        let head = request.split_once("\r\n\r\n").unwrap().0;
        let pairs = head
            .lines()
            .map(|line| line.split_once([':', ' ']).unwrap());
        pairs
            .map(|(name, value)| (name.to_owned(), value.trim().to_owned()))
            .collect()
    };
    let (recorded, found) = (head(&recorded), head(&found));
    assert_eq!(recorded.len(), found.len());
    for ((recorded_name, recorded_value), (name, value)) in recorded.into_iter().zip(found) {
        assert_eq!(recorded_name, name);
        let constant = [
            "POST",
            "Host",
            "Accept-Encoding",
            "Content-Type",
            "Connection",
        ];
        if constant.contains(&name.as_str()) {
            assert_eq!(recorded_value, value, "{name}");
        } else {
            let shape = |text: &str| text.split(['=', '(']).next().unwrap().len();
            assert_eq!(shape(&recorded_value), shape(&value), "{name}: {value}");
        }
    }
}

#[tokio::test]
async fn the_signature_covers_the_body() {
    let (sim, ..) = start().await;
    sim.report("spammer").file();
    let request = sim.take_webhooks().remove(0);
    let signature = request.header("x-hub-signature").unwrap();
    let secret = SecretString::from(SECRET);
    assert_eq!(signature, signature::sign(&secret, &request.body));
}

#[tokio::test]
async fn refusals_are_final_or_tried_again_with_the_same_bytes() {
    let (sim, receiver, clock) = start().await;
    sim.report("spammer").file();
    receiver.answer(&[503, 401, 200, 404]);
    assert_eq!(sim.deliver_webhooks().await, delivered(0, 1, 0));
    assert_eq!(
        sim.deliver_webhooks().await,
        delivered(0, 0, 0),
        "not due yet"
    );
    clock.advance(TimeDelta::seconds(15));
    assert_eq!(sim.deliver_webhooks().await, delivered(0, 1, 0));
    clock.advance(TimeDelta::seconds(16));
    sim.rotate_secret(&receiver.url, "another-secret-0123456789");
    assert_eq!(sim.deliver_webhooks().await, delivered(1, 0, 0));
    let requests = receiver.take();
    assert!(
        requests
            .iter()
            .all(|request| body(request) == body(&requests[0]))
    );
    let signature = |request: &str| {
        let mut lines = request.lines();
        lines
            .find(|line| line.starts_with("X-Hub-Signature"))
            .unwrap()
            .to_owned()
    };
    assert_eq!(signature(&requests[0]), signature(&requests[1]));
    assert_ne!(signature(&requests[1]), signature(&requests[2]));

    sim.report("spammer").file();
    assert_eq!(sim.deliver_webhooks().await, delivered(0, 0, 1));
    assert_eq!(sim.webhooks_waiting(), 0);
}

#[tokio::test]
async fn a_receiver_that_stays_away_loses_the_event_after_the_last_retry() {
    let (sim, receiver, clock) = start().await;
    sim.add_webhook("http://127.0.0.1:1/nobody", SECRET);
    sim.report("spammer").file();
    assert_eq!(sim.deliver_webhooks().await, delivered(1, 1, 0));
    for _ in 0..15 {
        clock.advance(TimeDelta::hours(16));
        assert_eq!(sim.deliver_webhooks().await, delivered(0, 1, 0));
    }
    clock.advance(TimeDelta::hours(16));
    assert_eq!(sim.deliver_webhooks().await, delivered(0, 0, 1));
    assert_eq!(receiver.take().len(), 1);
}

#[tokio::test]
async fn webhooks_can_be_lost_doubled_and_shuffled() {
    let (sim, receiver, _clock) = start().await;
    sim.lose_webhooks(true);
    sim.report("spammer").file();
    assert_eq!(sim.deliver_webhooks().await, delivered(0, 0, 0));
    sim.lose_webhooks(false);
    sim.duplicate_webhooks(true);
    sim.report("spammer").file();
    assert_eq!(sim.deliver_webhooks().await, delivered(2, 0, 0));
    let twice = receiver.take();
    assert_eq!(body(&twice[0]), body(&twice[1]));
    sim.duplicate_webhooks(false);
    sim.shuffle_webhooks(true);
    let filed: Vec<_> = (0..8)
        .map(|_| sim.report("spammer").file().to_string())
        .collect();
    sim.deliver_webhooks().await;
    let id = |request: &String| {
        let body: Value = serde_json::from_str(body(request)).unwrap();
        body["object"]["id"].as_str().unwrap().to_owned()
    };
    let mut arrived: Vec<_> = receiver.take().iter().map(id).collect();
    assert_ne!(arrived, filed);
    arrived.sort();
    let mut filed = filed;
    filed.sort();
    assert_eq!(arrived, filed);
}

#[tokio::test]
async fn an_object_that_is_gone_sends_nothing() {
    let (sim, receiver, _clock) = start().await;
    sim.sign_up("penny").submit();
    sim.staff("modder").reject("penny");
    assert_eq!(sim.deliver_webhooks().await, delivered(0, 0, 0));
    sim.sign_up("quill").submit();
    sim.staff("modder").approve("quill");
    sim.deliver_webhooks().await;
    assert_eq!(
        events(&receiver.take()),
        ["account.created", "account.approved"]
    );
}

#[tokio::test]
async fn in_the_background_webhooks_go_out_by_themselves() {
    let config = SimConfig {
        webhooks: WebhookMode::Background,
        retries: vec![std::time::Duration::from_millis(1)],
        ..SimConfig::new(Arc::new(SystemClock))
    };
    let sim = Sim::start(config).await.unwrap();
    let receiver = Receiver::start().await;
    receiver.answer(&[503, 200]);
    sim.add_webhook(&receiver.url, SECRET);
    sim.report("spammer").file();
    let requests = receiver.wait_for(2).await;
    assert_eq!(events(&requests), ["report.created", "report.created"]);
}

/// What comes back of our own calls: the table of facts, row by row.
#[tokio::test]
async fn calls_echo_as_observed() {
    let (sim, receiver, _clock) = start().await;
    sim.add_account("crow@far.example").create();
    let (local, remote) = (sim.id_of("spammer"), sim.id_of("crow@far.example"));
    let reports = [sim.report("spammer").file(), sim.report("spammer").file()];
    sim.deliver_webhooks().await;
    receiver.take();
    let desk = Desk::new(sim, receiver);
    let report = format!("/reports/{}", reports[0]);
    for step in [
        "assign_to_self",
        "assign_to_self",
        "unassign",
        "resolve",
        "resolve",
        "reopen",
    ] {
        let echoed = desk.post(&format!("{report}/{step}"), json!({})).await;
        assert_eq!(echoed, ["report.updated"], "{step}");
    }
    let act = format!("/accounts/{local}/action");
    let none = json!({"type": "none", "text": "please stop"});
    assert!(desk.post(&act, none).await.is_empty());
    let about = json!({"type": "none", "report_id": reports[0].to_string()});
    assert_eq!(desk.post(&act, about).await, ["report.updated"]);
    desk.post(&format!("{report}/reopen"), json!({})).await;
    let limit = desk.post(&act, json!({"type": "silence"})).await;
    assert_eq!(
        limit,
        ["account.updated", "report.updated", "report.updated"]
    );
    assert_eq!(
        desk.post(&act, json!({"type": "suspend"})).await,
        ["account.updated"]
    );
    assert!(desk.post(&act, json!({"type": "disable"})).await.is_empty());
    assert!(
        desk.post(&format!("/accounts/{local}/enable"), json!({}))
            .await
            .is_empty()
    );
    for reversal in ["unsilence", "unsilence", "unsensitive", "unsuspend"] {
        let echoed = desk
            .post(&format!("/accounts/{local}/{reversal}"), json!({}))
            .await;
        assert_eq!(echoed, ["account.updated"], "{reversal}");
    }
    let there = format!("/accounts/{remote}/action");
    assert!(
        desk.post(&there, json!({"type": "suspend"}))
            .await
            .is_empty()
    );
    let block = json!({"domain": "far.example", "severity": "suspend"});
    assert!(desk.post("/domain_blocks", block).await.is_empty());
}

/// Makes admin calls and tells which events came back.
struct Desk {
    sim: Sim,
    receiver: Receiver,
    client: Client,
    token: String,
}

impl Desk {
    fn new(sim: Sim, receiver: Receiver) -> Self {
        let client = net::client(net::Deadlines::default(), net::Reach::Anywhere).unwrap();
        let token = sim.token("wardroom", Scopes::MODERATION);
        Self {
            sim,
            receiver,
            client,
            token,
        }
    }

    async fn post(&self, path: &str, body: Value) -> Vec<String> {
        let url = format!("{}/api/v1/admin{path}", self.sim.url());
        let request = self.client.post(url).bearer_auth(&self.token).json(&body);
        let response = request.send().await.unwrap();
        assert_eq!(
            response.status().as_u16(),
            200,
            "{path}: {:?}",
            response.text().await
        );
        self.sim.deliver_webhooks().await;
        events(&self.receiver.take())
    }
}
