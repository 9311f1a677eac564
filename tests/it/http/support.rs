//! A router over a fresh SQLite database, and how to ask it things.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use chrono::{DateTime, TimeDelta};
use futures::FutureExt;
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt;
use secrecy::SecretString;
use tempfile::TempDir;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;
use wardroom::clock::{Clock, ManualClock};
use wardroom::config::Config;
use wardroom::db::committer::Committer;
use wardroom::db::deliveries::DeliveryRow;
use wardroom::db::{Db, DbConfig, DbError};
use wardroom::desk::{Desk, EventSource, Rules};
use wardroom::http::{HttpState, Parts, Settings, TokenHash, internal_router, new_token, router};
use wardroom::mastodon::webhook::{Parsed, parse, signature};
use wardroom::telemetry::readiness::Readiness;
use wardroom::template::Templates;

/// The secret that webhooks are signed with, beside one that is being retired.
pub(super) const SECRET: &str = "the current secret";
/// The one that is being retired.
pub(super) const OLD_SECRET: &str = "the retired secret";
/// Where the room is.
pub(super) const ORIGIN: &str = "https://mod.social.example";

/// Ana leads, bo moderates, olga observes; ana and olga have tokens.
const CONFIG: &str = r#"
[server]
url = "https://social.example"
token = "server-token"
webhook_secrets = ["the retired secret", "the current secret"]
[database]
url = "sqlite:unused.db"
[http]
public_url = "https://mod.social.example"
[policy]
dry_run = false
[[moderators]]
name = "ana"
role = "lead"
token = "token-of-ana-0123456789"
[[moderators]]
name = "bo"
role = "moderator"
[[moderators]]
name = "olga"
role = "observer"
token = "token-of-olga-0123456789"
"#;

/// A desk's web side with everything behind it.
pub(super) struct Site {
    pub(super) public: Router,
    pub(super) internal: Router,
    pub(super) desk: Arc<Desk>,
    pub(super) db: Db,
    pub(super) clock: Arc<ManualClock>,
    pub(super) readiness: Arc<Readiness>,
    pub(super) shutdown: CancellationToken,
    folder: Option<TempDir>,
}

/// An answer, read to its end.
#[derive(Debug)]
pub(super) struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    pub(super) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {}", self.text))
    }

    pub(super) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }
}

impl Site {
    pub(super) async fn new() -> Self {
        Self::with(Duration::from_mins(1), 64, |_| {}).await
    }

