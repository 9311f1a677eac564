//! Domain blocks through the admin API, with the conflicts that a sync has to live with.

use sha2::{Digest, Sha256};

use super::domain_name::normalised;
use super::page::{Size, answer, page};
use super::{Outcome, id};
use crate::sim::answer::{Answer, Failure};
use crate::sim::call::Call;
use crate::sim::model::{DomainBlock, Id, Severity};
use crate::sim::node::{Node, Object};
use crate::sim::role::Permission;
use crate::sim::state::{State, Table};
use crate::sim::version::Version;

const READ: [&str; 2] = ["admin:read", "admin:read:domain_blocks"];
const WRITE: [&str; 2] = ["admin:write", "admin:write:domain_blocks"];

pub(super) fn route(state: &mut State, call: &Call, rest: &[&str]) -> Outcome {
    match (call.method.as_str(), rest) {
        ("GET", [_]) => list(state, call),
        ("POST", [_]) => create(state, call),
        ("GET", [_, id_text]) => {
            let found = named(state, call, &READ, id_text)?;
            shown(state, found)
        }
        ("PUT" | "PATCH", [_, id_text]) => update(state, call, id_text),
        ("DELETE", [_, id_text]) => {
            let found = named(state, call, &WRITE, id_text)?;
            state.remove_domain_block(found);
            Ok(Answer::empty())
        }
        _ => Err(Failure::NoRoute),
    }
}

fn list(state: &State, call: &Call) -> Outcome {
    call.admin_scope(&READ)?;
    call.staff(state, &[Permission::ManageFederation])?;
    let max = if state.config.version >= Version::V4_3 {
        500
    } else {
        200
    };
    let size = Size { default: 100, max };
    let ids = page(
        call,
        state.domain_blocks.iter().map(|block| block.id).collect(),
        size,
    )?;
    let blocks = ids.iter().filter_map(|&id| find(state, id));
    let nodes = blocks.map(|block| entity(state, block));
    answer(call, &state.web_url, &[], size, &ids, nodes)
}

fn create(state: &mut State, call: &Call) -> Outcome {
    call.admin_scope(&WRITE)?;
    call.staff(state, &[Permission::ManageFederation])?;
    let severity = severity(state, call)?.unwrap_or_default();
    let mut block = DomainBlock {
        id: 0,
        domain: normalised(state.config.version, call.params.text("domain"))?,
        created_at: state.now(),
        severity,
        reject_media: false,
        reject_reports: false,
        private_comment: None,
        public_comment: None,
        obfuscate: false,
        applied: Vec::new(),
    };
    assign(&mut block, call);
    if let Some(existing) = conflicting(state, &block) {
        let error = format!(
            "You have already imposed stricter limits on {}.",
            existing.domain
        );
        let value = entity(state, existing).into();
        return Err(Failure::Conflict {
            error,
            key: "existing_domain_block",
            value,
        });
    }
    let id = state.add_domain_block(block);
    shown(state, id)
}

/// `PUT`: everything but the domain; an empty request changes nothing.
fn update(state: &mut State, call: &Call, id_text: &str) -> Outcome {
    let id = named(state, call, &WRITE, id_text)?;
    let severity = severity(state, call)?;
    if let Some(block) = state.domain_blocks.iter_mut().find(|block| block.id == id) {
        assign(block, call);
        block.severity = severity.unwrap_or(block.severity);
    }
    state.apply_domain_block(id);
    shown(state, id)
}

fn named(state: &State, call: &Call, scopes: &[&str], id_text: &str) -> Result<Id, Failure> {
    call.admin_scope(scopes)?;
    let found = find(state, id(id_text)?).ok_or(Failure::NotFound)?.id;
    call.staff(state, &[Permission::ManageFederation])?;
    Ok(found)
}

fn find(state: &State, id: Id) -> Option<&DomainBlock> {
    state.domain_blocks.iter().find(|block| block.id == id)
}

/// The asked severity; an unknown one crashed the server before 4.4.
fn severity(state: &State, call: &Call) -> Result<Option<Severity>, Failure> {
    let Some(name) = call.params.present("severity") else {
        return Ok(None);
    };
    match Severity::parse(&name) {
        Some(severity) => Ok(Some(severity)),
        None if state.config.version >= Version::V4_4 => {
            Err(Failure::invalid("Severity is not included in the list"))
        }
        None => Err(Failure::Crash),
    }
}

