//! What Wardroom itself may do: stop, dry run, reveal, settle, offboard.

use chrono::TimeDelta;
use wardroom::sim::Fault;

use super::{assert_audit, audit, case, operation};
use crate::support::story::{Setup, Story};
use crate::support::voice::{Voice, through_both};

const SPAMMER: &str = "@spam@far.example";

pub(super) async fn stop_all_stops_and_reset_lets_go_on(t: &Story, voice: Voice) {
    let number = t.report(SPAMMER).await.0;
    voice
        .accepted(t, "bo", &format!("suspend #{number} --reason spam"))
        .await;
    let said = voice.done(t, "bo", "stop all").await;
    assert!(
        said.contains("lead"),
        "a stop says who can reset it: {said}"
    );
    t.pass(TimeDelta::minutes(5)).await;
    assert!(t.mastodon.strikes().is_empty());
    assert!(t.changes().is_empty());
    let page = t.room("cleo").await.page("/").await.text();
    assert!(page.contains("stopped"), "{page}");
    let why = voice
        .refused(t, "bo", &format!("limit #{number} --reason spam"))
        .await;
    assert!(why.contains("stopped by bo"), "{why}");

    voice.done(t, "ana", "stop reset all").await;
    t.pass(TimeDelta::minutes(1)).await;
    assert_eq!(t.mastodon.strikes().len(), 1);
    assert_eq!(t.changes().len(), 1);
    assert_audit(
        &audit(t).await,
        &["bo stop.set", "ana stop.reset", "bo operation.ended"],
    );
}

#[tokio::test]
async fn stop_moderator_stops_one_person() {
    through_both(async |t, voice| {
        let number = t.report(SPAMMER).await.0;
        voice.done(t, "ana", "stop moderator bo").await;
        let why = voice
            .refused(t, "bo", &format!("limit #{number} --reason spam"))
            .await;
        assert!(why.contains("stopped"), "{why}");
        voice
            .accepted(t, "ana", &format!("limit #{number} --reason spam"))
            .await;
        assert_eq!(t.changes().len(), 1);
        voice.done(t, "ana", "stop reset moderator bo").await;
    })
    .await;
}

#[tokio::test]
async fn stop_automation_is_for_everybody() {
    through_both(async |t, voice| {
        voice.done(t, "dan", "stop automation").await;
        let why = voice.refused(t, "dan", "stop all").await;
        assert!(why.contains("moderator"), "{why}");
        voice.done(t, "ana", "stop reset automation").await;
        assert_audit(
            &audit(t).await,
            &["dan stop.set", "dan authority.refused", "ana stop.reset"],
        );
    })
    .await;
}

pub(super) async fn a_dry_run_changes_nothing_and_says_so(t: &Story, voice: Voice) {
    let number = t.report(SPAMMER).await.0;
    voice.done(t, "ana", "dry-run on").await;
    let words = format!("limit #{number} --reason spam");
    let said = voice.confirm(t, "bo", &words).await;
    assert!(said.text.contains("DRY RUN"), "{}", said.text);
    assert!(t.mastodon.strikes().is_empty());
    assert!(t.changes().is_empty());
    assert_ne!(case(t, number).await["state"], "resolved");
    let card = t.room("dan").await.case(number).await.text();
    assert!(card.to_lowercase().contains("dry run"), "{card}");

    voice
        .done(t, "ana", "dry-run off --reason \"tests are over\"")
        .await;
    voice.carried_out(t, "bo", &words).await;
    assert_eq!(t.mastodon.strikes().len(), 1);
    assert_eq!(t.changes().len(), 1);
    assert_audit(
        &audit(t).await,
        &["ana dry-run.on", "ana dry-run.off", "bo operation.ended"],
    );
}

pub(super) async fn reveal_reads_live_for_leads_with_a_reason_and_leaves_a_trace(
    t: &Story,
    voice: Voice,
) {
    t.mastodon
        .add_account("@member")
        .email("member@post.example")
        .ip("198.51.100.7")
        .create();
    let number = t.report("@member").await.0;
    let words = format!("reveal #{number} --reason \"court order\"");
    let why = voice.refused(t, "bo", &words).await;
    assert!(why.contains("lead"), "{why}");
    let said = voice.confirm(t, "ana", &words).await;
    assert!(said.text.contains("member@post.example"), "{}", said.text);
    let log = audit(t).await;
    assert!(
        log.iter()
            .any(|line| line.starts_with("ana") && line.contains("reveal")),
        "{log:?}"
    );
    let all = t.api("ana").get("audit?limit=500").await.to_string();
    assert!(
        !all.contains("member@post.example"),
        "the log must not hold what was revealed"
    );
}

pub(super) async fn settle_says_what_nobody_could_tell(t: &Story, voice: Voice) {
    // A warning that answers no report leaves nothing on the server to read back.
    t.mastodon.add_account("@quiet").create();
    t.mastodon
        .fail("POST /api/v1/admin/accounts/*/action", Fault::ResetAfter, 1);
    let words = "warn @quiet --reason spam --tell \"Stop it.\"";
    let id = voice.accepted(t, "bo", words).await;
    t.pass(TimeDelta::seconds(31)).await;
    t.pass(TimeDelta::seconds(31)).await;
    assert_eq!(operation(t, &id).await["state"], "unsettled");
    let page = t.room("bo").await.page("/room/operations").await.text();
    assert!(page.contains("settle"), "{page}");
    let words = format!("settle {id} done --reason \"seen in the log\"");
    voice.done(t, "ana", &words).await;
    assert_eq!(operation(t, &id).await["state"], "done");
    assert_eq!(t.mastodon.strikes().len(), 1);
    assert_eq!(t.changes().len(), 1);
    assert_audit(&audit(t).await, &["ana operation.settled"]);
}

pub(super) async fn offboard_ends_sessions_tokens_and_claims(t: &Story, voice: Voice) {
    let number = t.report(SPAMMER).await.0;
    t.say("bo", &format!("claim #{number}")).await;
    let room = t.room("bo").await;
    voice
        .done(t, "ana", "offboard bo --reason \"left the team\"")
        .await;
    assert_eq!(case(t, number).await["state"], "open");
    let answer = room.send(http::Method::GET, "/", &[]).await;
    assert_eq!(answer.status, http::StatusCode::UNAUTHORIZED);
    let answer = t.api("bo").ask(http::Method::GET, "me", None).await;
    assert_ne!(answer.status, http::StatusCode::OK, "{}", answer.text);
    assert_audit(&audit(t).await, &["ana moderator.offboarded"]);
}

#[tokio::test]
async fn invariant_09_two_moderators_lift_a_stop_and_one_does_not() {
    let setup = Setup {
        config: "[policy]\ndry_run = false\n\
                 [[moderators]]\nname = \"fay\"\nrole = \"moderator\"\n\
                 token = \"the-api-token-of-fay-0123456789\"\n",
        ..Setup::default()
    };
    setup
        .run(async |t| {
            let number = t.report(SPAMMER).await.0;
            let words = format!("limit #{number} --reason spam");
            t.say("bo", "panic").await;
            t.say("bo", "stop reset all").await;
            t.say("bo", "stop reset all").await;
            t.api("fay").refused(&words).await;
            t.say("fay", "stop reset all").await;
            t.api("fay").accepted(&words).await;
            t.settle().await;
            assert!(t.mastodon.account(SPAMMER).unwrap().limited);
            assert_eq!(t.changes().len(), 1);
            assert_audit(&audit(t).await, &["bo stop.set", "fay stop.reset"]);
        })
        .await;
}
