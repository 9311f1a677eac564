//! The grammar from the outside: words in, commands or plain sentences out.

mod keys;
mod properties;
mod table;

use super::*;
use crate::domain::operation::{AccountRef, IpSeverity};
use crate::domain::{BlockSeverity, CaseId, CaseState, Category, ReportId, Verb};

/// What somebody wrote outside of any thread.
fn read(words: &str) -> Command {
    parse(words, None).unwrap_or_else(|error| panic!("{words}: {error}"))
}

/// The answer to what cannot be read.
fn refused(words: &str) -> String {
    match parse(words, None) {
        Ok(command) => panic!("{words} was read as {command:?}"),
        Err(error) => error.to_string(),
    }
}

fn act(words: &str) -> Act {
    match read(words) {
        Command::Act(act) => act,
        other => panic!("{words} was read as {other:?}"),
    }
}

fn cases(numbers: &[i64]) -> Vec<Subject> {
    numbers.iter().map(|n| Subject::Case(CaseId(*n))).collect()
}

#[test]
fn targets_are_written_in_every_way_people_know() {
    let handle = |text: &str| Subject::Account(AccountRef::Handle(text.to_owned()));
    for (words, subjects) in [
        ("limit #42", cases(&[42])),
        ("limit 42", cases(&[42])),
        (
            "limit report:8437",
            vec![Subject::Report(ReportId::from("8437"))],
        ),
        ("limit @Ana", vec![handle("ana")]),
        ("limit @Ana@Example.ORG", vec![handle("ana@example.org")]),
        (
            "limit ana@bücher.test",
            vec![handle("ana@xn--bcher-kva.test")],
        ),
        (
            "limit id:109302",
            vec![Subject::Account(AccountRef::Id("109302".into()))],
        ),
        ("limit #41 #43-#45 41", cases(&[41, 43, 44, 45])),
        ("limit 41,43-44, #50", cases(&[41, 43, 44, 50])),
        ("limit #43–#44", cases(&[43, 44])),
        ("limit #7-#7", cases(&[7])),
    ] {
        assert_eq!(act(words).subjects, subjects, "{words}");
    }
}

#[test]
fn inside_a_thread_the_case_is_implied_unless_another_is_named() {
    let here = Some(CaseId(7));
    let subjects = |words| match parse(words, here).unwrap() {
        Command::Act(act) => act.subjects,
        other => panic!("{other:?}"),
    };
    assert_eq!(subjects("suspend --reason spam"), cases(&[7]));
    assert_eq!(subjects("suspend #9 --reason spam"), cases(&[9]));
    let case = CaseId(7);
    assert_eq!(parse("case", here).unwrap(), Command::Case { case });
    assert_eq!(
        parse("assign @Bo", here).unwrap(),
        Command::Assign {
            case,
            to: "bo".into()
        }
    );
    assert_eq!(
        parse("note don't know \"this one", here).unwrap(),
        Command::Note {
            case,
            text: "don't know \"this one".to_owned()
        }
    );
}

#[test]
fn everything_that_can_be_said_arrives() {
    let act = act(
        "Limit @x@spam.example --Reason \"ads, \\\"cheap\\\" ones\" --tell 'It isn't nice' \
         --for 7d --auto --take-over",
    );
    assert_eq!(act.verb, Verb::Limit);
    assert_eq!(act.reason.as_deref(), Some("ads, \"cheap\" ones"));
    assert_eq!(act.tell.as_deref(), Some("It isn't nice"));
    assert_eq!(act.lasts.unwrap().num_days(), 7);
    assert!(act.auto && act.take_over && !act.from_button);
}

#[test]
fn spans_keep_their_unit() {
    let lasts = |span: &str| act(&format!("limit #42 --for {span}")).lasts.unwrap();
    assert_eq!(lasts("7D").num_days(), 7);
    assert_eq!(lasts("5m").num_minutes(), 5);
    assert_eq!(lasts("1M").num_days(), 30, "a month, not a minute");
    assert_eq!(lasts("\"1h 30m\"").num_minutes(), 90);
}

#[test]
fn phones_are_understood() {
    for words in [
        "Suspend #42 —reason “no ads, don’t ask”",
        "SUSPEND 42 –Reason „no ads, don’t ask“",
        "/suspend\u{a0}#42 --reason=«no ads, don’t ask»",
        "\u{200b}suspend #42 --reason “no ads, don’t ask”\u{202e}",
    ] {
        let act = act(words);
        assert_eq!(act.reason.as_deref(), Some("no ads, don’t ask"), "{words}");
        assert_eq!(act.subjects, cases(&[42]), "{words}");
    }
}

