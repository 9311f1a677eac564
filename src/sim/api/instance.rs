//! What the server tells about itself: instance data, rules, node info; and the way to its pages.

use serde_json::json;

use super::Outcome;
use crate::sim::answer::{Answer, Failure};
use crate::sim::call::Call;
use crate::sim::config::Registrations;
use crate::sim::entity::View;
use crate::sim::node::{Node, Object, list};
use crate::sim::state::State;
use crate::sim::version::Version;
use crate::sim::web;

/// Everything that is not under `/api`.
pub(super) fn outside_the_api(state: &State, call: &Call, rest: &[&str]) -> Outcome {
    match rest {
        _ if call.method != "GET" => Err(Failure::NoRoute),
        [".well-known", "nodeinfo"] => {
            let web = &state.web_url;
            let link = Object::new()
                .with("rel", "http://nodeinfo.diaspora.software/ns/schema/2.0")
                .with("href", format!("{web}/nodeinfo/2.0"));
            Ok(Answer::json(Object::new().with("links", list([link]))))
        }
        ["nodeinfo", "2.0"] => Ok(node_info(state)),
        rest => web::page(state, rest).ok_or(Failure::NoRoute),
    }
}

fn local_users(state: &State) -> usize {
    state
        .accounts
        .iter()
        .filter(|account| account.user.is_some())
        .count()
}

fn local_statuses(state: &State) -> usize {
    let local = state
        .accounts
        .iter()
        .filter(|account| account.user.is_some());
    local
        .map(|account| state.counted_statuses(account.id).count())
        .sum()
}

fn node_info(state: &State) -> Answer {
    let since_4_3 = state.config.version >= Version::V4_3;
    let metadata = Object::new()
        .with_if(since_4_3, "nodeName", "Mastodon")
        .with_if(since_4_3, "nodeDescription", "");
    let users = Object::new()
        .with("total", number(local_users(state)))
        .with("activeMonth", 0_i64)
        .with("activeHalfyear", 0_i64);
    let usage = Object::new()
        .with("users", users)
        .with("localPosts", number(local_statuses(state)));
    let software = Object::new()
        .with("name", "mastodon")
        .with("version", state.config.version.number());
    let services = Object::new()
        .with("outbound", json!([]))
        .with("inbound", json!([]));
    Answer::json(
        Object::new()
            .with("version", "2.0")
            .with("software", software)
            .with("protocols", json!(["activitypub"]))
            .with("services", services)
            .with("usage", usage)
            .with(
                "openRegistrations",
                state.config.registrations != Registrations::Closed,
            )
            .with("metadata", metadata),
    )
}

