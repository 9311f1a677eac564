//! The simulated Mastodon answers as the recorded real ones did, request by request.
//!
//! `tests/data/recorded/*/api` holds exchanges with real servers, in order. The simulated server
//! starts with the same people; each request is made by the recorded caller, and status, headers
//! and whole bodies are compared (ids and times consistently, not literally). What the simulation
//! does not cover is listed by name, and the list may hold nothing else.

use std::collections::BTreeSet;
use std::sync::Arc;

use reqwest::{Client, Method};
use serde_json::Value;
use wardroom::clock::ManualClock;
use wardroom::net;
use wardroom::sim::{Registrations, Role, Scopes, Sim, SimConfig, Version};

use super::ordered::{Ordered, Shapes};
use super::unify::Bindings;

/// One recorded request and its answer.
#[derive(Debug, serde::Deserialize)]
struct Exchange {
    #[serde(rename = "as")]
    caller: Option<String>,
    method: String,
    path: String,
    request: Value,
    status: u16,
    headers: std::collections::BTreeMap<String, String>,
    response: Value,
}

/// The answer of an exchange as it was written, with the order of its keys.
#[derive(Debug, serde::Deserialize)]
struct Written {
    response: Ordered,
}

/// What the simulation leaves out: the beginning of `METHOD path`, the versions, and why.
const NOT_COVERED: [(&str, &[&str], &str); 15] = [
    (
        "POST /api/v1/admin/domain_allows",
        &BOTH,
        "Wardroom works with open federation only",
    ),
    (
        "GET /api/v1/admin/domain_allows",
        &BOTH,
        "Wardroom works with open federation only",
    ),
    (
        "DELETE /api/v1/admin/domain_allows",
        &BOTH,
        "Wardroom works with open federation only",
    ),
    (
        "POST /api/v1/admin/canonical_email_blocks",
        &BOTH,
        "no command of Wardroom makes them",
    ),
    (
        "POST /api/v1/admin/dimensions",
        &BOTH,
        "Wardroom reads measures, not dimensions",
    ),
    (
        "POST /api/v1/admin/retention",
        &BOTH,
        "Wardroom reads measures, not retention",
    ),
    (
        "GET /api/v1/admin/trends",
        &BOTH,
        "trends are not moderated through Wardroom",
    ),
    (
        "GET /api/v1/admin/tags",
        &BOTH,
        "tags are not moderated through Wardroom",
    ),
    (
        "GET /api/v1/instance/peers",
        &BOTH,
        "holds the domain that domain_allows has made",
    ),
    (
        "GET /.well-known/oauth-authorization-server",
        &BOTH,
        "tokens are made by hand",
    ),
    ("POST /api/v1/apps", &BOTH, "tokens are made by hand"),
    ("POST /oauth", &BOTH, "tokens are made by hand"),
    (
        "GET /api/v1/admin/nothing",
        &BOTH,
        "a recorded 500 stands for a page that was not rendered",
    ),
    (
        "GET /api/v1/admin/report_notes",
        &BOTH,
        "a recorded 500, as above",
    ),
    (
        "GET /api/v2/instance",
        &["v4.2"],
        "a recorded 500, as above",
    ),
];

const BOTH: [&str; 2] = ["v4.2", "v4.3.23"];

/// More requests than any recorded budget allows.
const LONGEST_RUN: usize = 400;

/// A real server and the simulation that replays it.
struct Replay {
    folder: &'static str,
    sim: Sim,
    client: Client,
    bindings: Bindings,
    tokens: std::collections::BTreeMap<&'static str, String>,
    clock: Arc<ManualClock>,
    used: BTreeSet<&'static str>,
    wrong: Vec<String>,
}

impl Replay {
    async fn start(folder: &'static str, version: Version, registrations: Registrations) -> Self {
        let clock = Arc::new(ManualClock::new("2026-11-21T08:20:00Z".parse().unwrap()));
        let sim = Sim::start(SimConfig {
            version,
            registrations,
            domain: "mastodon.test".to_owned(),
            web_url: Some("https://mastodon.test".to_owned()),
            bot: None,
            ..SimConfig::new(clock.clone())
        })
        .await
        .unwrap();
        add_people(&sim, folder);
        let all = Scopes::MODERATION;
        let revoked = sim.token("modder", all);
        sim.revoke(&revoked);
        let tokens = [
            ("owner", sim.token("owner", all)),
            ("mod", sim.token("modder", all)),
            ("mod_narrow", sim.token("modder", &["admin:read:reports"])),
            ("mod2", sim.token("modtwo", all)),
            ("alice", sim.token("alice", all)),
            ("bob", sim.token("bob", all)),
            ("revoked", revoked),
            ("bogus", "never-issued".to_owned()),
        ];
        let client = net::client(net::Deadlines::default(), net::Reach::Anywhere).unwrap();
        Self {
            folder,
            sim,
            client,
            bindings: Bindings::default(),
            tokens: tokens.into(),
            clock,
            used: BTreeSet::new(),
            wrong: Vec::new(),
        }
    }

