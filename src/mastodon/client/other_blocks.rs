//! Blocks of e-mail domains and IP ranges (scopes `admin:…:email_domain_blocks`, `admin:…:ip_blocks`;
//! role right Manage Blocks).

use std::num::NonZeroU16;

use http::Method;
use ipnet::IpNet;

use super::request::{Page, Paged};
use super::{Client, ClientError, EmailDomainBlock, IpBlock, NotSent};
use crate::domain::DomainName;
use crate::domain::operation::IpSeverity;
use crate::domain::permission::Permit;
use crate::mastodon::wire;

const EMAIL: [&str; 4] = ["api", "v1", "admin", "email_domain_blocks"];
const IP: [&str; 4] = ["api", "v1", "admin", "ip_blocks"];

/// The most that a page holds.
const MOST: NonZeroU16 = NonZeroU16::new(200).unwrap();

impl Client {
    /// Lists blocks of e-mail domains, newest first.
    pub async fn email_domain_blocks(
        &self,
        page: &Page,
    ) -> Result<Paged<EmailDomainBlock>, ClientError> {
        let call = self.read(Method::GET, &EMAIL)?.page(page);
        let answer = self.get(call).await?;
        answer.page(page, wire::email_domain_block)
    }

    /// Finds the block of exactly this e-mail domain by walking the list.
    pub async fn find_email_domain_block(
        &self,
        domain: &DomainName,
    ) -> Result<Option<EmailDomainBlock>, ClientError> {
        let mut next = Some(Page::newest(MOST));
        while let Some(page) = next {
            let blocks = self.email_domain_blocks(&page).await?;
            let mut items = blocks.items.into_iter();
            if let Some(block) = items.find(|block| block.domain == domain.as_str()) {
                return Ok(Some(block));
            }
            next = blocks.next;
        }
        Ok(None)
    }

    /// Blocks sign-ups with addresses of a domain, or with `allow_with_approval` lets them wait for
    /// approval, which needs Mastodon 4.3: older ones ignore the key and would block outright.
    pub async fn create_email_domain_block(
        &self,
        permit: Permit,
        domain: &DomainName,
        allow_with_approval: bool,
    ) -> Result<EmailDomainBlock, ClientError> {
        if allow_with_approval {
            let about = self
                .known_about()
                .await
                .map_err(ClientError::before_the_change)?;
            if !about.version.is_at_least(4, 3) {
                return Err(NotSent::TooOld {
                    needed: "4.3",
                    found: about.version.to_string(),
                }
                .into());
            }
        }
        let call = self
            .mutation(Method::POST, &EMAIL)?
            .field("domain", domain.as_str())
            .maybe_field("allow_with_approval", allow_with_approval.then_some(true));
        let answer = self.change(permit, call).await?;
        answer.one(wire::email_domain_block)
    }

    /// Lifts a block of an e-mail domain.
    pub async fn delete_email_domain_block(
        &self,
        permit: Permit,
        id: &str,
    ) -> Result<(), ClientError> {
        let path: Vec<_> = EMAIL.into_iter().chain([id]).collect();
        let call = self.mutation(Method::DELETE, &path)?;
        self.change(permit, call).await?;
        Ok(())
    }

    /// Lists blocks of IP ranges, newest first.
    pub async fn ip_blocks(&self, page: &Page) -> Result<Paged<IpBlock>, ClientError> {
        let call = self.read(Method::GET, &IP)?.page(page);
        let answer = self.get(call).await?;
        answer.page(page, wire::ip_block)
    }

    /// Finds the block of exactly this range by walking the list.
    pub async fn find_ip_block(&self, range: IpNet) -> Result<Option<IpBlock>, ClientError> {
        let mut next = Some(Page::newest(MOST));
        while let Some(page) = next {
            let blocks = self.ip_blocks(&page).await?;
            let mut items = blocks.items.into_iter();
            if let Some(block) = items.find(|block| block.range.trunc() == range.trunc()) {
                return Ok(Some(block));
            }
            next = blocks.next;
        }
        Ok(None)
    }

    /// Blocks a range, for `expires_in` seconds or for ever. `comment` is for moderators only.
    pub async fn create_ip_block(
        &self,
        permit: Permit,
        range: IpNet,
        severity: IpSeverity,
        expires_in: Option<i64>,
        comment: &str,
    ) -> Result<IpBlock, ClientError> {
        let call = self
            .mutation(Method::POST, &IP)?
            .field("ip", range.trunc().to_string())
            .field("severity", severity.api_word())
            .field("comment", comment)
            .maybe_field("expires_in", expires_in);
        self.change(permit, call).await?.one(wire::ip_block)
    }

    /// Lifts a block of a range.
    pub async fn delete_ip_block(&self, permit: Permit, id: &str) -> Result<(), ClientError> {
        let path: Vec<_> = IP.into_iter().chain([id]).collect();
        let call = self.mutation(Method::DELETE, &path)?;
        self.change(permit, call).await?;
        Ok(())
    }
}
