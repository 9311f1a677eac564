//! Every webhook body that real servers sent, and one of each kind for every Mastodon since 4.0:
//! authentic, understood, and without what may not be kept.

use std::fs;
use std::path::{Path, PathBuf};

use secrecy::SecretString;
use serde_json::Value;
use wardroom::domain::ServerEvent;
use wardroom::domain::event::AccountEvent;
use wardroom::mastodon::webhook::signature::{SignatureError, sign, verify};
use wardroom::mastodon::webhook::{Parsed, parse, storable};

/// The secret of the recorded webhooks (`tests/data/recorded/README.md`).
const SECRET: &str = "probe-secret-0123456789";

struct Recorded {
    name: String,
    signature: String,
    body: Vec<u8>,
}

fn data(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data")
        .join(folder)
}

fn files(folder: &str) -> Vec<PathBuf> {
    let mut files: Vec<_> = fs::read_dir(data(folder))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files
}

fn name(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}

/// The POST requests of one server version. A `?` is the bodyless GET after a 303.
fn recorded(version: &str) -> Vec<Recorded> {
    let found: Vec<_> = files(&format!("recorded/{version}/webhooks"))
        .iter()
        .filter(|path| !name(path).contains('?'))
        .map(|path| {
            let raw = fs::read(path).unwrap();
            let end = raw.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
            let head = String::from_utf8(raw[..end].to_vec()).unwrap();
            let signature = head
                .lines()
                .find_map(|line| line.strip_prefix("X-Hub-Signature: "))
                .unwrap();
            Recorded {
                name: format!("{version}/{}", name(path)),
                signature: signature.to_owned(),
                body: raw[end + 4..].to_vec(),
            }
        })
        .collect();
    assert!(found.len() > 40, "{version}: {}", found.len());
    found
}

fn all_recorded() -> Vec<Recorded> {
    let mut all = recorded("v4.2");
    all.extend(recorded("v4.3.23"));
    all
}

/// Name and body of everything, recorded or made up.
fn all_bodies() -> Vec<(String, Vec<u8>)> {
    let payloads = files("payloads");
    assert!(payloads.len() > 90, "{}", payloads.len());
    payloads
        .iter()
        .map(|path| (name(path), fs::read(path).unwrap()))
        .chain(all_recorded().into_iter().map(|one| (one.name, one.body)))
        .collect()
}

fn event_of(name: &str, body: &[u8]) -> ServerEvent {
    match parse(body) {
        Parsed::Event(event) => event,
        other => panic!("{name}: {other:?}"),
    }
}

#[test]
fn invariant_03_every_recorded_signature_verifies_and_fails_with_one_byte_changed() {
    let secrets = [SecretString::from("new-secret"), SecretString::from(SECRET)];
    for (n, mut one) in all_recorded().into_iter().enumerate() {
        let header = one.signature.clone().into_bytes();
        assert_eq!(
            verify(&secrets, Some(&header), &one.body),
            Ok(()),
            "{}",
            one.name
        );
        assert_eq!(one.signature, sign(&secrets[1], &one.body), "{}", one.name);
        assert_eq!(
            verify(&secrets[..1], Some(&header), &one.body),
            Err(SignatureError::Mismatch),
            "{}",
            one.name
        );
        let position = (n * 7919) % one.body.len();
        one.body[position] ^= 1;
        assert_eq!(
            verify(&secrets, Some(&header), &one.body),
            Err(SignatureError::Mismatch),
            "{} at {position}",
            one.name
        );
    }
}

#[test]
fn invariant_03_no_byte_of_body_or_signature_can_be_changed() {
    let secrets = [SecretString::from(SECRET)];
    let mut one = all_recorded()
        .into_iter()
        .min_by_key(|one| one.body.len())
        .unwrap();
    let mut header = one.signature.into_bytes();
    for position in 0..one.body.len() {
        one.body[position] ^= 0x20;
        assert!(
            verify(&secrets, Some(&header), &one.body).is_err(),
            "body {position}"
        );
        one.body[position] ^= 0x20;
    }
    for position in 0..header.len() {
        header[position] ^= 1;
        assert!(
            verify(&secrets, Some(&header), &one.body).is_err(),
            "header {position}"
        );
        header[position] ^= 1;
    }
    assert_eq!(verify(&secrets, Some(&header), &one.body), Ok(()));
    one.body.pop();
    assert!(
        verify(&secrets, Some(&header), &one.body).is_err(),
        "truncated"
    );
}

