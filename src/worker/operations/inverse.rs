//! What takes a call back, worked out from what was read before it was sent: what there was before
//! decides.

use crate::domain::domain_block::WantedBlock;
use crate::domain::operation::{Inverse, IpSeverity};
use crate::domain::{
    AccountAction, BlockSeverity, Category, DomainBlock, DomainName, Report, ReportId, ServerCall,
    Verb,
};

use super::probe::Seen;

/// The inverse of `call`, where the API has one. The call is not in effect yet.
pub(super) fn inverse(call: &ServerCall, seen: &Seen) -> Option<Inverse> {
    let (verb, back) = match call {
        ServerCall::Act {
            account,
            action,
            report,
            ..
        } => match (Verb::lifting(*action), report) {
            (Some(verb), _) => (
                verb,
                ServerCall::Lift {
                    account: account.clone(),
                    action: *action,
                },
            ),
            (None, Some(report)) => (
                Verb::Reopen,
                ServerCall::Reopen {
                    report: report.clone(),
                },
            ),
            (None, None) => return None,
        },
        ServerCall::Lift { account, action } => {
            let (account, action) = (account.clone(), *action);
            let act = ServerCall::Act {
                account,
                action,
                report: None,
                tell: None,
            };
            (Verb::of_action(action), act)
        }
        // An approval cannot be withdrawn, a rejected account is gone.
        ServerCall::Approve { .. } | ServerCall::Reject { .. } => return None,
        ServerCall::Resolve { report }
        | ServerCall::Reopen { report }
        | ServerCall::Assign { report }
        | ServerCall::Unassign { report } => report_back(call, report),
        ServerCall::Categorise { .. } => (Verb::Categorise, categorise_back(seen)?),
        ServerCall::Block { block } => block_back(&block.domain, seen),
        ServerCall::Unblock { domain } => block_back(domain, seen),
        ServerCall::BlockEmailDomain { domain } => (
            Verb::UnblockEmailDomain,
            ServerCall::UnblockEmailDomain {
                domain: domain.clone(),
            },
        ),
        ServerCall::UnblockEmailDomain { domain } => (
            Verb::BlockEmailDomain,
            ServerCall::BlockEmailDomain {
                domain: domain.clone(),
            },
        ),
        ServerCall::BlockIp { range, .. } => {
            (Verb::UnblockIp, ServerCall::UnblockIp { range: *range })
        }
        ServerCall::UnblockIp { .. } => (Verb::BlockIp, ip_block_back(seen)?),
    };
    Some(Inverse {
        verb,
        calls: vec![back],
        stays: stays(call, seen),
    })
}

/// The inverse of a whole operation so far, with that of a further call: the last is taken back
/// first, and the strongest command decides which rules apply.
pub(super) fn joined(before: Option<Inverse>, next: Option<Inverse>) -> Option<Inverse> {
    let (Some(before), Some(mut next)) = (before.clone(), next.clone()) else {
        return before.or(next);
    };
    // The call was to be sent before, and was not.
    if next.calls.iter().all(|call| before.calls.contains(call)) {
        return Some(before);
    }
    next.verb = if before.verb.tier() >= next.verb.tier() {
        before.verb
    } else {
        next.verb
    };
    next.calls.extend(before.calls);
    for stays in before.stays {
        if !next.stays.contains(&stays) {
            next.stays.push(stays);
        }
    }
    Some(next)
}

/// The calls of a report that are each other's inverse.
fn report_back(call: &ServerCall, report: &ReportId) -> (Verb, ServerCall) {
    let report = report.clone();
    match call {
        ServerCall::Reopen { .. } => (Verb::Resolve, ServerCall::Resolve { report }),
        ServerCall::Assign { .. } => (Verb::Unclaim, ServerCall::Unassign { report }),
        ServerCall::Unassign { .. } => (Verb::Claim, ServerCall::Assign { report }),
        _ => (Verb::Reopen, ServerCall::Reopen { report }),
    }
}

fn categorise_back(seen: &Seen) -> Option<ServerCall> {
    let Seen::Report(report) = seen else {
        return None;
    };
    let Report {
        id,
        category,
        rules,
        ..
    } = &**report;
    if matches!(category, Category::Unknown(_)) {
        return None;
    }
    let rules = match category {
        Category::Violation => rules.iter().map(|rule| rule.id.clone()).collect(),
        _ => Vec::new(),
    };
    Some(ServerCall::Categorise {
        report: id.clone(),
        category: category.clone(),
        rules,
    })
}

