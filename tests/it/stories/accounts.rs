//! Commands on accounts and reports: warn to suspend and back, approve, reject, resolve, reopen,
//! categorise.

use chrono::TimeDelta;
use wardroom::sim::Action;

use super::{assert_audit, audit, case, operation};
use crate::support::story::{Story, run};
use crate::support::voice::{Voice, through_both};

const SPAMMER: &str = "@spam@far.example";

/// One account action and its lifting, through one voice.
async fn act_and_lift(
    t: &Story,
    voice: Voice,
    handle: &str,
    word: &str,
    is_on: impl Fn(&wardroom::sim::Account) -> bool,
) {
    let number = t.report(handle).await.0;
    let words = format!("{word} #{number} --reason crossposting");
    voice.carried_out(t, "bo", &words).await;
    assert!(
        is_on(&t.mastodon.account(handle).unwrap()),
        "{word} of {handle}"
    );
    let shown = case(t, number).await;
    assert_eq!(shown["state"], "resolved", "{shown}");
    let resolved = t.mastodon.reports().into_iter();
    assert!(resolved.last().unwrap().resolved_at.is_some());
    let strikes = t.mastodon.strikes_of(handle);
    assert_eq!(strikes.len(), 1, "{strikes:?}");
    assert_eq!(strikes[0].text, "", "nobody is told what is for colleagues");
    let changes = t.changes();
    assert_eq!(changes.len(), 1, "{changes:?}");
    let card = t.room("ana").await.case(number).await.text();
    for part in [handle.trim_start_matches('@'), "resolved", word, "bo"] {
        assert!(card.contains(part), "{part}: {card}");
    }

    voice
        .carried_out(t, "bo", &format!("un{word} {handle}"))
        .await;
    assert!(
        !is_on(&t.mastodon.account(handle).unwrap()),
        "un{word} of {handle}"
    );
    assert_eq!(t.changes().len(), 1);
    assert_audit(
        &audit(t).await,
        &[
            "server case.opened",
            "bo case.claimed",
            "bo operation.proposed",
            "bo operation.ended",
            "bo case.resolved",
            "bo operation.proposed",
            "bo operation.ended",
        ],
    );
}

pub(super) async fn limit_and_unlimit(t: &Story, voice: Voice) {
    act_and_lift(t, voice, SPAMMER, "limit", |account| account.limited).await;
}

pub(super) async fn suspend_and_unsuspend(t: &Story, voice: Voice) {
    act_and_lift(t, voice, SPAMMER, "suspend", |account| account.suspended).await;
}

pub(super) async fn force_sensitive_and_unforce_sensitive(t: &Story, voice: Voice) {
    act_and_lift(t, voice, SPAMMER, "force-sensitive", |account| {
        account.force_sensitive
    })
    .await;
}

pub(super) async fn freeze_and_unfreeze_are_for_local_accounts(t: &Story, voice: Voice) {
    let is_frozen =
        |account: &wardroom::sim::Account| account.user.as_ref().is_some_and(|user| user.frozen);
    act_and_lift(t, voice, "@trouble", "freeze", is_frozen).await;
    let number = t.report(SPAMMER).await.0;
    let why = voice
        .refused(t, "bo", &format!("freeze #{number} --reason spam"))
        .await;
    assert!(why.contains("another server"), "{why}");
}

pub(super) async fn a_warning_reaches_the_account_in_the_words_that_were_written_for_it(
    t: &Story,
    voice: Voice,
) {
    let number = t.report("@trouble").await.0;
    let words =
        format!("warn #{number} --reason \"third time\" --tell \"Please stop advertising.\"");
    let asked = voice.ask(t, "bo", &words).await;
    assert!(
        asked.text.contains("Please stop advertising."),
        "{}",
        asked.text
    );
    let id = voice.accepted(t, "bo", &words).await;
    assert_eq!(operation(t, &id).await["state"], "done");
    let strikes = t.mastodon.strikes_of("@trouble");
    assert_eq!(strikes.len(), 1);
    assert_eq!(strikes[0].action, Action::Warn);
    assert_eq!(strikes[0].text, "Please stop advertising.");
    assert_eq!(t.mastodon.mails().len(), 1);
    assert_eq!(case(t, number).await["state"], "resolved");
    assert_eq!(t.changes().len(), 1);
    assert_audit(
        &audit(t).await,
        &["bo operation.proposed", "bo operation.ended"],
    );
}

pub(super) async fn approve_lets_somebody_in(t: &Story, voice: Voice) {
    t.mastodon
        .sign_up("newcomer")
        .reason("I like boats")
        .submit();
    t.settle().await;
    let number = t.case_on("@newcomer").await.0;
    let page = t.room("bo").await.case(number).await;
    assert!(page.text().contains("I like boats"), "{}", page.text());
    let id = voice
        .accepted(t, "bo", &format!("approve #{number} --reason \"fits us\""))
        .await;
    assert_eq!(operation(t, &id).await["state"], "done");
    let account = t.mastodon.account("newcomer").unwrap();
    assert!(account.user.unwrap().approved);
    assert_eq!(case(t, number).await["state"], "resolved");
    assert_eq!(t.changes().len(), 1);
    assert_audit(&audit(t).await, &["bo operation.ended", "bo case.resolved"]);
}

