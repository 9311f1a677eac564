//! Commands that only read: case, cases, lookup, domain, history, desk, whoami, help.

use wardroom::sim::Severity;

use super::audit;
use crate::support::story::Story;
use crate::support::voice::{Voice, through_both};

const SPAMMER: &str = "@spam@far.example";

/// The audit log without the invitations into the room that this story uses itself.
async fn decisions(t: &Story) -> Vec<String> {
    let mut log = audit(t).await;
    log.retain(|line| line != "host room.invited");
    log
}

pub(super) async fn every_read_says_what_it_should_and_changes_nothing(t: &Story, voice: Voice) {
    let settled = t.report(SPAMMER).await.0;
    t.say("bo", &format!("limit #{settled} --reason crossposting"))
        .await;
    assert_eq!(t.changes().len(), 1);
    let number = t.report(SPAMMER).await.0;
    t.mastodon
        .add_domain_block("far.example", Severity::Silence);
    t.say("ana", "suspend-domain worse.example --reason malware")
        .await;
    assert_eq!(t.changes().len(), 1);
    let before = (t.all_cases().await, decisions(t).await);
    for (words, parts) in [
        (
            format!("case #{number}"),
            &["#2", "spam@far.example", "open", "ads"][..],
        ),
        (format!("case #{settled}"), &["#1", "resolved", "op-1"]),
        (format!("{number}"), &["#2", "spam@far.example"]),
        ("cases".to_owned(), &["#2", "spam@far.example", "open"]),
        ("cases resolved".to_owned(), &["#1", "limit"]),
        (
            format!("lookup {SPAMMER}"),
            &["spam@far.example", "limited"],
        ),
        (
            format!("lookup #{number}"),
            &["spam@far.example", "limited"],
        ),
        ("domain far.example".to_owned(), &["far.example", "limit"]),
        (format!("history {SPAMMER}"), &["#1", "#2", "limit"]),
        (
            "history worse.example".to_owned(),
            &["suspend-domain", "ana"],
        ),
        ("desk".to_owned(), &["1"]),
        ("whoami".to_owned(), &["dan", "observer"]),
        ("help".to_owned(), &["case", "cases"]),
        ("help suspend".to_owned(), &["suspend", "--reason"]),
    ] {
        let said = voice.ask(t, "dan", &words).await;
        assert_eq!(said.answer, "done", "{words}: {}", said.text);
        for part in parts {
            assert!(
                said.text.contains(part),
                "{words}: {part} is missing: {}",
                said.text
            );
        }
    }
    let open = voice.ask(t, "dan", "cases open").await.text;
    assert!(!open.contains("#1"), "only open ones: {open}");
    let mine = voice.ask(t, "cleo", "cases all --mine").await.text;
    assert!(!mine.contains("#2"), "cleo claimed nothing: {mine}");
    assert_eq!(before, (t.all_cases().await, decisions(t).await));
    assert!(t.changes().is_empty(), "reading changes nothing");
}

#[tokio::test]
async fn what_makes_no_sense_is_answered_with_what_would() {
    through_both(async |t, voice| {
        let number = t.report(SPAMMER).await.0;
        for (words, part) in [
            ("xyzzy #1".to_owned(), "help"),
            ("suspned #1 --reason spam".to_owned(), "suspend"),
            ("limit".to_owned(), "limit"),
            ("claim #99".to_owned(), "#99"),
            (format!("limit #{number} --reason \"unbalanced"), "quote"),
            (format!("limit #{number}"), "--reason"),
            (
                format!("limit #{number} --reason {}", "x".repeat(10_240)),
                "long",
            ),
            ("lookup @nobody@nowhere.example".to_owned(), "spelling"),
            ("second op-99".to_owned(), "op-99"),
            ("undo op-99".to_owned(), "op-99"),
        ] {
            let said = voice.ask(t, "ana", &words).await;
            let short: String = words.chars().take(60).collect();
            assert_eq!(said.answer, "refused", "{short}: {}", said.text);
            assert!(
                said.text.contains(part),
                "{short}: {part} is missing: {}",
                said.text
            );
        }
    })
    .await;
}
