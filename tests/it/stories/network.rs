//! What goes wrong between Wardroom and the server, and that nothing is lost or doubled by it.

use chrono::TimeDelta;
use wardroom::sim::Fault;

use super::{assert_audit, audit, case, operation};
use crate::support::story::{Story, run};

const SPAMMER: &str = "@spam@far.example";
const ACTION: &str = "POST /api/v1/admin/accounts/*/action";

/// A limit whose call meets `fault`, given time to be read back; the operation's state.
async fn limit_meets(t: &Story, fault: Fault) -> String {
    let number = t.report(SPAMMER).await.0;
    t.mastodon.fail(ACTION, fault, 1);
    let id = t
        .api("bo")
        .accepted(&format!("limit #{number} --reason spam"))
        .await;
    t.settle().await;
    for _ in 0..4 {
        t.pass(TimeDelta::seconds(31)).await;
    }
    operation(t, &id).await["state"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[tokio::test]
async fn invariant_05_a_reset_after_the_server_applied_it_is_read_back() {
    run(async |t| {
        assert_eq!(limit_meets(t, Fault::ResetAfter).await, "done");
        assert_eq!(t.mastodon.strikes().len(), 1);
        assert_eq!(t.changes().len(), 1);
        assert_eq!(case(t, 1).await["state"], "resolved");
    })
    .await;
}

/// A command on the one case, whose call is applied and then never answered; read back.
async fn applied_but_not_answered(handle: &str, words: &str, call: &str) {
    run(async |t| {
        if handle == "@newcomer" {
            t.mastodon.sign_up("newcomer").submit();
            t.settle().await;
        } else {
            t.report(handle).await;
        }
        t.mastodon.fail(call, Fault::ResetAfter, 1);
        let id = t.api("ana").accepted(words).await;
        for _ in 0..5 {
            t.pass(TimeDelta::seconds(31)).await;
        }
        let shown = operation(t, &id).await;
        assert_eq!(shown["state"], "done", "{words}: {shown}");
        assert_eq!(t.mastodon.faults_left(), 0, "{words}: the call was made");
        let expected = usize::from(call == ACTION);
        assert_eq!(t.mastodon.strikes().len(), expected, "{words}");
        assert_eq!(t.changes().len(), 1, "{words}: one call, no second one");
        if !words.contains("domain") {
            assert_eq!(case(t, 1).await["state"], "resolved", "{words}");
        }
    })
    .await;
}

#[tokio::test]
async fn invariant_05_whatever_was_applied_but_not_answered_is_done_once() {
    const REASON: &str = "--reason spam";
    for word in ["limit", "force-sensitive", "freeze", "suspend", "warn"] {
        applied_but_not_answered("@trouble", &format!("{word} #1 {REASON}"), ACTION).await;
    }
    let resolve = "POST /api/v1/admin/reports/*/resolve";
    applied_but_not_answered(SPAMMER, "resolve #1", resolve).await;
    let approve = "POST /api/v1/admin/accounts/*/approve";
    applied_but_not_answered("@newcomer", &format!("approve #1 {REASON}"), approve).await;
    let reject = "POST /api/v1/admin/accounts/*/reject";
    applied_but_not_answered("@newcomer", &format!("reject #1 {REASON}"), reject).await;
    let block = "POST /api/v1/admin/domain_blocks";
    applied_but_not_answered(
        SPAMMER,
        &format!("limit-domain far.example {REASON}"),
        block,
    )
    .await;
}

#[tokio::test]
async fn invariant_05_a_reset_before_the_server_saw_it_is_not_sent_again_blindly() {
    run(async |t| {
        let state = limit_meets(t, Fault::ResetBefore).await;
        assert!(matches!(state.as_str(), "refused" | "unsettled"), "{state}");
        assert!(t.mastodon.strikes().is_empty());
        assert_eq!(t.changes().len(), 1, "one attempt, no second one");
        if state == "unsettled" {
            t.say(
                "ana",
                "settle op-1 not-done --reason \"looked on the server\"",
            )
            .await;
        }
    })
    .await;
}

#[tokio::test]
async fn refusals_of_the_server_are_told_in_words() {
    for (status, state) in [
        (403, "refused"),
        (404, "refused"),
        (410, "refused"),
        (422, "refused"),
    ] {
        run(async |t| {
            assert_eq!(
                limit_meets(t, Fault::Status(status)).await,
                state,
                "{status}"
            );
            assert!(t.mastodon.strikes().is_empty());
            assert_eq!(t.changes().len(), 1);
            let timeline = case(t, 1).await["timeline"].to_string();
            assert!(timeline.contains("refused"), "{status}: {timeline}");
            assert_audit(&audit(t).await, &["bo operation.ended"]);
        })
        .await;
    }
}

#[tokio::test]
async fn invariant_01_what_was_missed_is_a_metric() {
    let recorder = wardroom::telemetry::recorder().unwrap();
    let _recording = metrics::set_default_local_recorder(&recorder);
    run(async |t| {
        t.report(SPAMMER).await;
        t.pass(TimeDelta::minutes(6)).await;
        let gap = || recorder.handle().render();
        assert!(gap().contains("wardroom_reconcile_gap 0"), "{}", gap());
        t.mastodon.lose_webhooks(true);
        t.mastodon.report("@other@far.example").file();
        t.mastodon.report("@third@far.example").file();
        t.settle().await;
        t.mastodon.lose_webhooks(false);
        t.pass(TimeDelta::minutes(6)).await;
        assert!(gap().contains("wardroom_reconcile_gap 2"), "{}", gap());
    })
    .await;
}