    /// A site whose committer has this deadline and capacity.
    pub(super) async fn with(
        deadline: Duration,
        capacity: usize,
        change: impl FnOnce(&mut Settings),
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("wardroom.db").display());
        let mut site = Self::over(&url, deadline, capacity, change).await;
        site.folder = Some(folder);
        site
    }

    /// A site over the database at `url`.
    pub(super) async fn over(
        url: &str,
        deadline: Duration,
        capacity: usize,
        change: impl FnOnce(&mut Settings),
    ) -> Self {
        let db = Db::open(&DbConfig::new(url)).await.unwrap();
        let config = Config::from_toml(CONFIG, "site.toml").expect("a good configuration");
        let start = DateTime::from_timestamp(1_763_700_000, 0).unwrap();
        let clock = Arc::new(ManualClock::new(start));
        let rules = Rules::from_config(&config);
        let desk = Arc::new(Desk::new(db.clone(), clock.clone(), rules));
        let (committer, _task) = Committer::start(db.clone(), capacity, deadline);
        let mut settings = Settings::new(&config, false);
        settings.body_limit = 64 * 1024;
        settings.body_deadline = Duration::from_mins(1);
        settings.request_deadline = Duration::from_mins(1);
        change(&mut settings);
        let readiness = Arc::new(Readiness::default());
        let shutdown = CancellationToken::new();
        let state = HttpState::new(Parts {
            desk: Arc::clone(&desk),
            committer,
            settings,
            templates: Templates::embedded().unwrap(),
            readiness: Arc::clone(&readiness),
            metrics: None,
            can_act: Arc::new(AtomicBool::new(true)),
            shutdown: shutdown.clone(),
        });
        Self {
            public: router(Arc::clone(&state)),
            internal: internal_router(state),
            desk,
            db,
            clock,
            readiness,
            shutdown,
            folder: None,
        }
    }

    /// A recorded webhook body takes effect, as the worker would make it.
    pub(super) async fn happened(&self, body: &[u8]) {
        let Parsed::Event(event) = parse(body) else {
            panic!("no event");
        };
        self.desk.event(&event, EventSource::Webhook).await.unwrap();
    }

    /// An invite for a moderator, for ten minutes.
    pub(super) async fn invite(&self, name: &str) -> String {
        let token = new_token();
        let hash = &TokenHash::of(&token).hex();
        let until = self.clock.now() + TimeDelta::minutes(10);
        self.db
            .write(|mut tx| async move {
                tx.add_invite(hash, &name.into(), until).await?;
                Ok::<_, DbError>((tx, ()))
            })
            .await
            .unwrap();
        token
    }

    /// A browser in which a moderator signed in.
    pub(super) async fn browser(&self, name: &str) -> Browser<'_> {
        let token = self.invite(name).await;
        let request = Request::post(format!("/room/invite/{token}")).header("origin", ORIGIN);
        let answer = self.ask(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
        let cookie = answer.header("set-cookie");
        Browser {
            site: self,
            cookie: cookie.split(';').next().unwrap().to_owned(),
        }
    }

    /// Whether question `id` was asked.
    pub(super) async fn has_question(&self, id: i64) -> bool {
        self.db
            .read(|mut tx| async move {
                let question = tx.reply(id).await?;
                Ok::<_, DbError>((tx, question.is_some()))
            })
            .await
            .unwrap()
    }

    /// Holds the only writer of the database, so that nothing else can be written.
    pub(super) async fn hold_the_writer(&self) -> HeldWriter {
        let (held, is_held) = oneshot::channel();
        let (release, released) = oneshot::channel::<()>();
        let (held, released) = (std::sync::Mutex::new(Some(held)), released.shared());
        let db = self.db.clone();
        let writer = tokio::spawn(async move {
            db.write(|tx| {
                held.lock().unwrap().take().map(|held| held.send(()));
                let released = released.clone();
                async move {
                    released.await.ok();
                    Ok::<_, DbError>((tx, ()))
                }
            })
            .await
            .unwrap();
        });
        is_held.await.unwrap();
        HeldWriter { release, writer }
    }

    /// A call of the API with a token.
    pub(super) async fn api(&self, token: &str, path: &str) -> Answer {
        let request = Request::get(path).header("authorization", format!("Bearer {token}"));
        self.ask(request.body(Body::empty()).unwrap()).await
    }

    /// A command over the API.
    pub(super) async fn command(&self, token: &str, id: &str, command: &str) -> Answer {
        let body = serde_json::json!({"id": id, "command": command}).to_string();
        let request = Request::post("/api/v1/commands")
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", "application/json");
        self.ask(request.body(Body::from(body)).unwrap()).await
    }

    pub(super) async fn ask(&self, request: Request<Body>) -> Answer {
        ask(&self.public, request).await
    }

    pub(super) async fn get(&self, path: &str) -> Answer {
        self.ask(Request::get(path).body(Body::empty()).unwrap())
            .await
    }

    /// A webhook with the signature that belongs to it.
    pub(super) async fn webhook(&self, body: &[u8]) -> Answer {
        self.ask(webhook(Some(&sign(body)), body.to_vec())).await
    }

    pub(super) async fn stored(&self) -> Vec<DeliveryRow> {
        self.db
            .read(|mut tx| async move {
                let rows = tx.deliveries(None, 1_000).await?;
                Ok::<_, DbError>((tx, rows))
            })
            .await
            .unwrap()
    }
}