pub(super) async fn reject_is_held_and_then_deletes_the_sign_up(t: &Story, voice: Voice) {
    t.mastodon.sign_up("newcomer").reason("BUY NOW").submit();
    t.settle().await;
    let number = t.case_on("@newcomer").await.0;
    let id = voice
        .accepted(t, "bo", &format!("reject #{number} --reason spam"))
        .await;
    assert_eq!(operation(t, &id).await["state"], "held");
    assert!(t.mastodon.account("newcomer").is_some());
    t.wait_for_the_hold().await;
    assert_eq!(operation(t, &id).await["state"], "done");
    assert!(t.mastodon.account("newcomer").is_none());
    assert_eq!(case(t, number).await["state"], "resolved");
    assert_eq!(t.changes().len(), 1);
    assert_audit(
        &audit(t).await,
        &[
            "bo operation.proposed",
            "bo operation.ended",
            "bo case.resolved",
        ],
    );
}

pub(super) async fn resolve_and_reopen_follow_on_the_server(t: &Story, voice: Voice) {
    let number = t.report(SPAMMER).await.0;
    let report = t.mastodon.reports()[0].id;
    voice.accepted(t, "bo", &format!("resolve #{number}")).await;
    assert!(
        t.mastodon
            .filed_report(report)
            .unwrap()
            .resolved_at
            .is_some()
    );
    let shown = case(t, number).await;
    assert_eq!(shown["state"], "resolved", "{shown}");
    voice.accepted(t, "bo", &format!("reopen #{number}")).await;
    assert!(
        t.mastodon
            .filed_report(report)
            .unwrap()
            .resolved_at
            .is_none()
    );
    let shown = case(t, number).await;
    assert_ne!(shown["state"], "resolved", "{shown}");
    assert_eq!(t.changes().len(), 2);
    assert_audit(&audit(t).await, &["bo case.resolved", "bo case.reopened"]);
}

pub(super) async fn categorise_changes_the_report_and_the_severity(t: &Story, voice: Voice) {
    let number = t.report(SPAMMER).await.0;
    let before = case(t, number).await["severity"].clone();
    voice
        .accepted(t, "bo", &format!("categorise #{number} legal"))
        .await;
    assert_eq!(t.mastodon.reports()[0].category, "legal");
    let after = case(t, number).await;
    assert_ne!(after["severity"], before, "{after}");
    assert_eq!(t.changes().len(), 1);
    let card = t.room("dan").await.case(number).await.text();
    assert!(card.contains("legal"), "{card}");
    assert_audit(
        &audit(t).await,
        &["bo operation.proposed", "bo operation.ended"],
    );

    let words = format!("categorise #{number} --category violation --rule 2");
    voice.carried_out(t, "bo", &words).await;
    let report = &t.mastodon.reports()[0];
    assert_eq!(report.category, "violation");
    assert_eq!(report.rules.as_deref(), Some(&[2][..]));
    assert_eq!(t.changes().len(), 1);
}

#[tokio::test]
async fn a_batch_is_one_question_one_hold_and_one_undo() {
    through_both(async |t, voice| {
        let handles = ["@a@far.example", "@b@far.example", "@c@far.example"];
        for handle in handles {
            t.report(handle).await;
        }
        let asked = voice.ask(t, "bo", "suspend #1-#3 --reason spam").await;
        assert_eq!(asked.answer, "confirm", "{}", asked.text);
        for handle in handles {
            assert!(asked.text.contains(handle), "{handle}: {}", asked.text);
        }
        let first = voice.accepted(t, "bo", "suspend #1-#3 --reason spam").await;
        t.wait_for_the_hold().await;
        assert_eq!(t.mastodon.strikes().len(), 3);
        assert_eq!(t.changes().len(), 3);
        voice.accepted(t, "bo", &format!("undo {first}")).await;
        t.wait_for_the_hold().await;
        for handle in handles {
            assert!(!t.mastodon.account(handle).unwrap().suspended, "{handle}");
        }
        let changes = t.changes();
        assert_eq!(
            changes.len(),
            6,
            "three lifted, three reports reopened: {changes:?}"
        );
    })
    .await;
}

#[tokio::test]
async fn a_timed_limit_asks_when_it_ends_or_lifts_itself() {
    run(async |t| {
        let asking = t.report("@asking@far.example").await.0;
        let lifting = t.report("@lifting@far.example").await.0;
        t.say("bo", &format!("limit #{asking} --for 7d --reason spam"))
            .await;
        t.say(
            "bo",
            &format!("limit #{lifting} --for 7d --auto --reason spam"),
        )
        .await;
        assert_eq!(t.changes().len(), 2);
        t.pass(TimeDelta::days(7) + TimeDelta::minutes(1)).await;
        assert!(t.mastodon.account("@asking@far.example").unwrap().limited);
        assert!(!t.mastodon.account("@lifting@far.example").unwrap().limited);
        let changes = t.changes();
        assert_eq!(changes.len(), 1, "{changes:?}");
        let timeline = case(t, asking).await["timeline"].to_string();
        assert!(timeline.contains("operation.time-is-up"), "{timeline}");
    })
    .await;
}