#[test]
fn the_api_names_are_aliases() {
    for (alias, verb) in [
        ("none", Verb::Warn),
        ("sensitive", Verb::ForceSensitive),
        ("silence", Verb::Limit),
        ("disable", Verb::Freeze),
        ("unsensitive", Verb::UnforceSensitive),
        ("unsilence", Verb::Unlimit),
        ("enable", Verb::Unfreeze),
        ("categorize spam", Verb::Categorise),
    ] {
        let (word, rest) = alias.split_once(' ').unwrap_or((alias, ""));
        assert_eq!(act(&format!("{word} #1 {rest}")).verb, verb, "{alias}");
    }
}

#[test]
fn categories_come_with_their_rules() {
    let said = act("categorise #42 Violation --rule 2,3 --rule 5");
    assert_eq!(said.category, Some(Category::Violation));
    assert_eq!(said.rules, ["2", "3", "5"]);
    assert_eq!(
        act("categorise #42 --rule 2").category,
        Some(Category::Violation)
    );
    assert_eq!(
        act("categorise #42 --category legal").category,
        Some(Category::Legal)
    );
    assert!(refused("categorise #42 spam --rule 2").contains("violation only"));
    assert!(refused("categorise #42").contains("Which category"));
    assert!(refused("categorise #42 --category bad").contains("'bad' is no category"));
}

#[test]
fn domains_and_addresses_are_normalised() {
    let Command::Block(block) = read("block-domain Bad.EXAMPLE. --severity silence") else {
        panic!("no block");
    };
    assert_eq!(block.verb, Verb::LimitDomain);
    assert_eq!(block.severity, Some(BlockSeverity::Limit));
    assert_eq!(block.domain.as_str(), "bad.example");
    let Command::Block(open) = read("block-domain bad.example") else {
        panic!("no block");
    };
    assert_eq!(
        (open.verb, open.severity),
        (Verb::BlockDomain, None),
        "the desk asks"
    );

    let range = |words| match read(words) {
        Command::BlockIp {
            range, severity, ..
        } => (range.to_string(), severity),
        other => panic!("{other:?}"),
    };
    let words = "block-ip 203.0.113.7/24 --severity no-access --reason spam";
    assert_eq!(
        range(words),
        ("203.0.113.0/24".to_owned(), IpSeverity::NoAccess)
    );
    let words = "block-ip 2001:db8::1 --severity sign-ups";
    assert_eq!(
        range(words),
        ("2001:db8::1/128".to_owned(), IpSeverity::SignUps)
    );
}

#[test]
fn stops_are_quick() {
    let set = |scope| Command::Stop(Stop::Set(scope));
    assert_eq!(read("panic"), set(StopScope::All));
    assert_eq!(read("PANIC automation"), set(StopScope::Automation));
    assert_eq!(
        read("stop moderator @Bo"),
        set(StopScope::Moderator("bo".into()))
    );
    assert_eq!(
        read("stop reset all"),
        Command::Stop(Stop::Reset(StopScope::All))
    );
}

#[test]
fn lists_and_single_cases_are_short_to_write() {
    let list = |state, mine| Command::Cases { state, mine };
    assert_eq!(read("cases"), list(StateFilter::Unresolved, false));
    assert_eq!(read("cases mine"), list(StateFilter::Unresolved, true));
    assert_eq!(
        read("cases Claimed --mine"),
        list(StateFilter::Only(CaseState::Claimed), true)
    );
    assert_eq!(read("#42"), Command::Case { case: CaseId(42) });
    assert_eq!(
        read("claim 1-3"),
        Command::Claim {
            cases: vec![CaseId(1), CaseId(2), CaseId(3)],
            take_over: false,
        }
    );
    assert_eq!(read("suspend --help"), read("help suspend"));
    let token = "-_Ab--".to_owned();
    assert_eq!(read("confirm -_Ab--"), Command::Confirm { token });
}

#[test]
fn notes_are_taken_as_written() {
    for (words, text) in [
        (
            "note #42 he said \"no\", didn't he",
            "he said \"no\", didn't he",
        ),
        ("note 42   two\nlines ", "two\nlines"),
        ("note #42 “all of it”", "all of it"),
        (
            "note #42 --reason is no option here",
            "--reason is no option here",
        ),
    ] {
        let case = CaseId(42);
        let text = text.to_owned();
        assert_eq!(read(words), Command::Note { case, text }, "{words}");
    }
}

