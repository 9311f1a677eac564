//! Invariant 12: whatever is done to a log, its verification finds it and names the place.

use proptest::prelude::*;
use serde_json::json;

use super::*;

/// A sound log of `length` entries.
fn log(length: i64) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for seq in 1..=length {
        let entry = Entry::place(&new_entry(seq), seq, &texts()).canonical();
        let prev_hash = rows
            .last()
            .map_or_else(|| GENESIS.to_owned(), |row| row.hash.clone());
        let hash = chain(&prev_hash, &entry);
        rows.push(Row {
            seq,
            entry,
            prev_hash,
            hash,
        });
    }
    rows
}

fn new_entry(minute: i64) -> NewEntry {
    NewEntry {
        at: DateTime::from_timestamp(1_800_000_000 + minute * 60, 0).unwrap(),
        actor: "ana".to_owned(),
        verb: "case.claimed".to_owned(),
        case: Some(CaseId(42)),
        operation: None,
        detail: json!({"version": minute, "from": null}),
        texts: BTreeMap::new(),
    }
}

fn texts() -> BTreeMap<String, SaltedText> {
    let text = SaltedText {
        salt: "00112233445566778899aabbccddeeff".to_owned(),
        text: "@spammer@remote.test".to_owned(),
    };
    [("subject".to_owned(), text)].into()
}

fn anchor(row: &Row) -> Anchor {
    Anchor {
        seq: row.seq,
        hash: row.hash.clone(),
    }
}

fn head(rows: &[Row]) -> Option<Anchor> {
    rows.last().map(anchor)
}

fn verify(rows: &[Row], head: Option<&Anchor>, anchors: &[Anchor]) -> Vec<Broken> {
    let mut verifier = Verifier::new(anchors.iter().cloned());
    for row in rows {
        verifier.row(row);
    }
    verifier.finish(head)
}

/// Hashes every row again, as somebody would who wants to hide a change.
fn rewrite(rows: &mut [Row]) {
    let mut prev_hash = GENESIS.to_owned();
    for row in rows {
        row.prev_hash = prev_hash;
        row.hash = chain(&row.prev_hash, &row.entry);
        prev_hash = row.hash.clone();
    }
}

#[test]
fn a_sound_log_is_sound_with_and_without_anchors() {
    let rows = log(5);
    assert_eq!(verify(&rows, head(&rows).as_ref(), &[]), []);
    let anchors = [anchor(&rows[1]), anchor(&rows[4])];
    assert_eq!(verify(&rows, head(&rows).as_ref(), &anchors), []);
    assert_eq!(verify(&[], None, &[]), []);
}

#[test]
fn the_canonical_entry_is_one_line_with_sorted_details_and_no_personal_text() {
    let canonical = Entry::place(&new_entry(0), 7, &texts()).canonical();
    assert_eq!(
        canonical,
        "{\"seq\":7,\"at\":\"2027-01-15T08:00:00.000Z\",\"actor\":\"ana\",\
         \"verb\":\"case.claimed\",\"case\":42,\"operation\":null,\
         \"detail\":{\"from\":null,\"version\":0},\"texts\":{\"subject\":\
         \"f3ee0177b6ff52203d61114f4490d635021b56ec559879083553a272c75b9bb0\"}}"
    );
    let read: Entry = serde_json::from_str(&canonical).unwrap();
    assert_eq!(read.canonical(), canonical);
}

#[test]
fn the_chain_is_what_sha256sum_says() {
    let expected = "b64374d04ef9c4f39fddb1e0d6be38a0130f6c057fc0f4ee467ea0e18bc758f1";
    assert_eq!(chain(GENESIS, "abc"), expected);
}

#[test]
fn a_changed_entry_is_named() {
    let sound = log(5);
    let mut rows = sound.clone();
    rows[2].entry = rows[2].entry.replace("ana", "bob");
    let found = verify(&rows, head(&sound).as_ref(), &[]);
    assert_eq!(found, [Broken::Changed { seq: 3 }]);
}

