//! From one TOML value to one typed value, with an error that says what was found and expected.

use std::fmt::Display;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use chrono::TimeDelta;
use ipnet::IpNet;
use toml::Value;
use url::Url;

use super::reader::{Reader, did_you_mean, found};

/// A text that is neither empty nor hiding control characters; line breaks are fine.
pub(super) fn text(_: &Reader, value: &Value) -> Result<String, String> {
    match value {
        Value::String(text) if text.trim().is_empty() => Err("found an empty text".to_owned()),
        Value::String(text) if text.chars().any(|c| c.is_control() && c != '\n') => {
            Err("found control characters, expected plain text".to_owned())
        }
        Value::String(text) => Ok(text.clone()),
        other => Err(format!("found {}, expected a text in quotes", found(other))),
    }
}

/// `true` or `false`.
pub(super) fn flag(_: &Reader, value: &Value) -> Result<bool, String> {
    value
        .as_bool()
        .ok_or_else(|| format!("found {}, expected true or false", found(value)))
}

/// A whole number within bounds.
pub(super) fn whole<T>(least: T, most: T) -> impl Fn(&Reader, &Value) -> Result<T, String>
where
    T: TryFrom<i64> + PartialOrd + Display + Copy,
{
    move |_, value| {
        value
            .as_integer()
            .and_then(|number| T::try_from(number).ok())
            .filter(|number| (least..=most).contains(number))
            .ok_or_else(|| {
                let found = found(value);
                format!("found {found}, expected a whole number from {least} to {most}")
            })
    }
}

/// A span of time, `"30s"`; zero is one.
pub(super) fn span(_: &Reader, value: &Value) -> Result<TimeDelta, String> {
    value
        .as_str()
        .and_then(|text| humantime::parse_duration(text).ok())
        .and_then(|span| TimeDelta::from_std(span).ok())
        .filter(|span| *span <= TimeDelta::days(3650))
        .ok_or_else(|| {
            let found = found(value);
            format!("found {found}, expected a time such as \"30s\", \"5m\", \"12h\" or \"7d\"")
        })
}

/// A span of time that is not zero.
pub(super) fn deadline(reader: &Reader, value: &Value) -> Result<Duration, String> {
    match span(reader, value)?.to_std() {
        Ok(span) if !span.is_zero() => Ok(span),
        _ => Err("found no time at all, expected more than zero".to_owned()),
    }
}

/// A path, relative ones from the folder of the configuration file.
pub(super) fn path(reader: &Reader, value: &Value) -> Result<PathBuf, String> {
    text(reader, value).map(|path| reader.folder.join(path))
}

/// `ADDRESS:PORT`.
pub(super) fn listen(_: &Reader, value: &Value) -> Result<SocketAddr, String> {
    value
        .as_str()
        .and_then(|text| text.parse().ok())
        .ok_or_else(|| {
            let found = found(value);
            format!("found {found}, expected ADDRESS:PORT such as \"127.0.0.1:8080\"")
        })
}

/// An address or a CIDR range.
pub(super) fn range(_: &Reader, value: &Value) -> Result<IpNet, String> {
    let text = value.as_str().unwrap_or_default();
    let range = text.parse::<IpNet>().map(|range| range.trunc());
    range
        .or_else(|_| text.parse::<IpAddr>().map(IpNet::from))
        .map_err(|_| {
            let found = found(value);
            format!("found {found}, expected an IP address or a range such as \"10.0.0.0/8\"")
        })
}

/// The address of a web site: https, or http on this machine or in a private network; without
/// path, query or user name.
pub(super) fn site(_: &Reader, value: &Value) -> Result<Url, String> {
    let fail = |why: &str| format!("found {}, expected {why}", found(value));
    let plain = "a web address without path, such as \"https://social.example\"";
    let parsed = value.as_str().and_then(|text| Url::parse(text).ok());
    let url = parsed.ok_or_else(|| fail(plain))?;
    let place = url.host().ok_or_else(|| fail(plain))?;
    let is_plain = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    if !is_plain || !url.username().is_empty() || url.password().is_some() {
        return Err(fail(plain));
    }
    let is_near = match place {
        url::Host::Domain(name) => !name.contains('.') || name.ends_with(".localhost"),
        url::Host::Ipv4(address) => address.is_loopback() || address.is_private(),
        url::Host::Ipv6(address) => address.is_loopback() || address.is_unique_local(),
    };
    match url.scheme() {
        "https" => Ok(url),
        "http" if is_near => Ok(url),
        _ => Err(fail(
            "https:// (http:// only on this machine or in a private network)",
        )),
    }
}

/// Whatever a type reads itself; its error says what it expected.
pub(super) fn parsed<T>(reader: &Reader, value: &Value) -> Result<T, String>
where
    T: FromStr,
    T::Err: Display,
{
    text(reader, value)?
        .parse()
        .map_err(|error: T::Err| error.to_string())
}

/// One of a few words.
pub(super) fn one_of<T: Copy>(
    words: &'static [(&'static str, T)],
) -> impl Fn(&Reader, &Value) -> Result<T, String> {
    move |reader, value| word(words, &text(reader, value)?)
}

/// One of a few words, already read; used for keys too.
pub(super) fn word<T: Copy>(words: &[(&'static str, T)], found: &str) -> Result<T, String> {
    let known = || words.iter().map(|(word, _)| *word);
    let named = words.iter().find(|(word, _)| *word == found);
    named.map(|(_, value)| *value).ok_or_else(|| {
        let hint = did_you_mean(found, known());
        let all: Vec<_> = known().collect();
        format!("found {found:?}, expected one of {}.{hint}", all.join(", "))
    })
}
