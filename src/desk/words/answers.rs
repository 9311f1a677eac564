//! Private answers: questions back, what was accepted, how things stand.

use chrono::TimeDelta;

use super::lines::{list, span};
use crate::command::{Act, Rule, StopScope};
use crate::desk::inbound::Identity;
use crate::desk::plan::{Plan, Planned};
use crate::desk::rules::Person;
use crate::desk::standing::Standing;
use crate::domain::{Moderator, OperationId, Verb};

/// With a capital first letter.
pub(in crate::desk) fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| {
        format!("{}{}", first.to_uppercase(), letters.as_str())
    })
}

/// What a confirmation restates: targets, effect, what they are told, what cannot be undone.
pub(in crate::desk) fn question(
    plan: &Plan,
    act: &Act,
    standing: &Standing,
    hold: TimeDelta,
    rule: Rule,
) -> String {
    let mut lines = Vec::new();
    lines.extend(plan.take_over.clone());
    let count = plan.operations.len();
    let verb = capital(plan.verb.word());
    match plan.operations.as_slice() {
        [one] => lines.push(format!("{verb} {}?", one.line)),
        many => {
            lines.push(format!("{verb} {count} accounts?"));
            lines.extend(many.iter().map(|planned| format!("· {}", planned.line)));
        }
    }
    if !plan.left_out.is_empty() {
        lines.push("Taken out:".to_owned());
        lines.extend(plan.left_out.iter().map(|why| format!("· {why}")));
    }
    lines.push(effect(plan.verb).to_owned());
    if crate::desk::calls::action_of(plan.verb).is_some() {
        let told = plan.told();
        if told.is_empty() {
            lines.push("They will not be told.".to_owned());
        }
        lines.extend(
            told.iter()
                .map(|tell| format!("They will be told: “{tell}”")),
        );
    }
    if let Some(lasts) = act.lasts {
        let end = if act.auto {
            "is lifted by itself"
        } else {
            "the card asks again"
        };
        lines.push(format!("After {}: {end}.", span(lasts)));
    }
    if rule.second {
        lines.push("A second person must agree.".to_owned());
    }
    if rule.hold {
        lines.push(format!(
            "It is held for {}, and can be cancelled until then.",
            span(hold)
        ));
    }
    lines.extend(dry_run(standing));
    lines.join("\n")
}

/// The effect of a verb, and what of it stays.
fn effect(verb: Verb) -> &'static str {
    match verb {
        Verb::Warn => "A strike is noted on the server; it cannot be taken back.",
        Verb::ForceSensitive => {
            "All their media become sensitive. Can be undone; the strike stays."
        }
        Verb::Limit => "Only their followers see them. Can be undone; the strike stays.",
        Verb::Freeze => "They cannot log in. Can be undone; the strike stays.",
        Verb::Suspend => {
            "They are gone from view. Can be undone for 30 days, then their data are deleted; \
             follows of a remote account are cut for ever."
        }
        Verb::Approve => "They can use the server. That cannot be undone, only acted against.",
        Verb::Reject => "Their account is deleted. That cannot be undone.",
        Verb::Resolve => "The reports are closed; the reporters are not told.",
        Verb::Reopen => "The reports are open again.",
        Verb::Categorise => "The reports change their category.",
        Verb::Claim | Verb::Unclaim => "The claim shows on the server.",
        Verb::UnforceSensitive | Verb::Unlimit | Verb::Unfreeze | Verb::Unsuspend => {
            "The action is lifted; its strike stays."
        }
        Verb::BlockDomain => "Media or reports from there are rejected. Can be undone.",
        Verb::LimitDomain => {
            "Accounts from there are hidden from those who do not follow them. Can be undone."
        }
        Verb::SuspendDomain => {
            "All contact ends: follows in both directions are cut and local copies are deleted. \
             Lifting the block does not bring them back."
        }
        Verb::UnblockDomain => "The block is lifted; what it cut or deleted does not come back.",
        Verb::BlockEmailDomain => "Nobody can sign up with an address there. Can be undone.",
        Verb::UnblockEmailDomain => "Addresses there can sign up again.",
        Verb::BlockIp => "It works at once, also against ourselves. Can be undone.",
        Verb::UnblockIp => "The range has access again.",
    }
}

/// A domain or range command restated.
pub(in crate::desk) fn domain_question(plan: &Plan, standing: &Standing) -> String {
    let targets: Vec<&str> = plan
        .operations
        .iter()
        .map(|planned| planned.line.as_str())
        .collect();
    let mut lines = vec![
        format!(
            "{} {}?",
            capital(&plan.verb.word().replace('-', " ")),
            targets.join(", ")
        ),
        effect(plan.verb).to_owned(),
    ];
    lines.extend(dry_run(standing));
    lines.join("\n")
}

