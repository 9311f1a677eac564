//! What workers and processes share: replies, leases, settings.

use serde_json::json;
use wardroom::db::Json;
use wardroom::db::replies::{NewReply, ReplyState, StoredReply};

use super::{MINUTE, TestDb, at, db_tests, read, tx};

fn question() -> NewReply {
    NewReply {
        platform: "room".to_owned(),
        channel: Some("mods".to_owned()),
        request: Json(json!({"lookup": "@user"})),
        created_at: at(0),
    }
}

async fn a_question_is_answered_once(t: &TestDb) {
    let first = tx!(t.add_reply(&question()));
    let second = tx!(t.add_reply(&question()));
    let taken = tx!(t.claim_reply("w", at(0), MINUTE)).unwrap();
    let expected = StoredReply {
        id: first,
        platform: "room".to_owned(),
        channel: Some("mods".to_owned()),
        request: question().request,
        state: ReplyState::New,
        body: None,
        created_at: at(0),
    };
    assert_eq!(taken, expected);
    assert!(tx!(t.finish_reply(first, "an answer")));
    assert!(!tx!(t.finish_reply(first, "another")));
    let answered = StoredReply {
        state: ReplyState::Done,
        body: Some("an answer".to_owned()),
        ..expected
    };
    assert_eq!(read!(t.reply(first)), Some(answered));
    assert_eq!(tx!(t.claim_reply("w", at(0), MINUTE)).unwrap().id, second);
    assert_eq!(tx!(t.claim_reply("w", at(59), MINUTE)), None);
    assert_eq!(tx!(t.claim_reply("w", at(60), MINUTE)).unwrap().id, second);
    assert_eq!(tx!(t.prune_replies(at(0))), 0);
    assert_eq!(tx!(t.prune_replies(at(1))), 2);
    assert_eq!(read!(t.reply(first)), None);
}

async fn a_lease_has_one_holder_and_its_fence_grows_at_takeovers(t: &TestDb) {
    assert_eq!(tx!(t.take_lease("discord", "a", at(0), MINUTE)), Some(1));
    assert_eq!(tx!(t.take_lease("discord", "b", at(59), MINUTE)), None);
    assert_eq!(tx!(t.take_lease("matrix", "b", at(0), MINUTE)), Some(1));
    assert_eq!(tx!(t.take_lease("discord", "a", at(59), MINUTE)), Some(1));
    assert_eq!(tx!(t.take_lease("discord", "b", at(118), MINUTE)), None);
    assert_eq!(tx!(t.take_lease("discord", "b", at(119), MINUTE)), Some(2));
    assert_eq!(tx!(t.take_lease("discord", "a", at(120), MINUTE)), None);
}

async fn a_lease_can_be_given_back(t: &TestDb) {
    tx!(t.take_lease("discord", "a", at(0), MINUTE));
    assert!(!tx!(t.release_lease("discord", "b")));
    assert!(tx!(t.release_lease("discord", "a")));
    assert!(!tx!(t.release_lease("discord", "a")));
    assert_eq!(tx!(t.take_lease("discord", "b", at(1), MINUTE)), Some(2));
}

async fn settings_are_kept_by_name(t: &TestDb) {
    assert_eq!(read!(t.setting("stop.all")), None);
    tx!(t.set_setting("stop.all", "ana"));
    tx!(t.set_setting("stop.all", "bo"));
    tx!(t.set_setting("stop.Automation", "ana"));
    tx!(t.set_setting("stopped", "%"));
    assert_eq!(read!(t.setting("stop.all")).as_deref(), Some("bo"));
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let stops = [pair("stop.Automation", "ana"), pair("stop.all", "bo")];
    assert_eq!(read!(t.settings("stop.")), stops);
    assert_eq!(read!(t.settings("stop_")), []);
    assert_eq!(read!(t.settings("")).len(), 3);
    assert!(tx!(t.delete_setting("stop.all")));
    assert!(!tx!(t.delete_setting("stop.all")));
    assert_eq!(read!(t.setting("stop.all")), None);
}

db_tests!(
    a_question_is_answered_once,
    a_lease_has_one_holder_and_its_fence_grows_at_takeovers,
    a_lease_can_be_given_back,
    settings_are_kept_by_name,
);