pub(super) async fn ask(router: &Router, request: Request<Body>) -> Answer {
    let response = router.clone().oneshot(request).await.unwrap();
    let (head, body) = response.into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    Answer {
        status: head.status,
        headers: head.headers,
        text: String::from_utf8(bytes.to_vec()).unwrap(),
    }
}

pub(super) fn sign(body: &[u8]) -> String {
    signature::sign(&SecretString::from(SECRET), body)
}

pub(super) fn webhook(signature: Option<&str>, body: impl Into<Body>) -> Request<Body> {
    let mut request = Request::post("/webhooks/mastodon")
        .header("content-type", "application/json")
        .header("accept", "text/html");
    if let Some(signature) = signature {
        request = request.header("x-hub-signature", signature);
    }
    request.body(body.into()).unwrap()
}

/// The database's only writer, held.
pub(super) struct HeldWriter {
    release: oneshot::Sender<()>,
    writer: JoinHandle<()>,
}

impl HeldWriter {
    pub(super) async fn release(self) {
        self.release.send(()).unwrap();
        self.writer.await.unwrap();
    }
}

/// A browser with a session.
pub(super) struct Browser<'a> {
    site: &'a Site,
    pub(super) cookie: String,
}

impl Browser<'_> {
    pub(super) async fn get(&self, path: &str) -> Answer {
        let request = Request::get(path)
            .header("cookie", &self.cookie)
            .header("accept", "text/html");
        self.site.ask(request.body(Body::empty()).unwrap()).await
    }

    /// The hidden fields of a page's first form that posts to `action`, with `more`.
    pub(super) async fn form(
        &self,
        page: &str,
        action: &str,
        more: &[(&str, &str)],
    ) -> BTreeMap<String, String> {
        let html = self.get(page).await.text;
        let start = html
            .find(&format!("action=\"{action}\""))
            .expect("the form");
        let form = &html[start..];
        let form = &form[..form.find("</form>").unwrap()];
        let mut fields: BTreeMap<String, String> = form
            .split("<input type=\"hidden\"")
            .skip(1)
            .map(|input| (attribute(input, "name"), attribute(input, "value")))
            .collect();
        for (name, value) in more {
            fields.insert((*name).to_owned(), (*value).to_owned());
        }
        fields
    }

    /// Sends a form as our own page would.
    pub(super) async fn send(&self, action: &str, fields: &BTreeMap<String, String>) -> Answer {
        self.send_from(Some(ORIGIN), action, fields).await
    }

    pub(super) async fn send_from(
        &self,
        origin: Option<&str>,
        action: &str,
        fields: &BTreeMap<String, String>,
    ) -> Answer {
        let body: String = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let mut request = Request::post(action)
            .header("cookie", &self.cookie)
            .header("accept", "text/html")
            .header("content-type", "application/x-www-form-urlencoded");
        if let Some(origin) = origin {
            request = request.header("origin", origin);
        }
        self.site.ask(request.body(Body::from(body)).unwrap()).await
    }

    /// Presses a button of a case and reads the page that follows.
    pub(super) async fn press(&self, page: &str, key: &str) -> Answer {
        let fields = self.form(page, "/room/press", &[("key", key)]).await;
        self.follow(&self.send("/room/press", &fields).await).await
    }

    /// Follows the redirect after a form.
    pub(super) async fn follow(&self, answer: &Answer) -> Answer {
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
        self.get(answer.header("location")).await
    }
}

fn attribute(input: &str, name: &str) -> String {
    let start = input.find(&format!("{name}=\"")).unwrap() + name.len() + 2;
    let value = &input[start..];
    unescape(&value[..value.find('"').unwrap()])
}

fn unescape(text: &str) -> String {
    text.replace("&quot;", "\"")
        .replace("&#x27;", "'")
        .replace("&#x3D;", "=")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
}
