//! Reads TOML tables key by key and collects every problem, so that one run of `config check`
//! shows them all. Knows no key by name.

use std::cell::RefCell;
use std::fmt;
use std::path::PathBuf;

use toml::{Table, Value};

/// Something wrong with one key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The key with its section, `policy.hold`; empty for the file as a whole.
    pub key: String,
    /// What was found and what was expected.
    pub what: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.key.is_empty() {
            return f.write_str(&self.what);
        }
        write!(f, "{}: {}", self.key, self.what)
    }
}

/// Why a configuration cannot be used: every problem that was found, with its file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    /// The file, or another name of where the text came from.
    pub origin: String,
    /// At least one.
    pub problems: Vec<Problem>,
}

impl ConfigError {
    /// An error with one problem of the file as a whole.
    pub(super) fn whole(origin: &str, what: String) -> Self {
        let key = String::new();
        Self {
            origin: origin.to_owned(),
            problems: vec![Problem { key, what }],
        }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, problem) in self.problems.iter().enumerate() {
            let separator = if n == 0 { "" } else { "\n" };
            write!(f, "{separator}{}: {problem}", self.origin)?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigError {}

/// Looks an environment variable up.
pub(super) type Environment<'a> = &'a dyn Fn(&str) -> Option<String>;

/// What one reading shares: where the text came from, and what was wrong with it.
pub(super) struct Reader<'a> {
    /// Where relative paths start.
    pub(super) folder: PathBuf,
    /// The environment.
    pub(super) environment: Environment<'a>,
    /// Everybody on the machine can read the text itself.
    pub(super) is_world_readable: bool,
    problems: RefCell<Vec<Problem>>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(
        folder: PathBuf,
        environment: Environment<'a>,
        is_world_readable: bool,
    ) -> Self {
        Self {
            folder,
            environment,
            is_world_readable,
            problems: RefCell::default(),
        }
    }

    /// Notes that something is wrong with `key`.
    pub(super) fn problem(&self, key: impl Into<String>, what: impl Into<String>) {
        self.problems.borrow_mut().push(Problem {
            key: key.into(),
            what: what.into(),
        });
    }

    /// Everything that was wrong, in the order it was read.
    pub(super) fn into_problems(self) -> Vec<Problem> {
        self.problems.into_inner()
    }
}

/// One table while it is read. Every getter notes a problem and returns `None` where the value
/// cannot be used; the caller reads all keys before it gives up.
pub(super) struct Section<'a> {
    /// What the reading shares.
    pub(super) reader: &'a Reader<'a>,
    path: String,
    table: Table,
    known: Vec<&'static str>,
}

impl<'a> Section<'a> {
    pub(super) fn new(reader: &'a Reader<'a>, path: impl Into<String>, table: Table) -> Self {
        Self {
            reader,
            path: path.into(),
            table,
            known: Vec::new(),
        }
    }

    /// A key with the section's path.
    pub(super) fn key(&self, key: &str) -> String {
        if self.path.is_empty() {
            return key.to_owned();
        }
        format!("{}.{key}", self.path)
    }

    fn take(&mut self, key: &'static str) -> Option<Value> {
        self.known.push(key);
        self.table.remove(key)
    }

    /// A value that must be there; `expected` says what, if it is not.
    pub(super) fn required<T>(
        &mut self,
        key: &'static str,
        expected: &str,
        parse: impl FnOnce(&Reader, &Value) -> Result<T, String>,
    ) -> Option<T> {
        if let Some(value) = self.optional(key, parse)? {
            return Some(value);
        }
        let key = self.key(key);
        self.reader
            .problem(key, format!("missing, expected {expected}"));
        None
    }

