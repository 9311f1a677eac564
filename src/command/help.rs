//! Help for the asking person only: what their role may ask for, from the table.

use std::fmt::Write as _;

use super::table::{Entry, TABLE, entry};
use super::types::Command;
use crate::domain::Role;
use crate::domain::permission::RolePolicy;

/// Plain text: all commands that `role` may use, or everything about one.
pub fn help(topic: Option<&str>, role: Role, roles: &RolePolicy) -> String {
    match topic {
        None => overview(role, roles),
        Some(topic) => match entry(topic) {
            Some(entry) => about(entry, role, roles),
            None => format!("There is no command {topic}. Write help to see all."),
        },
    }
}

/// The least role that may use some form of the command.
pub fn least_role(entry: &Entry, roles: &RolePolicy) -> Role {
    let commands = entry.commands();
    let needed = commands.iter().map(Command::permission);
    needed
        .map(|permission| roles.least_role(permission))
        .min()
        .unwrap_or(Role::Lead)
}

fn overview(role: Role, roles: &RolePolicy) -> String {
    let mut text = format!("What you can ask for as {role}:\n");
    for entry in TABLE
        .iter()
        .filter(|entry| role >= least_role(entry, roles))
    {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{}: {}", usage(entry), entry.about);
    }
    text.push_str(
        "A target is #42 (a case), report:8437, @user, @user@domain or id:109…; #43-#60 is a \
         range. Inside a case's thread the case need not be written. Write help suspend for more \
         about suspend.",
    );
    text
}

fn about(entry: &Entry, role: Role, roles: &RolePolicy) -> String {
    let mut text = format!("{}: {}\n", usage(entry), entry.about);
    let needed = least_role(entry, roles);
    if role < needed {
        let _ = writeln!(text, "It needs the role {needed}; yours is {role}.");
    }
    for option in entry.options {
        let value = option
            .value()
            .map_or_else(String::new, |value| format!(" {value}"));
        let _ = writeln!(text, "--{}{value}: {}", option.name(), option.about());
    }
    if !entry.aliases.is_empty() {
        let _ = writeln!(text, "Also: {}", entry.aliases.join(", "));
    }
    let _ = write!(text, "For example: {}", entry.examples.join(" · "));
    text
}

fn usage(entry: &Entry) -> String {
    format!("{} {}", entry.word, entry.usage)
        .trim_end()
        .to_owned()
}
