//! The webhooks of the simulated Mastodon have exactly the keys of real ones, in their order.
//!
//! Compared with recorded bodies of two real servers, and with one body per event and release
//! written down from Mastodon's sources (`tests/data/payloads`).

use std::collections::BTreeMap;
use std::sync::Arc;

use wardroom::clock::SystemClock;
use wardroom::sim::{Action, Registrations, Sim, SimConfig, Version, Visibility, WebhookRequest};

use super::ordered::{Ordered, Shapes};

/// The shapes of an event's bodies.
type Events = BTreeMap<String, Shapes>;

async fn start(version: Version) -> Sim {
    let config = SimConfig {
        version,
        registrations: Registrations::Approval,
        ..SimConfig::new(Arc::new(SystemClock))
    };
    let sim = Sim::start(config).await.unwrap();
    sim.add_webhook_for("http://127.0.0.1:9/hook", "secret", &["*"]);
    sim
}

/// Everything that makes webhooks, once; with or without people of other servers.
async fn everything(version: Version, remote: bool) -> Events {
    let sim = start(version).await;
    let mut requests = Vec::new();
    let mut happened = || requests.extend(sim.take_webhooks());
    let rule = sim.add_rule("No spam.");
    sim.sign_up("penny").reason("I like birds").submit();
    happened();
    sim.staff("modder").approve("penny");
    happened();
    sim.add_account("bob").create();
    let public = sim
        .status("alice")
        .text("Buy pills #spam")
        .picture("")
        .publish();
    let direct = sim
        .status("alice")
        .text("@bob hi")
        .visibility(Visibility::Direct)
        .publish();
    happened();
    sim.edit_status(public, "edited #spam");
    let local = sim
        .report("alice")
        .by("bob")
        .rules(&[rule])
        .statuses(&[public, direct])
        .file();
    if remote {
        let there = "far.example@far.example";
        sim.report("alice").by(there).statuses(&[public]).file();
        sim.report("crow@far.example")
            .by("bob")
            .category("spam")
            .file();
    }
    happened();
    sim.staff("modder").assign(local);
    happened();
    sim.staff("modder").resolve(local);
    happened();
    sim.rename("alice", "Alice");
    sim.staff("modder").act("bob", Action::Limit);
    sim.staff("modder").suspend("alice");
    happened();
    shapes(requests.iter().map(body))
}

fn body(request: &WebhookRequest) -> String {
    String::from_utf8(request.body.to_vec()).unwrap()
}

fn shapes(bodies: impl Iterator<Item = String>) -> Events {
    let mut events = Events::new();
    for body in bodies {
        let value: serde_json::Value = serde_json::from_str(&body).unwrap();
        let event = value["event"].as_str().unwrap().to_owned();
        Ordered::parse(&body).collect("", events.entry(event).or_default());
    }
    events
}

/// Fails unless the same events are there, and each simulated object has the keys that a real
/// object of that name has.
fn assert_like(real: &Events, simulated: &Events, what: &str) {
    let names = |events: &Events| events.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(real), names(simulated), "the events of {what}");
    let known = by_name(real);
    let mut compared = 0;
    for (name, keys) in by_name(simulated) {
        let Some(known) = known.get(&name) else {
            continue;
        };
        for keys in keys {
            assert!(
                known.contains(&keys),
                "{what}: {name}: {keys:?}\nnone of {known:#?}"
            );
            compared += 1;
        }
    }
    assert!(
        compared > 10,
        "{what}: only {compared} objects were compared"
    );
}

/// Shapes by the name of the object: the last key of its path, or what the event is about.
fn by_name(events: &Events) -> Shapes {
    let mut named = Shapes::new();
    for (event, shapes) in events {
        let about = event.split('.').next().unwrap();
        for (path, keys) in shapes {
            let name = match path.trim_end_matches("[]").rsplit('.').next().unwrap() {
                "object" => about,
                name => name,
            };
            named
                .entry(name.to_owned())
                .or_default()
                .extend(keys.iter().cloned());
        }
    }
    named
}

fn files(folder: &str) -> Vec<(String, String)> {
    let folder = format!("{}/tests/data/{folder}", env!("CARGO_MANIFEST_DIR"));
    let entries = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{folder}: {error}"));
    let paths = entries.map(|entry| entry.unwrap().path());
    paths
        .map(|path| {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            (name, std::fs::read_to_string(&path).unwrap())
        })
        .collect()
}

fn recorded(version: &str) -> Events {
    let requests = files(&format!("recorded/{version}/webhooks"));
    // The bodyless GET that follows a 303 has no event.
    let bodies = requests.into_iter().filter(|(name, _)| !name.contains('?'));
    shapes(bodies.map(|(_, text)| text.split_once("\r\n\r\n").unwrap().1.to_owned()))
}

#[tokio::test]
async fn bodies_have_the_recorded_keys() {
    assert_like(
        &recorded("v4.3.23"),
        &everything(Version::V4_3, false).await,
        "4.3.23",
    );
    assert_like(
        &recorded("v4.2"),
        &everything(Version::Early4_2, false).await,
        "4.2",
    );
}

#[tokio::test]
async fn bodies_have_the_keys_of_each_release() {
    let releases = [
        ("4.0", Version::V4_0),
        ("4.1", Version::V4_1),
        ("4.2", Version::V4_2),
        ("4.3", Version::V4_3),
        ("4.5", Version::V4_5),
        ("4.6", Version::V4_6),
    ];
    for (release, version) in releases {
        let suffix = format!(".v{release}.json");
        let bodies = files("payloads")
            .into_iter()
            .filter(|(name, _)| name.ends_with(&suffix));
        let real = shapes(bodies.map(|(_, text)| text));
        assert_like(&real, &everything(version, true).await, release);
    }
}

#[tokio::test]
async fn since_4_6_html_is_escaped_in_the_json() {
    let sim = start(Version::V4_6).await;
    sim.report("alice").comment("<b> & co").file();
    let text = body(&sim.take_webhooks()[0]);
    assert!(text.contains(r#""comment":"\u003cb\u003e \u0026 co""#));
    let sim = start(Version::V4_5).await;
    sim.report("alice").comment("<b> & co").file();
    assert!(body(&sim.take_webhooks()[0]).contains(r#""comment":"<b> & co""#));
}