    /// Replays one recorded file.
    async fn file(&mut self, name: &str) {
        let exchanges: Vec<Exchange> = read(self.folder, name);
        let written: Vec<Written> = read(self.folder, name);
        for (n, (exchange, written)) in exchanges.iter().zip(&written).enumerate() {
            let found = self.repeat(exchange).await;
            let difference = self
                .difference(exchange, &found)
                .or_else(|| difference_in_order(exchange, written, &found));
            let request = format!("{} {}", exchange.method, exchange.path);
            let listed = NOT_COVERED.iter().find(|(start, folders, _)| {
                request.starts_with(start) && folders.contains(&self.folder)
            });
            let place = format!("{}/{name} #{n}: {request}", self.folder);
            match (listed, difference) {
                (None, None) => {}
                (Some((start, ..)), Some(_)) => {
                    self.used.insert(start);
                }
                (None, Some(difference)) => self.wrong.push(format!("{place}: {difference}")),
                (Some(_), None) => self.wrong.push(format!("{place} is covered after all")),
            }
        }
    }

    /// Makes the recorded request. Runs of the same request are shortened in the recording: what
    /// led to a 429 is made up for.
    async fn repeat(&self, exchange: &Exchange) -> Found {
        let mut found = self.send(exchange).await;
        for _ in 0..LONGEST_RUN {
            if exchange.status == found.status || exchange.status != 429 {
                break;
            }
            found = self.send(exchange).await;
        }
        found
    }

    async fn send(&self, exchange: &Exchange) -> Found {
        let url = format!(
            "{}{}",
            self.sim.url(),
            self.bindings.translate(&exchange.path)
        );
        let method = Method::from_bytes(exchange.method.as_bytes()).unwrap();
        let mut request = self.client.request(method, url);
        if let Some(caller) = &exchange.caller {
            request = request.bearer_auth(&self.tokens[caller.as_str()]);
        }
        if exchange.path == "/api/v1/statuses" && exchange.response["visibility"] == "public" {
            // The header is not in the recording, its effect is: two posts, one status.
            request = request.header("Idempotency-Key", "probe");
        }
        if !exchange.request.is_null() {
            request = request.json(&self.bindings.translate_value(&exchange.request));
        }
        let response = request.send().await.unwrap();
        let header = |name: &str| {
            response
                .headers()
                .get(name)
                .map(|value| value.to_str().unwrap().to_owned())
        };
        let (link, challenge) = (header("link"), header("www-authenticate"));
        let (media_type, limit) = (header("content-type"), header("x-ratelimit-limit"));
        let status = response.status().as_u16();
        let text = response.text().await.unwrap();
        let body = serde_json::from_str(&text).unwrap_or_else(|_| Value::from(text.as_str()));
        Found {
            status,
            link,
            challenge,
            media_type,
            limit,
            text,
            body,
        }
    }

    fn difference(&mut self, recorded: &Exchange, found: &Found) -> Option<String> {
        if recorded.status != found.status {
            return Some(format!("recorded {}, found {found:?}", recorded.status));
        }
        let media_type = |text: Option<&String>| {
            text.map(|text| text.split(';').next().unwrap_or_default().to_owned())
        };
        if media_type(recorded.headers.get("content-type")) != media_type(found.media_type.as_ref())
        {
            return Some(format!("found content type {:?}", found.media_type));
        }
        if recorded.headers.get("x-ratelimit-limit") != found.limit.as_ref() {
            return Some(format!("found rate limit {:?}", found.limit));
        }
        let header = |name: &str| {
            recorded
                .headers
                .get(name)
                .cloned()
                .map_or(Value::Null, Value::from)
        };
        let text = |value: &Option<String>| value.clone().map_or(Value::Null, Value::from);
        let link = self
            .bindings
            .compare("link", &header("link"), &text(&found.link));
        let challenge = (header("www-authenticate") != text(&found.challenge))
            .then(|| format!("found challenge {:?}", found.challenge));
        if link.is_some() || challenge.is_some() {
            return link.or(challenge);
        }
        if recorded.status == 500 {
            // The recorded body is an error page that was not rendered.
            return None;
        }
        self.bindings.compare("", &recorded.response, &found.body)
    }

