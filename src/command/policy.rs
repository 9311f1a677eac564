//! How much friction each command meets: the defaults of the tiers, with the configuration's
//! overrides. Pure values; the desk and the operation worker ask.

use std::collections::BTreeMap;

use super::types::Command;
use crate::config::{CommandConfig, PolicyConfig};
use crate::domain::Verb;
use crate::domain::operation::Tier;
use crate::domain::permission::RolePolicy;

/// Which steps stand between asking for something and its being sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "four independent steps, each named where it is asked for"
)]
pub struct Rule {
    /// The asker confirms what was restated.
    pub confirm: bool,
    /// It is held for `[policy] hold`, with Cancel.
    pub hold: bool,
    /// A second person agrees.
    pub second: bool,
    /// A reason is given.
    pub reason: bool,
}

/// Roles and friction, as configured.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Policy {
    roles: RolePolicy,
    commands: BTreeMap<Verb, CommandConfig>,
}

impl Policy {
    /// The defaults with the overrides of `[policy.roles]` and `[policy.commands]`.
    pub fn new(config: &PolicyConfig) -> Self {
        Self {
            roles: RolePolicy::new(config.roles.clone()),
            commands: config.commands.clone(),
        }
    }

    /// The least role for each permission.
    pub fn roles(&self) -> &RolePolicy {
        &self.roles
    }

    /// The friction of one verb on few targets.
    pub fn rule(&self, verb: Verb) -> Rule {
        let felt = matches!(verb.tier(), Tier::Strong | Tier::Broad);
        let said = self.commands.get(&verb).copied().unwrap_or_default();
        Rule {
            confirm: said.confirm.unwrap_or(felt),
            hold: said.hold.unwrap_or(verb.is_held_by_default()),
            second: said.second.unwrap_or(false),
            reason: said.reason.unwrap_or(felt),
        }
    }

    /// The friction of a command as asked. A broad batch needs a reason and a confirmation
    /// whatever its verb says. Of the control commands all need a reason but a stop, which must
    /// be quick, and switching the dry run on, which is always safe.
    pub fn rule_of(&self, command: &Command) -> Rule {
        if let Some(verb) = command.changes_server() {
            let rule = self.rule(verb);
            let broad = command.tier() == Tier::Broad && verb.tier() != Tier::Broad;
            return Rule {
                confirm: rule.confirm || broad,
                reason: rule.reason || broad,
                ..rule
            };
        }
        let reason = match command {
            Command::DryRun { on, .. } => !on,
            Command::Reveal { .. } | Command::Settle { .. } | Command::Offboard { .. } => true,
            _ => false,
        };
        Rule {
            reason,
            ..Rule::default()
        }
    }
}