#[test]
fn a_changed_entry_with_a_fitting_hash_shows_at_the_next_one() {
    let sound = log(5);
    let mut rows = sound.clone();
    rows[2].entry = rows[2].entry.replace("ana", "bob");
    rows[2].hash = chain(&rows[2].prev_hash, &rows[2].entry);
    let found = verify(&rows, head(&sound).as_ref(), &[]);
    assert_eq!(found, [Broken::OutOfOrder { seq: 4 }]);
}

#[test]
fn dropped_entries_are_named() {
    let sound = log(6);
    for (dropped, found) in [
        (0..1, Broken::Missing { from: 1, to: 1 }),
        (1..4, Broken::Missing { from: 2, to: 4 }),
        (
            4..6,
            Broken::Truncated {
                ends: 4,
                reached: 6,
            },
        ),
        (
            0..6,
            Broken::Truncated {
                ends: 0,
                reached: 6,
            },
        ),
    ] {
        let mut rows = sound.clone();
        rows.drain(dropped.clone());
        let head = head(&sound);
        assert_eq!(verify(&rows, head.as_ref(), &[]), [found], "{dropped:?}");
    }
}

#[test]
fn a_dropped_entry_is_found_when_the_rest_is_moved_up() {
    let sound = log(5);
    let mut rows = sound.clone();
    rows.remove(2);
    for row in &mut rows[2..] {
        row.seq -= 1;
    }
    rewrite(&mut rows);
    let found = verify(&rows, head(&rows).as_ref(), &[]);
    let expected = [3, 4].map(|seq| Broken::OutOfOrder { seq });
    assert_eq!(found, expected);
}

#[test]
fn an_inserted_entry_is_named() {
    let sound = log(4);
    // In the place of another, at the same place again, and behind the head.
    let forged = |place: usize, seq: i64| {
        let mut row = sound[place].clone();
        row.entry = Entry::place(&new_entry(99), seq, &texts()).canonical();
        row.seq = seq;
        row.prev_hash.clone_from(&sound[place - 1].hash);
        row.hash = chain(&row.prev_hash, &row.entry);
        row
    };
    let mut instead = sound.clone();
    instead[1] = forged(1, 2);
    let mut twice = sound.clone();
    twice.insert(2, forged(1, 2));
    let mut behind = sound.clone();
    let mut last = forged(3, 5);
    last.prev_hash.clone_from(&sound[3].hash);
    last.hash = chain(&last.prev_hash, &last.entry);
    behind.push(last);
    for (rows, named) in [(instead, &[3][..]), (twice, &[2, 3]), (behind, &[5])] {
        let found = verify(&rows, head(&sound).as_ref(), &[]);
        let expected: Vec<Broken> = named
            .iter()
            .map(|&seq| Broken::OutOfOrder { seq })
            .collect();
        assert_eq!(found, expected);
    }
}

#[test]
fn reordered_entries_are_found() {
    let sound = log(5);
    let head = head(&sound);
    let mut swapped = sound.clone();
    swapped.swap(1, 2);
    assert_ne!(verify(&swapped, head.as_ref(), &[]), []);

    // With the places exchanged too, each entry says that it belongs elsewhere.
    swapped[1].seq = 2;
    swapped[2].seq = 3;
    let found = verify(&swapped, head.as_ref(), &[]);
    assert!(found.contains(&Broken::OutOfOrder { seq: 2 }), "{found:?}");
    assert!(found.contains(&Broken::OutOfOrder { seq: 3 }), "{found:?}");
}

