//! Thread messages: told in order, skipped after five tries, and one timeline of them all.

use wardroom::db::threads::{NewThreadMessage, ThreadRow, ThreadState};
use wardroom::domain::case_view::TimelineEntry;
use wardroom::domain::{Actor, CaseId, ChannelName, Fact};

use super::sample::{ana, case};
use super::{MINUTE, TestDb, at, db_tests, read, tx};

fn message(case_id: CaseId, channel: Option<&str>, fact: Fact) -> NewThreadMessage {
    NewThreadMessage {
        case_id,
        channel: channel.map(ChannelName::from),
        actor: Actor::Moderator(ana()),
        fact,
        at: at(1),
    }
}

/// A case whose card stands in `mods`.
async fn carded(t: &TestDb) -> CaseId {
    let case = tx!(t.add_case(&case("1")));
    tx!(t.want_card(case, &"mods".into(), 1));
    let fence = tx!(t.claim_card("w", &["mods".into()], at(0), MINUTE))
        .unwrap()
        .fence;
    tx!(t.card_shown(case, &"mods".into(), fence, 1, "m1", None));
    case
}

async fn claim(t: &TestDb, seconds: i64) -> Option<ThreadRow> {
    tx!(t.claim_thread_message("w", &["mods".into()], at(seconds), MINUTE))
}

async fn messages_are_sent_in_order(t: &TestDb) {
    let case = carded(t).await;
    tx!(t.add_thread_message(&message(case, Some("mods"), Fact::Unclaimed)));
    tx!(t.add_thread_message(&message(case, Some("mods"), Fact::Resolved)));
    let first = claim(t, 0).await.unwrap();
    assert_eq!(
        (&first.fact, first.attempts, first.fence),
        (&Fact::Unclaimed, 1, 1)
    );
    assert_eq!((first.case_id, first.at), (case, at(1)));
    assert_eq!(first.actor, Actor::Moderator(ana()));
    assert_eq!(claim(t, 0).await, None);
    assert!(tx!(t.thread_message_sent(first.id, 1, "r1")));
    assert_eq!(claim(t, 0).await.unwrap().fact, Fact::Resolved);
}

async fn threads_do_not_wait_for_each_other(t: &TestDb) {
    let case = carded(t).await;
    let other = tx!(t.add_case(&super::sample::case("2")));
    tx!(t.want_card(other, &"mods".into(), 1));
    tx!(t.add_thread_message(&message(case, Some("mods"), Fact::Unclaimed)));
    tx!(t.add_thread_message(&message(other, Some("mods"), Fact::Unclaimed)));
    assert_eq!(claim(t, 0).await.unwrap().case_id, case);
    // The other case's card does not stand yet.
    assert_eq!(claim(t, 0).await, None);
    let fence = tx!(t.claim_card("w", &["mods".into()], at(0), MINUTE))
        .unwrap()
        .fence;
    tx!(t.card_shown(other, &"mods".into(), fence, 1, "m2", None));
    assert_eq!(claim(t, 0).await.unwrap().case_id, other);
    assert_eq!(tx!(t.claim_thread_message("w", &[], at(500), MINUTE)), None);
}

async fn a_message_is_skipped_after_five_tries(t: &TestDb) {
    let case = carded(t).await;
    tx!(t.add_thread_message(&message(case, Some("mods"), Fact::Unclaimed)));
    tx!(t.add_thread_message(&message(case, Some("mods"), Fact::Resolved)));
    for attempt in 1..=5 {
        let taken = claim(t, attempt * 10).await.unwrap();
        assert_eq!((&taken.fact, taken.attempts), (&Fact::Unclaimed, attempt));
        let due = at(attempt * 10 + 10);
        let state = if attempt == 5 {
            ThreadState::Skipped
        } else {
            ThreadState::New
        };
        let failed = tx!(t.thread_message_failed(taken.id, taken.fence, "no", due));
        assert_eq!(failed, Some(state));
        if attempt < 5 {
            assert_eq!(claim(t, attempt * 10 + 9).await, None);
        }
    }
    assert_eq!(claim(t, 60).await.unwrap().fact, Fact::Resolved);
}

async fn an_outage_uses_up_no_tries(t: &TestDb) {
    let case = carded(t).await;
    tx!(t.add_thread_message(&message(case, Some("mods"), Fact::Unclaimed)));
    for round in 0..7 {
        let taken = claim(t, round * 10).await.unwrap();
        assert_eq!(taken.attempts, 1);
        let due = at(round * 10 + 10);
        assert!(tx!(t.thread_message_postponed(
            taken.id,
            taken.fence,
            "away",
            due
        )));
        assert_eq!(claim(t, round * 10 + 9).await, None);
        assert!(!tx!(t.thread_message_postponed(
            taken.id,
            taken.fence - 1,
            "late",
            due
        )));
    }
}

async fn only_the_last_claimant_writes_back(t: &TestDb) {
    let case = carded(t).await;
    tx!(t.add_thread_message(&message(case, Some("mods"), Fact::Unclaimed)));
    let lost = claim(t, 0).await.unwrap();
    assert_eq!(claim(t, 60).await.unwrap().fence, 2);
    assert!(!tx!(t.thread_message_sent(lost.id, lost.fence, "r1")));
    assert_eq!(
        tx!(t.thread_message_failed(lost.id, lost.fence, "no", at(0))),
        None
    );
}

async fn the_timeline_tells_each_fact_once(t: &TestDb) {
    let case = carded(t).await;
    for channel in [None, Some("mods"), Some("leads")] {
        tx!(t.add_thread_message(&message(case, channel, Fact::Resolved)));
    }
    let later = NewThreadMessage {
        at: at(0),
        actor: Actor::Wardroom,
        ..message(case, None, Fact::Resolved)
    };
    tx!(t.add_thread_message(&later));
    let entry = |seconds: i64, actor: Actor| TimelineEntry {
        at: at(seconds),
        actor,
        fact: Fact::Resolved,
    };
    let expected = [entry(1, Actor::Moderator(ana())), entry(0, Actor::Wardroom)];
    assert_eq!(read!(t.timeline(case)), expected);
    assert_eq!(claim(t, 0).await.unwrap().fact, Fact::Resolved);
    assert_eq!(claim(t, 0).await, None);
}

db_tests!(
    messages_are_sent_in_order,
    threads_do_not_wait_for_each_other,
    a_message_is_skipped_after_five_tries,
    an_outage_uses_up_no_tries,
    only_the_last_claimant_writes_back,
    the_timeline_tells_each_fact_once,
);
