//! What is said about operations: confirm, cancel, second, undo.

use chrono::TimeDelta;

use super::{assert_audit, audit, case, operation};
use crate::support::story::{Setup, Story, run};
use crate::support::voice::{Voice, through_both};

const SPAMMER: &str = "@spam@far.example";

pub(super) async fn confirm_answers_a_question_with_yes_once(t: &Story, voice: Voice) {
    let number = t.report(SPAMMER).await.0;
    let asked = voice
        .ask(t, "bo", &format!("limit #{number} --reason spam"))
        .await;
    assert_eq!(asked.answer, "confirm", "{}", asked.text);
    for part in ["spam@far.example", "1 open report", "They will not be told"] {
        assert!(asked.text.contains(part), "{part}: {}", asked.text);
    }
    assert!(t.changes().is_empty(), "asking changes nothing");
    assert_eq!(case(t, number).await["state"], "open");

    let yes = format!("confirm {}", asked.confirm_token.unwrap());
    voice.refused(t, "ana", &yes).await;
    voice.carried_out(t, "bo", &yes).await;
    assert!(t.mastodon.account(SPAMMER).unwrap().limited);
    assert_eq!(case(t, number).await["state"], "resolved");
    voice.refused(t, "bo", &yes).await;
    assert_eq!(t.mastodon.strikes().len(), 1);
    assert_eq!(t.changes().len(), 1);
    assert_audit(
        &audit(t).await,
        &["bo operation.proposed", "bo operation.ended"],
    );
}

pub(super) async fn cancel_stops_a_held_suspension(t: &Story, voice: Voice) {
    let number = t.report(SPAMMER).await.0;
    let id = voice
        .accepted(t, "bo", &format!("suspend #{number} --reason spam"))
        .await;
    t.pass(TimeDelta::seconds(28)).await;
    voice.done(t, "bo", &format!("cancel {id}")).await;
    t.pass(TimeDelta::minutes(5)).await;
    assert_eq!(operation(t, &id).await["state"], "cancelled");
    assert!(t.changes().is_empty());
    assert_audit(
        &audit(t).await,
        &["bo operation.proposed", "bo operation.ended"],
    );
}

#[tokio::test]
async fn cancel_answers_a_question_with_no() {
    through_both(async |t, voice| {
        let number = t.report(SPAMMER).await.0;
        let asked = voice
            .ask(t, "bo", &format!("limit #{number} --reason spam"))
            .await;
        let token = asked.confirm_token.unwrap();
        voice.done(t, "bo", &format!("cancel {token}")).await;
        voice.refused(t, "bo", &format!("confirm {token}")).await;
    })
    .await;
}

pub(super) async fn undo_takes_a_suspension_back_and_names_what_stays(t: &Story, voice: Voice) {
    let number = t.report(SPAMMER).await.0;
    let id = voice
        .accepted(t, "bo", &format!("suspend #{number} --reason spam"))
        .await;
    t.pass(TimeDelta::seconds(31)).await;
    assert!(t.mastodon.account(SPAMMER).unwrap().suspended);
    let undo = voice.confirm(t, "ana", &format!("undo {id}")).await;
    assert_eq!(undo.answer, "accepted", "{}", undo.text);
    for part in ["by bo", "strike"] {
        assert!(undo.text.contains(part), "{part}: {}", undo.text);
    }
    t.pass(TimeDelta::seconds(31)).await;
    assert!(!t.mastodon.account(SPAMMER).unwrap().suspended);
    assert!(
        t.mastodon.reports()[0].resolved_at.is_none(),
        "the report is open again"
    );
    assert_ne!(case(t, number).await["state"], "resolved");
    let changes = t.changes();
    assert_eq!(changes.len(), 3, "suspend, unsuspend, reopen: {changes:?}");
    assert_eq!(
        operation(t, &id).await["undone_by"],
        undo.operation.unwrap()
    );
}

#[tokio::test]
async fn a_second_person_agrees_where_the_configuration_asks_for_one() {
    for voice in [Voice::Api, Voice::Room] {
        let setup = Setup {
            config: "[policy]\ndry_run = false\n[policy.commands]\nsuspend = { second = true }\n",
            ..Setup::default()
        };
        setup
            .run(async |t| {
                let number = t.report(SPAMMER).await.0;
                let said = voice
                    .confirm(t, "bo", &format!("suspend #{number} --reason spam"))
                    .await;
                let id = said.operation.unwrap();
                t.pass(TimeDelta::minutes(5)).await;
                assert_eq!(operation(t, &id).await["state"], "waiting");
                voice.refused(t, "bo", &format!("second {id}")).await;
                let said = voice.confirm(t, "ana", &format!("second {id}")).await;
                assert_ne!(said.answer, "refused", "{}", said.text);
                t.pass(TimeDelta::minutes(1)).await;
                assert!(t.mastodon.account(SPAMMER).unwrap().suspended);
                assert_eq!(t.changes().len(), 1);
                assert_audit(
                    &audit(t).await,
                    &["ana operation.seconded", "bo operation.ended"],
                );
            })
            .await;
    }
}

#[tokio::test]
async fn a_second_person_who_never_comes_lets_it_expire() {
    let setup = Setup {
        config: "[policy]\ndry_run = false\n[policy.commands]\nsuspend = { second = true }\n",
        ..Setup::default()
    };
    setup
        .run(async |t| {
            let number = t.report(SPAMMER).await.0;
            let said = t
                .api("bo")
                .confirm(&format!("suspend #{number} --reason spam"))
                .await;
            t.pass(TimeDelta::hours(2)).await;
            let shown = operation(t, &said.operation.unwrap()).await;
            assert_eq!(shown["state"], "expired", "{shown}");
        })
        .await;
}

#[tokio::test]
async fn questions_are_for_their_asker_once_and_for_a_while() {
    run(async |t| {
        let number = t.report(SPAMMER).await.0;
        let words = format!("limit #{number} --reason spam");
        let token = t.api("bo").command(&words).await.confirm_token.unwrap();
        let why = t.api("ana").refused(&format!("confirm {token}")).await;
        assert!(!why.is_empty());
        t.pass(TimeDelta::hours(1)).await;
        let why = t.api("bo").refused(&format!("confirm {token}")).await;
        assert!(why.contains("ask again"), "{why}");
        t.api("bo").refused("confirm nonsense").await;
    })
    .await;
}
