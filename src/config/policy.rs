//! `[policy]`: what moderators may do, and how much stands in between.

use std::collections::BTreeMap;
use std::path::PathBuf;

use chrono::TimeDelta;
use toml::Value;

use super::reader::{Reader, Section, did_you_mean, found};
use super::value;
use crate::domain::operation::Tier;
use crate::domain::{DomainName, Permission, Role, Verb};

/// `[policy]`.
#[derive(Debug, Clone)]
pub struct PolicyConfig {
    /// Nothing is changed on the server, and chat cannot switch that off (invariant 8).
    pub dry_run: bool,
    /// Suspensions and rejections wait this long, with Cancel.
    pub hold: TimeDelta,
    /// A claim ends after this long without anything done.
    pub claim: TimeDelta,
    /// Somebody should have decided after this long.
    pub due: TimeDelta,
    /// How long a question waits for its confirmation.
    pub confirm: TimeDelta,
    /// How long an operation waits for its second person.
    pub second: TimeDelta,
    /// Handles (`@user`, `@user@domain`) and domains that nobody may act on, in lower case.
    pub protected: Vec<String>,
    /// While this file exists everything is stopped (invariant 9).
    pub stop_file: Option<PathBuf>,
    /// While this file exists everything is a dry run.
    pub dry_run_file: Option<PathBuf>,
    /// The least role for a right, where it is not the default.
    pub roles: BTreeMap<Permission, Role>,
    /// Friction by command, where it is not that of its tier.
    pub commands: BTreeMap<Verb, CommandConfig>,
}

/// `[policy.commands.VERB]`: what differs from the tier's rule.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CommandConfig {
    /// Ask for a confirmation.
    pub confirm: Option<bool>,
    /// Hold it before it is sent.
    pub hold: Option<bool>,
    /// Ask for a second person.
    pub second: Option<bool>,
    /// Ask for a reason.
    pub reason: Option<bool>,
}

/// Reads `[policy]`.
pub(super) fn read(mut section: Section) -> Option<PolicyConfig> {
    let dry_run = section.required("dry_run", "true or false", value::flag);
    let hold = section.required("hold", "a time", value::span);
    let claim = section.required("claim", "a time", value::span);
    let due = section.required("due", "a time", value::span);
    let confirm = section.required("confirm", "a time", value::span);
    let second = section.required("second", "a time", value::span);
    let protected = section.list("protected", protected);
    let stop_file = section.optional("stop_file", value::path);
    let dry_run_file = section.optional("dry_run_file", value::path);
    let roles = section.section("roles").and_then(roles);
    let commands = section.section("commands").and_then(commands);
    section.finish();
    Some(PolicyConfig {
        dry_run: dry_run?,
        hold: hold?,
        claim: claim?,
        due: due?,
        confirm: confirm?,
        second: second?,
        protected: protected?,
        stop_file: stop_file?,
        dry_run_file: dry_run_file?,
        roles: roles?,
        commands: commands?,
    })
}

/// A handle or a domain, in lower case.
fn protected(reader: &Reader, value: &Value) -> Result<String, String> {
    let text = value::text(reader, value)?.to_lowercase();
    if text.starts_with('@') {
        return Ok(text);
    }
    DomainName::parse(&text)
        .map(|domain| domain.as_str().to_owned())
        .map_err(|error| format!("{error}; expected @user, @user@domain or a domain"))
}

fn roles(mut section: Section) -> Option<BTreeMap<Permission, Role>> {
    let table = section.rest();
    let read = table.into_iter().map(|(name, value)| {
        let key = section.key(&name);
        let right = right(&name).inspect_err(|what| section.reader.problem(&key, what.as_str()));
        let role = value::parsed::<Role>(section.reader, &value)
            .inspect_err(|what| section.reader.problem(&key, what.as_str()));
        Some((right.ok()?, role.ok()?))
    });
    read.collect::<Vec<_>>().into_iter().collect()
}

/// A right by its word; a command's word is answered with the right that it needs.
fn right(name: &str) -> Result<Permission, String> {
    let all = Permission::ALL.into_iter();
    if let Some(right) = all.clone().find(|right| right.word() == name) {
        return Ok(right);
    }
    if let Some(verb) = verb_named(name) {
        let right = verb.permission().word();
        return Err(format!(
            "this command needs the right {right}: set the role of {right}"
        ));
    }
    let known: Vec<_> = all.map(Permission::word).collect();
    let hint = did_you_mean(name, known.iter().copied());
    Err(format!(
        "no such right.{hint} Known here: {}",
        known.join(", ")
    ))
}

fn commands(mut section: Section) -> Option<BTreeMap<Verb, CommandConfig>> {
    let table = section.rest();
    let read = table.into_iter().map(|(name, value)| {
        let key = section.key(&name);
        let Some(verb) = verb_named(&name) else {
            let known: Vec<_> = verbs().map(Verb::word).collect();
            let hint = did_you_mean(&name, known.iter().copied());
            let what = format!("no such command.{hint} Known here: {}", known.join(", "));
            section.reader.problem(key, what);
            return None;
        };
        let Value::Table(table) = value else {
            let what = format!("found {}, expected {{ confirm = true, … }}", found(&value));
            section.reader.problem(key, what);
            return None;
        };
        let command = command(Section::new(section.reader, key, table), verb)?;
        Some((verb, command))
    });
    read.collect::<Vec<_>>().into_iter().collect()
}

fn command(mut section: Section, verb: Verb) -> Option<CommandConfig> {
    let confirm = section.optional("confirm", value::flag);
    let hold = section.optional("hold", value::flag);
    let second = section.optional("second", value::flag);
    let reason = section.optional("reason", value::flag);
    // Roles belong to rights, because approve and reject, say, share one.
    let role = section.optional("role", |_, _| {
        let right = verb.permission().word();
        Err::<(), _>(format!("roles are set in [policy.roles], here for {right}"))
    });
    section.finish();
    role?;
    Some(CommandConfig {
        confirm: confirm?,
        hold: hold?,
        second: second?,
        reason: reason?,
    })
}

/// The verbs that meet friction: all but claiming, which only shows on the server.
fn verbs() -> impl Iterator<Item = Verb> {
    let all = Verb::ALL.into_iter();
    all.filter(|verb| verb.tier() != Tier::Coordinate)
}

fn verb_named(name: &str) -> Option<Verb> {
    verbs().find(|verb| verb.word() == name)
}
