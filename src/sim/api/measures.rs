//! The admin API's measures, counted from the state: of the whole server and of remote ones.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};

use super::Outcome;
use crate::sim::answer::{Answer, Failure};
use crate::sim::call::Call;
use crate::sim::model::Account;
use crate::sim::node::{Node, Object, list};
use crate::sim::role::Permission;
use crate::sim::state::State;
use crate::sim::version::Version;

/// Longest span that is answered, in days; longer ones are cut.
const LONGEST_SPAN: i64 = 731;

pub(super) fn measures(state: &State, call: &Call) -> Outcome {
    call.admin_scope(&["admin:read"])?;
    call.staff(state, &[Permission::ViewDashboard])?;
    for key in ["keys", "start_at", "end_at"] {
        let missing = call.params.list(key).is_none() && call.params.present(key).is_none();
        if missing && state.config.version >= Version::V4_4 {
            return Err(Failure::missing(key));
        }
    }
    let keys = call.params.list("keys").unwrap_or_default();
    let nodes = keys
        .iter()
        .filter_map(|key| measure(state, call, key).transpose());
    Ok(Answer::json(list(nodes.collect::<Result<Vec<_>, _>>()?)))
}

/// One measure; an unknown key is left out, as on a real server.
fn measure(state: &State, call: &Call, key: &str) -> Result<Option<Node>, Failure> {
    let Some(times) = times(state, call, key)? else {
        return Ok(None);
    };
    let day = |param| call.params.text(param).and_then(|text| first_day(&text));
    let (Some(start), Some(end)) = (day("start_at"), day("end_at")) else {
        return Ok(None);
    };
    let start = start.max(end - TimeDelta::days(LONGEST_SPAN));
    let midnight = |day: NaiveDate| day.and_time(NaiveTime::MIN).and_utc();
    let of_a_server = key.starts_with("instance_");
    let total = if of_a_server {
        times.len()
    } else {
        count(&times, midnight(start), midnight(end))
    };
    let length = end - start + TimeDelta::days(1);
    let before = count(&times, midnight(start) - length, midnight(start));
    let days = start.iter_days().take_while(|day| *day <= end);
    let data = days.map(|day| {
        let next = midnight(day) + TimeDelta::days(1);
        Object::new()
            .with("date", date(state, day))
            .with("value", count(&times, midnight(day), next).to_string())
    });
    let measure = Object::new()
        .with("key", key)
        .with("unit", Node::NULL)
        .with("total", total.to_string())
        .with_if(!of_a_server, "previous_total", before.to_string())
        .with("data", list(data));
    Ok(Some(measure.into()))
}

/// A day as the version shows it.
fn date(state: &State, day: NaiveDate) -> String {
    let day = day.format("%Y-%m-%d");
    if state.config.version >= Version::V4_3 {
        day.to_string()
    } else {
        format!("{day}T00:00:00.000+00:00")
    }
}

fn first_day(text: &str) -> Option<NaiveDate> {
    text.get(..10)?.parse().ok()
}

fn count(times: &[DateTime<Utc>], from: DateTime<Utc>, until: DateTime<Utc>) -> usize {
    times
        .iter()
        .filter(|time| from <= **time && **time < until)
        .count()
}

/// When the things happened that the measure counts.
fn times(state: &State, call: &Call, key: &str) -> Result<Option<Vec<DateTime<Utc>>>, Failure> {
    let local = || {
        state
            .accounts
            .iter()
            .filter(|account| account.user.is_some())
    };
    Ok(Some(match key {
        "new_users" => local().map(|account| account.created_at).collect(),
        "active_users" => local()
            .filter_map(|account| account.user.as_ref())
            .map(|u| u.ip_used_at)
            .collect(),
        "interactions" => Vec::new(),
        "opened_reports" => state
            .reports
            .iter()
            .map(|report| report.created_at)
            .collect(),
        "resolved_reports" => state
            .reports
            .iter()
            .filter_map(|report| report.resolved_at)
            .collect(),
        _ if key.starts_with("instance_") => {
            let domain = call.params.inner(key, "domain");
            let domain = domain.ok_or_else(|| Failure::missing(key))?;
            return Ok(of_server(state, key, &domain));
        }
        _ => return Ok(None),
    }))
}

fn of_server(state: &State, key: &str, domain: &str) -> Option<Vec<DateTime<Utc>>> {
    let there = |account: &Account| account.domain.as_deref() == Some(domain);
    let is_there = |id| state.account(id).is_some_and(there);
    let accounts = state.accounts.iter().filter(|account| there(account));
    let reports = state
        .reports
        .iter()
        .filter(|report| is_there(report.target));
    let statuses = state
        .statuses
        .iter()
        .filter(|status| is_there(status.account));
    match key {
        "instance_accounts" => Some(accounts.map(|account| account.created_at).collect()),
        "instance_reports" => Some(reports.map(|report| report.created_at).collect()),
        "instance_statuses" => Some(statuses.map(|status| status.created_at).collect()),
        "instance_media_attachments" => {
            let with_media = statuses.filter(|status| !status.pictures.is_empty());
            Some(with_media.map(|status| status.created_at).collect())
        }
        // The simulated server keeps no follows, only their numbers.
        "instance_follows" => Some(follows(accounts, |account| account.followers_count)),
        "instance_followers" => Some(follows(accounts, |account| account.following_count)),
        _ => None,
    }
}

fn follows<'a>(
    accounts: impl Iterator<Item = &'a Account>,
    number: impl Fn(&Account) -> i64,
) -> Vec<DateTime<Utc>> {
    accounts
        .flat_map(|account| {
            let times = usize::try_from(number(account)).unwrap_or(0);
            std::iter::repeat_n(account.created_at, times)
        })
        .collect()
}