    /// Fails with every difference, and with entries of the list that nothing needed.
    fn finish(mut self) {
        let folder = self.folder;
        for (start, folders, _) in NOT_COVERED {
            if folders.contains(&folder) && !self.used.contains(start) {
                self.wrong.push(format!(
                    "{folder}: nothing recorded needs the entry {start}"
                ));
            }
        }
        assert!(self.wrong.is_empty(), "\n{}", self.wrong.join("\n"));
    }
}

/// What the simulation answered.
#[derive(Debug)]
struct Found {
    status: u16,
    link: Option<String>,
    challenge: Option<String>,
    media_type: Option<String>,
    limit: Option<String>,
    text: String,
    body: Value,
}

/// Objects whose keys come in another order than recorded.
fn difference_in_order(recorded: &Exchange, written: &Written, found: &Found) -> Option<String> {
    if recorded.status != 200 {
        return None;
    }
    let (mut as_recorded, mut as_found) = (Shapes::new(), Shapes::new());
    written.response.collect("", &mut as_recorded);
    Ordered::parse(&found.text).collect("", &mut as_found);
    let mut paths = as_recorded.into_iter().zip(as_found);
    paths.find_map(|(recorded, found)| {
        (recorded != found).then(|| format!("recorded keys {recorded:?}, found {found:?}"))
    })
}

fn read<T: serde::de::DeserializeOwned>(folder: &str, name: &str) -> Vec<T> {
    let path = format!(
        "{}/tests/data/recorded/{folder}/api/{name}",
        env!("CARGO_MANIFEST_DIR")
    );
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    serde_json::from_str(&text).unwrap()
}

/// The people of the recorded server, with their recorded ids and times.
fn add_people(sim: &Sim, folder: &str) {
    let mut people: Vec<Value> = Vec::new();
    for exchange in read::<Exchange>(folder, "p2.json") {
        let items = exchange.response.as_array().cloned().unwrap_or_default();
        people.extend(items.into_iter().filter(|item| item["account"].is_object()));
    }
    for handle in [
        "owner",
        "modder",
        "modtwo",
        "alice",
        "bob",
        "spammer@remote.test",
    ] {
        let same = |person: &&Value| person["account"]["acct"] == handle;
        let person = people
            .iter()
            .find(same)
            .unwrap_or_else(|| panic!("no {handle}"));
        let text = |key: &str| person[key].as_str().unwrap_or_default();
        let role = match person["role"]["name"].as_str() {
            Some("Owner") => Role::Owner,
            Some("Moderator") => Role::Moderator,
            _ => Role::Everyone,
        };
        sim.add_account(handle)
            .with_id(text("id").parse().unwrap())
            .since(text("created_at").parse().unwrap())
            .email(text("email"))
            .ip(text("ip"))
            .role(role)
            .create();
    }
}

async fn replay(folder: &'static str, version: Version, registrations: Registrations) {
    let mut replay = Replay::start(folder, version, registrations).await;
    for name in ["p1.json", "p2.json", "p3.json"] {
        replay.file(name).await;
    }
    // What happened between the recorded requests: two sign-ups, and a new rate limit window.
    replay.clock.advance(chrono::TimeDelta::minutes(5));
    let sign_up = |name: &str| {
        replay
            .sim
            .sign_up(name)
            .reason("I like birds")
            .ip("192.0.2.77")
    };
    sign_up("penny").email("penny@example.com").submit();
    sign_up("quill")
        .email("quill@example.com")
        .unconfirmed()
        .submit();
    replay.file("p5.json").await;
    // The recorded report was reopened in the web UI, and the older server lost a status of it.
    replay.sim.staff("modder").reopen(1);
    if version == Version::Early4_2 {
        let report = replay.sim.filed_report(1).unwrap();
        replay
            .sim
            .remove_status(*report.statuses.iter().min().unwrap());
    }
    replay.file("p6.json").await;
    replay.finish();
}

#[tokio::test]
async fn answers_as_the_recorded_4_3_did() {
    replay("v4.3.23", Version::V4_3, Registrations::Closed).await;
}

#[tokio::test]
async fn answers_as_the_recorded_4_2_did() {
    replay("v4.2", Version::Early4_2, Registrations::Approval).await;
}