#[test]
fn a_log_rewritten_from_the_first_entry_to_the_head_is_found_by_an_anchor_only() {
    let sound = log(5);
    let mut rows = sound.clone();
    rows[1].entry = rows[1].entry.replace("ana", "bob");
    rewrite(&mut rows);
    let forged = head(&rows);
    assert_eq!(verify(&rows, forged.as_ref(), &[]), []);
    let found = verify(&rows, forged.as_ref(), &[anchor(&sound[3])]);
    assert_eq!(found, [Broken::Rewritten { seq: 4 }]);

    // A later anchor of the forged log does not outweigh the first.
    for anchors in [
        [anchor(&sound[3]), anchor(&rows[3])],
        [anchor(&rows[3]), anchor(&sound[3])],
    ] {
        let found = verify(&rows, forged.as_ref(), &anchors);
        assert_eq!(found, [Broken::Rewritten { seq: 4 }]);
    }
}

#[test]
fn a_log_cut_short_with_its_head_is_found_by_an_anchor() {
    let sound = log(5);
    let rows = &sound[..3];
    let found = verify(rows, head(rows).as_ref(), &[anchor(&sound[4])]);
    let expected = Broken::Truncated {
        ends: 3,
        reached: 5,
    };
    assert_eq!(found, [expected]);
}

#[test]
fn a_head_that_names_another_entry_is_found() {
    let rows = log(3);
    let head = Anchor {
        seq: 3,
        hash: GENESIS.to_owned(),
    };
    let found = verify(&rows, Some(&head), &[]);
    assert_eq!(found, [Broken::Rewritten { seq: 3 }]);
}

#[test]
fn a_personal_text_must_fit_its_commitment() {
    let salted = texts()["subject"].clone();
    let entry = Entry::place(&new_entry(1), 1, &texts());
    let found = |name: &str, text: &SaltedText| {
        let mut verifier = Verifier::new([]);
        verifier.text(1, name, text, &entry);
        verifier.finish(None)
    };
    assert_eq!(found("subject", &salted), []);

    let changed = SaltedText {
        text: "@friend@remote.test".to_owned(),
        ..salted.clone()
    };
    // The same letters, of which the salt took one from the text.
    let moved = SaltedText {
        salt: format!("{}@", salted.salt),
        text: salted.text.trim_start_matches('@').to_owned(),
    };
    assert_eq!(moved.commitment(), salted.commitment());
    for (name, text) in [("subject", changed), ("subject", moved), ("reason", salted)] {
        let expected = Broken::TextChanged {
            seq: 1,
            name: name.to_owned(),
        };
        assert_eq!(found(name, &text), [expected]);
    }
}

#[test]
fn what_is_wrong_is_said_in_words() {
    let words = Broken::Missing { from: 2, to: 4 }.to_string();
    assert_eq!(words, "entries 2 to 4 are missing");
}

proptest! {
    #[test]
    fn invariant_12_every_changed_byte_of_a_row_is_found(
        length in 1..8_i64,
        place in any::<proptest::sample::Index>(),
        column in 0..3_usize,
        byte in any::<proptest::sample::Index>(),
        flip in 1..128_u8,
    ) {
        let sound = log(length);
        let mut rows = sound.clone();
        let row = &mut rows[place.index(sound.len())];
        let text = [&mut row.entry, &mut row.prev_hash, &mut row.hash].into_iter().nth(column);
        let text = text.unwrap();
        let mut bytes = text.clone().into_bytes();
        let byte = byte.index(bytes.len());
        bytes[byte] ^= flip;
        *text = String::from_utf8(bytes).unwrap();
        prop_assert_ne!(verify(&rows, head(&sound).as_ref(), &[]), []);
    }

    #[test]
    fn invariant_12_every_other_set_of_rows_is_found(
        length in 1..7_i64,
        picked in proptest::collection::vec(any::<proptest::sample::Index>(), 0..8),
    ) {
        let sound = log(length);
        let rows: Vec<Row> = picked.iter().map(|row| sound[row.index(sound.len())].clone()).collect();
        let found = verify(&rows, head(&sound).as_ref(), &[]);
        prop_assert_eq!(found.is_empty(), rows == sound, "{:?}", found);
    }
}
