//! `wardroom demo`: everything in one process, for whoever wants to see it before they believe it.
//!
//! A simulated Mastodon on a port of its own, a temporary folder with the database, the room, and
//! the script of a day that plays by itself. Nothing in it is real, and nothing stays.

use std::collections::BTreeMap;
use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use chrono::TimeDelta;
use serde_json::{Value, json};
use url::Url;

use super::ExitStatus;
use super::output;
use super::serve::asked_to_end;
use crate::app::{self, App, Surroundings};
use crate::clock::SystemClock;
use crate::config::Config;
use crate::http::new_token;
use crate::sim::script::Script;
use crate::sim::{Scopes, Sim, SimConfig, WebhookMode};
use crate::telemetry::{self, LogStyle};

/// `wardroom demo`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Where the room is.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// A spam wave as well: 200 reports on 40 accounts.
    #[arg(long)]
    wave: bool,
    /// Print addresses and tokens as one JSON object, as the first line.
    #[arg(long)]
    json: bool,
}

/// Who moderates in the demo.
const MODERATORS: [(&str, &str); 3] = [("ana", "lead"), ("bo", "moderator"), ("cleo", "triage")];

/// How many things have happened before somebody looks.
const OPENING: usize = 4;

/// The time between two things of the day, and of the wave.
const DAY: Duration = Duration::from_secs(8);
const WAVE: Duration = Duration::from_millis(100);

/// How long an invitation of the demo can be used: as long as somebody may leave it open.
const VALID: TimeDelta = TimeDelta::hours(12);

/// What a script needs to know to take part.
struct Keys {
    url: Url,
    invites: Vec<(&'static str, Url)>,
    api_token: String,
    server_url: String,
    server_token: String,
    webhook_secret: String,
}

pub(super) async fn run(args: Args) -> Result<ExitStatus> {
    let level = if args.json { "error" } else { "warn" };
    telemetry::install_log(LogStyle::Human, level)?;
    let listener = app::listen(args.listen, "--listen, for example --listen 127.0.0.1:0").await?;
    let url = Url::parse(&format!("http://{}/", listener.local_addr()?))?;
    // Gone, with everything in it, when this function returns.
    let folder = tempfile::Builder::new()
        .prefix("wardroom-demo-")
        .tempdir()
        .context("cannot make a temporary folder")?;
    let sim = simulate().await?;
    let (app, keys) = build(&sim, folder.path(), url).await?;
    tell(&keys, args.json)?;
    let play = tokio::spawn(play(sim, args.wave));
    app.run(listener, None, asked_to_end()).await?;
    play.abort();
    fs::remove_dir_all(folder.path()).context("cannot remove the temporary folder")?;
    Ok(ExitStatus::Done)
}

async fn simulate() -> Result<Sim> {
    let sim = Sim::start(SimConfig {
        webhooks: WebhookMode::Background,
        ..SimConfig::new(Arc::new(SystemClock))
    })
    .await
    .context("cannot start the simulated Mastodon")?;
    Script::set_scene(&sim);
    Ok(sim)
}

async fn build(sim: &Sim, folder: &Path, url: Url) -> Result<(App, Keys)> {
    let server_token = sim.token("wardroom", Scopes::MODERATION);
    let (api_token, webhook_secret) = (new_token(), new_token());
    sim.add_webhook(url.join("/webhooks/mastodon")?.as_str(), &webhook_secret);
    let text = configuration(sim, &url, &server_token, &api_token, &webhook_secret)?;
    let origin = folder.join("wardroom.toml").display().to_string();
    let config = Config::from_toml(&text, &origin)?;
    let surroundings = Surroundings {
        clock: Arc::new(SystemClock),
        metrics: Some(telemetry::install_metrics()?),
        is_demo: true,
        channels: BTreeMap::new(),
    };
    let app = App::build(config, surroundings).await?;
    let mut invites = Vec::new();
    for (name, _) in MODERATORS {
        let invite = app::invite(&app.desk, &url, &name.into(), VALID).await?;
        invites.push((name, invite));
    }
    let keys = Keys {
        url,
        invites,
        api_token,
        server_url: sim.url().to_owned(),
        server_token,
        webhook_secret,
    };
    Ok((app, keys))
}

/// The configuration that a real server's would be, written down the same way. Paths are relative
/// to the temporary folder.
fn configuration(
    sim: &Sim,
    url: &Url,
    server_token: &str,
    api_token: &str,
    webhook_secret: &str,
) -> Result<String> {
    let moderators: Vec<Value> = MODERATORS
        .iter()
        .map(|(name, role)| {
            // The first one's token is for scripts; nobody uses those of the others.
            let token = if *name == "ana" {
                api_token.to_owned()
            } else {
                new_token()
            };
            json!({
                "name": name, "role": role, "account": format!("@{name}"), "token": token,
                "server_token": sim.token(name, Scopes::MODERATION),
            })
        })
        .collect();
    let config = json!({
        "server": {
            "url": sim.url(), "domain": sim.domain(), "token": server_token,
            "webhook_secrets": [webhook_secret],
        },
        "database": {"url": "sqlite:wardroom.db"},
        "http": {"public_url": url},
        "policy": {"dry_run": false},
        "audit": {"anchor_file": "audit.anchors"},
        "moderators": moderators,
        "presets": [{
            "name": "spam",
            "text": "Please do not advertise here. Your next advertisement ends your account.",
        }],
    });
    toml::to_string(&config).context("cannot write the demo's configuration")
}

fn tell(keys: &Keys, as_json: bool) -> Result<()> {
    let [(_, ana), others @ ..] = keys.invites.as_slice() else {
        return Ok(());
    };
    if as_json {
        return output::say_json(&json!({
            "url": keys.url, "invite_url": ana, "api_token": keys.api_token,
            "server_url": keys.server_url, "server_token": keys.server_token,
            "webhook_secret": keys.webhook_secret,
        }));
    }
    let others: Vec<String> = others
        .iter()
        .map(|(name, invite)| format!("\n  As {name}:  {invite}"))
        .collect();
    output::say(format!(
        "A demo of Wardroom: a simulated Mastodon, a day of reports. Nothing in it is real.\n\n  \
         Open this in a browser; each link works once.\n  As ana:  {ana}{}\n\n  \
         Scripting API:  curl -H 'Authorization: Bearer {}' {}api/v1/me\n  \
         The simulated Mastodon:  {}\n\nCtrl-C ends it and removes everything.",
        others.concat(),
        keys.api_token,
        keys.url,
        keys.server_url
    ))
}

/// Lets the day happen: what opens it at once, the rest bit by bit.
async fn play(sim: Sim, wave: bool) {
    let never = tokio_util::sync::CancellationToken::new();
    let mut day = Script::day(1);
    for _ in 0..OPENING {
        day.next_step(&sim);
    }
    let day = day.play(sim.clone(), DAY, never.clone());
    if wave {
        tokio::join!(day, Script::wave(1).play(sim, WAVE, never));
    } else {
        day.await;
    }
}
