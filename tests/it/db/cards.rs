//! Cards: level-triggered, one per case and channel, one worker at a time.

use wardroom::db::cards::{CardRow, CardState};
use wardroom::domain::{CaseId, ChannelName};

use super::sample::case;
use super::{MINUTE, TestDb, at, db_tests, read, tx};

fn mods() -> ChannelName {
    "mods".into()
}

async fn wanted(t: &TestDb) -> CaseId {
    let case = tx!(t.add_case(&case("1")));
    tx!(t.want_card(case, &mods(), 1));
    case
}

async fn claim(t: &TestDb, seconds: i64) -> Option<CardRow> {
    tx!(t.claim_card("w", &[mods(), "other".into()], at(seconds), MINUTE))
}

async fn a_wanted_card_is_shown(t: &TestDb) {
    let case = wanted(t).await;
    let card = claim(t, 0).await.unwrap();
    let expected = CardRow {
        case_id: case,
        channel: mods(),
        wanted_version: 1,
        shown_version: 0,
        state: CardState::New,
        message_ref: None,
        thread_ref: None,
        attempts: 1,
        fence: 1,
        last_error: None,
        reposted: false,
    };
    assert_eq!(card, expected);
    assert!(tx!(t.card_posting(case, &mods(), 1)));
    assert_eq!(
        read!(t.card(case, &mods())).unwrap().state,
        CardState::Posting
    );
    assert!(tx!(t.card_shown(case, &mods(), 1, 1, "m1", Some("t1"))));
    let shown = read!(t.card(case, &mods())).unwrap();
    let expected = CardRow {
        shown_version: 1,
        state: CardState::Live,
        message_ref: Some("m1".to_owned()),
        thread_ref: Some("t1".to_owned()),
        attempts: 0,
        ..expected
    };
    assert_eq!(shown, expected);
    assert_eq!(claim(t, 500).await, None);
}

async fn only_the_newest_version_counts(t: &TestDb) {
    let case = wanted(t).await;
    tx!(t.want_card(case, &mods(), 5));
    tx!(t.want_card(case, &mods(), 3));
    let card = claim(t, 0).await.unwrap();
    assert_eq!(card.wanted_version, 5);
    assert!(tx!(t.card_shown(case, &mods(), card.fence, 4, "m1", None)));
    let behind = claim(t, 0).await.unwrap();
    assert_eq!((behind.shown_version, behind.fence), (4, 2));
    assert!(tx!(t.card_shown(case, &mods(), 2, 5, "m1", None)));
    assert_eq!(claim(t, 500).await, None);
}

async fn one_worker_has_a_card_at_a_time(t: &TestDb) {
    let case = wanted(t).await;
    assert!(claim(t, 0).await.is_some());
    assert_eq!(claim(t, 59).await, None);
    assert_eq!(claim(t, 60).await.unwrap().fence, 2);
    assert!(!tx!(t.card_posting(case, &mods(), 1)));
    assert!(!tx!(t.card_shown(case, &mods(), 1, 1, "m1", None)));
    assert!(!tx!(t.card_failed(
        case,
        &mods(),
        1,
        "x",
        None,
        CardState::Failed
    )));
    assert_eq!(read!(t.card(case, &mods())).unwrap().state, CardState::New);
}

async fn only_cards_of_the_named_channels_are_taken(t: &TestDb) {
    wanted(t).await;
    assert_eq!(
        tx!(t.claim_card("w", &["other".into()], at(0), MINUTE)),
        None
    );
    assert_eq!(tx!(t.claim_card("w", &[], at(0), MINUTE)), None);
}

async fn a_failed_card_is_tried_again_when_due(t: &TestDb) {
    let case = wanted(t).await;
    claim(t, 0).await;
    let posting = CardState::Posting;
    assert!(tx!(t.card_failed(
        case,
        &mods(),
        1,
        "no network",
        Some(at(90)),
        posting
    )));
    assert_eq!(claim(t, 89).await, None);
    let again = claim(t, 90).await.unwrap();
    assert_eq!((again.attempts, again.state), (2, CardState::Posting));
    assert_eq!(again.last_error.as_deref(), Some("no network"));
}

async fn a_card_that_was_given_up_gets_new_tries_when_the_case_changes(t: &TestDb) {
    let case = wanted(t).await;
    claim(t, 0).await;
    tx!(t.card_failed(case, &mods(), 1, "forbidden", None, CardState::Failed));
    assert_eq!(claim(t, 500).await, None);
    tx!(t.want_card(case, &mods(), 1));
    assert_eq!(claim(t, 500).await, None);
    tx!(t.want_card(case, &mods(), 2));
    let again = claim(t, 500).await.unwrap();
    // It may have been posted before: the worker looks first.
    assert_eq!((again.attempts, again.state), (1, CardState::Posting));
    tx!(t.card_shown(case, &mods(), 2, 2, "m1", None));
    tx!(t.want_card(case, &mods(), 3));
    claim(t, 501).await;
    tx!(t.card_failed(case, &mods(), 3, "forbidden", None, CardState::Failed));
    tx!(t.want_card(case, &mods(), 4));
    assert_eq!(claim(t, 502).await.unwrap().state, CardState::Live);
}

async fn a_deleted_card_is_posted_again_once(t: &TestDb) {
    let case = wanted(t).await;
    assert_eq!(tx!(t.card_deleted(case, &"other".into())), None);
    for (deleted, then) in [(1, CardState::New), (2, CardState::Gone)] {
        let card = claim(t, 0).await.unwrap();
        tx!(t.card_shown(case, &mods(), card.fence, 1, "m1", Some("t1")));
        assert_eq!(tx!(t.card_deleted(case, &mods())), Some(then), "{deleted}");
    }
    assert_eq!(tx!(t.card_deleted(case, &mods())), None);
    tx!(t.want_card(case, &mods(), 9));
    assert_eq!(claim(t, 0).await, None);
    let gone = read!(t.card(case, &mods())).unwrap();
    assert_eq!((gone.message_ref, gone.reposted), (None, true));
}

async fn cards_of_a_case_are_listed_by_channel(t: &TestDb) {
    let case = wanted(t).await;
    tx!(t.want_card(case, &"Zeta".into(), 1));
    tx!(t.want_card(case, &"alpha".into(), 1));
    let channels: Vec<ChannelName> = read!(t.cards_of(case))
        .into_iter()
        .map(|card| card.channel)
        .collect();
    assert_eq!(channels, ["Zeta", "alpha", "mods"].map(ChannelName::from));
}

db_tests!(
    a_wanted_card_is_shown,
    only_the_newest_version_counts,
    one_worker_has_a_card_at_a_time,
    only_cards_of_the_named_channels_are_taken,
    a_failed_card_is_tried_again_when_due,
    a_card_that_was_given_up_gets_new_tries_when_the_case_changes,
    a_deleted_card_is_posted_again_once,
    cards_of_a_case_are_listed_by_channel,
);
