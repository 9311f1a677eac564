//! Blocks of e-mail domains and of addresses through the admin API.

use std::net::IpAddr;

use chrono::TimeDelta;
use ipnet::IpNet;

use super::domain_name::normalised;
use super::page::{Size, answer, page};
use super::{Outcome, id};
use crate::sim::answer::{Answer, Failure};
use crate::sim::call::Call;
use crate::sim::model::{EmailDomainBlock, Id, IpBlock};
use crate::sim::node::{Object, list, midnight};
use crate::sim::role::Permission;
use crate::sim::state::{State, Table};
use crate::sim::version::Version;

const IP_BLOCKS: &str = "ip_blocks";
const EMAIL_DOMAIN_BLOCKS: &str = "email_domain_blocks";

const SEVERITIES: [&str; 3] = ["sign_up_requires_approval", "sign_up_block", "no_access"];

pub(super) fn route(state: &mut State, call: &Call, rest: &[&str]) -> Outcome {
    let Some(&kind) = rest.first() else {
        return Err(Failure::NoRoute);
    };
    let access = if call.method == "GET" {
        "read"
    } else {
        "write"
    };
    let (whole, own) = (format!("admin:{access}"), format!("admin:{access}:{kind}"));
    call.admin_scope(&[&whole, &own])?;
    let named = rest
        .get(1)
        .map(|text| find(state, kind, text))
        .transpose()?;
    call.staff(state, &[Permission::ManageBlocks])?;
    match (call.method.as_str(), kind, named) {
        ("GET", _, None) => index(state, call, kind),
        ("GET", _, Some(found)) => shown(state, kind, found),
        ("POST", EMAIL_DOMAIN_BLOCKS, None) => add_email_domain(state, call),
        ("POST", _, None) => add_ip(state, call),
        ("PUT" | "PATCH", IP_BLOCKS, Some(found)) => update_ip(state, call, found),
        ("DELETE", _, Some(found)) => {
            if kind == IP_BLOCKS {
                state.ip_blocks.retain(|block| block.id != found);
            } else {
                state.email_domain_blocks.retain(|block| block.id != found);
            }
            Ok(Answer::empty())
        }
        _ => Err(Failure::NoRoute),
    }
}

fn find(state: &State, kind: &str, id_text: &str) -> Result<Id, Failure> {
    let wanted = id(id_text)?;
    if ids(state, kind).contains(&wanted) {
        Ok(wanted)
    } else {
        Err(Failure::NotFound)
    }
}

fn ids(state: &State, kind: &str) -> Vec<Id> {
    if kind == IP_BLOCKS {
        state.ip_blocks.iter().map(|block| block.id).collect()
    } else {
        let blocks = state.email_domain_blocks.iter();
        blocks.map(|block| block.id).collect()
    }
}

fn entity(state: &State, kind: &str, id: Id) -> Option<Object> {
    if kind == IP_BLOCKS {
        let block = state.ip_blocks.iter().find(|block| block.id == id);
        block.map(ip_entity)
    } else {
        let mut blocks = state.email_domain_blocks.iter();
        let block = blocks.find(|block| block.id == id);
        block.map(|block| email_entity(state, block))
    }
}

fn index(state: &State, call: &Call, kind: &str) -> Outcome {
    let ids = page(call, ids(state, kind), Size::ADMIN)?;
    let nodes = ids.iter().filter_map(|&id| entity(state, kind, id));
    answer(call, &state.web_url, &[], Size::ADMIN, &ids, nodes)
}

fn shown(state: &State, kind: &str, id: Id) -> Outcome {
    entity(state, kind, id)
        .map(Answer::json)
        .ok_or(Failure::NotFound)
}

