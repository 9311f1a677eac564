//! How accounts, statuses and reports look on the wire, in Mastodon's words and key order.
//!
//! Reads the state, changes nothing. Which keys exist depends on the version; the recorded traffic
//! of real servers is the model, and a test compares with it.

use serde_json::json;

use super::model::{Account, Id, Report, Status, User, Visibility};
use super::node::{Node, Object, list, midnight};
use super::role::Role;
use super::state::State;
use super::version::Version;

/// The state as one reader sees it.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    pub(super) state: &'a State,
    /// Whose token asked; webhooks are serialised without a viewer and lack the viewer's keys.
    pub(super) viewer: Option<Id>,
}

impl<'a> View<'a> {
    pub(super) fn new(state: &'a State, viewer: Option<Id>) -> Self {
        Self { state, viewer }
    }

    fn since(self, version: Version) -> bool {
        self.state.config.version >= version
    }

    /// The public entity of an account.
    pub(super) fn account(self, account: &Account) -> Object {
        self.account_with(account, None)
    }

    /// The public entity of an account, and the settings of its owner where they ask.
    fn account_with(self, account: &Account, source: Option<Object>) -> Object {
        let shown = !account.suspended;
        let text = |value: &str| {
            if shown {
                value.to_owned()
            } else {
                String::new()
            }
        };
        let web = &self.state.web_url;
        let (avatar, header) = missing_pictures(web);
        let statuses = self.state.counted_statuses(account.id);
        let last = statuses.map(|status| status.created_at).max();
        let counted = i64::try_from(self.state.counted_statuses(account.id).count()).unwrap_or(0);
        let object = Object::new()
            .with("id", account.id.to_string())
            .with("username", &account.username)
            .with("acct", account.handle())
            .with("display_name", text(&account.display_name))
            .with("locked", false)
            .with("bot", shown && account.is_bot)
            .with(
                "discoverable",
                if shown {
                    account.discoverable
                } else {
                    Some(false)
                },
            )
            .with_if(self.since(Version::V4_3), "indexable", false)
            .with("group", false)
            .with("created_at", midnight(account.created_at))
            .with("note", text(&account.note))
            .with("url", self.account_url(account))
            .with_if(self.since(Version::V4_2), "uri", self.account_uri(account))
            .with("avatar", &avatar)
            .with("avatar_static", &avatar)
            .with_if(self.since(Version::V4_6), "avatar_description", "")
            .with("header", &header)
            .with("header_static", &header)
            .with_if(self.since(Version::V4_6), "header_description", "")
            .with("followers_count", account.followers_count)
            .with("following_count", account.following_count)
            .with("statuses_count", account.earlier_statuses + counted)
            .with(
                "last_status_at",
                last.map(|at| at.format("%Y-%m-%d").to_string()),
            );
        self.account_flags(account, object, source)
    }

    fn account_flags(self, account: &Account, object: Object, source: Option<Object>) -> Object {
        let v4_6 = self.since(Version::V4_6);
        let local = account.is_local();
        object
            .with_if(self.since(Version::V4_3), "hide_collections", Node::NULL)
            .with_if(v4_6, "show_media", true)
            .with_if(v4_6, "show_media_replies", true)
            .with_if(v4_6, "show_featured", true)
            .with_if(account.suspended, "suspended", true)
            .with_if(account.limited, "limited", true)
            .with_if(local, "noindex", false)
            .with_if(
                v4_6,
                "feature_approval",
                approval(account.discoverable == Some(true)),
            )
            .with_if(source.is_some(), "source", source)
            .with("emojis", json!([]))
            .with_if(local && self.since(Version::V4_1), "roles", badges(account))
            .with("fields", json!([]))
    }

    /// `verify_credentials`: the own account with its settings and role.
    pub(super) fn own_account(self, account: &Account) -> Object {
        let since_4_3 = self.since(Version::V4_3);
        let source = Object::new()
            .with("privacy", "public")
            .with("sensitive", false)
            .with("language", Node::NULL)
            .with("note", &account.note)
            .with("fields", json!([]))
            .with("follow_requests_count", 0_i64)
            .with_if(since_4_3, "hide_collections", Node::NULL)
            .with_if(since_4_3, "discoverable", account.discoverable)
            .with_if(since_4_3, "indexable", false);
        self.account_with(account, Some(source)).with(
            "role",
            account.user.as_ref().map(|user| self.role(user.role)),
        )
    }

