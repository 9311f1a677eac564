//! Paging as Mastodon does it: newest first, cursors, `Link` headers, and the crash of `limit=0`.

use url::form_urlencoded;

use crate::sim::answer::{Answer, Failure};
use crate::sim::call::Call;
use crate::sim::model::Id;
use crate::sim::node::{Node, list};

/// How long pages are.
#[derive(Debug, Clone, Copy)]
pub(super) struct Size {
    pub(super) default: usize,
    pub(super) max: usize,
}

impl Size {
    /// What most admin lists allow.
    pub(super) const ADMIN: Self = Self {
        default: 100,
        max: 200,
    };
}

/// The ids of one page, newest first, from all ids that fit the filters.
pub(super) fn page(call: &Call, mut ids: Vec<Id>, size: Size) -> Result<Vec<Id>, Failure> {
    let limit = limit(call, size)?;
    let cursor = |key| {
        call.params
            .text(key)
            .and_then(|text| text.parse::<Id>().ok())
    };
    ids.sort_unstable_by(|a, b| b.cmp(a));
    if let Some(max_id) = cursor("max_id") {
        ids.retain(|&id| id < max_id);
    }
    if let Some(min_id) = cursor("min_id") {
        // The page next to the cursor, not the newest one.
        ids.retain(|&id| id > min_id);
        return Ok(ids.split_off(ids.len().saturating_sub(limit)));
    }
    if let Some(since_id) = cursor("since_id") {
        ids.retain(|&id| id > since_id);
    }
    ids.truncate(limit);
    Ok(ids)
}

/// A page as an answer. `kept` are the filters that the links of a real server repeat.
pub(super) fn answer(
    call: &Call,
    web_url: &str,
    kept: &[&str],
    size: Size,
    ids: &[Id],
    nodes: impl IntoIterator<Item = impl Into<Node>>,
) -> Result<Answer, Failure> {
    let full = ids.len() == limit(call, size)?;
    let answer = Answer::json(list(nodes));
    let (Some(newest), Some(oldest)) = (ids.first(), ids.last()) else {
        return Ok(answer);
    };
    let link = |cursor: &str, id: &Id, rel: &str| {
        format!(
            "<{web_url}{}?{}>; rel=\"{rel}\"",
            call.path,
            query(call, kept, cursor, *id)
        )
    };
    let mut links = Vec::new();
    if full {
        links.push(link("max_id", oldest, "next"));
    }
    links.push(link("min_id", newest, "prev"));
    Ok(answer.with_header("link", links.join(", ")))
}

/// The page's limit. Zero crashes a real server, whatever else was asked.
fn limit(call: &Call, size: Size) -> Result<usize, Failure> {
    let Some(text) = call.params.text("limit") else {
        return Ok(size.default);
    };
    let asked = leading_number(&text).unsigned_abs();
    match usize::try_from(asked).unwrap_or(usize::MAX).min(size.max) {
        0 => Err(Failure::Crash),
        limit => Ok(limit),
    }
}

/// A number as Ruby's `to_i` reads it: leading digits with a sign, else 0.
fn leading_number(text: &str) -> i64 {
    let text = text.trim();
    let digits = text.strip_prefix('-').unwrap_or(text);
    let end = digits
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(digits.len());
    let number = digits
        .get(..end)
        .and_then(|digits| digits.parse::<i64>().ok())
        .unwrap_or(0);
    if text.starts_with('-') {
        -number
    } else {
        number
    }
}

/// The query of a link: what was asked, sorted by name, with another cursor.
fn query(call: &Call, kept: &[&str], cursor: &str, id: Id) -> String {
    let mut pairs: Vec<(&str, String)> = call
        .query
        .iter()
        .filter(|(key, _)| key == "limit" || kept.contains(&key.as_str()))
        .map(|(key, value)| (key.as_str(), value.clone()))
        .collect();
    pairs.push((cursor, id.to_string()));
    pairs.sort();
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::call::{Bearer, Params};

    fn call(query: &str) -> Call {
        let query: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes())
            .into_owned()
            .collect();
        Call {
            method: "GET".to_owned(),
            path: "/api/v1/admin/reports".to_owned(),
            params: Params::new(&query, "", b""),
            query,
            bearer: Bearer::Unknown { sent: false },
            wants_json: true,
            idempotency_key: None,
        }
    }

    fn ids(query: &str) -> Vec<Id> {
        page(
            &call(query),
            (1..=10).collect(),
            Size { default: 4, max: 8 },
        )
        .unwrap()
    }

    #[test]
    fn cursors_choose_the_page() {
        assert_eq!(ids(""), [10, 9, 8, 7]);
        assert_eq!(ids("max_id=7"), [6, 5, 4, 3]);
        assert_eq!(ids("since_id=3"), [10, 9, 8, 7]);
        assert_eq!(ids("min_id=3"), [7, 6, 5, 4]);
        assert_eq!(ids("limit=-2"), [10, 9]);
        assert_eq!(ids("limit=5000").len(), 8);
    }

    #[test]
    fn zero_crashes() {
        for query in ["limit=0", "limit=many"] {
            assert!(matches!(
                page(&call(query), vec![1], Size::ADMIN),
                Err(Failure::Crash)
            ));
        }
    }

    #[test]
    fn links_repeat_the_kept_filters_in_order() {
        let call = call("origin=remote&role_ids[]=1&limit=2&by_domain=remote.test&max_id=9");
        let answer = answer(
            &call,
            "https://mastodon.test",
            &["origin", "by_domain"],
            Size::ADMIN,
            &[8, 7],
            ["x", "y"],
        );
        assert_eq!(
            answer.unwrap().headers,
            [(
                "link",
                "<https://mastodon.test/api/v1/admin/reports?by_domain=remote.test&limit=2&max_id=\
                 7&origin=remote>; rel=\"next\", \
                 <https://mastodon.test/api/v1/admin/reports?by_domain=remote.test&limit=2&min_id=\
                 8&origin=remote>; rel=\"prev\""
                    .to_owned()
            )]
        );
    }
}
