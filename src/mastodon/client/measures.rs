//! What the server knows about another server, for the preview of a domain block (scope
//! `admin:read`, role right View Dashboard). A `POST`, but it changes nothing.

use chrono::{DateTime, TimeDelta, Utc};
use http::Method;
use serde_json::json;

use super::{Client, ClientError};
use crate::domain::DomainName;
use crate::mastodon::wire::Node;

/// Totals about one domain; `None` where the server gave none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DomainMeasures {
    /// Accounts of the domain that the server knows.
    pub accounts: Option<i64>,
    /// Statuses of the domain that the server knows.
    pub statuses: Option<i64>,
    /// Reports on accounts of the domain.
    pub reports: Option<i64>,
    /// Follows from our accounts to theirs.
    pub follows: Option<i64>,
    /// Follows from their accounts to ours.
    pub followers: Option<i64>,
    /// Stored media in bytes.
    pub media_bytes: Option<i64>,
}

const KEYS: [&str; 6] = [
    "instance_accounts",
    "instance_statuses",
    "instance_reports",
    "instance_follows",
    "instance_followers",
    "instance_media_attachments",
];

impl Client {
    /// Totals about `domain`, as of `now`. Mastodon caches them for five minutes.
    pub async fn domain_measures(
        &self,
        domain: &DomainName,
        now: DateTime<Utc>,
    ) -> Result<DomainMeasures, ClientError> {
        let day = |time: DateTime<Utc>| time.date_naive().to_string();
        let of_domain = KEYS
            .into_iter()
            .map(|key| (key.to_owned(), json!({"domain": domain})))
            .collect();
        let call = self
            .read(Method::POST, &["api", "v1", "admin", "measures"])?
            .field("keys", KEYS.as_slice())
            .field("start_at", day(now - TimeDelta::days(1)))
            .field("end_at", day(now))
            .fields(of_domain);
        let answer = self.get(call).await?;
        let mut measures = DomainMeasures::default();
        for (key, total) in answer.list(|node| Ok((node.at("key").text(), total(node))))? {
            match key.as_deref() {
                Some("instance_accounts") => measures.accounts = total,
                Some("instance_statuses") => measures.statuses = total,
                Some("instance_reports") => measures.reports = total,
                Some("instance_follows") => measures.follows = total,
                Some("instance_followers") => measures.followers = total,
                Some("instance_media_attachments") => measures.media_bytes = total,
                _ => {}
            }
        }
        Ok(measures)
    }
}

/// Totals come as decimal text.
fn total(node: &Node<'_>) -> Option<i64> {
    node.at("total").number()
}
