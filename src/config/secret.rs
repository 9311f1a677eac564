//! Secrets: values that no log, error or debug output shows, and where they may come from.

use std::fmt;
use std::fs::Metadata;
use std::path::Path;

use secrecy::{ExposeSecret, SecretString};
use toml::{Table, Value};

use super::reader::Reader;

/// Larger than any token or key; a file beyond it is another file by mistake.
const MOST_BYTES: u64 = 64 * 1024;

/// A secret value, from the configuration, a file or the environment.
#[derive(Clone)]
pub struct Secret(SecretString);

impl Secret {
    /// Takes a value over.
    pub fn new(value: impl Into<String>) -> Self {
        Self(SecretString::from(value.into()))
    }

    /// The value itself: only where it is used.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// A secret as `{ file = … }`, `{ env = … }` or a literal.
pub(super) fn secret(reader: &Reader, value: &Value) -> Result<Secret, String> {
    match value {
        Value::String(_) if reader.is_world_readable => Err(
            "the value stands in a file that everybody on this machine can read: \
                 chmod o-r that file, or use { file = … } or { env = … }"
                .to_owned(),
        ),
        Value::String(text) => checked(text, "the value"),
        Value::Table(table) => referred(reader, table),
        _ => Err(EXPECTED.to_owned()),
    }
}

/// A database's address: a secret only if it holds a password.
pub(super) fn database_url(reader: &Reader, value: &Value) -> Result<Secret, String> {
    let has_password = |text: &str| {
        url::Url::parse(text).is_ok_and(|url| {
            url.password().is_some() || url.query_pairs().any(|(key, _)| key == "password")
        })
    };
    let url = match value {
        Value::String(text) if !has_password(text) => checked(text, "the value")?,
        other => secret(reader, other)?,
    };
    let scheme = url.expose().split_once(':').map(|(scheme, _)| scheme);
    match scheme {
        Some("sqlite") => Ok(Secret::new(in_folder(reader, url.expose()))),
        Some("postgres" | "postgresql") => Ok(url),
        _ => Err("found another kind of address, expected sqlite:PATH or postgres://…".to_owned()),
    }
}

/// The address of an SQLite file, which is relative to the configuration's folder as every path.
fn in_folder(reader: &Reader, url: &str) -> String {
    let path = url.trim_start_matches("sqlite:").trim_start_matches("//");
    if path.starts_with(":memory:") {
        return url.to_owned();
    }
    format!("sqlite:{}", reader.folder.join(path).display())
}

const EXPECTED: &str =
    "expected { file = \"PATH\" }, { env = \"NAME\" } or the secret as a text in quotes";

fn referred(reader: &Reader, table: &Table) -> Result<Secret, String> {
    let mut entries = table.iter();
    match (entries.next(), entries.next()) {
        (Some((key, Value::String(name))), None) if key == "env" => {
            let value = (reader.environment)(name)
                .ok_or_else(|| format!("the environment variable {name} is not set"))?;
            checked(&value, &format!("the environment variable {name}"))
        }
        (Some((key, Value::String(path))), None) if key == "file" => {
            from_file(&reader.folder.join(path))
        }
        _ => Err(EXPECTED.to_owned()),
    }
}

fn from_file(path: &Path) -> Result<Secret, String> {
    let shown = path.display();
    let unreadable = |error: std::io::Error| format!("cannot read {shown}: {error}");
    let metadata = std::fs::metadata(path).map_err(unreadable)?;
    if is_world_readable(&metadata) {
        return Err(format!(
            "everybody on this machine can read {shown}: chmod o-r it"
        ));
    }
    if metadata.len() > MOST_BYTES {
        return Err(format!("{shown} is too large to hold a secret"));
    }
    let text = std::fs::read_to_string(path).map_err(unreadable)?;
    checked(&text, &shown.to_string())
}

/// Trims the line break that editors leave, and refuses what cannot be a secret.
fn checked(text: &str, origin: &str) -> Result<Secret, String> {
    let text = text.trim();
    if text.is_empty() {
        return Err(format!("{origin} is empty"));
    }
    if text.chars().any(char::is_control) {
        return Err(format!(
            "{origin} has several lines or control characters, expected one secret"
        ));
    }
    Ok(Secret::new(text))
}

/// Whether everybody on the machine can read the file. Elsewhere than on Unix nobody can tell.
pub(super) fn is_world_readable(metadata: &Metadata) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        metadata.permissions().mode() & 0o004 != 0
    }
    #[cfg(not(unix))]
    {
        let _ = metadata;
        false
    }
}
