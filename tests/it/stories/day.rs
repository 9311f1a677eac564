//! A whole day of the demo's script, with moderators at work, and what it must not leave anywhere.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::TimeDelta;
use http::Method;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;
use wardroom::sim::script::Script;

use crate::support::story::{SECRET, Setup, Story, api_token};

/// The log of this test's thread.
#[derive(Debug, Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        let bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8(bytes.clone()).unwrap()
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

/// Plays the day and has somebody work on every third thing that happens.
async fn play(t: &Story) {
    let mut day = Script::day(7);
    let mut step = 0;
    while day.next_step(&t.mastodon).is_some() {
        t.settle().await;
        step += 1;
        let open = t.api("ana").get("cases?state=open&limit=1").await;
        let Some(number) = open["cases"][0]["number"].as_i64() else {
            continue;
        };
        match step % 6 {
            0 => t.say("bo", &format!("limit #{number} --reason spam")).await,
            2 => t.say("bo", &format!("approve #{number} --reason ok")).await,
            3 => t.say("ana", &format!("lookup #{number}")).await,
            4 => {
                t.say("ana", &format!("suspend #{number} --reason spam"))
                    .await
            }
            5 => t.say("cleo", &format!("note #{number} seen")).await,
            _ => t.say("cleo", &format!("claim #{number}")).await,
        };
        t.pass(TimeDelta::minutes(7)).await;
    }
    t.pass(TimeDelta::hours(1)).await;
}

/// Everything that a person or a script could read, by where it stands.
async fn everything(t: &Story, log: &Log) -> Vec<(String, Vec<u8>)> {
    let mut all = vec![("the log".to_owned(), log.text().into_bytes())];
    let cards = t.chat.messages().into_iter().map(|message| message.text);
    all.push((
        "the chat".to_owned(),
        cards.collect::<String>().into_bytes(),
    ));
    t.app.db().backup(&t.file("everything.db")).await.unwrap();
    all.push((
        "the database".to_owned(),
        std::fs::read(t.file("everything.db")).unwrap(),
    ));
    let cases = t.api("ana").get("cases?state=all&limit=100").await;
    let numbers = cases["cases"].as_array().unwrap().iter();
    let room = t.room("ana").await;
    for number in numbers.map(|case| case["number"].as_i64().unwrap()) {
        let shown = t.api("ana").get(&format!("cases/{number}")).await;
        all.push((format!("the API's case {number}"), shown.to_string().into()));
        let page = room.case(number).await;
        all.push((format!("the page of #{number}"), page.html.into()));
    }
    for path in ["/", "/room/audit", "/room/operations"] {
        all.push((path.to_owned(), room.page(path).await.html.into()));
    }
    let entries = t.api("ana").get("audit?limit=500").await;
    all.push(("the audit log".to_owned(), entries.to_string().into()));
    let wrong = t.api("ana").ask(Method::GET, "cases/x", None).await;
    all.push(("an error".to_owned(), wrong.text.into()));
    all
}

#[tokio::test]
async fn invariant_10_after_a_whole_day_no_address_and_no_secret_is_anywhere() {
    let log = Log::default();
    let filter = EnvFilter::new("wardroom=trace,info");
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(log.clone())
        .with_ansi(false);
    let _logging = tracing::subscriber::set_default(subscriber.finish());
    let setup = Setup {
        with_chat: true,
        own_tokens: true,
        ..Setup::default()
    };
    setup
        .run(async |t| {
            play(t).await;
            let (_, _) = (t.changes(), t.read_chat());
            let mut secrets = vec![SECRET.to_owned()];
            secrets.extend(["ana", "bo", "cleo"].map(api_token));
            for account in t.mastodon.accounts() {
                if let Some(user) = account.user {
                    secrets.extend([user.email, user.ip]);
                }
            }
            secrets.retain(|secret| !secret.is_empty());
            assert!(secrets.len() > 20, "nothing to look for: {secrets:?}");
            let all = everything(t, &log).await;
            assert!(
                log.text().contains("delivery stored"),
                "nothing was logged: {} {}",
                log.text().len(),
                log.text().chars().take(3000).collect::<String>()
            );
            for (place, bytes) in &all {
                for secret in &secrets {
                    let mut parts = bytes.windows(secret.len());
                    let is_there = parts.any(|part| part == secret.as_bytes());
                    assert!(!is_there, "{secret} is in {place}");
                }
            }
        })
        .await;
}
