//! The table against the commands, and role by command as one picture.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::super::*;
use crate::config::Config;
use crate::domain::operation::Tier;
use crate::domain::permission::RolePolicy;
use crate::domain::{CaseId, Permission, Role, Verb};

#[test]
fn every_example_parses_to_its_own_row() {
    for row in TABLE {
        assert!(!row.examples.is_empty(), "{}", row.word);
        for example in row.examples {
            let command = parse(example, None).unwrap_or_else(|error| panic!("{example}: {error}"));
            // block-domain says limit-domain and suspend-domain too.
            assert_eq!(command.word(), row.word, "{example}");
            assert_eq!(
                command.changes_server().is_some(),
                row.commands()[0].changes_server().is_some()
            );
        }
    }
}

#[test]
fn words_and_aliases_are_unique_and_every_verb_has_a_row() {
    let mut seen = BTreeSet::new();
    for row in TABLE {
        for word in std::iter::once(&row.word).chain(row.aliases) {
            assert!(seen.insert(*word), "{word} stands twice");
        }
    }
    for verb in Verb::ALL {
        assert!(seen.contains(verb.word()), "{verb} has no row");
    }
}

/// The whole table of rights and friction.
#[test]
fn invariant_06_role_by_command() {
    let roles = RolePolicy::default();
    let policy = Policy::default();
    let mut picture = String::new();
    for row in TABLE {
        for (command, example) in row.commands().iter().zip(row.examples) {
            let least = roles.least_role(command.permission());
            let may = Role::ALL.map(|role| if role >= least { role.word() } else { "-" });
            let rule = policy.rule_of(command);
            let friction = [
                (rule.reason, "reason"),
                (rule.confirm, "confirm"),
                (rule.hold, "hold"),
                (rule.second, "second"),
            ];
            let friction: Vec<_> = friction
                .iter()
                .filter(|(on, _)| *on)
                .map(|(_, word)| *word)
                .collect();
            let tier = format!("{:?}", command.tier()).to_lowercase();
            writeln!(
                picture,
                "{:<36} {:<10} {:<9} {:<6} {:<9} {:<4}  {}",
                example.chars().take(36).collect::<String>(),
                tier,
                may[0],
                may[1],
                may[2],
                may[3],
                friction.join(" ")
            )
            .unwrap();
        }
    }
    insta::assert_snapshot!(picture);
}

#[test]
fn a_broad_batch_meets_more_friction() {
    let broad = parse("resolve #1-#26", None).unwrap();
    let few = parse("resolve #1-#25", None).unwrap();
    assert_eq!((few.tier(), broad.tier()), (Tier::Mild, Tier::Broad));
    let policy = Policy::default();
    assert_eq!(policy.rule_of(&few), Rule::default());
    let rule = policy.rule_of(&broad);
    assert!(rule.confirm && rule.reason);
}

#[test]
fn the_configuration_overrides_roles_and_friction() {
    let config = Config::from_toml(
        r#"
        server = { url = "https://social.example", token = "t", webhook_secrets = ["s"] }
        [policy.roles]
        suspend = "lead"
        [policy.commands.limit]
        confirm = false
        reason = false
        [policy.commands.suspend-domain]
        second = true
        "#,
        "test",
    )
    .unwrap();
    let policy = Policy::new(&config.policy);
    assert_eq!(policy.roles().least_role(Permission::Suspend), Role::Lead);
    assert_eq!(policy.rule(Verb::Limit), Rule::default());
    assert!(policy.rule(Verb::SuspendDomain).second);
    assert!(policy.rule(Verb::Suspend).hold && policy.rule(Verb::Reject).hold);
    let suspend = parse("suspend #1", None).unwrap();
    assert!(policy.rule_of(&suspend).reason);
}

#[test]
fn help_shows_what_the_asker_may_do_and_no_more() {
    let roles = RolePolicy::default();
    let observer = help(None, Role::Observer, &roles);
    assert!(observer.contains("lookup TARGET: ") && !observer.contains("claim #42"));
    assert!(
        observer.contains("stop "),
        "anybody may stop the automation"
    );
    let moderator = help(None, Role::Moderator, &roles);
    assert!(moderator.contains("suspend TARGET…: ") && !moderator.contains("block-ip"));
    assert!(help(None, Role::Lead, &roles).contains("block-ip RANGE: "));
    insta::assert_snapshot!(help(Some("limit"), Role::Triage, &roles));
}

#[test]
fn commands_are_stored_and_read_back() {
    for row in TABLE {
        for command in row.commands() {
            let stored = serde_json::to_string(&command).unwrap();
            assert_eq!(
                serde_json::from_str::<Command>(&stored).unwrap(),
                command,
                "{stored}"
            );
        }
    }
}

#[test]
fn half_typed_lines_are_completed() {
    let known = Known {
        cases: vec![CaseId(42), CaseId(41)],
        handles: vec!["@spammer@bad.example".to_owned()],
        moderators: vec!["ana".into(), "bo".into()],
        presets: vec!["spam".to_owned(), "rules".to_owned()],
    };
    let lines = |prefix| complete(prefix, &known);
    assert_eq!(lines("susp"), ["suspend", "suspend-domain"]);
    assert_eq!(lines("/Suspend 4"), ["Suspend #42", "Suspend #41"]);
    assert_eq!(lines("suspend @sp"), ["suspend @spammer@bad.example"]);
    assert_eq!(
        lines("warn #42 --t"),
        ["warn #42 --tell", "warn #42 --take-over"]
    );
    assert_eq!(
        lines("warn #42 --tell "),
        ["warn #42 --tell spam", "warn #42 --tell rules"]
    );
    assert_eq!(lines("assign #42 b"), ["assign #42 bo"]);
    assert_eq!(lines("nonsense x"), Vec::<String>::new());
    assert_eq!(complete("", &known).len(), 25);
    for prefix in ["“", "suspend —", "suspend \u{a0}", "suspend #42 ü"] {
        let _ = lines(prefix);
    }
}
