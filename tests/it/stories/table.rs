//! Every command of the table, each given once through the scripting API and once through the
//! room's own forms. The list of their stories is here and nowhere else; a command without one
//! fails a test.

use std::collections::BTreeSet;
use std::future::Future;
use std::pin::Pin;

use wardroom::command::{TABLE, entry};
use wardroom::domain::operation::Tier;

use super::{accounts, control, coordinate, domains, operations, reads};
use crate::support::story::{Setup, Story};
use crate::support::voice::Voice;

type Telling<'t> = Pin<Box<dyn Future<Output = ()> + 't>>;

/// A story, and the commands that are given in it.
struct Tale {
    words: &'static [&'static str],
    tell: for<'t> fn(&'t Story, Voice) -> Telling<'t>,
}

const fn tale(
    words: &'static [&'static str],
    tell: for<'t> fn(&'t Story, Voice) -> Telling<'t>,
) -> Tale {
    Tale { words, tell }
}

#[rustfmt::skip]
const TALES: &[Tale] = &[
    tale(&["case", "cases", "lookup", "domain", "history", "desk", "whoami", "help"], |t, voice| Box::pin(reads::every_read_says_what_it_should_and_changes_nothing(t, voice))),

    tale(&["claim", "unclaim"], |t, voice| Box::pin(coordinate::claim_and_unclaim(t, voice))),
    tale(&["assign"], |t, voice| Box::pin(coordinate::assign_gives_a_case_to_a_colleague(t, voice))),
    tale(&["note"], |t, voice| Box::pin(coordinate::a_note_stays_with_the_case_and_goes_nowhere_else(t, voice))),

    tale(&["resolve", "reopen"], |t, voice| Box::pin(accounts::resolve_and_reopen_follow_on_the_server(t, voice))),
    tale(&["categorise"], |t, voice| Box::pin(accounts::categorise_changes_the_report_and_the_severity(t, voice))),

    tale(&["warn"], |t, voice| Box::pin(accounts::a_warning_reaches_the_account_in_the_words_that_were_written_for_it(t, voice))),
    tale(&["force-sensitive", "unforce-sensitive"], |t, voice| Box::pin(accounts::force_sensitive_and_unforce_sensitive(t, voice))),
    tale(&["limit", "unlimit"], |t, voice| Box::pin(accounts::limit_and_unlimit(t, voice))),
    tale(&["freeze", "unfreeze"], |t, voice| Box::pin(accounts::freeze_and_unfreeze_are_for_local_accounts(t, voice))),
    tale(&["suspend", "unsuspend"], |t, voice| Box::pin(accounts::suspend_and_unsuspend(t, voice))),
    tale(&["approve"], |t, voice| Box::pin(accounts::approve_lets_somebody_in(t, voice))),
    tale(&["reject"], |t, voice| Box::pin(accounts::reject_is_held_and_then_deletes_the_sign_up(t, voice))),

    tale(&["limit-domain", "suspend-domain", "unblock-domain"], |t, voice| Box::pin(domains::limit_domain_then_suspend_domain_then_unblock_domain(t, voice))),
    tale(&["block-domain", "second"], |t, voice| Box::pin(domains::block_domain_asks_how_hard_and_waits_for_a_second_person(t, voice))),
    tale(&["block-email-domain", "unblock-email-domain"], |t, voice| Box::pin(domains::block_email_domain_and_unblock_email_domain(t, voice))),
    tale(&["block-ip", "unblock-ip"], |t, voice| Box::pin(domains::block_ip_and_unblock_ip(t, voice))),

    tale(&["stop"], |t, voice| Box::pin(control::stop_all_stops_and_reset_lets_go_on(t, voice))),
    tale(&["dry-run"], |t, voice| Box::pin(control::a_dry_run_changes_nothing_and_says_so(t, voice))),
    tale(&["reveal"], |t, voice| Box::pin(control::reveal_reads_live_for_leads_with_a_reason_and_leaves_a_trace(t, voice))),
    tale(&["settle"], |t, voice| Box::pin(control::settle_says_what_nobody_could_tell(t, voice))),
    tale(&["offboard"], |t, voice| Box::pin(control::offboard_ends_sessions_tokens_and_claims(t, voice))),

    tale(&["confirm"], |t, voice| Box::pin(operations::confirm_answers_a_question_with_yes_once(t, voice))),
    tale(&["cancel"], |t, voice| Box::pin(operations::cancel_stops_a_held_suspension(t, voice))),
    tale(&["undo"], |t, voice| Box::pin(operations::undo_takes_a_suspension_back_and_names_what_stays(t, voice))),
];

#[test]
fn every_command_has_a_story() {
    let told: Vec<&str> = TALES.iter().flat_map(|tale| tale.words).copied().collect();
    let known: BTreeSet<&str> = TABLE.iter().map(|entry| entry.word).collect();
    let without: Vec<&&str> = known.iter().filter(|word| !told.contains(word)).collect();
    assert!(without.is_empty(), "commands without a story: {without:?}");
    let stale: Vec<&&str> = told.iter().filter(|word| !known.contains(*word)).collect();
    assert!(stale.is_empty(), "stories of no command: {stale:?}");
    assert_eq!(
        told.len(),
        known.len(),
        "a command is listed twice: {told:?}"
    );
}

/// Plays the stories of the commands of one tier, through both voices. In each, the commands that
/// it stands for must have been given there, and every mirror of every card be as its case is.
async fn play(tier: Tier) {
    let of_tier = |word: &str| entry(word).unwrap().commands()[0].tier() == tier;
    for tale in TALES.iter().filter(|tale| of_tier(tale.words[0])) {
        for voice in [Voice::Api, Voice::Room] {
            println!("{:?} through {voice:?}", tale.words);
            let setup = Setup {
                config: "[policy]\ndry_run = false\n[policy.commands]\nblock-domain = { second = true }\n",
                with_chat: true,
                ..Setup::default()
            };
            setup
                .run(async |t| {
                    (tale.tell)(t, voice).await;
                    for word in tale.words {
                        assert!(t.was_given(voice, word), "nobody gave `{word}`");
                    }
                    cards_follow(t).await;
                    let _ = t.read_chat();
                })
                .await;
        }
    }
}

/// The room shows each case as the API does. (What chats show is checked at every story's end.)
async fn cards_follow(t: &Story) {
    let room = t.room("cleo").await;
    for case in t.all_cases().await {
        let card = room.case(case["number"].as_i64().unwrap()).await.text();
        let state = case["state"].as_str().unwrap();
        assert!(card.to_lowercase().contains(state), "not {state}: {card}");
    }
}

#[tokio::test]
async fn commands_that_read() {
    play(Tier::Read).await;
}

#[tokio::test]
async fn commands_that_coordinate() {
    play(Tier::Coordinate).await;
}

#[tokio::test]
async fn mild_commands() {
    play(Tier::Mild).await;
}

#[tokio::test]
async fn strong_commands() {
    play(Tier::Strong).await;
}

#[tokio::test]
async fn broad_commands() {
    play(Tier::Broad).await;
}

#[tokio::test]
async fn commands_of_control() {
    play(Tier::Control).await;
}
