//! The lists: moderators, presets, channels and routes.

use std::collections::{BTreeMap, BTreeSet};

use toml::Value;

use super::reader::{Reader, Section, found};
use super::secret::{Secret, secret};
use super::value;
use crate::domain::{CaseKind, Category, ChannelName, ModeratorName, Role};

/// Names that the audit log uses for others than moderators.
const TAKEN_NAMES: [&str; 5] = ["wardroom", "server", "host", "all", "automation"];

/// One of `[[moderators]]`.
#[derive(Debug, Clone)]
pub struct ModeratorConfig {
    /// The one name in audit log, cards and notes.
    pub name: ModeratorName,
    /// What they may do.
    pub role: Role,
    /// The linked account on the server, `@ana`.
    pub account: Option<String>,
    /// For the scripting API.
    pub token: Option<Secret>,
    /// Their own token on the server: their operations run as they.
    pub server_token: Option<Secret>,
    /// Their id on Discord.
    pub discord: Option<String>,
    /// Their id on Matrix.
    pub matrix: Option<String>,
    /// Their name on Mattermost.
    pub mattermost: Option<String>,
}

/// One of `[[presets]]`: a ready-made text for an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preset {
    /// What `--tell` names it by.
    pub name: String,
    /// The language it is for; `None` for every other one.
    pub locale: Option<String>,
    /// The text.
    pub text: String,
}

/// `[channels.NAME]`: a place in a chat. Its further keys belong to the platform's adapter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelConfig {
    /// `discord`, `matrix` or `mattermost`.
    pub platform: String,
}

/// One of `[[routes]]`.
#[derive(Debug, Clone, PartialEq)]
pub struct RouteConfig {
    /// Which cases it takes.
    pub when: RouteWhen,
    /// Where they go.
    pub to: Vec<ChannelName>,
    /// How loudly: `silent`, or a word of the channel's adapter.
    pub notify: Option<String>,
}

/// What a route asks of a case; a question not asked fits every case.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RouteWhen {
    /// What opened it.
    pub kind: Option<CaseKind>,
    /// One of these categories.
    pub category: Vec<Category>,
    /// Where the target lives: `Some(true)` for our own server.
    pub is_local: Option<bool>,
}

/// Reads `[[moderators]]`.
pub(super) fn moderators(sections: Vec<Section>) -> Option<Vec<ModeratorConfig>> {
    let mut names = BTreeSet::new();
    let mut tokens = BTreeSet::new();
    let read = sections.into_iter().map(|section| {
        let (name_key, token_key) = (section.key("name"), section.key("token"));
        let reader = section.reader;
        let moderator = moderator(section)?;
        if !names.insert(moderator.name.as_str().to_owned()) {
            let what = format!("found {:?} a second time", moderator.name.as_str());
            reader.problem(name_key, what);
        }
        let token = moderator.token.as_ref().map(Secret::expose);
        if token.is_some_and(|token| !tokens.insert(token.to_owned())) {
            reader.problem(token_key, "another moderator has the same token");
        }
        Some(moderator)
    });
    read.collect::<Vec<_>>().into_iter().collect()
}

fn moderator(mut section: Section) -> Option<ModeratorConfig> {
    let name = section.required("name", "a short name, such as \"ana\"", name);
    let role = section.required(
        "role",
        "observer, triage, moderator or lead",
        value::parsed::<Role>,
    );
    let account = section.optional("account", handle);
    let token = section.optional("token", secret);
    let server_token = section.optional("server_token", secret);
    let discord = section.optional("discord", value::text);
    let matrix = section.optional("matrix", value::text);
    let mattermost = section.optional("mattermost", value::text);
    section.finish();
    Some(ModeratorConfig {
        name: ModeratorName(name?),
        role: role?,
        account: account?,
        token: token?,
        server_token: server_token?,
        discord: discord?,
        matrix: matrix?,
        mattermost: mattermost?,
    })
}

/// A moderator's name, as people type it in chat.
fn name(reader: &Reader, value: &Value) -> Result<String, String> {
    let name = word(reader, value)?;
    if TAKEN_NAMES.contains(&name.as_str()) {
        return Err(format!(
            "found {name:?}, which is taken; choose another name"
        ));
    }
    Ok(name)
}

