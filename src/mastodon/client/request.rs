//! One HTTP call: budget, request, answer, and what the answer means.

use std::num::NonZeroU16;

use http::header::{ACCEPT, AUTHORIZATION, LINK};
use http::{HeaderMap, Method, StatusCode};
use serde_json::{Map, Value};
use url::Url;

use super::error::{ClientError, NotSent};
use super::{Client, budget};
use crate::domain::permission::Permit;
use crate::mastodon::Missing;
use crate::mastodon::wire::{self, Node};
use crate::net;

/// How much of an answer is read. A page of 200 reports with many statuses each takes megabytes.
const BODY_LIMIT: usize = 32 * 1024 * 1024;

/// How much of the server's own words is kept.
const WORDS_LIMIT: usize = 300;

/// Which page of a list. There is no page of none: `limit=0` is answered 500.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Only older ones than this id; `None` for the newest. A page with a cursor counts against
    /// Mastodon's budget for paged calls, the first one does not.
    pub older_than: Option<String>,
    /// How many. Mastodon's most is 200 (500 for domain blocks since 4.3); it gives its most when
    /// asked for more.
    pub limit: NonZeroU16,
}

impl Page {
    /// The newest `limit` records.
    pub fn newest(limit: NonZeroU16) -> Self {
        Self {
            older_than: None,
            limit,
        }
    }
}

/// One page of a list, newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paged<T> {
    /// The records.
    pub items: Vec<T>,
    /// The page with older ones; `None` when this was the last. It may turn out to be empty.
    pub next: Option<Page>,
}

/// A call to be made.
#[derive(Debug)]
pub(super) struct Call {
    method: Method,
    url: Url,
    /// Sent as a JSON object unless empty.
    body: Map<String, Value>,
    is_paged: bool,
    /// May be sent again when the connection fails: it changes nothing.
    is_safe: bool,
}

impl Call {
    /// One more query parameter.
    pub(super) fn query(mut self, key: &str, value: &str) -> Self {
        self.url.query_pairs_mut().append_pair(key, value);
        self
    }

    /// One more query parameter, if there is a value.
    pub(super) fn maybe(self, key: &str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.query(key, value),
            None => self,
        }
    }

    /// The parameters of a page.
    pub(super) fn page(mut self, page: &Page) -> Self {
        self.is_paged = page.older_than.is_some();
        self.query("limit", &page.limit.to_string())
            .maybe("max_id", page.older_than.as_deref())
    }

    /// One more member of the JSON body.
    pub(super) fn field(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.body.insert(key.to_owned(), value.into());
        self
    }

    /// One more member of the JSON body, if there is a value.
    pub(super) fn maybe_field(self, key: &str, value: Option<impl Into<Value>>) -> Self {
        match value {
            Some(value) => self.field(key, value),
            None => self,
        }
    }

    /// Several more members of the JSON body.
    pub(super) fn fields(mut self, fields: Map<String, Value>) -> Self {
        self.body.extend(fields);
        self
    }
}

/// A successful answer.
#[derive(Debug)]
pub(super) struct Answer {
    value: Value,
    has_next: bool,
}

impl Answer {
    /// The JSON itself.
    pub(super) fn value(&self) -> &Value {
        &self.value
    }

