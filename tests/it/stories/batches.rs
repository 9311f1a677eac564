//! Several targets in one command: one question, one hold, one undo.

use chrono::TimeDelta;

use super::{assert_audit, audit, case, operation};
use crate::support::story::{Story, run};
use crate::support::voice::through_both;

/// Reports on `count` young accounts; their handles, by the number of their case.
async fn wave(t: &Story, count: usize) -> Vec<String> {
    let handles: Vec<String> = (1..=count)
        .map(|n| format!("@spam{n}@far.example"))
        .collect();
    for handle in &handles {
        t.mastodon.report(handle).category("spam").file();
        t.settle().await;
    }
    handles
}

/// How many of them are suspended.
fn suspended(t: &Story, handles: &[String]) -> usize {
    let accounts = handles
        .iter()
        .map(|handle| t.mastodon.account(handle).unwrap());
    accounts.filter(|account| account.suspended).count()
}

#[tokio::test]
async fn over_25_targets_take_a_lead_one_question_one_hold_and_one_undo() {
    through_both(async |t, voice| {
        let handles = wave(t, 26).await;
        let words = "suspend #1-#26 --reason wave";
        let why = voice.refused(t, "bo", words).await;
        assert!(why.contains("lead"), "{why}");
        let asked = voice.ask(t, "ana", words).await;
        assert_eq!(asked.answer, "confirm", "{}", asked.text);
        assert!(asked.text.contains("26 accounts"), "{}", asked.text);
        for handle in &handles {
            assert!(
                asked.text.contains(handle.as_str()),
                "{handle}: {}",
                asked.text
            );
        }
        let yes = format!("confirm {}", asked.confirm_token.unwrap());
        let first = voice.accepted(t, "ana", &yes).await;
        assert_eq!(suspended(t, &handles), 0, "all are held");
        t.wait_for_the_hold().await;
        t.pass(TimeDelta::minutes(5)).await;
        assert_eq!(suspended(t, &handles), 26);
        assert_eq!(t.mastodon.strikes().len(), 26);
        assert_eq!(t.changes().len(), 26);
        assert_eq!(case(t, 26).await["state"], "resolved");

        let why = voice.refused(t, "bo", &format!("undo {first}")).await;
        assert!(why.contains("lead"), "{why}");
        voice.accepted(t, "ana", &format!("undo {first}")).await;
        t.pass(TimeDelta::minutes(5)).await;
        assert_eq!(suspended(t, &handles), 0);
        let reports = t.mastodon.reports();
        assert!(
            reports.iter().all(|report| report.resolved_at.is_none()),
            "reopened"
        );
        let changes = t.changes();
        assert_eq!(changes.len(), 52, "26 lifted, 26 reopened: {changes:?}");
        assert_ne!(case(t, 26).await["state"], "resolved");
        assert_audit(
            &audit(t).await,
            &["bo authority.refused", "ana operation.proposed"],
        );
    })
    .await;
}

#[tokio::test]
async fn a_batch_at_the_edge_is_a_moderators_own() {
    run(async |t| {
        let handles = wave(t, 25).await;
        t.api("bo").accepted("suspend #1-#25 --reason wave").await;
        t.wait_for_the_hold().await;
        t.pass(TimeDelta::minutes(5)).await;
        assert_eq!(suspended(t, &handles), 25);
        assert_eq!(t.changes().len(), 25);
    })
    .await;
}

#[tokio::test]
async fn staff_and_old_accounts_are_taken_out() {
    through_both(async |t, voice| {
        let handles = wave(t, 2).await;
        let old = "@old@far.example";
        t.mastodon
            .add_account(old)
            .since(t.now() - TimeDelta::days(800))
            .create();
        t.report(old).await;
        t.report("@cleo").await;
        let words = "suspend #1-#4 --reason wave";
        let asked = voice.ask(t, "ana", words).await;
        let (kept, out) = asked.text.split_once("Taken out").unwrap();
        for handle in &handles {
            assert!(kept.contains(handle.as_str()), "{handle}: {}", asked.text);
        }
        for handle in [old, "@cleo"] {
            assert!(
                !kept.contains(handle) && out.contains(handle),
                "{handle}: {}",
                asked.text
            );
        }
        voice.carried_out(t, "ana", words).await;
        assert_eq!(suspended(t, &handles), 2);
        assert!(!t.mastodon.account(old).unwrap().suspended);
        assert!(!t.mastodon.account("@cleo").unwrap().suspended);
        assert_eq!(t.changes().len(), 2);
    })
    .await;
}

#[tokio::test]
async fn one_cancel_stops_all_of_a_batch() {
    through_both(async |t, voice| {
        let handles = wave(t, 3).await;
        let first = voice.accepted(t, "bo", "suspend #1-#3 --reason wave").await;
        voice.done(t, "bo", &format!("cancel {first}")).await;
        t.wait_for_the_hold().await;
        assert_eq!(suspended(t, &handles), 0);
        for n in 1..=3 {
            assert_eq!(operation(t, &format!("op-{n}")).await["state"], "cancelled");
        }
        assert!(t.changes().is_empty());
    })
    .await;
}

#[tokio::test]
async fn what_one_target_refuses_holds_up_no_other() {
    run(async |t| {
        let handles = wave(t, 3).await;
        t.api("bo").accepted("suspend #1-#3 --reason wave").await;
        t.mastodon.delete_account(&handles[1]);
        t.wait_for_the_hold().await;
        let states = [
            operation(t, "op-1").await["state"].clone(),
            operation(t, "op-2").await["state"].clone(),
            operation(t, "op-3").await["state"].clone(),
        ];
        assert_eq!(states, ["done", "refused", "done"]);
        assert_eq!(t.changes().len(), 2);
        let timeline = case(t, 2).await["timeline"].to_string();
        assert!(timeline.contains("refused"), "{timeline}");
    })
    .await;
}
