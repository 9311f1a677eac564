//! Claims, notes, rights and repeated requests.

use chrono::TimeDelta;
use wardroom::desk::{AnswerKind, Inbound, NoteInbound, Reply};
use wardroom::domain::CaseState;

use super::bench::{Bench, account, report};

async fn one_case() -> Bench {
    let t = Bench::new().await;
    t.reported(report(1, account("5", "spam@far.example")))
        .await;
    t
}

#[tokio::test]
async fn claim_unclaim_and_assign() {
    let t = one_case().await;
    let answer = t.say("cleo", "claim #1").await;
    assert_eq!(answer.kind, AnswerKind::Done, "{}", answer.text);
    assert_eq!(t.case(1).await.claimed_by, Some("cleo".into()));
    let answer = t.say("bo", "unclaim #1").await;
    assert_eq!(answer.kind, AnswerKind::Refused);
    assert!(
        answer.text.contains("#1 is claimed by cleo"),
        "{}",
        answer.text
    );
    t.say("cleo", "unclaim #1").await;
    assert_eq!(t.case(1).await.state, CaseState::Open);
    t.say("cleo", "assign #1 bo").await;
    assert_eq!(t.case(1).await.claimed_by, Some("bo".into()));
    let answer = t.say("cleo", "assign #1 nobody").await;
    assert!(
        answer.text.contains("There is no moderator nobody"),
        "{}",
        answer.text
    );
    assert_eq!(
        t.audit().await,
        [
            "case.opened",
            "case.claimed",
            "case.unclaimed",
            "case.assigned"
        ]
    );
}

#[tokio::test]
async fn a_claim_of_somebody_elses_case_is_asked_back() {
    let t = one_case().await;
    t.say("cleo", "claim #1").await;
    t.pass(TimeDelta::minutes(4));
    let asked = t.say("bo", "claim #1").await;
    assert_eq!(asked.kind, AnswerKind::Confirm);
    assert!(
        asked.text.contains("cleo claimed #1 4 min ago"),
        "{}",
        asked.text
    );
    assert_eq!(t.case(1).await.claimed_by, Some("cleo".into()));
    let token = asked.confirm_token.unwrap();
    t.say("bo", &format!("confirm {token}")).await;
    assert_eq!(t.case(1).await.claimed_by, Some("bo".into()));
}

#[tokio::test]
async fn invariant_06_a_missing_right_is_refused_and_audited() {
    let t = one_case().await;
    let answer = t.say("olga", "claim #1").await;
    assert_eq!(answer.kind, AnswerKind::Refused);
    assert!(
        answer.text.contains("needs the role triage"),
        "{}",
        answer.text
    );
    let answer = t.say("cleo", "suspend #1 --reason spam").await;
    assert!(
        answer.text.contains("needs the role moderator"),
        "{}",
        answer.text
    );
    assert_eq!(
        t.audit().await,
        ["case.opened", "authority.refused", "authority.refused"]
    );
    assert_eq!(
        t.case(1).await.claimed_by,
        None,
        "a refusal leaves nothing behind"
    );
}

#[tokio::test]
async fn invariant_07_strangers_have_no_effect() {
    let t = one_case().await;
    let answer = t.say("mallory", "claim #1").await;
    assert_eq!(answer.kind, AnswerKind::Refused);
    assert_eq!(t.case(1).await.claimed_by, None);
    assert_eq!(t.audit().await, ["case.opened"]);
}

#[tokio::test]
async fn the_same_request_is_answered_twice_and_done_once() {
    let t = one_case().await;
    let note = || Inbound::Words {
        text: "note #1 \"seen before\"".to_owned(),
        case: None,
    };
    let first = t.inbound("bo", "r1", note()).await;
    let again = t.inbound("bo", "r1", note()).await;
    assert_eq!(first, again);
    assert_eq!(t.view(1).await.notes.len(), 1);
    let other = Inbound::Words {
        text: "claim #1".to_owned(),
        case: None,
    };
    let Reply::Private(answer) = t.inbound("bo", "r1", other).await else {
        panic!()
    };
    assert_eq!(answer.kind, AnswerKind::Refused);
    assert!(answer.text.contains("used for another command"));
    assert_eq!(t.case(1).await.claimed_by, None);
}

#[tokio::test]
async fn notes_are_written_changed_and_taken_away_by_their_author_alone() {
    let t = one_case().await;
    let case = wardroom::domain::CaseId(1);
    t.note(
        "cleo",
        NoteInbound::Added {
            case,
            text: "looks automated".to_owned(),
        },
    )
    .await;
    let note = t.view(1).await.notes[0].clone();
    assert_eq!(
        (note.author.as_str(), note.text.as_str()),
        ("cleo", "looks automated")
    );
    let edit = |text: &str| NoteInbound::Edited {
        id: note.id,
        text: text.to_owned(),
    };
    let answer = t.note("bo", edit("no")).await;
    assert_eq!(answer.kind, AnswerKind::Refused);
    t.note("cleo", edit("surely automated")).await;
    assert_eq!(t.view(1).await.notes[0].text, "surely automated");
    t.note("cleo", NoteInbound::Deleted { id: note.id }).await;
    assert!(t.view(1).await.notes.is_empty());
    let answer = t
        .note(
            "cleo",
            NoteInbound::Added {
                case,
                text: "x".repeat(10_001),
            },
        )
        .await;
    assert!(answer.text.contains("10001 characters"), "{}", answer.text);
    assert_eq!(
        t.audit().await,
        ["case.opened", "note.added", "note.edited", "note.deleted"]
    );
}

#[tokio::test]
async fn a_bare_number_is_a_case_and_a_reports_number_is_hinted_at() {
    let t = Bench::new().await;
    t.reported(report(8437, account("5", "spam@far.example")))
        .await;
    let answer = t.say("bo", "claim 8437").await;
    assert_eq!(answer.kind, AnswerKind::Refused);
    assert!(
        answer.text.contains("Did you mean report:8437 (#1)?"),
        "{}",
        answer.text
    );
}

#[tokio::test]
async fn reading_commands_answer_in_words() {
    let t = one_case().await;
    t.say("bo", "claim #1").await;
    let cases = t.say("olga", "cases").await.text;
    assert!(
        cases.contains("#1 @spam@far.example") && cases.contains("claimed by bo"),
        "{cases}"
    );
    let case = t.say("olga", "case #1").await.text;
    assert!(
        case.contains("report:1 (other) from a local member: “please look”"),
        "{case}"
    );
    assert!(
        t.say("olga", "desk")
            .await
            .text
            .contains("0 open, 1 claimed, 0 resolved.")
    );
    assert!(
        t.say("olga", "whoami")
            .await
            .text
            .contains("You are olga, observer")
    );
    let help = t.say("olga", "help").await.text;
    assert!(
        help.contains("cases") && !help.contains("suspend-domain"),
        "{help}"
    );
    assert!(
        t.say("olga", "history @spam@far.example")
            .await
            .text
            .contains("#1")
    );
    assert!(
        t.say("olga", "history far.example")
            .await
            .text
            .contains("#1")
    );
    assert_eq!(
        t.audit().await,
        ["case.opened", "case.claimed"],
        "reading is not audited"
    );
}