/// Back to the block that was there, or to none.
fn block_back(domain: &DomainName, seen: &Seen) -> (Verb, ServerCall) {
    let Seen::DomainBlock(Some(before)) = seen else {
        return (
            Verb::UnblockDomain,
            ServerCall::Unblock {
                domain: domain.clone(),
            },
        );
    };
    let DomainBlock {
        severity,
        reject_media,
        reject_reports,
        obfuscate,
        ..
    } = **before;
    let verb = match severity {
        BlockSeverity::None => Verb::BlockDomain,
        BlockSeverity::Limit => Verb::LimitDomain,
        BlockSeverity::Suspend => Verb::SuspendDomain,
    };
    let block = WantedBlock {
        domain: domain.clone(),
        severity,
        reject_media,
        reject_reports,
        private_comment: before.private_comment.clone(),
        public_comment: before.public_comment.clone(),
        obfuscate,
    };
    (verb, ServerCall::Block { block })
}

fn ip_block_back(seen: &Seen) -> Option<ServerCall> {
    let Seen::IpBlock(Some(before)) = seen else {
        return None;
    };
    let severity = [
        IpSeverity::Approval,
        IpSeverity::SignUps,
        IpSeverity::NoAccess,
    ]
    .into_iter()
    .find(|severity| severity.api_word() == before.severity)?;
    Some(ServerCall::BlockIp {
        range: before.range,
        severity,
        expires_in: None,
        comment: before.comment.clone(),
    })
}

/// What an undo does not bring back, in words (Mastodon 4.2 to 4.6).
fn stays(call: &ServerCall, seen: &Seen) -> Vec<String> {
    let mut stays = Vec::new();
    match call {
        ServerCall::Act { action, tell, .. } => {
            stays.push("the strike in the account's record".to_owned());
            if tell.is_some() {
                stays.push("the e-mail that told them".to_owned());
            }
            let is_remote = seen.target().is_some_and(|account| !account.is_local());
            if *action == AccountAction::Suspend && is_remote {
                stays.push("the follows that the suspension cut".to_owned());
            }
        }
        ServerCall::Block { block } if block.severity == BlockSeverity::Suspend => {
            stays.push("the follows and the local copies that the suspension deleted".to_owned());
        }
        ServerCall::Assign { .. } => {
            if let Seen::Report(report) = seen
                && let Some(to) = &report.assigned_to
            {
                stays.push(format!("the report was assigned to {} before", to.handle()));
            }
        }
        ServerCall::UnblockIp { .. } => {
            if let Seen::IpBlock(Some(block)) = seen
                && block.expires_at.is_some()
            {
                stays.push("the end that the block had: it comes back without one".to_owned());
            }
        }
        _ => {}
    }
    stays
}

#[cfg(test)]
mod tests {
    use super::super::probe::tests::{account, block};
    use super::*;
    use crate::domain::operation::AccountRef;

    #[test]
    fn what_was_there_before_decides() {
        let domain = DomainName::parse("bad.test").unwrap();
        let wanted = WantedBlock {
            domain: domain.clone(),
            severity: BlockSeverity::Suspend,
            reject_media: false,
            reject_reports: false,
            private_comment: None,
            public_comment: None,
            obfuscate: false,
        };
        let call = ServerCall::Block { block: wanted };
        let new = inverse(&call, &Seen::DomainBlock(None)).unwrap();
        assert_eq!(new.verb, Verb::UnblockDomain);
        assert_eq!(new.calls, [ServerCall::Unblock { domain }]);
        assert_eq!(new.stays.len(), 1);
        let before = block("bad.test", BlockSeverity::Limit);
        let changed = inverse(&call, &Seen::DomainBlock(Some(Box::new(before)))).unwrap();
        assert_eq!(changed.verb, Verb::LimitDomain);
    }

    #[test]
    fn several_calls_are_taken_back_in_the_opposite_order() {
        let seen = Seen::Account(Box::new(account("x", Some("far.test"))));
        let suspend = ServerCall::Act {
            account: AccountRef::Id("1".into()),
            action: AccountAction::Suspend,
            report: None,
            tell: Some("Bye".to_owned()),
        };
        let first = inverse(&suspend, &seen);
        let second = inverse(&ServerCall::Resolve { report: "7".into() }, &Seen::Nothing);
        let both = joined(first, second).unwrap();
        assert_eq!(both.verb, Verb::Unsuspend);
        assert!(matches!(
            both.calls.as_slice(),
            [ServerCall::Reopen { .. }, ServerCall::Lift { .. }]
        ));
        assert_eq!(both.stays.len(), 3);
    }

    #[test]
    fn some_things_cannot_be_taken_back() {
        let warn = ServerCall::Act {
            account: AccountRef::Id("1".into()),
            action: AccountAction::Warn,
            report: None,
            tell: None,
        };
        assert_eq!(inverse(&warn, &Seen::Nothing), None);
        let reject = ServerCall::Reject {
            account: AccountRef::Id("1".into()),
        };
        assert_eq!(inverse(&reject, &Seen::Nothing), None);
    }
}