fn number(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

pub(super) fn rules(state: &State) -> Answer {
    Answer::json(all_rules(state))
}

fn all_rules(state: &State) -> Node {
    let ids: Vec<_> = state.rules.iter().map(|rule| rule.id).collect();
    View::new(state, None).rules(&ids)
}

/// `GET /api/v2/instance`; activity is not simulated and stays 0.
pub(super) fn v2(state: &State) -> Answer {
    let web = &state.web_url;
    let since_4_3 = state.config.version >= Version::V4_3;
    let api = state
        .config
        .version
        .api_number()
        .map(|n| json!({"mastodon": n}));
    Answer::json(
        Object::new()
            .with("domain", &state.config.domain)
            .with("title", "Mastodon")
            .with("version", state.config.version.number())
            .with("source_url", "https://github.com/mastodon/mastodon")
            .with("description", "")
            .with("usage", json!({"users": {"active_month": 0}}))
            .with(
                "thumbnail",
                json!({"url": format!("{web}/packs/media/images/preview.png")}),
            )
            .with_if(since_4_3, "icon", icons(web))
            .with("languages", json!(["en"]))
            .with("configuration", configuration(state))
            .with("registrations", registrations(state))
            .with_if(since_4_3, "api_versions", api)
            .with(
                "contact",
                Object::new().with("email", "").with("account", Node::NULL),
            )
            .with("rules", all_rules(state)),
    )
}

fn icons(web: &str) -> Node {
    list([36, 48, 72, 96, 144, 192, 256, 384, 512].map(|size| {
        let size = format!("{size}x{size}");
        Object::new()
            .with(
                "src",
                format!("{web}/packs/media/icons/android-chrome-{size}.png"),
            )
            .with("size", size)
    }))
}

fn registrations(state: &State) -> Object {
    let kind = state.config.registrations;
    Object::new()
        .with("enabled", kind != Registrations::Closed)
        .with("approval_required", kind == Registrations::Approval)
        .with("message", Node::NULL)
        .with_if(state.config.version >= Version::V4_3, "url", Node::NULL)
}

fn configuration(state: &State) -> Object {
    let web = &state.web_url;
    let streaming = web.replacen("http", "ws", 1);
    let urls = Object::new()
        .with("streaming", streaming)
        .with("status", Node::NULL);
    let since_4_3 = state.config.version >= Version::V4_3;
    let statuses = Object::new()
        .with("max_characters", 500_i64)
        .with("max_media_attachments", 4_i64)
        .with("characters_reserved_per_url", 23_i64);
    let account_limits = Object::new()
        .with("max_featured_tags", 10_i64)
        .with("max_pinned_statuses", 5_i64);
    Object::new()
        .with("urls", urls)
        .with_if(since_4_3, "vapid", json!({"public_key": "x"}))
        .with("accounts", account_limits)
        .with("statuses", statuses)
        .with("media_attachments", media_limits())
        .with("polls", poll_limits())
        .with("translation", json!({"enabled": false}))
}

fn media_limits() -> Object {
    let types = json!([
        "image/jpeg",
        "image/png",
        "image/gif",
        "image/heic",
        "image/heif",
        "image/webp",
        "image/avif",
        "video/webm",
        "video/mp4",
        "video/quicktime",
        "video/ogg",
        "audio/wave",
        "audio/wav",
        "audio/x-wav",
        "audio/x-pn-wave",
        "audio/vnd.wave",
        "audio/ogg",
        "audio/vorbis",
        "audio/mpeg",
        "audio/mp3",
        "audio/webm",
        "audio/flac",
        "audio/aac",
        "audio/m4a",
        "audio/x-m4a",
        "audio/mp4",
        "audio/3gpp",
        "video/x-ms-asf",
    ]);
    Object::new()
        .with("supported_mime_types", types)
        .with("image_size_limit", 16_777_216_i64)
        .with("image_matrix_limit", 33_177_600_i64)
        .with("video_size_limit", 103_809_024_i64)
        .with("video_frame_rate_limit", 120_i64)
        .with("video_matrix_limit", 8_294_400_i64)
}

fn poll_limits() -> Object {
    Object::new()
        .with("max_options", 4_i64)
        .with("max_characters_per_option", 50_i64)
        .with("min_expiration", 300_i64)
        .with("max_expiration", 2_629_746_i64)
}

/// `GET /api/v1/instance`, the older form.
pub(super) fn v1(state: &State) -> Answer {
    let servers: std::collections::BTreeSet<_> = state
        .accounts
        .iter()
        .filter_map(|account| account.domain.as_deref())
        .collect();
    let totals = Object::new()
        .with("user_count", number(local_users(state)))
        .with("status_count", number(local_statuses(state)))
        .with("domain_count", number(servers.len()));
    let kind = state.config.registrations;
    let streaming = state.web_url.replacen("http", "ws", 1);
    Answer::json(
        Object::new()
            .with("uri", &state.config.domain)
            .with("title", "Mastodon")
            .with("short_description", "")
            .with("description", "")
            .with("email", "")
            .with("version", state.config.version.number())
            .with("urls", json!({"streaming_api": streaming}))
            .with("stats", totals)
            .with("thumbnail", Node::NULL)
            .with("languages", json!(["en"]))
            .with("registrations", kind != Registrations::Closed)
            .with("approval_required", kind == Registrations::Approval)
            .with("invites_enabled", true)
            .with("configuration", configuration(state))
            .with("contact_account", Node::NULL)
            .with("rules", all_rules(state)),
    )
}