/// Takes over what the request names.
fn assign(block: &mut DomainBlock, call: &Call) {
    let flag = |key, was| call.params.flag(key).unwrap_or(was);
    let text = |key, was: &Option<String>| {
        if call.params.has(key) {
            call.params.text(key)
        } else {
            was.clone()
        }
    };
    block.reject_media = flag("reject_media", block.reject_media);
    block.reject_reports = flag("reject_reports", block.reject_reports);
    block.obfuscate = flag("obfuscate", block.obfuscate);
    block.private_comment = text("private_comment", &block.private_comment);
    block.public_comment = text("public_comment", &block.public_comment);
}

/// The block that stands in the way: of the same domain always; of a parent domain before 4.3
/// always, since then only when the new one is not stricter.
fn conflicting<'s>(state: &'s State, new: &DomainBlock) -> Option<&'s DomainBlock> {
    let covers = |block: &&DomainBlock| {
        let parent = new.domain.strip_suffix(&block.domain);
        parent.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    };
    let existing = state
        .domain_blocks
        .iter()
        .filter(covers)
        .max_by_key(|block| block.domain.len())?;
    let tolerated = existing.domain != new.domain
        && state.config.version >= Version::V4_3
        && is_stricter(new, existing);
    if tolerated { None } else { Some(existing) }
}

fn is_stricter(new: &DomainBlock, old: &DomainBlock) -> bool {
    if new.severity == Severity::Suspend {
        return true;
    }
    new.severity >= old.severity
        && (new.reject_media || !old.reject_media)
        && (new.reject_reports || !old.reject_reports)
}

fn shown(state: &State, id: Id) -> Outcome {
    let block = find(state, id).ok_or(Failure::NotFound)?;
    Ok(Answer::json(entity(state, block)))
}

fn entity(state: &State, block: &DomainBlock) -> Object {
    let digest: Node = hex::encode(Sha256::digest(block.domain.as_bytes())).into();
    Object::new()
        .with("id", block.id.to_string())
        .with("domain", &block.domain)
        .with_if(state.config.version >= Version::V4_3, "digest", digest)
        .with("created_at", block.created_at)
        .with("severity", block.severity.name())
        .with("reject_media", block.reject_media)
        .with("reject_reports", block.reject_reports)
        .with("private_comment", block.private_comment.as_ref())
        .with("public_comment", block.public_comment.as_ref())
        .with("obfuscate", block.obfuscate)
}

impl State {
    /// Stores a block and applies it.
    pub(in crate::sim) fn add_domain_block(&mut self, mut block: DomainBlock) -> Id {
        let id = self.number(Table::DomainBlocks);
        block.id = id;
        self.domain_blocks.push(block);
        self.apply_domain_block(id);
        id
    }

    /// Removes a block and lifts what it had set.
    pub(in crate::sim) fn remove_domain_block(&mut self, id: Id) {
        self.lift_domain_block(id);
        self.domain_blocks.retain(|block| block.id != id);
    }

    /// Puts the block's severity on the known accounts of its domain. On a real server that happens
    /// in the background, soon after.
    fn apply_domain_block(&mut self, id: Id) {
        self.lift_domain_block(id);
        let Some(block) = self.domain_blocks.iter_mut().find(|block| block.id == id) else {
            return;
        };
        for account in &mut self.accounts {
            let Some(domain) = &account.domain else {
                continue;
            };
            let rest = domain.strip_suffix(&block.domain);
            if !rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('.')) {
                continue;
            }
            match block.severity {
                Severity::Silence if !account.limited => account.limited = true,
                Severity::Suspend if !account.suspended => account.suspended = true,
                _ => continue,
            }
            block.applied.push((account.id, block.severity));
        }
    }

    fn lift_domain_block(&mut self, id: Id) {
        let block = self.domain_blocks.iter_mut().find(|block| block.id == id);
        let applied = block
            .map(|block| std::mem::take(&mut block.applied))
            .unwrap_or_default();
        for (account, severity) in applied {
            match (self.account_mut(account), severity) {
                (Some(account), Severity::Silence) => account.limited = false,
                (Some(account), Severity::Suspend) => account.suspended = false,
                _ => {}
            }
        }
    }
}
