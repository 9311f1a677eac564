//! Workers between a simulated Mastodon and a real SQLite file, with a clock that is stepped. What
//! goes in are webhooks and commands, what comes out is read from the simulated server and from the
//! database.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use secrecy::SecretString;
use sha2::{Digest, Sha256};
use tempfile::TempDir;
use url::Url;
use wardroom::clock::{Clock, ManualClock};
use wardroom::config::Config;
use wardroom::db::deliveries::NewDelivery;
use wardroom::db::{Db, DbConfig, DbError};
use wardroom::desk::{Answer, Desk, Identity, Inbound, Place, Platform, Reply, Rules};
use wardroom::domain::{CaseId, CaseView, Operation, OperationId};
use wardroom::mastodon::client::{Client, Priority, Server};
use wardroom::net::Deadlines;
use wardroom::sim::{Role, Scopes, Sim, SimConfig};
use wardroom::worker::clients::Clients;
use wardroom::worker::deliveries::Deliveries;
use wardroom::worker::operations::Operations;
use wardroom::worker::replies::Replies;
use wardroom::worker::{Tick, Worker};

/// ana leads and acts as herself, bo moderates through Wardroom's token.
const CONFIG: &str = r#"
[server]
url = "SERVER"
domain = "social.example"
token = "server-token"
webhook_secrets = ["0123456789abcdef"]
[database]
url = "sqlite:unused.db"
[http]
public_url = "https://mod.social.example"
[policy]
dry_run = false
[[moderators]]
name = "ana"
role = "lead"
account = "@ana"
server_token = "anas-token"
[[moderators]]
name = "bo"
role = "lead"
"#;

/// Everything between a webhook and the server.
pub(super) struct Bench {
    pub(super) sim: Sim,
    pub(super) desk: Arc<Desk>,
    pub(super) clock: Arc<ManualClock>,
    pub(super) deliveries: Deliveries,
    pub(super) operations: Operations,
    pub(super) bot_token: String,
    pub(super) anas_token: String,
    deadline: Duration,
    requests: AtomicU32,
    _folder: TempDir,
}

impl Bench {
    pub(super) async fn new() -> Self {
        // Nothing here waits for it but calls that the simulated server never answers.
        Self::with_deadline(Duration::from_mins(10)).await
    }