const REFUSED: [(&str, &str); 44] = [
    ("", "Write what shall happen"),
    (
        "susepnd #42",
        "I do not know 'susepnd'. Did you mean suspend?",
    ),
    ("ban @x", "Did you mean suspend?"),
    ("frobnicate", "Write help to see what you can ask for."),
    ("#42 suspend", "Begin with what shall happen: suspend #42."),
    (
        "suspend",
        "Which case or account? Write suspend #42 --reason spam.",
    ),
    (
        "suspend spammer",
        "'spammer' is no target. Write #42, report:8437, @user@domain",
    ),
    (
        "suspend #42 --reason spam and abuse",
        "'and' is no target. Write #42",
    ),
    ("suspend #0", "'#0' is no target"),
    ("suspend op-17", "'op-17' is an operation"),
    ("suspend bad.example", "'bad.example' is a domain"),
    ("suspend @a b@", "'b@' is no handle"),
    (
        "suspend @a@-bad-",
        "is no handle: '-bad-' is no domain name",
    ),
    ("suspend report:", "'report:' has no valid id"),
    ("suspend id:../1", "'id:../1' has no valid id"),
    (
        "suspend #60-#43",
        "The range #60-#43 runs backwards. Write #43-#60.",
    ),
    (
        "suspend #43 - #60",
        "Write a range without spaces: #43-#60.",
    ),
    ("suspend #1-#201", "These are more than 200 targets."),
    (
        "suspend #1-#150 #201-#260",
        "These are more than 200 targets.",
    ),
    (
        "suspend #1-#9223372036854775807",
        "These are more than 200 targets.",
    ),
    (
        "suspend #42 --resaon spam",
        "suspend does not know '--resaon'. Did you mean --reason?",
    ),
    (
        "suspend #42 --for 7d",
        "suspend does not know '--for'. It knows --reason, --tell, --take-over.",
    ),
    ("suspend #42 -reason spam", "Options begin with two hyphens"),
    (
        "suspend #42 --reason",
        "--reason needs something behind it.",
    ),
    ("suspend #42 --reason ''", "--reason has no text."),
    (
        "suspend #42 --reason a --reason b",
        "--reason is given twice.",
    ),
    ("suspend #42 --take-over=yes", "--take-over stands alone"),
    (
        "suspend #42 --reason \"spam",
        "The quote that begins at \"spam has no end.",
    ),
    (
        "suspend #42 --reason 'spam",
        "The quote that begins at 'spam has no end.",
    ),
    (
        "limit #42 --auto",
        "--auto lifts it at the end, so it needs --for",
    ),
    ("limit #42 --for soon", "'soon' is no span of time"),
    ("limit #42 --for 0s", "'0s' is no span of time"),
    (
        "limit #42 --for 99999999999999999999d",
        "is no span of time",
    ),
    (
        "freeze @x@remote.example",
        "Only local accounts can be frozen",
    ),
    (
        "resolve @x",
        "'@x' is an account, and resolve is about reports.",
    ),
    ("claim @x", "'@x' is no case."),
    (
        "assign #42",
        "Which case, and to whom? Write assign #42 bo.",
    ),
    (
        "block-domain https://bad.example/x",
        "it is a URL; write the domain alone.",
    ),
    (
        "block-ip 0.0.0.0/0 --severity no-access",
        "0.0.0.0/0 is too wide",
    ),
    (
        "block-ip 203.0.113.0/24",
        "How hard: --severity approval, sign-ups or no-access?",
    ),
    (
        "stop",
        "What? Write automation, all or moderator NAME behind it.",
    ),
    (
        "stop automatoin",
        "'automatoin' cannot be stopped. Did you mean automation?",
    ),
    ("settle op-17 maybe", "Is it done or not-done?"),
    ("note #42", "the note has no text."),
];

#[test]
fn what_cannot_be_read_is_answered_in_plain_sentences() {
    for (words, says) in REFUSED {
        let answer = refused(words);
        assert!(answer.contains(says), "{words}\n{answer}");
        assert!(
            !answer.contains('\n') && !answer.contains('\u{1b}'),
            "{answer}"
        );
        assert!(answer.len() < 240, "{answer}");
    }
}

#[test]
fn long_texts_are_refused_with_their_length_and_the_limit() {
    let long = "x".repeat(10_240);
    let says = "is 10240 characters long; at most 2000 are possible.";
    for words in [
        format!("suspend #42 --reason \"{long}\""),
        format!("warn #42 --tell {long}"),
        format!("note #42 {long}"),
    ] {
        assert!(refused(&words).contains(says));
    }
    assert!(
        act(&format!("suspend #42 --reason {}", "ü".repeat(2_000)))
            .reason
            .is_some()
    );
    assert!(refused(&"x ".repeat(64 * 1024)).len() < 200);
}

#[test]
fn control_characters_do_not_arrive() {
    let act = act("suspend #42 --reason \"a\u{0}b\u{1b}[31mc\u{202e}d\r\ne\"");
    assert_eq!(act.reason.as_deref(), Some("ab[31mcd\ne"));
}
