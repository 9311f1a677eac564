//! Work between people: claim, unclaim, assign, note.

use chrono::TimeDelta;

use super::{assert_audit, audit, case};
use crate::support::story::{Setup, Story, run};
use crate::support::voice::{Voice, through_both};

const SPAMMER: &str = "@spam@far.example";

pub(super) async fn claim_and_unclaim(t: &Story, voice: Voice) {
    let number = t.report(SPAMMER).await.0;
    voice.done(t, "cleo", &format!("claim #{number}")).await;
    let shown = case(t, number).await;
    assert_eq!(shown["state"], "claimed", "{shown}");
    assert_eq!(shown["claimed_by"], "cleo", "{shown}");
    let page = t.room("bo").await.case(number).await.text();
    assert!(page.contains("cleo"), "{page}");

    let asked = voice.ask(t, "bo", &format!("claim #{number}")).await;
    assert!(asked.text.contains("cleo claimed #1"), "{}", asked.text);
    voice
        .done(t, "bo", &format!("claim #{number} --take-over"))
        .await;
    assert_eq!(case(t, number).await["claimed_by"], "bo");
    voice.done(t, "bo", &format!("unclaim #{number}")).await;
    let shown = case(t, number).await;
    assert_eq!(shown["state"], "open", "{shown}");
    assert_audit(
        &audit(t).await,
        &["cleo case.claimed", "bo case.claimed", "bo case.unclaimed"],
    );
}

pub(super) async fn assign_gives_a_case_to_a_colleague(t: &Story, voice: Voice) {
    let number = t.report(SPAMMER).await.0;
    voice.done(t, "cleo", &format!("assign #{number} bo")).await;
    assert_eq!(case(t, number).await["claimed_by"], "bo");
    let why = voice
        .refused(t, "cleo", &format!("assign #{number} zoe"))
        .await;
    assert!(why.contains("zoe"), "{why}");
    assert_audit(&audit(t).await, &["cleo case.assigned"]);
}

pub(super) async fn a_note_stays_with_the_case_and_goes_nowhere_else(t: &Story, voice: Voice) {
    let number = t.report(SPAMMER).await.0;
    voice
        .done(
            t,
            "cleo",
            &format!("note #{number} it's the same as last week"),
        )
        .await;
    let shown = case(t, number).await;
    assert!(
        shown["notes"].to_string().contains("same as last week"),
        "{shown}"
    );
    let page = t.room("bo").await.case(number).await.text();
    assert!(page.contains("it's the same as last week"), "{page}");
    assert_audit(&audit(t).await, &["cleo note.added"]);
    assert!(t.changes().is_empty());
}

#[tokio::test]
async fn observers_only_look() {
    through_both(async |t, voice| {
        let number = t.report(SPAMMER).await.0;
        let why = voice.refused(t, "dan", &format!("claim #{number}")).await;
        assert!(why.contains("triage"), "{why}");
        assert_eq!(case(t, number).await["state"], "open");
        assert_audit(&audit(t).await, &["dan authority.refused"]);
    })
    .await;
}

#[tokio::test]
async fn a_claim_that_nobody_works_on_expires_and_says_so() {
    run(async |t| {
        let number = t.report(SPAMMER).await.0;
        t.say("bo", &format!("claim #{number}")).await;
        t.pass(TimeDelta::hours(5)).await;
        let shown = case(t, number).await;
        assert_eq!(shown["state"], "open", "{shown}");
        assert!(
            shown["timeline"].to_string().contains("case.claim-expired"),
            "{shown}"
        );
        assert_audit(&audit(t).await, &["wardroom case.claim-expired"]);
    })
    .await;
}

#[tokio::test]
async fn a_claim_shows_on_the_server_under_the_moderators_own_name() {
    let setup = Setup {
        own_tokens: true,
        ..Setup::default()
    };
    setup
        .run(async |t| {
            let number = t.report(SPAMMER).await.0;
            t.say("bo", &format!("claim #{number}")).await;
            let assigned = t.mastodon.reports()[0].assigned;
            assert_eq!(assigned, Some(t.mastodon.id_of("bo")));
            assert_eq!(t.changes().len(), 1);
            assert_eq!(case(t, number).await["claimed_by"], "bo");
        })
        .await;
}
