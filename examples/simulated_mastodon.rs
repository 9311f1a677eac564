//! A simulated Mastodon in a process of its own, for tests that kill Wardroom from outside.
//!
//! It prints its address, a token and its webhook's secret as one line of JSON, then takes orders, one JSON object a
//! line, and answers each with one line. It ends with its standard input.
//!
//! ```text
//! {"do": "report", "target": "@spam@far.example", "category": "spam", "comment": "ads"}
//! {"do": "webhooks"}     the signed requests that are due now, for the caller to deliver
//! {"do": "server"}       every strike, and the accounts that are limited or suspended
//! {"do": "reset", "pattern": "POST /api/v1/admin/accounts/*/action"}
//! ```

use std::io::{self, BufRead, Write};
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};
use wardroom::clock::SystemClock;
use wardroom::sim::{Fault, RateLimits, Scopes, Sim, SimConfig};

/// Where the webhooks would go; they are taken out of the queue unsent.
const NOWHERE: &str = "http://127.0.0.1:9/webhooks/mastodon";

#[derive(Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
enum Order {
    /// Somebody reports somebody.
    Report {
        target: String,
        category: String,
        comment: String,
    },
    /// Hand over what is due.
    Webhooks,
    /// Tell how things stand.
    Server,
    /// Cut the connection of the next such request after it took effect.
    Reset { pattern: String },
}

#[tokio::main]
async fn main() -> io::Result<()> {
    let mut config = SimConfig::new(Arc::new(SystemClock));
    config.limits = RateLimits {
        per_token: 1_000_000,
        per_user: 1_000_000,
        anonymous: 1_000_000,
        window: Duration::from_secs(1),
        paging: 1_000_000,
        paging_window: Duration::from_secs(1),
        deletions: 1_000_000,
        deletions_window: Duration::from_secs(1),
    };
    let sim = Sim::start(config).await?;
    let secret = format!("{:032x}", rand::random::<u128>());
    sim.add_webhook(NOWHERE, &secret);
    let token = sim.token("wardroom", Scopes::MODERATION);
    print(&json!({"url": sim.url(), "token": token, "webhook_secret": secret}))?;
    // Reading blocks its thread; the server runs on the others.
    tokio::task::spawn_blocking(move || obey(&sim)).await?
}

fn obey(sim: &Sim) -> io::Result<()> {
    for line in io::stdin().lock().lines() {
        let order = serde_json::from_str(&line?)?;
        print(&answer(sim, order))?;
    }
    Ok(())
}

fn answer(sim: &Sim, order: Order) -> Value {
    match order {
        Order::Report {
            target,
            category,
            comment,
        } => {
            let report = sim
                .report(&target)
                .category(&category)
                .comment(&comment)
                .file();
            json!({"report": report.to_string()})
        }
        Order::Webhooks => {
            let requests = sim.take_webhooks().into_iter().map(|request| {
                json!({
                    "event": request.event,
                    "signature": request.header("x-hub-signature"),
                    "body": String::from_utf8_lossy(&request.body),
                })
            });
            json!({"webhooks": requests.collect::<Vec<_>>()})
        }
        Order::Server => {
            let strikes = sim.strikes();
            let strikes = strikes.iter().map(|strike| {
                json!({"account": strike.account, "action": format!("{:?}", strike.action).to_lowercase()})
            });
            let accounts = sim.accounts();
            let accounts = accounts
                .iter()
                .filter(|account| account.limited || account.suspended);
            let accounts = accounts.map(|account| {
                json!({
                    "id": account.id.to_string(),
                    "limited": account.limited,
                    "suspended": account.suspended,
                })
            });
            json!({
                "strikes": strikes.collect::<Vec<_>>(),
                "accounts": accounts.collect::<Vec<_>>(),
                "faults": sim.faults_left(),
            })
        }
        Order::Reset { pattern } => {
            sim.fail(&pattern, Fault::ResetAfter, 1);
            json!({})
        }
    }
}

fn print(value: &Value) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{value}")?;
    out.flush()
}