    /// The admin entity of an account.
    pub(super) fn admin_account(self, account: &Account) -> Object {
        let user = account.user.as_ref();
        let role_first = !self.since(Version::V4_1);
        let role = || user.map(|user| self.role(user.role));
        Object::new()
            .with("id", account.id.to_string())
            .with("username", &account.username)
            .with("domain", account.domain.as_deref())
            .with("created_at", account.created_at)
            .with("email", user.map(|user| &user.email))
            .with("ip", user.map(|user| &user.ip))
            .with_if(role_first, "role", role())
            .with("confirmed", user.map(|user| user.confirmed))
            .with("suspended", account.suspended)
            .with("silenced", account.limited)
            .with("sensitized", account.force_sensitive)
            .with("disabled", user.map(|user| user.frozen))
            .with("approved", user.map(|user| user.approved))
            .with("locale", user.map(|user| &user.locale))
            .with(
                "invite_request",
                user.and_then(|user| user.invite_request.as_ref()),
            )
            .with("ips", user.map(addresses))
            .with("account", self.account(account))
            .with_if(!role_first, "role", role())
    }

    /// A role; 4.0 showed its database row.
    fn role(self, role: Role) -> Object {
        let permissions = role.permissions(self.state.config.version);
        if !self.since(Version::V4_1) {
            let seeded_at = "2026-01-01T00:00:00.000Z";
            return Object::new()
                .with("id", role.id())
                .with("name", role.name())
                .with("color", "")
                .with("position", role.position())
                .with("permissions", json!(permissions))
                .with("highlighted", role.is_staff())
                .with("created_at", seeded_at)
                .with("updated_at", seeded_at);
        }
        Object::new()
            .with("id", role.id().to_string())
            .with("name", role.name())
            .with("permissions", permissions.to_string())
            .with("color", "")
            .with("highlighted", role.is_staff())
            .with_if(self.since(Version::V4_6), "collection_limit", 10_i64)
    }

    /// A status; the viewer's keys only with a viewer.
    pub(super) fn status(self, status: &Status) -> Object {
        let author = self.state.account(status.account);
        let local = author.is_some_and(Account::is_local);
        let (uri, url) = self.status_urls(status, author);
        let viewed = self.viewer.is_some();
        let pinnable =
            self.viewer == Some(status.account) && status.visibility != Visibility::Direct;
        let application = status
            .application
            .as_ref()
            .map(|name| Object::new().with("name", name).with("website", Node::NULL));
        Object::new()
            .with("id", status.id.to_string())
            .with("created_at", status.created_at)
            .with("in_reply_to_id", Node::NULL)
            .with("in_reply_to_account_id", Node::NULL)
            .with("sensitive", !status.spoiler_text.is_empty())
            .with("spoiler_text", &status.spoiler_text)
            .with("visibility", status.visibility.name())
            .with("language", &status.language)
            .with("uri", uri)
            .with("url", url)
            .with("replies_count", 0_i64)
            .with("reblogs_count", 0_i64)
            .with("favourites_count", 0_i64)
            .with_if(self.since(Version::V4_5), "quotes_count", 0_i64)
            .with("edited_at", status.edited_at)
            .with_if(viewed, "favourited", false)
            .with_if(viewed, "reblogged", false)
            .with_if(viewed, "muted", false)
            .with_if(viewed, "bookmarked", false)
            .with_if(pinnable, "pinned", false)
            .with("content", &status.content)
            .with_if(viewed, "filtered", json!([]))
            .with("reblog", Node::NULL)
            .with_if(local, "application", application)
            .with("account", author.map(|author| self.account(author)))
            .with("media_attachments", self.pictures(status))
            .with("mentions", self.mentions(status))
            .with("tags", self.tags(status))
            .with("emojis", json!([]))
            .with_if(self.since(Version::V4_6), "tagged_collections", json!([]))
            .with_if(self.since(Version::V4_4), "quote", Node::NULL)
            .with("card", Node::NULL)
            .with("poll", Node::NULL)
            .with_if(
                self.since(Version::V4_5),
                "quote_approval",
                quote_approval(status),
            )
    }

    fn status_urls(self, status: &Status, author: Option<&Account>) -> (String, String) {
        let Some(author) = author else {
            return (String::new(), String::new());
        };
        let (uri, url) = (self.account_uri(author), self.account_url(author));
        (
            format!("{uri}/statuses/{}", status.id),
            format!("{url}/{}", status.id),
        )
    }

    fn mentions(self, status: &Status) -> Node {
        let accounts = status
            .mentions
            .iter()
            .filter_map(|&id| self.state.account(id));
        list(accounts.map(|account| {
            Object::new()
                .with("id", account.id.to_string())
                .with("username", &account.username)
                .with("url", self.account_url(account))
                .with("acct", account.handle())
        }))
    }

    fn tags(self, status: &Status) -> Node {
        let web = &self.state.web_url;
        list(status.tags.iter().map(|tag| {
            Object::new()
                .with("name", tag)
                .with("url", format!("{web}/tags/{tag}"))
        }))
    }

