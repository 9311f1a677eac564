//! Keys of buttons and forms: made and read by the same module.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::super::*;
use crate::domain::{CaseId, OperationId, Verb};

fn pressed(key: &str) -> Command {
    parse_press(key).unwrap_or_else(|error| panic!("{key}: {error}"))
}

#[test]
fn a_press_says_what_words_would_say() {
    for (key, words) in [
        ("42.case", "case #42"),
        ("42.claim", "claim #42"),
        ("42.claim.take-over", "claim #42 --take-over"),
        ("42.unclaim", "unclaim #42"),
        ("42.history", "history #42"),
        ("42.assign.to:bo", "assign #42 bo"),
        ("42.resolve", "resolve #42"),
        ("42.limit.reason:Spam", "limit #42 --reason Spam"),
        (
            "42.suspend.take-over.reason:No ads. None.",
            "suspend #42 --take-over --reason 'No ads. None.'",
        ),
        ("42.categorise.category:spam", "categorise #42 spam"),
        ("op-17.cancel", "cancel op-17"),
        ("op-17.second", "second op-17"),
        ("op-17.undo", "undo op-17"),
        ("confirm.4f7a_-Z", "confirm 4f7a_-Z"),
        ("cancel.4f7a", "cancel 4f7a"),
    ] {
        let mut command = pressed(key);
        if let Command::Act(act) = &mut command {
            assert!(act.from_button, "{key}");
            act.from_button = false;
        }
        assert_eq!(command, parse(words, None).unwrap(), "{key}");
    }
}

#[test]
fn a_button_may_leave_the_choice_open() {
    let Command::Act(act) = pressed("42.categorise") else {
        panic!("no act");
    };
    assert_eq!(act.category, None);
}

#[test]
fn foreign_keys_are_refused_in_plain_words() {
    for key in [
        "",
        ".",
        "42",
        "42.",
        "42.ban",
        "x.claim",
        "0.claim",
        "-1.claim",
        "42.claim.reason:x",
        "42.limit-domain",
        "42.limit.for:7d",
        "42.limit.category:spam",
        "op-17.claim",
        "op-.undo",
        "confirm.",
        "confirm.a b",
        "42.assign.bo",
        "42.suspend.form",
        "42.limit.reason:",
    ] {
        let error = parse_press(key).expect_err(key).to_string();
        assert!(!error.is_empty() && error.len() < 240, "{key}: {error}");
    }
    assert!(
        parse_press("42.assign")
            .unwrap_err()
            .to_string()
            .contains("assign #42 and the name")
    );
    let long = format!("42.limit.reason:{}", "x".repeat(3_000));
    assert!(
        parse_press(&long)
            .unwrap_err()
            .to_string()
            .contains("at most 2000")
    );
}

#[test]
fn a_form_says_the_rest() {
    let key = form_key(CaseId(42), Verb::Limit);
    assert_eq!(parse_form_key(&key), Some((CaseId(42), Verb::Limit)));
    assert_eq!(parse_form_key("42.limit"), None);
    let values = |pairs: &[(&str, &str)]| -> BTreeMap<String, String> {
        pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    };
    let form = parse_form(
        &key,
        &values(&[("reason", " spam "), ("tell", ""), ("for", "7d")]),
    );
    let Command::Act(act) = form.unwrap() else {
        panic!("no act");
    };
    assert_eq!(act.reason.as_deref(), Some("spam"));
    assert_eq!((act.tell, act.lasts.unwrap().num_days()), (None, 7));
    let error = parse_form(&key, &values(&[("colour", "red")])).unwrap_err();
    assert!(error.to_string().contains("'colour'"));
}

proptest! {
    #[test]
    fn what_is_made_is_read(
        number in 1_i64..,
        verb in proptest::sample::select(vec![Verb::Limit, Verb::Suspend, Verb::Resolve, Verb::Reject]),
        reason in "[a-zA-Zäß.:#][a-zA-Zäß .:#\"'“-]{0,60}[a-z.:]",
        token in "[a-zA-Z0-9_-]{1,64}",
    ) {
        let case = CaseId(number);
        let Ok(Command::Act(act)) = parse_press(&reason_key(case, verb, &reason)) else {
            return Err(TestCaseError::fail("no act"));
        };
        prop_assert_eq!(act.verb, verb);
        prop_assert_eq!(act.reason, Some(reason));
        prop_assert_eq!(act.subjects, vec![Subject::Case(case)]);
        prop_assert_eq!(parse_form_key(&form_key(case, verb)), Some((case, verb)));
        let operation = OperationId(number);
        let stopped = Command::Cancel(Cancelled::Operation(operation));
        prop_assert_eq!(parse_press(&cancel_operation_key(operation)), Ok(stopped));
        let no = Command::Cancel(Cancelled::Token(token.clone()));
        prop_assert_eq!(parse_press(&cancel_key(&token)), Ok(no));
        prop_assert_eq!(parse_press(&confirm_key(&token)), Ok(Command::Confirm { token }));
    }

    #[test]
    fn no_key_panics(key in "\\PC{0,80}", number in any::<i64>()) {
        let _ = parse_press(&key);
        let _ = parse_press(&format!("{number}.{key}"));
        let _ = parse_press(&format!("op-{number}.{key}"));
        let _ = parse_form_key(&key);
    }
}