    /// Reads the answer as one record.
    pub(super) fn one<T>(
        &self,
        read: impl FnOnce(&Node<'_>) -> Result<T, Missing>,
    ) -> Result<T, ClientError> {
        Ok(read(&Node::root(&self.value, ""))?)
    }

    /// Reads the answer as a list of records.
    pub(super) fn list<T>(
        &self,
        read: impl Fn(&Node<'_>) -> Result<T, Missing>,
    ) -> Result<Vec<T>, ClientError> {
        let node = Node::root(&self.value, "");
        if !self.value.is_array() {
            return Err(node.missing("a list").into());
        }
        let items: Result<Vec<T>, Missing> = node.items().iter().map(read).collect();
        Ok(items?)
    }

    /// Reads the answer as the page that was asked for.
    pub(super) fn page<T>(
        &self,
        asked: &Page,
        read: impl Fn(&Node<'_>) -> Result<T, Missing>,
    ) -> Result<Paged<T>, ClientError> {
        let items = self.list(read)?;
        let oldest = self.value.as_array().and_then(|records| records.last());
        let is_full = items.len() >= usize::from(asked.limit.get());
        let next = oldest
            .filter(|_| self.has_next || is_full)
            .and_then(|record| Node::root(record, "").at("id").id())
            .map(|id| Page {
                older_than: Some(id),
                limit: asked.limit,
            });
        Ok(Paged { items, next })
    }
}

impl Client {
    /// A call that changes nothing, whatever its method.
    pub(super) fn read(&self, method: Method, path: &[&str]) -> Result<Call, ClientError> {
        Ok(Call {
            method,
            url: self.endpoint(path)?,
            body: Map::new(),
            is_paged: false,
            is_safe: true,
        })
    }

    /// A call that changes the server: only [`Self::change`] sends it.
    pub(super) fn mutation(&self, method: Method, path: &[&str]) -> Result<Call, ClientError> {
        Ok(Call {
            is_safe: false,
            ..self.read(method, path)?
        })
    }

    /// Each segment is a fixed word or an id, and an id is letters, digits, `-` and `_`.
    fn endpoint(&self, path: &[&str]) -> Result<Url, ClientError> {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        let bad = |segment: &&&str| segment.is_empty() || !segment.chars().all(is_plain);
        if let Some(segment) = path.iter().find(bad) {
            let id = segment.chars().take(40).collect();
            return Err(NotSent::BadId(id).into());
        }
        let mut url = self.server.0.url.clone();
        url.set_path(&path.join("/"));
        Ok(url)
    }

    /// Makes a call that changes nothing. A connection that failed is tried once more.
    pub(super) async fn get(&self, call: Call) -> Result<Answer, ClientError> {
        match self.send(&call).await {
            Err(ClientError::Connection { .. }) if call.is_safe => self.send(&call).await,
            result => result,
        }
    }

    /// Makes a call that changes the server, once. The permit ends with it.
    pub(super) async fn change(&self, permit: Permit, call: Call) -> Result<Answer, ClientError> {
        let result = self.send(&call).await;
        drop(permit);
        result
    }

    async fn send(&self, call: &Call) -> Result<Answer, ClientError> {
        let clock = &self.server.0.clock;
        let ticket = self
            .budget
            .take(clock.now(), self.priority, call.is_paged)?;
        let mut request = self
            .server
            .0
            .http
            .request(call.method.clone(), call.url.clone())
            .header(AUTHORIZATION, self.authorization.clone())
            .header(ACCEPT, "application/json");
        if !call.body.is_empty() {
            request = request.json(&call.body);
        }
        let result = match request.send().await {
            Ok(response) => self.receive(response, &ticket).await,
            Err(error) => Err(net::NetError::from(error).into()),
        };
        let path = call.url.path();
        match &result {
            Ok(_) => tracing::debug!(method = %call.method, path, "the server answered"),
            Err(error) => {
                tracing::debug!(method = %call.method, path, %error, "the server call failed");
            }
        }
        result
    }

    async fn receive(
        &self,
        response: reqwest::Response,
        ticket: &budget::Ticket<'_>,
    ) -> Result<Answer, ClientError> {
        let now = self.server.0.clock.now();
        let status = response.status();
        let headers = response.headers().clone();
        if status == StatusCode::TOO_MANY_REQUESTS {
            let until = ticket.exhausted(&headers, now);
            return Err(ClientError::RateLimited { until });
        }
        ticket.answered(&headers, now);
        if status.is_success() {
            let body = net::read_capped(response, BODY_LIMIT).await?;
            let value = wire::read(&body).map_err(|error| ClientError::Unreadable {
                what: format!("no JSON ({:?} error)", error.classify()),
            })?;
            return Ok(Answer {
                value,
                has_next: has_next(&headers),
            });
        }
        // The status alone decides whether it was refused; the words of a broken body are only lost.
        let body = net::read_capped(response, BODY_LIMIT)
            .await
            .unwrap_or_default();
        Err(refusal(status, &body))
    }
}

/// Whether the `Link` header names a next page. Its URL is not followed: it lies on the web domain,
/// and Mastodon leaves some filters out of it.
fn has_next(headers: &HeaderMap) -> bool {
    let mut links = headers.get_all(LINK).iter();
    links.any(|link| {
        link.to_str()
            .is_ok_and(|text| text.contains("rel=\"next\""))
    })
}

/// What an answer that is no success means. Mastodon's policy texts are fixed English, so the two
/// kinds of 403 can be told apart; everything else goes by status.
fn refusal(status: StatusCode, body: &[u8]) -> ClientError {
    let value = wire::read(body).unwrap_or(Value::Null);
    let node = Node::root(&value, "");
    let text = node.at("error").words().unwrap_or_default();
    let text: String = text.chars().take(WORDS_LIMIT).collect();
    match status.as_u16() {
        401 => ClientError::DeadToken,
        403 if text == "This action is outside the authorized scopes" => ClientError::ScopeMissing,
        403 => ClientError::Forbidden { text },
        404 => ClientError::NotFound,
        410 => ClientError::Gone,
        400 | 422 => {
            let existing = node.at("existing_domain_block").present();
            match existing.and_then(|block| wire::domain_block(&block).ok()) {
                Some(block) => ClientError::ExistingBlock(Box::new(block)),
                None => ClientError::Validation { message: text },
            }
        }
        status @ 500.. => ClientError::Server { status },
        status => ClientError::Unexpected { status },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn meaning(status: u16, body: &str) -> ClientError {
        refusal(StatusCode::from_u16(status).unwrap(), body.as_bytes())
    }

    #[test]
    fn refusals_are_told_apart_by_status_and_fixed_words() {
        let forbidden = |text: &str| ClientError::Forbidden {
            text: text.to_owned(),
        };
        let validation = |text: &str| ClientError::Validation {
            message: text.to_owned(),
        };
        for (status, text, error) in [
            (401, "The access token was revoked", ClientError::DeadToken),
            (
                403,
                "This action is outside the authorized scopes",
                ClientError::ScopeMissing,
            ),
            (
                403,
                "This action is not allowed",
                forbidden("This action is not allowed"),
            ),
            (403, "Forbidden", forbidden("Forbidden")),
            (
                403,
                "Your login is currently disabled",
                forbidden("Your login is currently disabled"),
            ),
            (404, "Record not found", ClientError::NotFound),
            (410, "Gone", ClientError::Gone),
            (400, "Unknown origin: x", validation("Unknown origin: x")),
            (
                422,
                "Validation failed: x\u{0}",
                validation("Validation failed: x"),
            ),
            (
                503,
                "There was a temporary problem",
                ClientError::Server { status: 503 },
            ),
            (302, "", ClientError::Unexpected { status: 302 }),
            (418, "", ClientError::Unexpected { status: 418 }),
        ] {
            assert_eq!(meaning(status, &json!({"error": text}).to_string()), error);
        }
    }

    #[test]
    fn bodies_that_are_no_json_do_not_matter_to_a_refusal() {
        let html = "<!DOCTYPE html><title>We're sorry</title>";
        assert_eq!(meaning(500, html), ClientError::Server { status: 500 });
        assert_eq!(meaning(404, html), ClientError::NotFound);
        assert_eq!(
            meaning(403, ""),
            ClientError::Forbidden {
                text: String::new()
            }
        );
        assert_eq!(
            meaning(422, "[[["),
            ClientError::Validation {
                message: String::new()
            }
        );
        let nonsense = json!({"error": {"deep": 1}, "existing_domain_block": 7}).to_string();
        assert_eq!(
            meaning(422, &nonsense),
            ClientError::Validation {
                message: String::new()
            }
        );
    }

    #[test]
    fn invariant_05_only_definite_refusals_are_certainly_not_applied() {
        for (error, possibly) in [
            (meaning(401, ""), false),
            (meaning(403, ""), false),
            (meaning(404, ""), false),
            (meaning(422, ""), false),
            (meaning(302, ""), false),
            (meaning(500, ""), true),
            (meaning(502, ""), true),
            (ClientError::TimedOut, true),
            (
                ClientError::Unreadable {
                    what: String::new(),
                },
                true,
            ),
            (NotSent::RemoteFreeze.into(), false),
            (net::NetError::Broken(String::new()).into(), true),
            (net::NetError::Connect(String::new()).into(), false),
        ] {
            assert_eq!(error.possibly_applied(), possibly, "{error:?}");
            assert!(
                !error.clone().before_the_change().possibly_applied(),
                "{error:?}"
            );
        }
    }
}
