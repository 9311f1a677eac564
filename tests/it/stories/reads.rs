//! Commands that only read: case, cases, lookup, domain, history, desk, whoami, help.

use wardroom::sim::Severity;

use crate::support::voice::through_both;

const SPAMMER: &str = "@spam@far.example";

#[tokio::test]
async fn every_read_says_what_it_should_and_changes_nothing() {
    through_both(async |t, voice| {
        let number = t.report(SPAMMER).await.0;
        t.mastodon
            .add_domain_block("far.example", Severity::Silence);
        for (words, parts) in [
            (format!("case #{number}"), &["spam@far.example", "open"][..]),
            (format!("{number}"), &["spam@far.example"]),
            ("cases".to_owned(), &["spam@far.example"]),
            ("cases resolved".to_owned(), &[]),
            (format!("lookup {SPAMMER}"), &["spam@far.example"]),
            (format!("lookup #{number}"), &["spam@far.example"]),
            ("domain far.example".to_owned(), &["far.example", "limit"]),
            (format!("history {SPAMMER}"), &["#1"]),
            ("history far.example".to_owned(), &[]),
            ("desk".to_owned(), &["1"]),
            ("whoami".to_owned(), &["dan", "observer"]),
            ("help".to_owned(), &["case", "cases"]),
            ("help suspend".to_owned(), &["suspend"]),
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
        assert!(t.changes().is_empty());
    })
    .await;
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
