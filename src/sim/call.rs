//! One request to the simulated server: method, path, parameters, and who makes it.
//!
//! Parameters follow Rails: query and body (JSON or form) are one set, `ids[]=1` is a list, and
//! what counts as true is Rails' idea of it.

use serde_json::{Map, Value};
use url::form_urlencoded;

use super::answer::Failure;
use super::model::{Account, Id};
use super::role::Permission;
use super::state::State;

/// What is known of the caller's token.
#[derive(Clone)]
pub(super) enum Bearer {
    /// No token, or one that the server has never issued.
    Unknown { sent: bool },
    /// A token that was taken back.
    Revoked { owner: Id, token: String },
    /// A token in force.
    Live {
        owner: Id,
        token: String,
        scopes: Vec<String>,
        app: String,
    },
}

/// One request.
pub(super) struct Call {
    pub(super) method: String,
    /// The path without the query.
    pub(super) path: String,
    /// Query parameters as sent, in order; for paging links.
    pub(super) query: Vec<(String, String)>,
    pub(super) params: Params,
    pub(super) bearer: Bearer,
    pub(super) wants_json: bool,
    pub(super) idempotency_key: Option<String>,
}

impl Call {
    /// The account behind a token in force.
    pub(super) fn caller(&self) -> Option<Id> {
        match self.bearer {
            Bearer::Live { owner, .. } => Some(owner),
            _ => None,
        }
    }

    /// The scope check of the admin API: callers without a known token pass here and fail at the
    /// permission.
    pub(super) fn admin_scope(&self, accepted: &[&str]) -> Result<(), Failure> {
        match &self.bearer {
            Bearer::Unknown { .. } => Ok(()),
            Bearer::Revoked { .. } => Err(Failure::TokenRevoked),
            Bearer::Live { scopes, .. } => has_one(scopes, accepted),
        }
    }

    /// The scope check outside the admin API.
    pub(super) fn scope(&self, accepted: &[&str]) -> Result<(), Failure> {
        match &self.bearer {
            Bearer::Unknown { .. } => Err(Failure::TokenInvalid),
            Bearer::Revoked { .. } => Err(Failure::TokenRevoked),
            Bearer::Live { scopes, .. } => has_one(scopes, accepted),
        }
    }

    /// The caller, if their role has one of these permissions.
    pub(super) fn staff<'s>(
        &self,
        state: &'s State,
        permissions: &[Permission],
    ) -> Result<&'s Account, Failure> {
        let account = self
            .caller()
            .and_then(|id| state.account(id))
            .ok_or(Failure::NotAllowed)?;
        let role = account.role().unwrap_or_default();
        let version = state.config.version;
        let may = permissions
            .iter()
            .any(|&permission| role.can(permission, version));
        if may {
            Ok(account)
        } else {
            Err(Failure::NotAllowed)
        }
    }

    /// The caller of a request outside the admin API: there a frozen, unconfirmed or waiting login
    /// is refused.
    pub(super) fn user<'s>(&self, state: &'s State) -> Result<&'s Account, Failure> {
        let account = self.caller().and_then(|id| state.account(id));
        let (account, user) = account
            .and_then(|account| account.user.as_ref().map(|user| (account, user)))
            .ok_or_else(|| Failure::unprocessable("This method requires an authenticated user"))?;
        if !user.confirmed {
            return Err(Failure::Login(
                "Your login is missing a confirmed e-mail address",
            ));
        }
        if !user.approved {
            return Err(Failure::Login("Your login is currently pending approval"));
        }
        if user.frozen || account.suspended {
            return Err(Failure::LOGIN_DISABLED);
        }
        Ok(account)
    }
}

fn has_one(scopes: &[String], accepted: &[&str]) -> Result<(), Failure> {
    if scopes
        .iter()
        .any(|scope| accepted.contains(&scope.as_str()))
    {
        Ok(())
    } else {
        Err(Failure::OutsideScopes)
    }
}

/// The parameters of a request, query and body in one.
#[derive(Debug, Default)]
pub(super) struct Params(Map<String, Value>);