/// What an undo restates: whose decisions it reverses, what it opens again, what stays.
pub(in crate::desk) fn undo_question(planned: &[Planned], stays: &[String], rule: Rule) -> String {
    let mut lines: Vec<String> = planned
        .iter()
        .map(|planned| format!("Takes back: {}.", planned.line))
        .collect();
    if !stays.is_empty() {
        lines.push(format!("What stays: {}.", stays.join("; ")));
    }
    if rule.confirm {
        lines.push("Go on?".to_owned());
    }
    lines.join("\n")
}

/// What was stored, and what can be done about it.
pub(in crate::desk) fn accepted(
    verb: Verb,
    stored: &[(OperationId, String)],
    taken: &[(OperationId, String)],
    left_out: &[String],
    rule: Rule,
    standing: &Standing,
    hold: TimeDelta,
) -> String {
    let mut lines = Vec::new();
    match stored {
        [] => {}
        [(id, target)] => {
            let dry = if standing.dry_run.is_some() {
                "DRY RUN, nothing changes: would "
            } else {
                ""
            };
            lines.push(format!("{id}: {dry}{verb} {target}."));
        }
        [(first, _), ..] => {
            let ids: Vec<OperationId> = stored.iter().map(|(id, _)| *id).collect();
            let dry = if standing.dry_run.is_some() {
                "DRY RUN, nothing changes. "
            } else {
                ""
            };
            lines.push(format!(
                "{dry}{}: {verb}, {} in all. `undo {first}` takes all of them back.",
                list(&ids),
                stored.len()
            ));
        }
    }
    if let Some((first, _)) = stored.first() {
        if rule.second {
            lines.push(format!("A second person must agree: `second {first}`."));
        } else if rule.hold {
            lines.push(format!(
                "Held for {}: `cancel {first}` stops it.",
                span(hold)
            ));
        }
    }
    lines.extend(
        taken
            .iter()
            .map(|(id, target)| format!("{target}: {id} is about to do that already.")),
    );
    lines.extend(left_out.iter().map(|why| format!("Taken out: {why}")));
    lines.join("\n")
}

fn dry_run(standing: &Standing) -> Option<String> {
    standing
        .dry_run
        .map(|why| format!("DRY RUN: nothing will change ({why})."))
}

/// How things stand, line by line; empty when all is as usual.
pub(in crate::desk) fn standing_lines(standing: &Standing) -> Vec<String> {
    let mut lines: Vec<String> = dry_run(standing).into_iter().collect();
    if let Some(stop) = &standing.stop_all {
        lines.push(format!(
            "STOPPED by {}: nothing on the server is changed.",
            stop.by
        ));
    }
    if let Some(stop) = &standing.stop_automation {
        lines.push(format!("Automation is stopped by {}.", stop.by));
    }
    lines.extend(
        standing
            .stopped
            .iter()
            .map(|(name, stop)| format!("{name} is stopped by {}.", stop.by)),
    );
    lines
}

/// `whoami`.
pub(in crate::desk) fn who(moderator: &Moderator, who: &Identity, standing: &Standing) -> String {
    let linked = match (&moderator.account, &moderator.link) {
        (None, _) => "linked to no account of the server".to_owned(),
        (Some(account), None) => format!("linked to @{account}, not read from the server yet"),
        (Some(account), Some(link)) if link.barred => {
            format!("linked to @{account}, which is frozen or suspended: you hold no right")
        }
        (Some(account), Some(link)) if !link.is_staff => {
            format!("linked to @{account}, which has no staff role any more: you hold no right")
        }
        (Some(account), Some(_)) => format!("linked to @{account}"),
    };
    let mut lines = vec![format!(
        "You are {}, {}; {linked}. Known here as {} on {}.",
        moderator.name, moderator.role, who.id, who.platform
    )];
    lines.extend(
        standing
            .stop_for(&moderator.name)
            .map(|stop| format!("{}.", capital(&stop))),
    );
    lines.join("\n")
}

/// The server could not be asked.
pub(in crate::desk) fn not_asked(why: &str) -> String {
    format!("The server could not be asked: {why} Try again in a minute.")
}

/// What was stopped, and who can lift it.
pub(in crate::desk) fn stopped(scope: &StopScope) -> String {
    let what = match scope {
        StopScope::Automation => "Whatever acts by itself is stopped.".to_owned(),
        StopScope::All => "Stopped: no call that changes the server starts any more.".to_owned(),
        StopScope::Moderator(name) => format!("{name} is stopped: nothing they ask for is sent."),
    };
    format!("{what} A lead, two moderators or the host can lift it: `stop reset …`.")
}

/// What offboarding did, and what is left to a person.
pub(in crate::desk) fn offboarded(person: &Person, released: usize, cancelled: usize) -> String {
    let token = if person.acts_as_themselves {
        " Revoke their token on the server, too."
    } else {
        ""
    };
    format!(
        "{} has no access any more: sessions ended, {released} cases given back, {cancelled} \
         operations cancelled. Take them out of the configuration.{token}",
        person.name
    )
}
