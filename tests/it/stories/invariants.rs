//! One story for each thing that is always true, by its number.

use chrono::TimeDelta;
use http::StatusCode;

use super::{assert_audit, audit, case, operation};
use crate::support::story::{Setup, run};

const SPAMMER: &str = "@spam@far.example";

#[tokio::test]
async fn invariant_01_what_webhooks_lost_is_found() {
    run(async |t| {
        t.mastodon.lose_webhooks(true);
        t.mastodon.report(SPAMMER).file();
        t.mastodon.report("@other@far.example").file();
        t.settle().await;
        t.mastodon.lose_webhooks(false);
        t.pass(TimeDelta::minutes(6)).await;
        assert_eq!(case(t, 1).await["state"], "open");
        assert_eq!(case(t, 2).await["state"], "open");
    })
    .await;
}

#[tokio::test]
async fn invariant_02_nothing_counts_twice() {
    run(async |t| {
        t.mastodon.duplicate_webhooks(true);
        t.mastodon.shuffle_webhooks(true);
        for _ in 0..20 {
            t.mastodon.report(SPAMMER).file();
        }
        t.settle().await;
        t.pass(TimeDelta::minutes(6)).await;
        let page = t.api("ana").get("cases?state=all").await;
        assert_eq!(page["cases"].as_array().unwrap().len(), 1, "{page}");
        assert_eq!(
            page["cases"][0]["reports"].as_array().unwrap().len(),
            20,
            "{page}"
        );
    })
    .await;
}

#[tokio::test]
async fn invariant_04_a_card_is_what_the_case_is() {
    let setup = Setup {
        with_chat: true,
        ..Setup::default()
    };
    setup
        .run(async |t| {
            for _ in 0..50 {
                t.mastodon.report(SPAMMER).file();
            }
            t.settle().await;
            let cards = t
                .chat
                .messages()
                .into_iter()
                .filter(|message| message.under.is_none());
            assert_eq!(cards.count(), 1, "fifty reports, one card");
            t.mastodon.staff("ana").resolve(t.mastodon.reports()[0].id);
            for report in t.mastodon.reports() {
                t.mastodon.staff("ana").resolve(report.id);
            }
            t.settle().await;
            let card = t
                .chat
                .messages()
                .into_iter()
                .find(|message| message.under.is_none());
            let card = card.unwrap();
            assert!(
                card.text.to_lowercase().contains("resolved"),
                "{}",
                card.text
            );
            assert!(card.text.contains("@ana"), "it says who: {}", card.text);
            let _ = t.read_chat();
        })
        .await;
}

