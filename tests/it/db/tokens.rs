//! Everything that is good once or for a while: confirmations, requests, invites, sessions; and
//! what is known about moderators.

use serde_json::json;
use wardroom::db::Json;
use wardroom::db::confirmations::{Confirmation, TakenConfirmation};
use wardroom::db::requests::{NewRequest, StoredRequest};
use wardroom::db::sessions::Session;
use wardroom::domain::moderator::Link;

use super::sample::{ana, bo};
use super::{TestDb, at, db_tests, read, tx};

fn question() -> Confirmation {
    Confirmation {
        token_hash: "hash".to_owned(),
        request_hash: "request".to_owned(),
        moderator: ana(),
        place: "room".to_owned(),
        payload: Json(json!({"z": 1, "a": ["\u{0}", 1.5]})),
        expires_at: at(60),
    }
}

async fn a_confirmation_is_good_once(t: &TestDb) {
    tx!(t.add_confirmation(&question()));
    let taken = tx!(t.take_confirmation("hash", &ana(), Some("room"), at(59)));
    assert_eq!(taken, TakenConfirmation::Ok(Box::new(question())));
    let again = tx!(t.take_confirmation("hash", &ana(), None, at(59)));
    assert_eq!(again, TakenConfirmation::Used);
}

async fn a_confirmation_is_good_for_its_asker_there_and_then(t: &TestDb) {
    tx!(t.add_confirmation(&question()));
    for (hash, who, place, seconds, expected) in [
        ("other", ana(), None, 0, TakenConfirmation::Unknown),
        ("hash", bo(), None, 0, TakenConfirmation::NotYours),
        (
            "hash",
            ana(),
            Some("elsewhere"),
            0,
            TakenConfirmation::NotYours,
        ),
        ("hash", ana(), None, 60, TakenConfirmation::Expired),
    ] {
        assert_eq!(
            tx!(t.take_confirmation(hash, &who, place, at(seconds))),
            expected
        );
    }
    let taken = tx!(t.take_confirmation("hash", &ana(), None, at(0)));
    assert!(matches!(taken, TakenConfirmation::Ok(_)));
}

async fn a_request_is_remembered_once(t: &TestDb) {
    let new = NewRequest {
        platform: "discord".to_owned(),
        identity: "1234".to_owned(),
        request_id: "r1".to_owned(),
        command_hash: "c1".to_owned(),
        answer: Json(json!({"answer": "done"})),
        created_at: at(0),
    };
    assert_eq!(read!(t.request("discord", "1234", "r1")), None);
    assert!(tx!(t.add_request(&new)));
    let other = NewRequest {
        command_hash: "c2".to_owned(),
        ..new.clone()
    };
    assert!(!tx!(t.add_request(&other)));
    let stored = StoredRequest {
        command_hash: "c1".to_owned(),
        answer: new.answer.clone(),
    };
    assert_eq!(read!(t.request("discord", "1234", "r1")), Some(stored));
    assert_eq!(read!(t.request("matrix", "1234", "r1")), None);
    let later = NewRequest {
        request_id: "r2".to_owned(),
        created_at: at(1),
        ..new
    };
    tx!(t.add_request(&later));
    assert_eq!(tx!(t.prune_requests(at(1))), 1);
    assert_eq!(read!(t.request("discord", "1234", "r1")), None);
}

async fn an_invite_is_good_once_and_not_for_long(t: &TestDb) {
    tx!(t.add_invite("one", &ana(), at(60)));
    tx!(t.add_invite("two", &bo(), at(60)));
    assert_eq!(tx!(t.take_invite("none", at(0))), None);
    assert_eq!(tx!(t.take_invite("two", at(60))), None);
    assert_eq!(tx!(t.take_invite("one", at(59))), Some(ana()));
    assert_eq!(tx!(t.take_invite("one", at(59))), None);
}

fn session(hash: &str) -> Session {
    Session {
        token_hash: hash.to_owned(),
        moderator: ana(),
        csrf: "csrf".to_owned(),
        created_at: at(0),
        expires_at: at(60),
    }
}

async fn a_session_lasts_until_it_ends(t: &TestDb) {
    tx!(t.add_session(&session("one")));
    assert_eq!(read!(t.session("one", at(59))), Some(session("one")));
    assert_eq!(read!(t.session("one", at(60))), None);
    assert_eq!(read!(t.session("two", at(0))), None);
    assert!(tx!(t.delete_session("one")));
    assert!(!tx!(t.delete_session("one")));
    assert_eq!(read!(t.session("one", at(0))), None);
}

async fn all_sessions_of_a_moderator_can_be_ended(t: &TestDb) {
    tx!(t.add_session(&session("one")));
    tx!(t.add_session(&session("two")));
    let of_bo = Session {
        moderator: bo(),
        ..session("three")
    };
    tx!(t.add_session(&of_bo));
    tx!(t.add_invite("invite", &ana(), at(60)));
    assert_eq!(tx!(t.delete_sessions(&ana())), 2);
    assert_eq!(read!(t.session("two", at(0))), None);
    assert_eq!(read!(t.session("three", at(0))), Some(of_bo));
    assert_eq!(tx!(t.take_invite("invite", at(0))), None);
}

async fn tokens_of_the_past_are_forgotten(t: &TestDb) {
    tx!(t.add_session(&session("one")));
    tx!(t.add_invite("invite", &ana(), at(60)));
    tx!(t.add_confirmation(&question()));
    assert_eq!(tx!(t.prune_tokens(at(60))), 0);
    assert_eq!(tx!(t.prune_tokens(at(61))), 3);
    let taken = tx!(t.take_confirmation("hash", &ana(), None, at(0)));
    assert_eq!(taken, TakenConfirmation::Unknown);
}

async fn links_are_kept_as_last_read(t: &TestDb) {
    let link = |rank| Link {
        account: "109".into(),
        is_staff: true,
        barred: false,
        rank: Some(rank),
    };
    assert_eq!(read!(t.links()), []);
    tx!(t.save_link(&bo(), &link(1), at(0)));
    tx!(t.save_link(&ana(), &link(1), at(0)));
    tx!(t.save_link(&bo(), &link(2), at(1)));
    assert_eq!(read!(t.links()), [(ana(), link(1)), (bo(), link(2))]);
}

async fn a_moderator_is_offboarded_once(t: &TestDb) {
    assert!(tx!(t.offboard(&bo(), "ana", at(0))));
    assert!(!tx!(t.offboard(&bo(), "host", at(1))));
    assert_eq!(read!(t.offboarded()), [bo()]);
    assert_eq!(read!(t.links()), []);
}

db_tests!(
    a_confirmation_is_good_once,
    a_confirmation_is_good_for_its_asker_there_and_then,
    a_request_is_remembered_once,
    an_invite_is_good_once_and_not_for_long,
    a_session_lasts_until_it_ends,
    all_sessions_of_a_moderator_can_be_ended,
    tokens_of_the_past_are_forgotten,
    links_are_kept_as_last_read,
    a_moderator_is_offboarded_once,
);
