//! A router over a fresh SQLite database, and how to ask it things.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use chrono::DateTime;
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt;
use secrecy::SecretString;
use tempfile::TempDir;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;
use wardroom::clock::ManualClock;
use wardroom::db::committer::Committer;
use wardroom::db::deliveries::DeliveryRow;
use wardroom::db::{Db, DbConfig, DbError};
use wardroom::http::{HttpState, Parts, Settings, internal_router, router};
use wardroom::mastodon::webhook::signature;
use wardroom::telemetry::readiness::Readiness;
use wardroom::template::Templates;

/// The secret that webhooks are signed with, beside one that is being retired.
pub(super) const SECRET: &str = "the current secret";
/// The one that is being retired.
pub(super) const OLD_SECRET: &str = "the retired secret";

/// A desk's web side with everything behind it.
pub(super) struct Site {
    pub public: Router,
    pub internal: Router,
    pub db: Db,
    pub readiness: Arc<Readiness>,
    pub reconcile: Arc<Notify>,
    pub deliveries: Arc<Notify>,
    _folder: TempDir,
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
        let db = Db::open(&DbConfig::new(url)).await.unwrap();
        let (committer, _task) = Committer::start(db.clone(), capacity, deadline);
        let mut settings = settings();
        change(&mut settings);
        let readiness = Arc::new(Readiness::default());
        let (reconcile, deliveries) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let clock = Arc::new(ManualClock::new(
            DateTime::from_timestamp(1_763_700_000, 0).unwrap(),
        ));
        let state = HttpState::new(Parts {
            db: db.clone(),
            committer,
            settings,
            templates: Templates::embedded().unwrap(),
            clock,
            readiness: Arc::clone(&readiness),
            metrics: None,
            deliveries: Arc::clone(&deliveries),
            reconcile: Arc::clone(&reconcile),
            shutdown: CancellationToken::new(),
        });
        Self {
            public: router(Arc::clone(&state)),
            internal: internal_router(state),
            db,
            readiness,
            reconcile,
            deliveries,
            _folder: folder,
        }
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

fn settings() -> Settings {
    Settings {
        public_url: "https://mod.social.example".parse().unwrap(),
        server_url: "https://social.example".parse().unwrap(),
        webhook_secrets: vec![SecretString::from(OLD_SECRET), SecretString::from(SECRET)],
        body_limit: 64 * 1024,
        body_deadline: Duration::from_mins(1),
        request_deadline: Duration::from_mins(1),
        is_demo: false,
    }
}
