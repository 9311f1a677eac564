//! A desk on a real SQLite file with a clock that is stepped: what goes in is an event or a
//! command, what comes out is read from the database.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use tempfile::TempDir;
use wardroom::clock::{Clock, ManualClock};
use wardroom::config::Config;
use wardroom::db::{Db, DbConfig, DbError};
use wardroom::desk::{
    Answer, Desk, EventSource, Identity, Inbound, NoteInbound, Place, Platform, Reply, Rules,
};
use wardroom::domain::account::{AccountState, ServerRole};
use wardroom::domain::case::Seen;
use wardroom::domain::event::AccountEvent;
use wardroom::domain::operation::{Operation, OperationState, Outcome};
use wardroom::domain::report::Withheld;
use wardroom::domain::{
    Account, Case, CaseId, CaseView, Category, OperationId, Report, ServerEvent,
};

/// People: ana leads, bo and dan moderate, cleo triages, olga observes.
const CONFIG: &str = r#"
[server]
url = "https://social.example"
token = "server-token"
webhook_secrets = ["0123456789abcdef"]
[database]
url = "sqlite:unused.db"
[http]
public_url = "https://mod.social.example"
[policy]
dry_run = false
protected = ["friend.example", "@nice"]
[[presets]]
name = "spam"
text = "Your account was acted on for spam."
[[moderators]]
name = "ana"
role = "lead"
account = "@ana"
[[moderators]]
name = "bo"
role = "moderator"
[[moderators]]
name = "dan"
role = "moderator"
[[moderators]]
name = "cleo"
role = "triage"
[[moderators]]
name = "olga"
role = "observer"
"#;

/// The desk and what it stands on.
pub(super) struct Bench {
    pub(super) desk: Arc<Desk>,
    pub(super) clock: Arc<ManualClock>,
    next_request: std::sync::atomic::AtomicU32,
    _folder: TempDir,
}

/// When every story begins.
pub(super) fn start() -> DateTime<Utc> {
    "2026-11-01T08:00:00Z".parse().unwrap()
}

impl Bench {
    pub(super) async fn new() -> Self {
        Self::with("").await
    }

    /// With more configuration, or other values of `[policy]` keys given as `key = value` lines.
    pub(super) async fn with(policy: &str) -> Self {
        let text = CONFIG.replace("dry_run = false", &format!("dry_run = false\n{policy}"));
        Self::from_toml(&text).await
    }

    pub(super) async fn in_dry_run() -> Self {
        Self::from_toml(&CONFIG.replace("dry_run = false", "dry_run = true")).await
    }