#[tokio::test]
async fn invariant_05_two_people_on_two_platforms_make_one_call() {
    run(async |t| {
        let number = t.report(SPAMMER).await.0;
        let words = format!("limit #{number} --reason spam --take-over");
        let bo = t.api("bo").command(&words).await.confirm_token.unwrap();
        let ana = t.api("ana").command(&words).await.confirm_token.unwrap();
        t.api("bo").command(&format!("confirm {bo}")).await;
        t.api("ana").command(&format!("confirm {ana}")).await;
        t.settle().await;
        assert_eq!(t.mastodon.strikes().len(), 1);
        assert_eq!(t.changes().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn invariant_07_a_stale_page_closes_what_was_seen_and_no_more() {
    run(async |t| {
        let number = t.report(SPAMMER).await.0;
        let room = t.room("bo").await;
        let page = room.case(number).await;
        t.mastodon
            .report(SPAMMER)
            .category("spam")
            .comment("a second one")
            .file();
        t.settle().await;
        room.press(&page, "Close, no action").await;
        let reports = t.mastodon.reports();
        assert!(reports[0].resolved_at.is_some());
        assert!(reports[1].resolved_at.is_none(), "nobody had seen it");
        assert_ne!(case(t, number).await["state"], "resolved");
        assert_eq!(t.changes().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn invariant_07_strangers_learn_nothing() {
    run(async |t| {
        t.report(SPAMMER).await;
        let request = http::Request::get("/api/v1/cases")
            .header("authorization", "Bearer wrong")
            .body(axum::body::Body::empty())
            .unwrap();
        let answer = t.ask(request).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        assert!(!answer.text.contains("spam"), "{}", answer.text);
        let request = http::Request::get("/")
            .body(axum::body::Body::empty())
            .unwrap();
        let answer = t.ask(request).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        assert!(!answer.text.contains("spam@far"), "{}", answer.text);
    })
    .await;
}

#[tokio::test]
async fn invariant_08_a_dry_run_of_the_configuration_cannot_be_ended_here() {
    let setup = Setup {
        config: "[policy]\ndry_run = true\n",
        ..Setup::default()
    };
    setup
        .run(async |t| {
            let number = t.report(SPAMMER).await.0;
            t.say("ana", "dry-run off --reason \"let us begin\"").await;
            for words in [
                format!("limit #{number} --reason spam"),
                format!("resolve #{number}"),
                "suspend-domain far.example --reason spam".to_owned(),
            ] {
                let text = t.say("ana", &words).await;
                assert!(text.contains("DRY RUN"), "{words}: {text}");
            }
            t.pass(TimeDelta::minutes(1)).await;
            assert!(t.changes().is_empty(), "not one mutating request");
            assert_ne!(case(t, number).await["state"], "resolved");
            let page = t.room("bo").await.case(number).await.text();
            assert!(page.to_lowercase().contains("dry run"), "{page}");
        })
        .await;
}

#[tokio::test]
async fn invariant_09_a_file_stops_everything() {
    let setup = Setup {
        config: "[policy]\ndry_run = false\nstop_file = \"stop\"\n",
        ..Setup::default()
    };
    setup
        .run(async |t| {
            let number = t.report(SPAMMER).await.0;
            let id = t
                .api("bo")
                .accepted(&format!("suspend #{number} --reason spam"))
                .await;
            std::fs::write(t.file("stop"), "").unwrap();
            t.pass(TimeDelta::minutes(1)).await;
            assert!(t.changes().is_empty());
            std::fs::remove_file(t.file("stop")).unwrap();
            t.say("ana", "stop reset all").await;
            t.pass(TimeDelta::minutes(1)).await;
            assert_eq!(operation(t, &id).await["state"], "done");
            assert_eq!(t.changes().len(), 1);
        })
        .await;
}

#[tokio::test]
async fn invariant_10_no_address_is_kept() {
    run(async |t| {
        t.mastodon
            .add_account("@member")
            .email("private@post.example")
            .ip("198.51.100.23")
            .create();
        t.report("@member").await;
        t.mastodon
            .sign_up("newcomer")
            .email("new@post.example")
            .ip("198.51.100.24")
            .submit();
        t.settle().await;
        t.app.db().backup(&t.file("everything.db")).await.unwrap();
        let file = std::fs::read(t.file("everything.db")).unwrap();
        for secret in ["private@post.example", "198.51.100.23", "new@post.example"] {
            let mut parts = file.windows(secret.len());
            assert!(
                !parts.any(|part| part == secret.as_bytes()),
                "{secret} is in the database"
            );
        }
    })
    .await;
}

#[tokio::test]
async fn invariant_11_untrusted_text_is_inert() {
    run(async |t| {
        let evil = "<script>alert(1)</script>\u{202e}@everyone [x](javascript:alert(1))";
        t.mastodon.add_account(SPAMMER).named(evil).create();
        let status = t.mastodon.status(SPAMMER).text(evil).publish();
        t.mastodon
            .report(SPAMMER)
            .comment(evil)
            .statuses(&[status])
            .file();
        t.settle().await;
        let page = t.room("bo").await.case(1).await;
        assert!(!page.html.contains("<script>alert"), "markup got through");
        assert!(
            !page.html.contains("javascript:alert(1)\""),
            "a link got through"
        );
        assert!(
            !page.html.contains('\u{202e}'),
            "a direction override got through"
        );
    })
    .await;
}

#[tokio::test]
async fn invariant_12_every_decision_is_in_the_log() {
    run(async |t| {
        let number = t.report(SPAMMER).await.0;
        t.say("bo", &format!("claim #{number}")).await;
        t.say("bo", &format!("note #{number} hello")).await;
        t.say("bo", &format!("limit #{number} --reason spam")).await;
        t.say("dan", &format!("suspend #{number} --reason spam"))
            .await;
        assert_audit(
            &audit(t).await,
            &[
                "server case.opened",
                "bo case.claimed",
                "bo note.added",
                "bo operation.proposed",
                "bo operation.ended",
                "bo case.resolved",
                "dan authority.refused",
            ],
        );
        assert_eq!(t.changes().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn invariant_14_a_dead_server_is_told_and_nothing_is_lost() {
    run(async |t| {
        t.mastodon
            .fail("* /api/**", wardroom::sim::Fault::Unavailable, 1_000);
        t.mastodon.report(SPAMMER).file();
        t.settle().await;
        assert_eq!(
            case(t, 1).await["state"],
            "open",
            "webhooks alone are enough for a case"
        );
        t.pass(TimeDelta::minutes(6)).await;
        let said = t.say("bo", "desk").await;
        assert!(!said.is_empty());
        let parts = t.app.readiness.parts();
        assert!(
            parts
                .iter()
                .any(|part| part.part == "mastodon" && !part.text.is_empty()),
            "{parts:?}"
        );
        t.mastodon.clear_faults();
        t.pass(TimeDelta::minutes(10)).await;
        let _ = t.worker_errors();
    })
    .await;
}

#[tokio::test]
async fn invariant_16_reasons_stay_with_us() {
    run(async |t| {
        let number = t.report("@trouble").await.0;
        let secret = "reported by their own neighbour";
        t.say("bo", &format!("limit #{number} --reason \"{secret}\""))
            .await;
        t.say(
            "ana",
            &format!("suspend-domain far.example --reason \"{secret}\""),
        )
        .await;
        for call in t.mastodon.mutating_calls() {
            assert!(!call.body.contains("neighbour"), "{call}: {}", call.body);
        }
        assert!(
            t.mastodon.mails().is_empty(),
            "without --tell nobody is told"
        );
        assert_eq!(t.changes().len(), 2);
    })
    .await;
}

#[tokio::test]
async fn requests_with_one_id_are_one_request() {
    run(async |t| {
        let number = t.report(SPAMMER).await.0;
        let words = format!("note #{number} once");
        let first = t.api("bo").command_as("same-id", &words).await;
        let again = t.api("bo").command_as("same-id", &words).await;
        assert_eq!(first, again);
        let other = t.api("bo").command_as("same-id", "whoami2").await;
        assert_eq!(other.answer, "refused", "{}", other.text);
        assert_eq!(case(t, number).await["notes"].as_array().unwrap().len(), 1);
    })
    .await;
}
