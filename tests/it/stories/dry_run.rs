//! A dry run, asked for everything there is.

use std::collections::BTreeSet;

use wardroom::command::{TABLE, parse};
use wardroom::sim::{Action, Severity};

use super::case;
use crate::support::story::{Setup, Story};

/// One line for every command of the table that changes the server, on what [`set_scene`] made.
const EVERYTHING: [&str; 22] = [
    "resolve #1",
    "reopen #4",
    "categorise #1 legal",
    "unlimit @limited@far.example",
    "unfreeze @frozen",
    "unsuspend @suspended@far.example",
    "unforce-sensitive @sensitive@far.example",
    "warn #2 --tell \"Please stop.\" --reason spam",
    "force-sensitive #1 --reason spam",
    "limit #1 --for 7d --auto --reason spam",
    "freeze #2 --reason spam",
    "suspend #1 --reason spam",
    "approve #3 --reason \"fits us\"",
    "reject #3 --reason spam",
    "block-domain far.example --severity none --reject-media --reason spam",
    "limit-domain far.example --reason spam",
    "suspend-domain far.example --reason spam --public spam",
    "unblock-domain blocked.example --reason \"they cleaned up\"",
    "block-email-domain post.example --reason spam",
    "unblock-email-domain mail.example --reason mistake",
    "block-ip 203.0.113.0/24 --severity sign-ups --reason spam",
    "unblock-ip 198.51.100.0/24 --reason mistake",
];

/// Case 1 on a remote account, 2 on a local one, 3 a sign-up, 4 a resolved one; and one account and
/// one domain for each thing that can be lifted.
async fn set_scene(t: &Story) {
    let server = &t.mastodon;
    t.report("@spam@far.example").await;
    t.report("@trouble").await;
    server.sign_up("newcomer").submit();
    t.settle().await;
    let done = server.report("@done@far.example").file();
    t.settle().await;
    server.staff("ana").resolve(done);
    for (handle, action) in [
        ("@limited@far.example", Action::Limit),
        ("@frozen", Action::Freeze),
        ("@suspended@far.example", Action::Suspend),
        ("@sensitive@far.example", Action::ForceSensitive),
    ] {
        server.add_account(handle).create();
        server.staff("ana").act(handle, action);
    }
    server.add_domain_block("blocked.example", Severity::Suspend);
    t.settle().await;
}

#[test]
fn the_list_above_is_complete() {
    let changing = |line: &str| {
        let command = parse(line, None).unwrap_or_else(|error| panic!("{line}: {error}"));
        command.changes_server().map(|_| command.word())
    };
    let examples = TABLE.iter().filter_map(|row| changing(row.examples[0]));
    let asked = EVERYTHING.iter().filter_map(|line| changing(line));
    assert_eq!(
        asked.collect::<BTreeSet<_>>(),
        examples.collect::<BTreeSet<_>>()
    );
}

#[tokio::test]
async fn invariant_08_every_command_is_asked_twice_and_nothing_leaves() {
    let setup = Setup {
        config: "[policy]\ndry_run = true\nhold = \"0s\"\n",
        own_tokens: true,
        with_chat: true,
        ..Setup::default()
    };
    setup
        .run(async |t| {
            set_scene(t).await;
            let mails = t.mastodon.mails().len();
            for words in EVERYTHING {
                // The second time shows that the first one took up nothing: no fingerprint, no case.
                for _ in 0..2 {
                    let said = t.say("ana", words).await;
                    assert!(said.contains("DRY RUN"), "{words}: {said}");
                    assert!(said.contains("would"), "{words}: {said}");
                }
            }
            t.say("ana", "claim #2 --take-over").await;
            t.say("ana", "assign #2 bo").await;
            t.pass(chrono::TimeDelta::hours(2)).await;
            assert_eq!(t.changes(), [""; 0], "a mutating request left");
            assert_eq!(t.mastodon.mails().len(), mails);
            for (number, is_resolved) in [(1, false), (2, false), (3, false), (4, true)] {
                let shown = case(t, number).await;
                assert_eq!(shown["state"] == "resolved", is_resolved, "{shown}");
            }
            let cards = t.chat.messages();
            let card = cards.iter().find(|message| message.under.is_none());
            assert!(card.unwrap().text.contains("DRY RUN"));
            let _ = t.read_chat();
        })
        .await;
}

#[tokio::test]
async fn invariant_08_a_file_makes_everything_a_dry_run_that_words_cannot_end() {
    let setup = Setup {
        config: "[policy]\ndry_run = false\nhold = \"0s\"\ndry_run_file = \"dry-run\"\n",
        ..Setup::default()
    };
    setup
        .run(async |t| {
            let number = t.report("@spam@far.example").await.0;
            let words = format!("suspend #{number} --reason spam");
            std::fs::write(t.file("dry-run"), "").unwrap();
            t.say("ana", "dry-run off --reason \"let us begin\"").await;
            let said = t.say("ana", &words).await;
            assert!(said.contains("DRY RUN"), "{said}");
            assert_eq!(t.changes(), [""; 0]);

            std::fs::remove_file(t.file("dry-run")).unwrap();
            t.say("ana", &words).await;
            assert_eq!(t.changes().len(), 1);
            assert_eq!(case(t, number).await["state"], "resolved");
        })
        .await;
}