#[test]
fn invariant_03_every_body_means_what_its_event_says() {
    for (name, body) in all_bodies() {
        let raw: Value = serde_json::from_slice(&body).unwrap();
        let object = &raw["object"];
        let id = object["id"].as_str().unwrap();
        match (raw["event"].as_str().unwrap(), event_of(&name, &body)) {
            ("report.created" | "report.updated", ServerEvent::Report(report)) => {
                assert_eq!(report.id.as_str(), id, "{name}");
                assert_eq!(report.resolved, object["action_taken"], "{name}");
                assert_eq!(report.category.word(), object["category"], "{name}");
                assert_eq!(
                    report.comment,
                    object["comment"].as_str().unwrap(),
                    "{name}"
                );
                assert_eq!(
                    report.assigned_to.is_some(),
                    !object["assigned_account"].is_null()
                );
                assert_eq!(
                    report.target.id.as_str(),
                    object["target_account"]["id"],
                    "{name}"
                );
                assert_eq!(
                    report.reporter.username, object["account"]["username"],
                    "{name}"
                );
                let sent = object["statuses"].as_array().unwrap().len();
                let held = u32::try_from(report.statuses.len()).unwrap();
                let counted = held + report.withheld.private + report.withheld.direct;
                assert_eq!(counted, u32::try_from(sent).unwrap(), "{name}");
            }
            (event, ServerEvent::Account { what, account, .. }) => {
                let expected = match event {
                    "account.created" => AccountEvent::Created,
                    "account.approved" => AccountEvent::Approved,
                    "account.updated" => AccountEvent::Updated,
                    other => panic!("{name}: {other} read as an account"),
                };
                assert_eq!(what, expected, "{name}");
                assert_eq!(account.id.as_str(), id, "{name}");
                assert_eq!(account.username, object["username"], "{name}");
                assert_eq!(account.state.suspended, object["suspended"], "{name}");
                assert_eq!(account.state.limited, object["silenced"], "{name}");
                assert_eq!(
                    account.state.approved,
                    object["approved"].as_bool(),
                    "{name}"
                );
                assert!(account.role.is_some(), "{name}");
            }
            ("status.created" | "status.updated", ServerEvent::Status(status)) => {
                assert_eq!(status.id.as_str(), id, "{name}");
                assert!(status.visibility.is_open(), "{name}");
                assert_eq!(
                    status.content,
                    object["content"].as_str().unwrap(),
                    "{name}"
                );
                let media = object["media_attachments"].as_array().unwrap();
                assert_eq!(status.media.len(), media.len(), "{name}");
            }
            (
                "status.created" | "status.updated",
                ServerEvent::ClosedStatus {
                    id: read,
                    visibility,
                },
            ) => {
                assert_eq!(read.as_str(), id, "{name}");
                assert!(!visibility.is_open(), "{name}");
                assert_eq!(visibility.word(), object["visibility"], "{name}");
            }
            (event, other) => panic!("{name}: {event} read as {other:?}"),
        }
    }
}

/// Every e-mail and IP address and the content of every closed status in a body.
fn secrets_in(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Array(members) => members.iter().for_each(|member| secrets_in(member, found)),
        Value::Object(members) => {
            for key in ["email", "ip"] {
                found.extend(value[key].as_str().map(str::to_owned));
            }
            let visibility = value["visibility"].as_str().unwrap_or("public");
            if !matches!(visibility, "public" | "unlisted") {
                found.extend(value["content"].as_str().map(str::to_owned));
            }
            members
                .values()
                .for_each(|member| secrets_in(member, found));
        }
        _ => {}
    }
}

#[test]
fn invariant_10_no_event_holds_an_address_or_a_closed_status() {
    let mut checked = 0;
    for (name, body) in all_bodies() {
        let mut secrets = Vec::new();
        secrets_in(&serde_json::from_slice(&body).unwrap(), &mut secrets);
        let event = serde_json::to_value(event_of(&name, &body)).unwrap();
        let mut texts = Vec::new();
        texts_in(&event, &mut texts);
        for secret in secrets {
            checked += 1;
            assert!(
                !texts.iter().any(|text| text.contains(&secret)),
                "{name} still holds {secret}"
            );
        }
    }
    assert!(checked > 100, "{checked}");
}

fn texts_in(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) => found.push(text.clone()),
        Value::Array(members) => members.iter().for_each(|member| texts_in(member, found)),
        Value::Object(members) => members.values().for_each(|member| texts_in(member, found)),
        _ => {}
    }
}

#[test]
fn invariant_10_what_is_stored_means_the_same_and_holds_no_closed_status() {
    for (name, body) in all_bodies() {
        let kept = storable(&body).unwrap();
        assert_eq!(parse(kept.body.as_bytes()), parse(&body), "{name}");
        let raw: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(kept.event, raw["event"], "{name}");
        let object = &raw["object"];
        if matches!(object["visibility"].as_str(), Some("private" | "direct")) {
            let content = object["content"].as_str().unwrap();
            assert!(!kept.body.contains(content), "{name}");
            assert!(kept.body.len() < 250, "{name}: {}", kept.body);
        } else {
            assert_eq!(kept.body.as_bytes(), body, "{name}");
        }
    }
}

#[test]
fn representative_events_read_as_before() {
    for kind in [
        "report.created.local.v4.0",
        "report.created.remote_reporter.v4.6",
        "report.updated.resolved.v4.5",
        "account.created.pending.v4.3",
        "account.updated.suspended.v4.6",
        "status.created.media.v4.6",
        "status.created.direct.v4.2",
    ] {
        let body = fs::read(data("payloads").join(format!("{kind}.json"))).unwrap();
        insta::assert_json_snapshot!(kind, event_of(kind, &body));
    }
}
