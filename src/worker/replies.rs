//! Questions that need the server: reads what was asked and hands it to the desk, which words it.
//! It changes nothing on the server.

use std::sync::Arc;

use chrono::TimeDelta;
use secrecy::SecretString;

use super::{Tick, Worker};
use crate::db::DbError;
use crate::desk::{Desk, LiveAnswer, LiveQuestion, Question};
use crate::domain::operation::AccountRef;
use crate::domain::{AccountId, DomainName};
use crate::mastodon::client::{Client, ClientError};

/// A question that its worker did not answer within this time goes to another one.
const LEASE: TimeDelta = TimeDelta::seconds(30);

/// Answers questions, one a tick.
#[derive(Debug)]
pub struct Replies {
    desk: Arc<Desk>,
    client: Client,
    holder: String,
}

impl Replies {
    /// A worker that reads through `client`.
    pub fn new(desk: Arc<Desk>, client: Client, holder: String) -> Self {
        Self {
            desk,
            client,
            holder,
        }
    }

    async fn read(&self, question: &LiveQuestion) -> LiveAnswer {
        let answer = match question {
            LiveQuestion::Account { account } => self.account(account).await,
            LiveQuestion::Personal { account } => self.personal(account).await,
            LiveQuestion::Domain { domain } | LiveQuestion::Impact { domain, .. } => {
                self.domain(domain).await
            }
        };
        match answer {
            Ok(answer) => answer,
            Err(ClientError::NotFound) => LiveAnswer::NotFound,
            Err(error) => LiveAnswer::Failed(format!("{error}.")),
        }
    }

    async fn id(&self, account: &AccountRef) -> Result<AccountId, ClientError> {
        match account {
            AccountRef::Id(id) => Ok(id.clone()),
            AccountRef::Handle(handle) => Ok(self.client.lookup(handle).await?.id),
        }
    }

    async fn account(&self, account: &AccountRef) -> Result<LiveAnswer, ClientError> {
        let id = self.id(account).await?;
        Ok(LiveAnswer::Account(Box::new(
            self.client.account(&id).await?,
        )))
    }

    async fn personal(&self, account: &AccountRef) -> Result<LiveAnswer, ClientError> {
        let id = self.id(account).await?;
        let data = self.client.personal_data(&id).await?;
        let email = data.email.map(|email| ("E-mail".to_owned(), email));
        let newest = data.ip.map(|ip| ("Newest IP address".to_owned(), ip));
        let all = data.ips.into_iter().map(|(ip, used_at)| match used_at {
            Some(at) => (
                format!("IP address used {}", at.format("%Y-%m-%d %H:%M")),
                ip,
            ),
            None => ("IP address".to_owned(), ip),
        });
        let mut lines: Vec<(String, SecretString)> =
            email.into_iter().chain(newest).chain(all).collect();
        if lines.is_empty() {
            lines.push((
                "Known".to_owned(),
                "nothing, the account is remote or gone".into(),
            ));
        }
        Ok(LiveAnswer::Personal(lines))
    }

    async fn domain(&self, domain: &DomainName) -> Result<LiveAnswer, ClientError> {
        let block = self.client.find_domain_block(domain).await?;
        let now = self.desk.clock().now();
        // A token that may not read measures still tells the block.
        let counts = match self.client.domain_measures(domain, now).await {
            Ok(measures) => [
                ("accounts", measures.accounts),
                ("statuses", measures.statuses),
                ("reports", measures.reports),
                ("follows from here", measures.follows),
                ("followers of ours", measures.followers),
            ]
            .into_iter()
            .filter_map(|(name, count)| Some((name.to_owned(), count?)))
            .collect(),
            Err(error) => {
                tracing::debug!(%error, "a domain's numbers could not be read");
                Vec::new()
            }
        };
        Ok(LiveAnswer::Domain { block, counts })
    }
}

impl Worker for Replies {
    fn name(&self) -> &'static str {
        "replies"
    }

    async fn tick(&self) -> anyhow::Result<Tick> {
        let now = self.desk.clock().now();
        let holder = self.holder.as_str();
        let taken = self
            .desk
            .db()
            .write(|mut tx| async move {
                let taken = tx.claim_reply(holder, now, LEASE).await?;
                Ok::<_, DbError>((tx, taken))
            })
            .await?;
        let Some(taken) = taken else {
            return Ok(Tick::Idle);
        };
        let answer = match serde_json::from_value::<Question>(taken.request.0) {
            Ok(asked) => self.read(&asked.question).await,
            Err(error) => LiveAnswer::Failed(format!("the question cannot be read: {error}.")),
        };
        self.desk.answer(taken.id, &answer).await?;
        Ok(Tick::Worked)
    }
}
