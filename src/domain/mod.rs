//! The pure core: Mastodon's objects as we see them, cases, moderators, operations and the rules
//! that hold between them. Values in, values out: no clock, no database, no network, no text for
//! one platform. It knows no other module.

pub mod account;
pub mod audit;
pub mod case;
pub mod case_view;
pub mod decide;
pub mod domain_block;
pub mod event;
pub mod fact;
pub mod ids;
pub mod moderator;
pub mod operation;
pub mod permission;
pub mod report;
pub mod status;
pub mod verb;

pub use account::{Account, AccountAction};
pub use case::{Case, CaseKind, CaseState, Severity, Target};
pub use case_view::CaseView;
pub use domain_block::{BlockSeverity, DomainBlock};
pub use event::ServerEvent;
pub use fact::{Actor, Fact};
pub use ids::{
    AccountId, CaseId, ChannelName, DeliveryId, DomainBlockId, DomainName, ModeratorName, NoteId,
    OperationId, ReportId, StatusId,
};
pub use moderator::{Moderator, Role};
pub use operation::{Operation, OperationState, Outcome, ServerCall};
pub use permission::{Grant, Permission, Permit};
pub use report::{Category, Report};
pub use status::{Status, Visibility};
pub use verb::{Tier, Verb};