fn add_email_domain(state: &mut State, call: &Call) -> Outcome {
    let domain = normalised(state.config.version, call.params.text("domain"))?;
    if state
        .email_domain_blocks
        .iter()
        .any(|block| block.domain == domain)
    {
        return Err(Failure::invalid("Domain has already been taken"));
    }
    let (id, created_at) = (state.number(Table::EmailDomainBlocks), state.now());
    let allow_with_approval = call.params.flag("allow_with_approval").unwrap_or(false);
    let block = EmailDomainBlock {
        id,
        domain,
        created_at,
        allow_with_approval,
    };
    state.email_domain_blocks.push(block);
    shown(state, EMAIL_DOMAIN_BLOCKS, id)
}

fn email_entity(state: &State, block: &EmailDomainBlock) -> Object {
    let today = midnight(state.clock().now());
    let history = (0..7).map(|days| {
        let day = today - TimeDelta::days(days);
        Object::new()
            .with("day", day.timestamp().to_string())
            .with("accounts", "0")
            .with("uses", "0")
    });
    let since_4_3 = state.config.version >= Version::V4_3;
    Object::new()
        .with("id", block.id.to_string())
        .with("domain", &block.domain)
        .with("created_at", block.created_at)
        .with("history", list(history))
        .with_if(since_4_3, "allow_with_approval", block.allow_with_approval)
}

fn add_ip(state: &mut State, call: &Call) -> Outcome {
    let severity = severity(state, call)?;
    let asked = call.params.text("ip").unwrap_or_default();
    let Some(ip) = network(&asked) else {
        return Err(Failure::invalid("Ip can't be blank"));
    };
    let Some(severity) = severity else {
        return Err(Failure::invalid("Severity can't be blank"));
    };
    if state.ip_blocks.iter().any(|block| block.ip == ip) {
        return Err(Failure::invalid("Ip has already been taken"));
    }
    let (id, created_at) = (state.number(Table::IpBlocks), state.now());
    let comment = call.params.text("comment").unwrap_or_default();
    let mut block = IpBlock {
        id,
        ip,
        severity,
        comment,
        created_at,
        expires_at: None,
    };
    set_end(&mut block, call, state);
    state.ip_blocks.push(block);
    shown(state, IP_BLOCKS, id)
}

/// `PUT`: a real server answers 200 even when it did not take a value.
fn update_ip(state: &mut State, call: &Call, id: Id) -> Outcome {
    let severity = severity(state, call)?;
    let found = state.ip_blocks.iter().find(|block| block.id == id);
    let mut block = found.ok_or(Failure::NotFound)?.clone();
    block.severity = severity.unwrap_or(block.severity);
    block.comment = call.params.text("comment").unwrap_or(block.comment);
    if let Some(ip) = call.params.text("ip").and_then(|ip| network(&ip)) {
        block.ip = ip;
    }
    set_end(&mut block, call, state);
    if let Some(slot) = state.ip_blocks.iter_mut().find(|block| block.id == id) {
        *slot = block;
    }
    shown(state, IP_BLOCKS, id)
}

/// `expires_in` in seconds; an empty one clears the end.
fn set_end(block: &mut IpBlock, call: &Call, state: &mut State) {
    if let Some(asked) = call.params.text("expires_in") {
        let seconds: Option<i64> = asked.parse().ok();
        block.expires_at = seconds.map(|seconds| state.now() + TimeDelta::seconds(seconds));
    }
}

fn severity(state: &State, call: &Call) -> Result<Option<String>, Failure> {
    let Some(name) = call.params.present("severity") else {
        return Ok(None);
    };
    if SEVERITIES.contains(&name.as_str()) {
        Ok(Some(name))
    } else if state.config.version >= Version::V4_4 {
        Err(Failure::invalid("Severity is not included in the list"))
    } else {
        Err(Failure::Crash)
    }
}

/// A network with its prefix.
fn network(text: &str) -> Option<String> {
    let text = text.trim();
    let net = text
        .parse::<IpNet>()
        .ok()
        .or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from));
    net.map(|net| net.trunc().to_string())
}

fn ip_entity(block: &IpBlock) -> Object {
    Object::new()
        .with("id", block.id.to_string())
        .with("ip", &block.ip)
        .with("severity", &block.severity)
        .with("comment", &block.comment)
        .with("created_at", block.created_at)
        .with("expires_at", block.expires_at)
}