    fn pictures(self, status: &Status) -> Node {
        let web = &self.state.web_url;
        list(status.pictures.iter().zip(1_i64..).map(|(description, n)| {
            let id = status.id + n;
            let file = |size| format!("{web}/system/media_attachments/files/{id}/{size}/image.png");
            let size = || {
                Object::new()
                    .with("width", 640_i64)
                    .with("height", 480_i64)
                    .with("size", "640x480")
                    .with("aspect", json!(1.333))
            };
            Object::new()
                .with("id", id.to_string())
                .with("type", "image")
                .with("url", file("original"))
                .with("preview_url", file("small"))
                .with("remote_url", Node::NULL)
                .with("preview_remote_url", Node::NULL)
                .with("text_url", Node::NULL)
                .with(
                    "meta",
                    Object::new().with("original", size()).with("small", size()),
                )
                .with(
                    "description",
                    Some(description).filter(|text| !text.is_empty()),
                )
                .with("blurhash", "UeKUpFxuo~R%0nW;WCnhF6RjaJt757oJodS$")
        }))
    }

    /// The admin entity of a report.
    pub(super) fn admin_report(self, report: &Report) -> Object {
        let account = |id: Option<Id>| {
            id.and_then(|id| self.state.account(id))
                .map(|account| self.admin_account(account))
        };
        let mut statuses: Vec<&Status> = report
            .statuses
            .iter()
            .filter_map(|&id| self.state.status(id))
            .collect();
        statuses.sort_by_key(|status| std::cmp::Reverse(status.id));
        report_head(report)
            .with("updated_at", report.updated_at)
            .with("account", account(Some(report.reporter)))
            .with("target_account", account(Some(report.target)))
            .with("assigned_account", account(report.assigned))
            .with("action_taken_by_account", account(report.resolved_by))
            .with(
                "statuses",
                list(statuses.into_iter().map(|status| self.status(status))),
            )
            .with(
                "rules",
                self.rules(report.rules.as_deref().unwrap_or_default()),
            )
    }

    /// A report as its reporter sees it.
    pub(super) fn report(self, report: &Report) -> Object {
        let mut statuses = report.statuses.clone();
        statuses.sort_unstable_by(|a, b| b.cmp(a));
        let rules = report
            .rules
            .as_ref()
            .map(|rules| list(rules.iter().map(Id::to_string)));
        let target = self
            .state
            .account(report.target)
            .map(|account| self.account(account));
        report_head(report)
            .with("status_ids", list(statuses.iter().map(Id::to_string)))
            .with("rule_ids", rules)
            .with("target_account", target)
    }

    /// Rules by id.
    pub(super) fn rules(self, ids: &[Id]) -> Node {
        let rules = ids.iter().filter_map(|&id| self.state.rule(id));
        list(rules.map(|rule| {
            Object::new()
                .with("id", rule.id.to_string())
                .with("text", &rule.text)
                .with_if(self.since(Version::V4_3), "hint", "")
                .with_if(self.since(Version::V4_4), "translations", json!({}))
        }))
    }

    /// Where a profile is read.
    pub(super) fn account_url(self, account: &Account) -> String {
        let name = &account.username;
        match &account.domain {
            Some(domain) if domain == name => {
                format!("https://{domain}/about/more?instance_actor=true")
            }
            Some(domain) => format!("https://{domain}/@{name}"),
            None => format!("{}/@{name}", self.state.web_url),
        }
    }

    fn account_uri(self, account: &Account) -> String {
        let name = &account.username;
        match &account.domain {
            Some(domain) => format!("https://{domain}/users/{name}"),
            None => format!("{}/users/{name}", self.state.web_url),
        }
    }
}

/// The keys that both report entities begin with.
fn report_head(report: &Report) -> Object {
    Object::new()
        .with("id", report.id.to_string())
        .with("action_taken", report.resolved_at.is_some())
        .with("action_taken_at", report.resolved_at)
        .with("category", &report.category)
        .with("comment", &report.comment)
        .with("forwarded", report.forwarded)
        .with("created_at", report.created_at)
}

fn addresses(user: &User) -> Node {
    list([Object::new()
        .with("ip", &user.ip)
        .with("used_at", user.ip_used_at)])
}

/// The badge of a staff member; suspended accounts show none.
fn badges(account: &Account) -> Node {
    let role = account
        .role()
        .filter(|role| role.is_staff() && !account.suspended);
    list(role.map(|role| {
        Object::new()
            .with("id", role.id().to_string())
            .with("name", role.name())
            .with("color", "")
    }))
}

/// Who may quote a status or feature an account: everybody, or nobody.
fn approval(everybody: bool) -> Object {
    let automatic: &[&str] = if everybody { &["public"] } else { &[] };
    Object::new()
        .with("automatic", json!(automatic))
        .with("manual", json!([]))
        .with("current_user", "denied")
}

fn quote_approval(status: &Status) -> Object {
    approval(matches!(
        status.visibility,
        Visibility::Public | Visibility::Unlisted
    ))
}

fn missing_pictures(web_url: &str) -> (String, String) {
    (
        format!("{web_url}/avatars/original/missing.png"),
        format!("{web_url}/headers/original/missing.png"),
    )
}
