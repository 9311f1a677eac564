//! The anchor file: one JSON object a line, `{"seq": 120, "hash": "…"}`, only ever appended to.
//!
//! A restored database ends earlier than the log once did. The restore says so with a line of its
//! own, marked `restored`: what was anchored from that place on belongs to the log that was given
//! up. Somebody who can write the database but not this file cannot say so.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use crate::domain::audit::Anchor;

/// One line of the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnchorLine {
    /// The place and hash of an entry.
    #[serde(flatten)]
    pub anchor: Anchor,
    /// The entry is the checkpoint of a restore.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub restored: bool,
}

/// The anchors that still hold; none where there is no file yet.
///
/// # Errors
/// When the file cannot be read, or a line of it is damaged.
pub fn read(file: &Path) -> Result<Vec<Anchor>> {
    let text = match fs::read_to_string(file) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        read => read.with_context(|| format!("cannot read the anchor file {}", file.display()))?,
    };
    in_force(&text).with_context(|| format!("the anchor file {} is damaged", file.display()))
}

/// Adds a line, and waits until it is on the disk.
///
/// # Errors
/// When the file cannot be written.
pub fn append(file: &Path, line: &AnchorLine) -> Result<()> {
    let mut text = serde_json::to_string(line)?;
    text.push('\n');
    // A line that was torn by a full disk or a kill stays a line of its own.
    if !ends_whole(file) {
        text.insert(0, '\n');
    }
    let write = || -> io::Result<()> {
        let mut file = OpenOptions::new().create(true).append(true).open(file)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()
    };
    write().with_context(|| format!("cannot write the anchor file {}", file.display()))
}

/// Whether a file is empty, not there, or ends with a whole line.
fn ends_whole(file: &Path) -> bool {
    fs::read(file).map_or(true, |bytes| bytes.last().is_none_or(|last| *last == b'\n'))
}

/// Whether a line was cut off while it was written. It names no anchor that was ever relied on.
fn is_torn(line: &str) -> bool {
    line.starts_with('{') && !line.ends_with('}')
}

/// A place that was anchored twice counts as it was first, so that rewriting the log and
/// anchoring it again does not help.
fn in_force(text: &str) -> Result<Vec<Anchor>> {
    let mut anchors: Vec<Anchor> = Vec::new();
    for (n, line) in text
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty() && !is_torn(line))
    {
        let line: AnchorLine = serde_json::from_str(line)
            .with_context(|| format!("line {}: expected {{\"seq\": …, \"hash\": …}}", n + 1))?;
        if line.restored {
            anchors.retain(|anchor| anchor.seq < line.anchor.seq);
        }
        if anchors.iter().all(|anchor| anchor.seq != line.anchor.seq) {
            anchors.push(line.anchor);
        }
    }
    Ok(anchors)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seqs(text: &str) -> Vec<(i64, String)> {
        in_force(text)
            .unwrap()
            .into_iter()
            .map(|anchor| (anchor.seq, anchor.hash))
            .collect()
    }

    #[test]
    fn the_first_anchor_of_a_place_counts() {
        let text = "{\"seq\":3,\"hash\":\"a\"}\n\n{\"seq\":3,\"hash\":\"b\"}\n";
        assert_eq!(seqs(text), [(3, "a".to_owned())]);
    }

    #[test]
    fn a_restore_gives_up_what_came_after_it() {
        let text = "{\"seq\":3,\"hash\":\"a\"}\n{\"seq\":9,\"hash\":\"b\"}\n\
                    {\"seq\":5,\"hash\":\"c\",\"restored\":true}\n";
        assert_eq!(seqs(text), [(3, "a".to_owned()), (5, "c".to_owned())]);
    }

    #[test]
    fn a_damaged_line_is_named() {
        let error = in_force("{\"seq\":3,\"hash\":\"a\"}\nnonsense").unwrap_err();
        assert!(error.to_string().starts_with("line 2"), "{error}");
    }

    #[test]
    fn a_torn_line_stays_alone() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("anchors.jsonl");
        let anchor = |seq| AnchorLine {
            anchor: Anchor {
                seq,
                hash: "a".to_owned(),
            },
            restored: false,
        };
        append(&file, &anchor(1)).unwrap();
        let torn = [fs::read(&file).unwrap(), b"{\"seq\":9".to_vec()].concat();
        fs::write(&file, torn).unwrap();
        append(&file, &anchor(2)).unwrap();
        let seqs: Vec<i64> = read(&file).unwrap().iter().map(|one| one.seq).collect();
        assert_eq!(seqs, [1, 2]);
    }
}
