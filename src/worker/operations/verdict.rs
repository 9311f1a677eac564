//! What the failure of a call means: certainly not applied, perhaps applied, or refused, and the
//! words for it.

use chrono::{DateTime, TimeDelta, Utc};

use super::probe::Seen;
use crate::domain::ServerCall;
use crate::mastodon::client::{Client, ClientError, Diagnosis};

/// How long to wait after the server could not be reached at all.
const UNREACHABLE: TimeDelta = TimeDelta::seconds(5);

/// What follows from a failed call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It was certainly not applied, and may work at that time.
    Later(DateTime<Utc>),
    /// It may have been applied: read back.
    Doubt,
    /// It was refused.
    No,
}

/// Judges the failure of a call that changes something.
pub(super) fn of_change(error: &ClientError, now: DateTime<Utc>) -> Verdict {
    match error {
        ClientError::RateLimited { until } => Verdict::Later(*until),
        error if error.possibly_applied() => Verdict::Doubt,
        error if error.is_passing() => Verdict::Later(now + UNREACHABLE),
        _ => Verdict::No,
    }
}

/// Judges the failure of a read: nothing was sent, so there is no doubt.
pub(super) fn of_read(error: &ClientError, now: DateTime<Utc>) -> Verdict {
    match error {
        ClientError::RateLimited { until } => Verdict::Later(*until),
        error if error.is_passing() || error.possibly_applied() => {
            Verdict::Later(now + UNREACHABLE)
        }
        _ => Verdict::No,
    }
}

/// Why the call was refused, in words with the next step. Asks the server whose fault a 403 is.
pub(super) async fn words(client: &Client, error: &ClientError) -> String {
    match error {
        ClientError::Forbidden { text } => forbidden(client, text).await,
        ClientError::NotFound => {
            "the server does not know it (any more); look at the case again".to_owned()
        }
        ClientError::ExistingBlock(block) => format!(
            "{error}; if that is a parent, change or lift the block of {} first",
            block.domain
        ),
        other => other.to_string(),
    }
}

async fn forbidden(client: &Client, text: &str) -> String {
    match client.diagnose().await {
        Ok(Diagnosis::Works(owner)) => format!(
            "the server refused ({text}): the role of {} lacks the right, or does not stand above \
             the target's; ask somebody with a higher role",
            owner.handle()
        ),
        Ok(Diagnosis::WorksNameless) | Err(_) => format!(
            "the server refused ({text}): the token's role lacks the right, or does not stand \
             above the target's; see Administration, Roles"
        ),
        Ok(Diagnosis::Dead) => ClientError::DeadToken.to_string(),
        Ok(Diagnosis::Barred { text }) => {
            format!("the token's owner cannot act any more ({text}); use another account's token")
        }
    }
}

/// What makes `call` pointless or wrong, as things were seen just now.
pub(super) fn objection(call: &ServerCall, seen: &Seen) -> Option<String> {
    match (call, seen) {
        (ServerCall::Reject { .. }, Seen::Account(account))
            if account.state.approved == Some(true) =>
        {
            Some("it was approved meanwhile; suspend it instead".to_owned())
        }
        (ServerCall::BlockEmailDomain { .. }, Seen::EmailDomainBlock(Some(_))) => Some(
            "there is a block already that lets sign-ups wait for approval; lift it first"
                .to_owned(),
        ),
        (ServerCall::BlockIp { .. }, Seen::IpBlock(Some(block))) => Some(format!(
            "there is a block of that range already ({}); lift it first",
            block.severity
        )),
        (_, Seen::Gone) => Some("it is gone from the server".to_owned()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_may_have_been_applied_is_doubted() {
        let now = DateTime::UNIX_EPOCH;
        let until = now + TimeDelta::seconds(90);
        for (error, verdict) in [
            (ClientError::RateLimited { until }, Verdict::Later(until)),
            (ClientError::TimedOut, Verdict::Doubt),
            (ClientError::Server { status: 500 }, Verdict::Doubt),
            (
                ClientError::Unreadable {
                    what: String::new(),
                },
                Verdict::Doubt,
            ),
            (
                ClientError::Connection {
                    certainly_not_sent: false,
                    why: String::new(),
                },
                Verdict::Doubt,
            ),
            (
                ClientError::Connection {
                    certainly_not_sent: true,
                    why: String::new(),
                },
                Verdict::Later(now + UNREACHABLE),
            ),
            (ClientError::DeadToken, Verdict::No),
            (
                ClientError::Forbidden {
                    text: String::new(),
                },
                Verdict::No,
            ),
            (ClientError::ScopeMissing, Verdict::No),
            (ClientError::NotFound, Verdict::No),
            (
                ClientError::Validation {
                    message: String::new(),
                },
                Verdict::No,
            ),
            (ClientError::Gone, Verdict::No),
            (ClientError::Unexpected { status: 302 }, Verdict::No),
        ] {
            assert_eq!(of_change(&error, now), verdict, "{error}");
            assert_ne!(of_read(&error, now), Verdict::Doubt, "{error}");
        }
    }
}
