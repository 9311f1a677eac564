//! Makes one call, with what was read before it.

use super::probe::Seen;
use crate::domain::domain_block::WantedBlock;
use crate::domain::permission::Permit;
use crate::domain::{DomainBlock, ServerCall};
use crate::mastodon::client::{Client, ClientError};

/// Makes `call`. The permit is used up whatever comes of it.
pub(super) async fn send(
    client: &Client,
    permit: Permit,
    call: &ServerCall,
    seen: &Seen,
) -> Result<(), ClientError> {
    match call {
        ServerCall::Act {
            action,
            report,
            tell,
            ..
        } => {
            let account = seen.account()?;
            client
                .act(permit, account, *action, report.as_ref(), tell.as_deref())
                .await
        }
        ServerCall::Lift { action, .. } => client
            .lift(permit, seen.account()?, *action)
            .await
            .map(drop),
        ServerCall::Approve { .. } => client.approve(permit, seen.account()?).await.map(drop),
        ServerCall::Reject { .. } => client.reject(permit, seen.account()?).await,
        ServerCall::Resolve { report } => client.resolve_report(permit, report).await.map(drop),
        ServerCall::Reopen { report } => client.reopen_report(permit, report).await.map(drop),
        ServerCall::Assign { report } => {
            client.assign_report_to_self(permit, report).await.map(drop)
        }
        ServerCall::Unassign { report } => client.unassign_report(permit, report).await.map(drop),
        ServerCall::Categorise {
            report,
            category,
            rules,
        } => client
            .categorise_report(permit, report, category, rules)
            .await
            .map(drop),
        ServerCall::Block { .. }
        | ServerCall::Unblock { .. }
        | ServerCall::BlockEmailDomain { .. }
        | ServerCall::UnblockEmailDomain { .. }
        | ServerCall::BlockIp { .. }
        | ServerCall::UnblockIp { .. } => send_block(client, permit, call, seen).await,
    }
}

/// The calls that concern blocks. What is lifted without being there was found to be so already
/// and does not come here.
async fn send_block(
    client: &Client,
    permit: Permit,
    call: &ServerCall,
    seen: &Seen,
) -> Result<(), ClientError> {
    match (call, seen) {
        (ServerCall::Block { block }, Seen::DomainBlock(Some(current))) => {
            let wanted = keeping_comments(block, current);
            client
                .update_domain_block(permit, current, &wanted)
                .await
                .map(drop)
        }
        (ServerCall::Block { block }, _) => {
            client.create_domain_block(permit, block).await.map(drop)
        }
        (ServerCall::Unblock { .. }, Seen::DomainBlock(Some(current))) => {
            client.delete_domain_block(permit, &current.id).await
        }
        (ServerCall::BlockEmailDomain { domain }, _) => client
            .create_email_domain_block(permit, domain, false)
            .await
            .map(drop),
        (ServerCall::UnblockEmailDomain { .. }, Seen::EmailDomainBlock(Some(current))) => {
            client.delete_email_domain_block(permit, &current.id).await
        }
        (
            ServerCall::BlockIp {
                range,
                severity,
                expires_in,
                comment,
            },
            _,
        ) => client
            .create_ip_block(permit, *range, *severity, *expires_in, comment)
            .await
            .map(drop),
        (ServerCall::UnblockIp { .. }, Seen::IpBlock(Some(current))) => {
            client.delete_ip_block(permit, &current.id).await
        }
        _ => Err(ClientError::NotFound),
    }
}

/// Comments that are there stay, unless others are wanted: they were written by people.
fn keeping_comments(wanted: &WantedBlock, current: &DomainBlock) -> WantedBlock {
    WantedBlock {
        private_comment: current
            .private_comment
            .clone()
            .or(wanted.private_comment.clone()),
        public_comment: wanted
            .public_comment
            .clone()
            .or(current.public_comment.clone()),
        ..wanted.clone()
    }
}
