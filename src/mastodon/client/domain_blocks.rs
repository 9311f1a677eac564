//! Domain blocks (scopes `admin:read:domain_blocks`, `admin:write:domain_blocks`; role right Manage
//! Federation).
//!
//! Mastodon accepts a block of its own domain, so that is refused here, after asking the server once
//! which domain that is.

use std::num::NonZeroU16;

use http::Method;
use serde_json::{Map, Value, json};

use super::request::{Page, Paged};
use super::{Client, ClientError, NotSent};
use crate::domain::domain_block::WantedBlock;
use crate::domain::permission::Permit;
use crate::domain::{DomainBlock, DomainBlockId, DomainName};
use crate::mastodon::wire;

const BLOCKS: [&str; 4] = ["api", "v1", "admin", "domain_blocks"];

/// The most that a page holds (4.3; 200 before).
const MOST: NonZeroU16 = NonZeroU16::new(500).unwrap();

impl Client {
    /// Lists domain blocks, newest first.
    pub async fn domain_blocks(&self, page: &Page) -> Result<Paged<DomainBlock>, ClientError> {
        let call = self.read(Method::GET, &BLOCKS)?.page(page);
        let answer = self.get(call).await?;
        answer.page(page, wire::domain_block)
    }

    /// Reads one domain block.
    pub async fn domain_block(&self, id: &DomainBlockId) -> Result<DomainBlock, ClientError> {
        let call = self.read(Method::GET, &path(id))?;
        self.get(call).await?.one(wire::domain_block)
    }

    /// Finds the block of exactly this domain. The API has no filter, so this walks the list.
    pub async fn find_domain_block(
        &self,
        domain: &DomainName,
    ) -> Result<Option<DomainBlock>, ClientError> {
        let mut next = Some(Page::newest(MOST));
        while let Some(page) = next {
            let blocks = self.domain_blocks(&page).await?;
            let mut items = blocks.items.into_iter();
            if let Some(block) = items.find(|block| block.domain == domain.as_str()) {
                return Ok(Some(block));
            }
            next = blocks.next;
        }
        Ok(None)
    }

    /// Blocks a domain. [`ClientError::ExistingBlock`] if it, or up to 4.2 any parent of it, is
    /// blocked already: compare its domain before updating it.
    pub async fn create_domain_block(
        &self,
        permit: Permit,
        wanted: &WantedBlock,
    ) -> Result<DomainBlock, ClientError> {
        self.refuse_own_domain(&wanted.domain).await?;
        let call = self
            .mutation(Method::POST, &BLOCKS)?
            .field("domain", wanted.domain.as_str())
            .field("severity", wanted.severity.api_word())
            .field("reject_media", wanted.reject_media)
            .field("reject_reports", wanted.reject_reports)
            .field("obfuscate", wanted.obfuscate)
            .maybe_field("private_comment", wanted.private_comment.as_deref())
            .maybe_field("public_comment", wanted.public_comment.as_deref());
        self.change(permit, call).await?.one(wire::domain_block)
    }

    /// Makes `current` what is wanted, sending only the keys that differ. A comment that is not
    /// wanted is deleted, so take over those that shall stay. Nothing to change: nothing is sent.
    pub async fn update_domain_block(
        &self,
        permit: Permit,
        current: &DomainBlock,
        wanted: &WantedBlock,
    ) -> Result<DomainBlock, ClientError> {
        let changes = changes(current, wanted);
        if changes.is_empty() {
            return Ok(current.clone());
        }
        self.refuse_own_domain(&wanted.domain).await?;
        let call = self
            .mutation(Method::PUT, &path(&current.id))?
            .fields(changes);
        self.change(permit, call).await?.one(wire::domain_block)
    }

    /// Lifts a domain block. What a suspension deleted stays deleted.
    pub async fn delete_domain_block(
        &self,
        permit: Permit,
        id: &DomainBlockId,
    ) -> Result<(), ClientError> {
        let call = self.mutation(Method::DELETE, &path(id))?;
        self.change(permit, call).await?;
        Ok(())
    }

    /// Refuses the server's own domain and every parent of it.
    async fn refuse_own_domain(&self, domain: &DomainName) -> Result<(), ClientError> {
        let about = self
            .known_about()
            .await
            .map_err(ClientError::before_the_change)?;
        let mut own = self.server.own_domains(&about).into_iter();
        if own.any(|own| own.is_within(domain)) {
            return Err(NotSent::OwnDomain(domain.to_string()).into());
        }
        Ok(())
    }
}

/// The keys that differ. Mastodon cannot rename a block, so the domain is never among them.
fn changes(current: &DomainBlock, wanted: &WantedBlock) -> Map<String, Value> {
    let mut changes = Map::new();
    let mut change = |key: &str, differs: bool, value: Value| {
        if differs {
            changes.insert(key.to_owned(), value);
        }
    };
    change(
        "severity",
        current.severity != wanted.severity,
        json!(wanted.severity.api_word()),
    );
    for (key, is, shall) in [
        ("reject_media", current.reject_media, wanted.reject_media),
        (
            "reject_reports",
            current.reject_reports,
            wanted.reject_reports,
        ),
        ("obfuscate", current.obfuscate, wanted.obfuscate),
    ] {
        change(key, is != shall, json!(shall));
    }
    for (key, is, shall) in [
        (
            "private_comment",
            &current.private_comment,
            &wanted.private_comment,
        ),
        (
            "public_comment",
            &current.public_comment,
            &wanted.public_comment,
        ),
    ] {
        change(key, is != shall, json!(shall));
    }
    changes
}

fn path(id: &DomainBlockId) -> Vec<&str> {
    BLOCKS.into_iter().chain([id.as_str()]).collect()
}
