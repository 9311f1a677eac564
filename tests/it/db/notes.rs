//! Notes: kept, changed, and blanked when they are taken away.

use wardroom::db::notes::NewNote;
use wardroom::domain::NoteId;
use wardroom::domain::case_view::Note;

use super::sample::{ana, case};
use super::{TestDb, at, db_tests, read, tx};

async fn add(t: &TestDb, text: &str) -> Note {
    let case_id = match read!(t.unresolved_case_on(&case("1").target)) {
        Some(case) => case.id,
        None => tx!(t.add_case(&case("1"))),
    };
    let new = NewNote {
        case_id,
        author: ana(),
        text: text.to_owned(),
        origin: Some(("mods".into(), "m1".to_owned())),
        written_at: at(0),
    };
    let id = tx!(t.add_note(&new));
    read!(t.note(id)).unwrap()
}

async fn a_note_is_read_as_it_was_stored(t: &TestDb) {
    let note = add(t, "seen before").await;
    let expected = Note {
        id: note.id,
        case_id: note.case_id,
        author: ana(),
        text: "seen before".to_owned(),
        written_at: at(0),
        edited_at: None,
        deleted_at: None,
    };
    assert_eq!(note, expected);
    assert_eq!(read!(t.note(NoteId(note.id.0 + 1))), None);
}

async fn a_note_can_be_changed(t: &TestDb) {
    let note = add(t, "one").await;
    assert!(tx!(t.edit_note(note.id, "two", at(5))));
    let expected = Note {
        text: "two".to_owned(),
        edited_at: Some(at(5)),
        ..note
    };
    assert_eq!(read!(t.note(expected.id)), Some(expected));
}

async fn a_deleted_note_has_no_text_and_cannot_change(t: &TestDb) {
    let (first, second) = (add(t, "one").await, add(t, "two").await);
    tx!(t.edit_note(first.id, "uno", at(4)));
    assert!(tx!(t.delete_note(first.id, at(5))));
    assert!(!tx!(t.delete_note(first.id, at(6))));
    assert!(!tx!(t.edit_note(first.id, "again", at(6))));
    let expected = Note {
        text: String::new(),
        edited_at: Some(at(4)),
        deleted_at: Some(at(5)),
        ..first
    };
    assert_eq!(read!(t.note(expected.id)), Some(expected));
    assert_eq!(read!(t.notes_of(second.case_id)), [second]);
}

async fn notes_are_listed_oldest_first(t: &TestDb) {
    let notes = [add(t, "one").await, add(t, "two").await];
    assert_eq!(read!(t.notes_of(notes[0].case_id)), notes);
}

db_tests!(
    a_note_is_read_as_it_was_stored,
    a_note_can_be_changed,
    a_deleted_note_has_no_text_and_cannot_change,
    notes_are_listed_oldest_first,
);