    /// A value that may be missing.
    #[expect(
        clippy::option_option,
        reason = "the outer one says whether the reading can go on, as in every getter"
    )]
    pub(super) fn optional<T>(
        &mut self,
        key: &'static str,
        parse: impl FnOnce(&Reader, &Value) -> Result<T, String>,
    ) -> Option<Option<T>> {
        let Some(value) = self.take(key) else {
            return Some(None);
        };
        match parse(self.reader, &value) {
            Ok(value) => Some(Some(value)),
            Err(what) => {
                self.reader.problem(self.key(key), what);
                None
            }
        }
    }

    /// A list; a missing one is empty.
    pub(super) fn list<T>(
        &mut self,
        key: &'static str,
        parse: impl Fn(&Reader, &Value) -> Result<T, String>,
    ) -> Option<Vec<T>> {
        let items = match self.take(key) {
            None => Vec::new(),
            Some(Value::Array(items)) => items,
            Some(other) => {
                let what = format!("found {}, expected a list in [ ]", found(&other));
                self.reader.problem(self.key(key), what);
                return None;
            }
        };
        let read = items.into_iter().enumerate().map(|(n, item)| {
            parse(self.reader, &item)
                .inspect_err(|what| {
                    let key = format!("{} (entry {})", self.key(key), n + 1);
                    self.reader.problem(key, what.as_str());
                })
                .ok()
        });
        // All entries are read before the first bad one ends it, so that each is named.
        read.collect::<Vec<_>>().into_iter().collect()
    }

    /// A table below this one; a missing one is empty.
    pub(super) fn section(&mut self, key: &'static str) -> Option<Section<'a>> {
        let path = self.key(key);
        match self.take(key) {
            None => Some(Section::new(self.reader, path, Table::new())),
            Some(Value::Table(table)) => Some(Section::new(self.reader, path, table)),
            Some(other) => {
                let what = format!("found {}, expected the table [{path}]", found(&other));
                self.reader.problem(path, what);
                None
            }
        }
    }

    /// The tables of `[[key]]`; a missing one is empty.
    pub(super) fn sections(&mut self, key: &'static str) -> Option<Vec<Section<'a>>> {
        let (path, reader) = (self.key(key), self.reader);
        let tables = self.list(key, |_, item| match item {
            Value::Table(table) => Ok(table.clone()),
            other => Err(format!(
                "found {}, expected a table [[{key}]]",
                found(other)
            )),
        })?;
        let sections = tables.into_iter().enumerate();
        let sections = sections
            .map(|(n, table)| Section::new(reader, format!("{path} (entry {})", n + 1), table));
        Some(sections.collect())
    }

    /// Everything left, for tables whose keys are data.
    pub(super) fn rest(&mut self) -> Table {
        std::mem::take(&mut self.table)
    }

    /// Names every key that nobody asked for.
    pub(super) fn finish(self) {
        for unknown in self.table.keys() {
            let hint = did_you_mean(unknown, self.known.iter().copied());
            let what = format!("unknown key.{hint} Known here: {}", self.known.join(", "));
            self.reader.problem(self.key(unknown), what);
        }
    }
}

/// A value in an error: short, and without line breaks.
pub(super) fn found(value: &Value) -> String {
    match value {
        Value::String(text) => format!("{:?}", text.chars().take(60).collect::<String>()),
        Value::Integer(number) => number.to_string(),
        Value::Float(number) => number.to_string(),
        Value::Boolean(flag) => flag.to_string(),
        Value::Datetime(time) => time.to_string(),
        Value::Array(_) => "a list".to_owned(),
        Value::Table(_) => "a table".to_owned(),
    }
}

/// ` Did you mean X?` for the nearest of `known`, or nothing if none is near.
pub(super) fn did_you_mean<'k>(word: &str, known: impl Iterator<Item = &'k str>) -> String {
    nearest(word, known).map_or_else(String::new, |known| format!(" Did you mean {known}?"))
}

/// The one of `known` that somebody may have meant by `word`, if any is near enough.
pub fn nearest<'k>(word: &str, known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    known
        .map(|known| (strsim::jaro_winkler(word, known), known))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|one, other| one.0.total_cmp(&other.0))
        .map(|(_, known)| known)
}