    async fn from_toml(text: &str) -> Self {
        let config = Config::from_toml(text, "bench.toml").expect("a good configuration");
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("desk.db").display());
        let db = Db::open(&DbConfig::new(url)).await.unwrap();
        let clock = Arc::new(ManualClock::new(start()));
        let desk = Arc::new(Desk::new(db, clock.clone(), Rules::from_config(&config)));
        Self {
            desk,
            clock,
            next_request: 1.into(),
            _folder: folder,
        }
    }

    pub(super) fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    pub(super) fn pass(&self, span: TimeDelta) {
        self.clock.advance(span);
    }

    pub(super) async fn event(&self, event: ServerEvent) -> bool {
        self.desk.event(&event, EventSource::Webhook).await.unwrap()
    }

    pub(super) async fn reported(&self, report: Report) -> bool {
        self.event(ServerEvent::Report(Box::new(report))).await
    }

    pub(super) async fn signed_up(&self, account: Account) -> bool {
        self.account(AccountEvent::Created, account).await
    }

    pub(super) async fn account(&self, what: AccountEvent, account: Account) -> bool {
        let at = self.now();
        self.event(ServerEvent::Account {
            what,
            account: Box::new(account),
            at,
        })
        .await
    }

    pub(super) async fn inbound(&self, who: &str, id: &str, inbound: Inbound) -> Reply {
        let identity = Identity {
            platform: Platform::Api,
            id: who.to_owned(),
        };
        let place = Place {
            platform: Platform::Api,
            channel: None,
        };
        self.desk
            .handle(&identity, &place, id, inbound)
            .await
            .unwrap()
    }

    fn request(&self) -> String {
        let number = self
            .next_request
            .fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        format!("request-{number}")
    }

    /// `who` types `text`, and hears an answer at once.
    pub(super) async fn say(&self, who: &str, text: &str) -> Answer {
        let inbound = Inbound::Words {
            text: text.to_owned(),
            case: None,
        };
        private(self.inbound(who, &self.request(), inbound).await)
    }

    /// `who` types `text`, and confirms what is asked back.
    pub(super) async fn confirm(&self, who: &str, text: &str) -> Answer {
        let asked = self.say(who, text).await;
        let token = asked
            .confirm_token
            .unwrap_or_else(|| panic!("no question: {}", asked.text));
        self.say(who, &format!("confirm {token}")).await
    }

    /// `who` presses a button of a card that shows `case` as it is.
    pub(super) async fn press(&self, who: &str, case: i64, key: &str) -> Answer {
        let seen = self.seen(case).await;
        self.press_on(who, seen, key).await
    }

    /// `who` presses a button of a card that shows `seen`.
    pub(super) async fn press_on(&self, who: &str, seen: Seen, key: &str) -> Answer {
        let inbound = Inbound::Press {
            key: key.to_owned(),
            seen: Some(seen),
        };
        private(self.inbound(who, &self.request(), inbound).await)
    }

    pub(super) async fn note(&self, who: &str, note: NoteInbound) -> Answer {
        private(
            self.inbound(who, &self.request(), Inbound::Note(note))
                .await,
        )
    }

    pub(super) async fn seen(&self, case: i64) -> Seen {
        let view = self.view(case).await;
        let open = view.reports.iter().filter(|report| !report.resolved);
        Seen {
            state: view.case.state,
            claimed_by: view.case.claimed_by.clone(),
            severity: view.case.severity,
            reports: open.map(|report| report.id.clone()).collect(),
        }
    }

    pub(super) async fn view(&self, case: i64) -> CaseView {
        self.desk
            .view(CaseId(case))
            .await
            .unwrap()
            .expect("the case")
    }

    pub(super) async fn case(&self, case: i64) -> Case {
        self.view(case).await.case
    }

    pub(super) async fn operation(&self, id: OperationId) -> Operation {
        self.desk
            .db()
            .read(|mut tx| async move {
                let operation = tx.operation(id).await?;
                Ok::<_, DbError>((tx, operation))
            })
            .await
            .unwrap()
            .expect("the operation")
    }

    /// What the operation worker does, without a server: takes the operation, and says how it
    /// ended and what the server shows then.
    pub(super) async fn carry_out(&self, id: OperationId, outcome: Outcome, reports: &[Report]) {
        let now = self.now();
        let taken = self
            .desk
            .db()
            .write(|mut tx| async move {
                let taken = tx
                    .claim_operation("bench", now, TimeDelta::minutes(1))
                    .await?;
                Ok::<_, DbError>((tx, taken))
            })
            .await
            .unwrap();
        let mut operation = taken.expect("an operation that is due");
        assert_eq!(operation.id, id);
        operation.state = match outcome {
            Outcome::Refused { .. } | Outcome::NotApplied => OperationState::Refused,
            Outcome::Unsettled { .. } => OperationState::Unsettled,
            _ => OperationState::Done,
        };
        operation.outcome = Some(outcome);
        assert!(self.desk.outcome(&operation, reports, None).await.unwrap());
    }

    /// The audit log's verbs, oldest first; and the chain is whole.
    pub(super) async fn audit(&self) -> Vec<String> {
        let rows = self
            .desk
            .db()
            .read(|mut tx| async move {
                let rows = tx.rows(0, 10_000).await?;
                let head = tx.head().await?;
                Ok::<_, DbError>((tx, (rows, head)))
            })
            .await
            .unwrap();
        let mut verifier = wardroom::domain::audit::Verifier::new([]);
        rows.0.iter().for_each(|row| verifier.row(row));
        assert_eq!(verifier.finish(Some(&rows.1)), vec![]);
        let verb = |row: &wardroom::domain::audit::Row| {
            let entry: wardroom::domain::audit::Entry = serde_json::from_str(&row.entry).unwrap();
            entry.verb
        };
        rows.0.iter().map(verb).collect()
    }
}

fn private(reply: Reply) -> Answer {
    match reply {
        Reply::Private(answer) => answer,
        other => panic!("expected an answer at once, got {other:?}"),
    }
}

/// A local account, if `acct` has no domain; three weeks old.
pub(super) fn account(id: &str, acct: &str) -> Account {
    let (username, domain) = match acct.split_once('@') {
        Some((username, domain)) => (username, Some(domain.to_owned())),
        None => (acct, None),
    };
    let is_local = domain.is_none();
    Account {
        id: id.into(),
        username: username.to_owned(),
        domain,
        display_name: username.to_owned(),
        url: None,
        created_at: Some(start() - TimeDelta::days(21)),
        followers: Some(3),
        statuses: Some(10),
        state: AccountState {
            approved: is_local.then_some(true),
            confirmed: is_local.then_some(true),
            ..AccountState::default()
        },
        role: None,
        invite_request: None,
        locale: None,
    }
}

/// A local account that waits for approval.
pub(super) fn applicant(id: &str, name: &str) -> Account {
    let mut applicant = account(id, name);
    applicant.state.approved = Some(false);
    applicant.invite_request = Some("I like trains.".to_owned());
    applicant
}

/// A local account with a staff role.
pub(super) fn staff(id: &str, name: &str) -> Account {
    let role = ServerRole {
        id: "3".to_owned(),
        name: "Moderator".to_owned(),
        permissions: 66_844,
    };
    Account {
        role: Some(role),
        ..account(id, name)
    }
}

/// Report `id` on `target` by the local member alice.
pub(super) fn report(id: i64, target: Account) -> Report {
    Report {
        id: id.to_string().as_str().into(),
        category: Category::Other,
        comment: "please look".to_owned(),
        forwarded: Some(false),
        created_at: start(),
        updated_at: start(),
        resolved: false,
        resolved_at: None,
        resolved_by: None,
        assigned_to: None,
        reporter: account("900", "alice"),
        target,
        statuses: Vec::new(),
        withheld: Withheld::default(),
        rules: Vec::new(),
        object: serde_json::json!({}),
    }
}

/// `report` as the server shows it `seconds` after the start, resolved.
pub(super) fn resolved(report: &Report, seconds: i64) -> Report {
    let at = start() + TimeDelta::seconds(seconds);
    Report {
        resolved: true,
        resolved_at: Some(at),
        updated_at: at,
        ..report.clone()
    }
}
