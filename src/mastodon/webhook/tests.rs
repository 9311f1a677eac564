//! Made-up bodies: bad ones, odd ones, and what is dropped. Recorded ones are in
//! `tests/it/webhook_bodies.rs`.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::domain::report::{Category, Withheld};

fn delivery(event: &str, object: &Value) -> Vec<u8> {
    json!({"event": event, "created_at": "2026-11-21T08:00:00.123Z", "object": object})
        .to_string()
        .into_bytes()
}

fn smallest_report() -> Value {
    json!({"id": "7", "action_taken": false, "target_account": {"id": "42"}})
}

fn quarantined(event: &str, object: &Value) -> String {
    match parse(&delivery(event, object)) {
        Parsed::Quarantine(why) => why.to_string(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn invariant_03_what_is_not_our_shape_says_so_and_is_not_stored() {
    let deep = format!(
        "{{\"event\":{}1{}}}",
        "[".repeat(100_000),
        "]".repeat(100_000)
    );
    for (body, why) in [
        (b"".to_vec(), "Eof error"),
        (b"not json".to_vec(), "Syntax error"),
        (b"{\"event\":\"report.created\",\"obj".to_vec(), "Eof error"),
        (b"{\"event\":\"\xff\"}".to_vec(), "Syntax error"),
        (deep.into_bytes(), "Syntax error"),
        (b"[]".to_vec(), "event: expected a text, found nothing"),
        (
            json!({"text": "New report by alice@example.com"})
                .to_string()
                .into_bytes(),
            "event: expected a text, found nothing",
        ),
        (
            json!({"event": 1, "created_at": "x", "object": {}})
                .to_string()
                .into_bytes(),
            "event: expected a text, found a number",
        ),
        (
            json!({"event": "report.created", "object": {}})
                .to_string()
                .into_bytes(),
            "created_at: expected a text, found nothing",
        ),
        (
            json!({"event": "report.created", "created_at": "x", "object": null})
                .to_string()
                .into_bytes(),
            "object: expected an object, found null",
        ),
    ] {
        let shown = String::from_utf8_lossy(&body[..body.len().min(40)]).into_owned();
        let error = storable(&body).unwrap_err();
        assert!(error.to_string().contains(why), "{shown}: {error}");
        assert!(error.to_string().contains("payload template"), "{error}");
        assert!(!error.to_string().contains("alice@"), "{error}");
        assert_eq!(parse(&body), Parsed::NotOurs(error), "{shown}");
    }
}

#[test]
fn invariant_03_a_missing_required_field_is_quarantined_by_its_path() {
    for (event, full, path) in [
        ("report.created", smallest_report(), "id"),
        ("report.updated", smallest_report(), "action_taken"),
        ("report.updated", smallest_report(), "target_account.id"),
        ("account.created", json!({"id": "1", "username": "a"}), "id"),
        (
            "account.updated",
            json!({"id": "1", "username": "a"}),
            "username",
        ),
        (
            "status.created",
            json!({"id": "1", "account": {"id": "2"}, "visibility": "public"}),
            "id",
        ),
        (
            "status.created",
            json!({"id": "1", "account": {"id": "2"}, "visibility": "public"}),
            "account.id",
        ),
        (
            "status.updated",
            json!({"id": "1", "account": {"id": "2"}, "visibility": "public"}),
            "visibility",
        ),
    ] {
        assert!(
            matches!(parse(&delivery(event, &full)), Parsed::Event(_)),
            "{event}"
        );
        let pointer = format!("/{}", path.replace('.', "/"));
        let mut without = full.clone();
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        without
            .pointer_mut(parent)
            .unwrap()
            .as_object_mut()
            .unwrap()
            .remove(key);
        let mut null = full;
        *null.pointer_mut(&pointer).unwrap() = Value::Null;
        for (object, found) in [(without, "nothing"), (null, "null")] {
            let why = quarantined(event, &object);
            assert!(
                why.starts_with(&format!("object.{path}: ")),
                "{event} {path}: {why}"
            );
            assert!(why.ends_with(found), "{why}");
        }
    }
}

#[test]
fn invariant_03_unknown_events_are_quarantined() {
    assert_eq!(
        quarantined("report.exploded", &smallest_report()),
        "event: 'report.exploded' is unknown to this version of Wardroom"
    );
}

#[test]
fn a_time_that_cannot_be_read_is_quarantined() {
    let body =
        json!({"event": "report.created", "created_at": "soon", "object": smallest_report()});
    let Parsed::Quarantine(why) = parse(body.to_string().as_bytes()) else {
        panic!()
    };
    assert_eq!(
        why.to_string(),
        "created_at: expected a time, found another text"
    );
}

#[test]
fn invariant_03_the_smallest_report_is_enough_and_unknown_words_are_kept() {
    let mut object = smallest_report();
    object["category"] = json!("telepathy");
    object["statuses"] = Value::Null;
    object["rules"] = json!([{"id": 3, "text": "Be kind"}, {"text": "no id"}]);
    object["followers_count"] = json!("many");
    object["novelty"] = json!({"nested": [1]});
    let Parsed::Event(ServerEvent::Report(report)) = parse(&delivery("report.created", &object))
    else {
        panic!()
    };
    assert_eq!(report.category, Category::Unknown("telepathy".to_owned()));
    assert_eq!(
        report.updated_at.to_rfc3339(),
        "2026-11-21T08:00:00.123+00:00"
    );
    assert_eq!(report.rules.len(), 1);
    assert_eq!(report.target.id.as_str(), "42");
    assert_eq!(report.reporter.id.as_str(), "");
    assert_eq!(report.object["novelty"], json!({"nested": [1]}));
}

#[test]
fn invariant_10_a_report_keeps_no_personal_data_and_no_closed_status() {
    let person = |id: &str| {
        json!({"id": id, "username": "u", "email": "leak@example.com", "ip": "192.0.2.1",
               "ips": [{"ip": "192.0.2.2"}], "invite_request": "leak: let me in",
               "account": {"acct": "u", "note": "bio"}})
    };
    let status = |id: &str, visibility: Value| {
        json!({"id": id, "account": {"id": "2"}, "uri": "u", "visibility": visibility,
               "content": if visibility == "public" { "open" } else { "leak" }})
    };
    let object = json!({
        "id": "7", "action_taken": true, "account": person("1"), "target_account": person("2"),
        "assigned_account": person("3"), "action_taken_by_account": person("4"),
        "statuses": [status("10", json!("public")), status("11", json!("direct")),
                     status("12", json!("private")), status("13", json!("astral")),
                     status("14", Value::Null)],
    });
    let Parsed::Event(ServerEvent::Report(report)) = parse(&delivery("report.updated", &object))
    else {
        panic!()
    };
    assert_eq!(report.statuses.len(), 1);
    assert_eq!(
        report.withheld,
        Withheld {
            private: 3,
            direct: 1
        }
    );
    assert_eq!(report.resolved_by.as_ref().unwrap().id.as_str(), "4");
    let everything = serde_json::to_string(&report).unwrap();
    for leak in ["leak", "192.0.2"] {
        assert!(!everything.contains(leak), "{leak}: {everything}");
    }
    assert_eq!(report.object["target_account"]["account"]["note"], "bio");
}

#[test]
fn invariant_10_a_sign_up_keeps_its_reason_but_no_addresses() {
    let object = json!({"id": "5", "username": "nestling", "email": "leak@example.com",
                        "ip": "192.0.2.1", "invite_request": "birds!", "approved": false});
    let Parsed::Event(event) = parse(&delivery("account.created", &object)) else {
        panic!()
    };
    let everything = serde_json::to_string(&event).unwrap();
    assert!(everything.contains("birds!"));
    assert!(
        !everything.contains("leak") && !everything.contains("192.0.2"),
        "{everything}"
    );
}

#[test]
fn invariant_10_of_a_closed_status_only_ids_and_visibility_are_stored() {
    for visibility in ["private", "direct", "galactic"] {
        let object = json!({"id": "9", "account": {"id": "2", "username": "crow"}, "uri": "u",
                            "visibility": visibility, "content": "secret", "spoiler_text": "secret"});
        let body = delivery("status.created", &object);
        let kept = storable(&body).unwrap();
        assert_eq!(kept.event, "status.created");
        assert_eq!(
            serde_json::from_str::<Value>(&kept.body).unwrap(),
            json!({"event": "status.created", "created_at": "2026-11-21T08:00:00.123Z",
                   "object": {"id": "9", "visibility": visibility, "account": {"id": "2"}}})
        );
        assert_eq!(parse(kept.body.as_bytes()), parse(&body));
        assert!(matches!(
            parse(&body),
            Parsed::Event(ServerEvent::ClosedStatus { id, .. }) if id.as_str() == "9"
        ));
    }
}

#[test]
fn invariant_10_a_status_of_unknown_visibility_is_not_stored_either() {
    let object = json!({"id": "9", "account": {"id": "2"}, "content": "secret"});
    for event in ["status.created", "status.deleted"] {
        let body = delivery(event, &object);
        assert!(!storable(&body).unwrap().body.contains("secret"));
    }
    let other = json!({"id": "9", "visibility": "direct", "content": "secret"});
    let body = delivery("conversation.created", &other);
    assert!(!storable(&body).unwrap().body.contains("secret"));
}

#[test]
fn invariant_10_everything_else_is_stored_as_received() {
    let open = json!({"id": "9", "account": {"id": "2"}, "visibility": "unlisted", "content": "x"});
    for (event, object) in [
        ("status.created", open),
        ("report.created", smallest_report()),
    ] {
        let body = delivery(event, &object);
        let kept = storable(&body).unwrap();
        assert_eq!(kept.body.as_bytes(), body);
        assert!(matches!(kept.body, Cow::Borrowed(_)));
    }
}

#[test]
fn invariant_11_control_characters_end_here() {
    let mut object = smallest_report();
    object["comment"] = json!("a\u{0}b\u{1b}[2Jc\nd\te\r\u{7f}");
    object["target_account"]["username"] = json!("sp\u{0}am");
    let Parsed::Event(ServerEvent::Report(report)) = parse(&delivery("report.created", &object))
    else {
        panic!()
    };
    assert_eq!(report.comment, "ab[2Jc\nd\te");
    assert_eq!(report.object["comment"], "ab[2Jc\nd\te");
    assert_eq!(report.target.username, "spam");
}

/// Any JSON, a few levels deep, with the keys and words that the reader looks for among others.
fn any_json() -> impl Strategy<Value = Value> {
    let key = prop::sample::select(vec![
        "id",
        "account",
        "target_account",
        "action_taken",
        "statuses",
        "visibility",
        "content",
        "username",
        "email",
        "role",
        "permissions",
        "created_at",
        "rules",
        "media_attachments",
        "x",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        prop::sample::select(vec!["1", "public", "direct", "2026-11-21T08:00:00Z"])
            .prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 60, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::btree_map(key.clone().prop_map(str::to_owned), inner, 0..8)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// What was read, or which field was missing: of a closed status the rest that is stored does not
/// tell what was in its place.
fn gist(parsed: Parsed) -> Result<Parsed, String> {
    match parsed {
        Parsed::Quarantine(Unread::Missing(missing)) => Err(missing.path),
        other => Ok(other),
    }
}

proptest! {
    #[test]
    fn no_bytes_upset_the_reader(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(matches!(parse(&bytes), Parsed::NotOurs(_)));
        prop_assert!(storable(&bytes).is_err());
    }

    #[test]
    fn no_object_upsets_the_reader(
        object in any_json(),
        event in prop::sample::select(vec!["report.created", "account.updated", "status.created", "x"]),
    ) {
        let body = delivery(event, &object);
        match storable(&body) {
            Ok(kept) => {
                prop_assert!(object.is_object());
                prop_assert_eq!(gist(parse(kept.body.as_bytes())), gist(parse(&body)));
            }
            Err(_) => prop_assert!(!object.is_object()),
        }
    }
}
