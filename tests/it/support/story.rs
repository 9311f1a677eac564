//! Stories: the real app over a real database, a simulated Mastodon that holds state, a chat that
//! records, a clock that is stepped. A story reads like prose; its end looks for what was left over.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use chrono::{DateTime, TimeDelta, Utc};
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt as _;
use tempfile::TempDir;
use tower::ServiceExt as _;
use wardroom::app::{App, Job, Surroundings};
use wardroom::chat::card::{ReporterShown, Show};
use wardroom::chat::fake::FakeChat;
use wardroom::clock::{Clock as _, ManualClock};
use wardroom::config::{ChannelConfig, Config};
use wardroom::domain::{CaseId, ChannelName};
use wardroom::sim::script::Script;
use wardroom::sim::{Scopes, Sim, SimConfig};
use wardroom::worker::cards::Channel;
use wardroom::worker::{Tick, Worker as _};

use super::api::Api;
use super::leftovers;
use super::room::Room;
use super::voice::Voice;

/// The secret that the story's webhooks are signed with.
pub(crate) const SECRET: &str = "the secret of the story's webhooks";

/// Rounds that settling may take before it is clear that it never ends.
const ROUNDS: usize = 2_000;

/// Workers that look less often than this wait for the story's time.
const SELDOM: TimeDelta = TimeDelta::seconds(30);

/// One story.
pub(crate) struct Story {
    /// The server.
    pub mastodon: Sim,
    /// The time, for server and Wardroom alike.
    pub clock: Arc<ManualClock>,
    /// The one chat channel, `mods`, of stories that have it.
    pub chat: Arc<FakeChat>,
    /// Wardroom.
    pub app: App,
    pub(super) router: Router,
    pub(super) url: url::Url,
    pub(super) notes: Mutex<Notes>,
    folder: TempDir,
}

/// What the story looked at, and what it knows to have gone wrong.
#[derive(Default)]
pub(super) struct Notes {
    requests: u64,
    pub messages_read: usize,
    pub calls_read: usize,
    pub worker_errors: Vec<String>,
    pub given: Vec<(Voice, String)>,
    last_looks: BTreeMap<&'static str, DateTime<Utc>>,
}

/// Plays a story on SQLite.
pub(crate) async fn run(story: impl AsyncFnOnce(&Story)) {
    Setup::default().run(story).await;
}

/// How a story begins, where that differs.
#[derive(Default)]
pub(crate) struct Setup {
    /// The database's address instead of an SQLite file of its own.
    pub database: Option<String>,
    /// Sections of the configuration beside those that every story has.
    pub config: &'static str,
    /// The chat channel `mods`.
    pub with_chat: bool,
    /// Ana's and bo's operations run as they, not as the bot.
    pub own_tokens: bool,
}

impl Setup {
    /// Plays a story, and then looks for what it left over.
    pub(crate) async fn run(self, story: impl AsyncFnOnce(&Story)) {
        let told = Story::begin(self).await;
        told.settle().await;
        story(&told).await;
        leftovers::check(&told).await;
    }
}

impl Setup {
    /// The chat channel `mods`, which the configuration knows as well.
    fn channels(
        &self,
        chat: &Arc<FakeChat>,
        config: &mut Config,
    ) -> BTreeMap<ChannelName, Channel> {
        if !self.with_chat {
            return BTreeMap::new();
        }
        let name = ChannelName::from("mods");
        let configured = ChannelConfig {
            platform: "fake".to_owned(),
        };
        config.channels.insert(name.clone(), configured);
        let channel = Channel {
            chat: Arc::clone(chat) as _,
            platform: "fake".to_owned(),
            show: Show::Full,
            reporter: ReporterShown::Origin,
        };
        BTreeMap::from([(name, channel)])
    }
}