    /// With another deadline for calls to the server.
    pub(super) async fn with_deadline(deadline: Duration) -> Self {
        let start: DateTime<Utc> = "2026-11-01T08:00:00Z".parse().unwrap();
        let clock = Arc::new(ManualClock::new(start));
        let sim = Sim::start(SimConfig::new(clock.clone())).await.unwrap();
        // Webhooks are serialised for whoever listens; here they are taken by hand.
        sim.add_webhook("http://127.0.0.1:9/webhooks/mastodon", "0123456789abcdef");
        sim.add_account("ana").role(Role::Admin).create();
        let bot_token = sim.token("wardroom", Scopes::MODERATION);
        let anas_token = sim.token("ana", Scopes::MODERATION);
        let text = CONFIG.replace("SERVER", sim.url());
        let config = Config::from_toml(&text, "bench.toml").expect("a good configuration");
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("worker.db").display());
        let db = Db::open(&DbConfig::new(url)).await.unwrap();
        let desk = Arc::new(Desk::new(db, clock.clone(), Rules::from_config(&config)));
        let clients = clients(&sim, &clock, deadline, &bot_token, &anas_token);
        Self {
            deliveries: Deliveries::new(desk.clone(), "bench"),
            operations: Operations::new(desk.clone(), clients, "bench"),
            sim,
            desk,
            clock,
            bot_token,
            anas_token,
            deadline,
            requests: 1.into(),
            _folder: folder,
        }
    }

    /// Another process with the same database.
    pub(super) fn another_worker(&self, deadline: Duration) -> Operations {
        let clients = clients(
            &self.sim,
            &self.clock,
            deadline,
            &self.bot_token,
            &self.anas_token,
        );
        Operations::new(self.desk.clone(), clients, "another")
    }

    pub(super) fn pass(&self, seconds: i64) {
        self.clock.advance(TimeDelta::seconds(seconds));
    }

    /// The webhooks that wait are stored and handled.
    pub(super) async fn hear(&self) {
        for webhook in self.sim.take_webhooks() {
            self.store(&webhook.body).await;
        }
        while self.deliveries.tick().await.unwrap() == Tick::Worked {}
    }

    pub(super) async fn store(&self, body: &[u8]) {
        let new = &NewDelivery {
            source: "mastodon".to_owned(),
            dedupe_key: hex::encode(Sha256::digest(body)),
            event_name: None,
            body: body.to_vec(),
            received_at: self.clock.now(),
        };
        self.desk
            .db()
            .write(|mut tx| async move {
                tx.add_delivery(new).await?;
                Ok::<_, DbError>((tx, ()))
            })
            .await
            .unwrap();
    }

    /// Somebody on another server is reported, and we hear of it: the case's number.
    pub(super) async fn reported(&self, target: &str) -> i64 {
        self.sim.report(target).by("alice").category("spam").file();
        self.hear().await;
        let view = self.newest_case().await;
        view.case.id.0
    }

    async fn newest_case(&self) -> CaseView {
        let mut number = 1;
        while self.desk.view(CaseId(number + 1)).await.unwrap().is_some() {
            number += 1;
        }
        self.view(number).await
    }

    pub(super) async fn view(&self, case: i64) -> CaseView {
        self.desk
            .view(CaseId(case))
            .await
            .unwrap()
            .expect("the case")
    }

    pub(super) async fn say(&self, who: &str, text: &str) -> Answer {
        let platform = Platform::Api;
        let id = who.to_owned();
        let identity = Identity { platform, id };
        let place = Place {
            platform,
            channel: None,
        };
        let request = self.requests.fetch_add(1, Ordering::Relaxed).to_string();
        let words = Inbound::Words {
            text: text.to_owned(),
            case: None,
        };
        match self
            .desk
            .handle(&identity, &place, &request, words)
            .await
            .unwrap()
        {
            Reply::Private(answer) => answer,
            Reply::Later { id } => {
                let client = client(&self.sim, &self.clock, self.deadline, &self.bot_token);
                let replies = Replies::new(self.desk.clone(), client, "bench".to_owned());
                assert_eq!(replies.tick().await.unwrap(), Tick::Worked);
                self.desk
                    .take_answer(id, &identity)
                    .await
                    .unwrap()
                    .expect("an answer")
            }
            other => panic!("{other:?}"),
        }
    }

    /// `who` asks, confirms what is asked back, and the hold passes.
    pub(super) async fn order(&self, who: &str, text: &str) -> OperationId {
        let mut answer = self.say(who, text).await;
        if let Some(token) = &answer.confirm_token {
            answer = self.say(who, &format!("confirm {token}")).await;
        }
        let id = answer
            .operation
            .unwrap_or_else(|| panic!("{}", answer.text));
        self.pass(31);
        id
    }

    /// Ticks the operation worker until nothing is due.
    pub(super) async fn work(&self) {
        while self.operations.tick().await.unwrap() == Tick::Worked {}
    }

    pub(super) async fn operation(&self, id: OperationId) -> Operation {
        self.desk
            .db()
            .read(|mut tx| async move {
                let operation = tx.operation(id).await?;
                Ok::<_, DbError>((tx, operation))
            })
            .await
            .unwrap()
            .expect("the operation")
    }

    /// What the server was asked to change so far, as `METHOD path`, without the echo of reads.
    pub(super) fn changes(&self) -> Vec<String> {
        let calls = self.sim.mutating_calls();
        calls
            .iter()
            .map(|call| format!("{} {}", call.method, call.path))
            .collect()
    }
}

fn client(sim: &Sim, clock: &Arc<ManualClock>, total: Duration, token: &str) -> Client {
    let connect = total;
    let deadlines = Deadlines { total, connect };
    let url = Url::parse(sim.url()).unwrap();
    let server = Server::new(&url, deadlines, clock.clone()).unwrap();
    server
        .client(&SecretString::from(token), Priority::Person)
        .unwrap()
}

fn clients(
    sim: &Sim,
    clock: &Arc<ManualClock>,
    deadline: Duration,
    bot: &str,
    ana: &str,
) -> Clients {
    let own = client(sim, clock, deadline, ana);
    Clients::new(
        client(sim, clock, deadline, bot),
        BTreeMap::from([("ana".into(), own)]),
    )
}
