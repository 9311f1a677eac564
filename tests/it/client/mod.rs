//! The admin API client against recorded answers of real servers, and against servers that fail in
//! every way we know.

mod changes;
mod network;
mod reads;
mod refusals;
mod replay;
mod simulated;

use std::num::NonZeroU16;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use secrecy::SecretString;
use url::Url;
use wardroom::clock::ManualClock;
use wardroom::domain::moderator::{Moderator, Role};
use wardroom::domain::permission::{
    Permission, Permit, RolePolicy, Standing, TargetFacts, authorize,
};
use wardroom::domain::{Account, ModeratorName};
use wardroom::mastodon::client::{Client, Page, Priority, Server};
use wardroom::net::Deadlines;

/// What the tests' token looks like on the wire.
const TOKEN: &str = "test-token";

/// Far longer than any call of a test takes; the tests of deadlines bring their own.
const LONG: Deadlines = Deadlines {
    total: Duration::from_mins(1),
    connect: Duration::from_mins(1),
};

/// When the recordings of 4.3.23 were made.
fn recorded_at() -> DateTime<Utc> {
    "2026-11-21T08:21:00Z".parse().unwrap()
}

fn client_with(url: &str, deadlines: Deadlines) -> (Client, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::new(recorded_at()));
    let server = Server::new(&Url::parse(url).unwrap(), deadlines, clock.clone()).unwrap();
    let client = server
        .client(&SecretString::from(TOKEN), Priority::Person)
        .unwrap();
    (client, clock)
}

fn client(url: &str) -> Client {
    client_with(url, LONG).0
}

/// A permit such as the operation worker gets for a lead when nothing stands in the way.
fn permit() -> Permit {
    let lead = Moderator {
        name: ModeratorName::from("ana"),
        role: Role::Lead,
        account: None,
        link: None,
        offboarded: false,
    };
    let grant = authorize(
        &lead,
        Permission::Suspend,
        &TargetFacts::default(),
        &RolePolicy::default(),
    );
    Permit::issue(Standing {
        stopped: None,
        dry_run: false,
        holds_fence: true,
        grant,
    })
    .unwrap()
}

fn page(limit: u16) -> Page {
    Page::newest(NonZeroU16::new(limit).unwrap())
}

/// An account as far as the client looks at it before it acts.
async fn account(is_local: bool) -> Account {
    let id = if is_local {
        "117653445748886314"
    } else {
        "117653445793505283"
    };
    let path = format!("/api/v1/admin/accounts/{id}");
    let replay = replay::Replay::start([replay::recorded("v4.3.23", "p2", "GET", &path, 0)]).await;
    let account = client(&replay.url).account(&id.into()).await.unwrap();
    assert_eq!(account.is_local(), is_local);
    account
}