/// An HTTP answer, read to its end.
pub(crate) struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Story {
    async fn begin(setup: Setup) -> Self {
        let start: DateTime<Utc> = "2026-11-20T09:00:00Z".parse().unwrap();
        let clock = Arc::new(ManualClock::new(start));
        let mastodon = Sim::start(SimConfig::new(Arc::clone(&clock) as _))
            .await
            .unwrap();
        Script::set_scene(&mastodon);
        mastodon.add_webhook("http://wardroom.example/webhooks/mastodon", SECRET);
        let folder = tempfile::tempdir().unwrap();
        let text = configuration(&mastodon, &setup);
        let origin = folder.path().join("wardroom.toml").display().to_string();
        let mut config = Config::from_toml(&text, &origin).unwrap();
        let url = config.http.public_url.clone();
        let chat = Arc::new(FakeChat::default());
        let surroundings = Surroundings {
            clock: Arc::clone(&clock) as _,
            metrics: None,
            is_demo: false,
            channels: setup.channels(&chat, &mut config),
        };
        let app = App::build(config, surroundings).await.unwrap();
        Self {
            mastodon,
            clock,
            chat,
            router: app.router(),
            app,
            url,
            notes: Mutex::default(),
            folder,
        }
    }

    /// Lets everything happen that can happen at this time: webhooks arrive, workers work.
    pub(crate) async fn settle(&self) {
        // The server never makes two changes in one millisecond; so time moves on here as well.
        self.clock.advance(TimeDelta::milliseconds(10));
        let mut quiet = 0;
        for _ in 0..ROUNDS {
            let delivered = self.deliver().await;
            let worked = self.tick_all().await;
            quiet = if worked || delivered > 0 {
                0
            } else {
                quiet + 1
            };
            // Twice: what one worker left behind, an earlier one in the list may have to do.
            if quiet == 2 {
                return;
            }
        }
        panic!("nothing settles within {ROUNDS} rounds");
    }

    /// Lets time pass, then everything happen that is due by then.
    pub(crate) async fn pass(&self, span: TimeDelta) {
        self.clock.advance(span);
        self.settle().await;
    }

    /// Lets the hold of suspensions and rejections end.
    pub(crate) async fn wait_for_the_hold(&self) {
        self.pass(TimeDelta::seconds(31)).await;
    }

    /// Hands over the webhooks that are due. Each must be taken.
    pub(crate) async fn deliver(&self) -> usize {
        let requests = self.mastodon.take_webhooks();
        for webhook in &requests {
            let mut request = Request::post("/webhooks/mastodon");
            for (name, value) in &webhook.headers {
                request = request.header(*name, value);
            }
            let request = request.body(Body::from(webhook.body.clone())).unwrap();
            let answer = self.ask(request).await;
            assert_eq!(
                answer.status,
                StatusCode::OK,
                "{}: {}",
                webhook.event,
                answer.text
            );
        }
        requests.len()
    }

    /// Lets each worker work until it is idle. Says whether any worked.
    async fn tick_all(&self) -> bool {
        let mut worked = false;
        for job in &self.app.jobs {
            if !self.is_due(job) {
                continue;
            }
            for round in 0.. {
                assert!(round < ROUNDS, "{} never gets idle", job.name());
                match job.tick().await {
                    Ok(Tick::Worked) => worked = true,
                    Ok(Tick::Idle) => break,
                    Err(error) => {
                        let text = format!("{}: {error:#}", job.name());
                        self.notes().worker_errors.push(text);
                        break;
                    }
                }
            }
        }
        worked
    }

    /// Workers that look seldom do so when the story's time has come for it, as in a real process.
    fn is_due(&self, job: &Job) -> bool {
        let every = TimeDelta::from_std(job.pace.every).unwrap();
        if every < SELDOM {
            return true;
        }
        let mut notes = self.notes();
        let now = self.now();
        let last = notes.last_looks.get(job.name()).copied();
        let is_due = last.is_none_or(|last| now - last >= every);
        if is_due {
            notes.last_looks.insert(job.name(), now);
        }
        is_due
    }

    /// A file beside the story's database.
    pub(crate) fn file(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    /// One request to the public router.
    pub(crate) async fn ask(&self, mut request: Request<Body>) -> Answer {
        let address: SocketAddr = "192.0.2.44:40000".parse().unwrap();
        request.extensions_mut().insert(ConnectInfo(address));
        let asking = tokio::spawn(self.router.clone().oneshot(request));
        // What only the server knows is asked while the moderator waits.
        let replies = self
            .app
            .jobs
            .iter()
            .find(|job| job.name() == "replies")
            .unwrap();
        while !asking.is_finished() {
            replies.tick().await.unwrap();
            tokio::task::yield_now().await;
        }
        let response = asking.await.unwrap().unwrap();
        let (head, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        Answer {
            status: head.status,
            headers: head.headers,
            text: String::from_utf8(bytes.to_vec()).unwrap(),
        }
    }

    /// The scripting API, as this moderator.
    pub(crate) fn api(&self, moderator: &'static str) -> Api<'_> {
        Api::new(self, moderator)
    }

    /// The room, with a fresh session of this moderator.
    pub(crate) async fn room(&self, moderator: &'static str) -> Room<'_> {
        Room::enter(self, moderator).await
    }

    /// What a moderator types, confirmed where Wardroom asks back; the last answer's text.
    pub(crate) async fn say(&self, moderator: &'static str, words: &str) -> String {
        let text = self.api(moderator).confirm(words).await.text;
        self.settle().await;
        text
    }

    /// A report on an account, delivered and settled; the case it belongs to.
    pub(crate) async fn report(&self, target: &str) -> CaseId {
        self.mastodon
            .report(target)
            .category("spam")
            .comment("ads")
            .file();
        self.settle().await;
        self.case_on(target).await
    }

    /// The number of the unresolved case on an account.
    pub(crate) async fn case_on(&self, target: &str) -> CaseId {
        let page = self.api("ana").get("cases?limit=100").await;
        let handle = target.trim_start_matches('@');
        let cases = page["cases"].as_array().unwrap();
        let case = cases.iter().find(|case| case["target"]["acct"] == handle);
        let case = case.unwrap_or_else(|| panic!("no unresolved case on {target}: {page}"));
        CaseId(case["number"].as_i64().unwrap())
    }

    /// Every case, newest first.
    pub(crate) async fn all_cases(&self) -> Vec<serde_json::Value> {
        let page = self.api("ana").get("cases?state=all&limit=100").await;
        page["cases"].as_array().unwrap().clone()
    }

    /// Whether a command of the table was given through this voice, and not refused.
    pub(crate) fn was_given(&self, voice: Voice, word: &str) -> bool {
        let notes = self.notes();
        let mut given = notes.given.iter();
        given.any(|(through, given)| *through == voice && given == word)
    }

    /// The calls that changed the server since this was last asked, oldest first, each as
    /// `suspend by wardroom: 200`, `POST /api/v1/…` otherwise.
    pub(crate) fn changes(&self) -> Vec<String> {
        let calls = self.mastodon.mutating_calls();
        let mut notes = self.notes();
        let new = calls
            .iter()
            .skip(notes.calls_read)
            .map(ToString::to_string)
            .collect();
        notes.calls_read = calls.len();
        new
    }

    /// The texts of the chat's messages that were not read yet.
    pub(crate) fn read_chat(&self) -> Vec<String> {
        let messages = self.chat.messages();
        let mut notes = self.notes();
        let new = messages.iter().skip(notes.messages_read);
        let new = new.map(|message| message.text.clone()).collect();
        notes.messages_read = messages.len();
        new
    }

    /// The workers' errors since this was last asked: a story that makes workers fail looks here.
    pub(crate) fn worker_errors(&self) -> Vec<String> {
        std::mem::take(&mut self.notes().worker_errors)
    }

    pub(super) fn notes(&self) -> std::sync::MutexGuard<'_, Notes> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A request id that was not used before.
    pub(super) fn request_id(&self) -> String {
        let mut notes = self.notes();
        notes.requests += 1;
        format!("request-{}", notes.requests)
    }

    /// The time in the story.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }
}

/// The moderators of every story: ana leads, bo moderates, cleo sorts, dan watches; eve leads as
/// well, without an account on the server.
fn configuration(mastodon: &Sim, setup: &Setup) -> String {
    use std::fmt::Write as _;
    let database = setup.database.as_deref().unwrap_or("sqlite:wardroom.db");
    let mut text = format!(
        r#"
[server]
url = "{}"
domain = "{}"
token = "{}"
webhook_secrets = ["{SECRET}"]
[database]
url = "{database}"
[http]
public_url = "https://wardroom.example"
{}
"#,
        mastodon.url(),
        mastodon.domain(),
        mastodon.token("wardroom", Scopes::MODERATION),
        setup.config,
    );
    if !setup.config.contains("[policy]") {
        text.push_str("[policy]\ndry_run = false\n");
    }
    for (name, role) in [
        ("ana", "lead"),
        ("bo", "moderator"),
        ("cleo", "triage"),
        ("dan", "observer"),
        ("eve", "lead"),
    ] {
        write!(
            text,
            "[[moderators]]\nname = \"{name}\"\nrole = \"{role}\"\ntoken = \"{}\"\n",
            api_token(name)
        )
        .unwrap();
        if !matches!(name, "dan" | "eve") {
            writeln!(text, "account = \"@{name}\"").unwrap();
        }
        if setup.own_tokens && matches!(name, "ana" | "bo") {
            let token = mastodon.token(name, Scopes::MODERATION);
            writeln!(text, "server_token = \"{token}\"").unwrap();
        }
    }
    text
}

/// The token of a moderator for the scripting API.
pub(crate) fn api_token(name: &str) -> String {
    format!("the-api-token-of-{name}-0123456789")
}