/// One word that can be typed in a command without quotes.
fn word(reader: &Reader, value: &Value) -> Result<String, String> {
    let word = value::text(reader, value)?;
    let is_typed = |c: char| c.is_lowercase() || c.is_numeric() || "._-".contains(c);
    if !word.starts_with('-') && word.len() <= 64 && word.chars().all(is_typed) {
        return Ok(word);
    }
    Err(format!(
        "found {word:?}, expected lower-case letters, digits and . _ - only, at most 64"
    ))
}

/// A local account's handle, `@ana`.
fn handle(reader: &Reader, value: &Value) -> Result<String, String> {
    let handle = value::text(reader, value)?;
    let name = handle.strip_prefix('@').unwrap_or_default();
    if !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
        return Ok(handle);
    }
    Err(format!(
        "found {handle:?}, expected the handle of a local account, such as \"@ana\""
    ))
}

/// Reads `[[presets]]`.
pub(super) fn presets(sections: Vec<Section>) -> Option<Vec<Preset>> {
    let mut seen = BTreeSet::new();
    let read = sections.into_iter().map(|mut section| {
        let name = section.required("name", "a short name, such as \"spam\"", word);
        let locale = section.optional("locale", value::text);
        let text = section.required("text", "the text that the account gets", value::text);
        let (key, reader) = (section.key("name"), section.reader);
        section.finish();
        let preset = Preset {
            name: name?,
            locale: locale?,
            text: text?,
        };
        if !seen.insert((preset.name.clone(), preset.locale.clone())) {
            let what = format!("found {:?} a second time for one locale", preset.name);
            reader.problem(key, what);
        }
        Some(preset)
    });
    read.collect::<Vec<_>>().into_iter().collect()
}

/// Reads `[channels]`: every channel is refused while there is no adapter for any chat.
pub(super) fn channels(mut section: Section) -> Option<BTreeMap<ChannelName, ChannelConfig>> {
    let table = section.rest();
    let read = table.into_iter().map(|(name, value)| {
        let key = section.key(&name);
        let Value::Table(table) = value else {
            let what = format!("found {}, expected the table [{key}]", found(&value));
            section.reader.problem(key, what);
            return None;
        };
        let mut channel = Section::new(section.reader, key, table);
        let platforms = &[
            ("discord", "discord"),
            ("matrix", "matrix"),
            ("mattermost", "mattermost"),
        ];
        let expected = "discord, matrix or mattermost";
        let platform = channel.required("platform", expected, value::one_of(platforms))?;
        let what = format!(
            "this build has no {platform} adapter. Take the channel out: the room shows every case"
        );
        section.reader.problem(channel.key("platform"), what);
        let platform = platform.to_owned();
        Some((ChannelName(name), ChannelConfig { platform }))
    });
    read.collect::<Vec<_>>().into_iter().collect()
}

/// Reads `[[routes]]`.
pub(super) fn routes(sections: Vec<Section>) -> Option<Vec<RouteConfig>> {
    let read = sections.into_iter().map(|mut section| {
        let when = section.section("when").and_then(route_when);
        let to = section.list("to", channel_name);
        let notify = section.optional("notify", value::text);
        section.finish();
        Some(RouteConfig {
            when: when?,
            to: to?,
            notify: notify?,
        })
    });
    read.collect::<Vec<_>>().into_iter().collect()
}

fn route_when(mut section: Section) -> Option<RouteWhen> {
    let kinds = &[
        (CaseKind::Report.word(), CaseKind::Report),
        (CaseKind::SignUp.word(), CaseKind::SignUp),
    ];
    let kind = section.optional("kind", |reader, value| {
        value::word(kinds, &value::text(reader, value)?)
    });
    let category = section.list("category", value::parsed::<Category>);
    let origins = &[("local", true), ("remote", false)];
    let is_local = section.optional("origin", value::one_of(origins));
    section.finish();
    Some(RouteWhen {
        kind: kind?,
        category: category?,
        is_local: is_local?,
    })
}

/// A channel that there is.
fn channel_name(reader: &Reader, value: &Value) -> Result<ChannelName, String> {
    let name = value::text(reader, value)?;
    match name.as_str() {
        "room" => Ok(ChannelName(name)),
        _ => Err(format!(
            "found {name:?}, expected a channel: there is only room"
        )),
    }
}