impl Params {
    /// Parameters from the query and a body of this content type. A body that says it is JSON and
    /// is not yields no parameters.
    pub(super) fn new(query: &[(String, String)], content_type: &str, body: &[u8]) -> Self {
        let mut params = Self::default();
        for (key, value) in query {
            params.add(key, value);
        }
        if content_type.starts_with("application/json") {
            if let Ok(Value::Object(object)) = serde_json::from_slice(body) {
                params.0.extend(object);
            }
        } else {
            for (key, value) in form_urlencoded::parse(body) {
                params.add(&key, &value);
            }
        }
        params
    }

    /// One pair of a query or form: `key=`, `list[]=`, `object[key]=`.
    fn add(&mut self, key: &str, value: &str) {
        let value = Value::from(value);
        let Some((name, inner)) = key.strip_suffix(']').and_then(|key| key.split_once('[')) else {
            self.0.insert(key.to_owned(), value);
            return;
        };
        let slot = self.0.entry(name.to_owned());
        if inner.is_empty() {
            if let Value::Array(items) = slot.or_insert_with(|| Value::Array(Vec::new())) {
                items.push(value);
            }
        } else if let Value::Object(map) = slot.or_insert_with(|| Value::Object(Map::new())) {
            map.insert(inner.to_owned(), value);
        }
    }

    /// Whether the parameter was sent at all.
    pub(super) fn has(&self, key: &str) -> bool {
        self.0.contains_key(key)
    }

    /// The parameter as text; numbers and booleans too.
    pub(super) fn text(&self, key: &str) -> Option<String> {
        self.0.get(key).and_then(scalar)
    }

    /// The parameter as text, unless it is missing or blank.
    pub(super) fn present(&self, key: &str) -> Option<String> {
        self.text(key).filter(|text| !text.trim().is_empty())
    }

    /// The parameter as Rails reads a boolean: nothing for a missing or empty one.
    pub(super) fn flag(&self, key: &str) -> Option<bool> {
        self.text(key)
            .filter(|text| !text.is_empty())
            .map(|text| is_true(&text))
    }

    /// The parameter as a list of texts; a missing one is nothing.
    pub(super) fn list(&self, key: &str) -> Option<Vec<String>> {
        match self.0.get(key)? {
            Value::Array(items) => Some(items.iter().filter_map(scalar).collect()),
            _ => None,
        }
    }

    /// The key of an inner object.
    pub(super) fn inner(&self, key: &str, inner: &str) -> Option<String> {
        self.0.get(key)?.get(inner).and_then(scalar)
    }
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        _ => None,
    }
}

fn is_true(text: &str) -> bool {
    !["0", "f", "F", "false", "FALSE", "off", "OFF"].contains(&text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(query: &str) -> Vec<(String, String)> {
        form_urlencoded::parse(query.as_bytes())
            .into_owned()
            .collect()
    }

    #[test]
    fn query_and_body_are_one_set() {
        let query = pairs("role_ids[]=1&role_ids[]=2&limit=5&flag=off");
        let params = Params::new(
            &query,
            "application/json",
            br#"{"type":"none","n":3,"b":true}"#,
        );
        assert_eq!(
            params.list("role_ids"),
            Some(vec!["1".to_owned(), "2".to_owned()])
        );
        assert_eq!(params.text("limit").as_deref(), Some("5"));
        assert_eq!(params.text("n").as_deref(), Some("3"));
        assert_eq!(params.flag("flag"), Some(false));
        assert_eq!(params.flag("b"), Some(true));
        assert_eq!(params.flag("missing"), None);
    }

    #[test]
    fn forms_have_lists_and_objects() {
        let body = b"instance_reports[domain]=remote.test&keys[]=instance_reports";
        let params = Params::new(&[], "application/x-www-form-urlencoded", body);
        assert_eq!(
            params.inner("instance_reports", "domain").as_deref(),
            Some("remote.test")
        );
        assert_eq!(
            params.list("keys"),
            Some(vec!["instance_reports".to_owned()])
        );
    }
}
