//! What SQLite alone has: a file, its permissions, what stays in it, and a full disk.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use sqlx::{Connection, SqliteConnection};
use wardroom::db::deliveries::{DeliveryState, NewDelivery};
use wardroom::db::{BackupError, Db, DbConfig, DbError};

use super::sample::delivery;
use super::{MINUTE, TestDb, at, read, tried, tx};

fn file(t: &TestDb) -> PathBuf {
    t.url.strip_prefix("sqlite:").unwrap().into()
}

#[tokio::test]
async fn the_file_is_for_its_owner_only() {
    let t = TestDb::sqlite().await;
    let mode = std::fs::metadata(file(&t)).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[tokio::test]
async fn what_is_blanked_is_gone_from_the_file() {
    const SECRET: &[u8] = b"ip 203.0.113.7";
    let t = &TestDb::sqlite().await;
    let new = NewDelivery {
        // Long enough for pages of its own, which the file keeps when they are free.
        body: SECRET.repeat(1000),
        ..delivery("a")
    };
    tx!(t.add_delivery(&new));
    let holds_secret = || {
        let bytes = std::fs::read(file(t)).unwrap();
        bytes.windows(SECRET.len()).any(|window| window == SECRET)
    };
    t.db.close().await;
    assert!(holds_secret());
    let t = &TestDb {
        db: Db::open(&DbConfig::new(t.url.clone())).await.unwrap(),
        url: t.url.clone(),
        _folder: None,
    };
    let claimed = tx!(t.claim_delivery("w", at(0), MINUTE)).unwrap();
    tx!(t.finish_delivery(
        claimed.id,
        claimed.fence,
        DeliveryState::Handled,
        None,
        None
    ));
    t.db.close().await;
    assert!(!holds_secret());
}

#[tokio::test]
async fn a_full_disk_is_called_so() {
    let t = TestDb::sqlite().await;
    let mut connection = SqliteConnection::connect(&t.url).await.unwrap();
    sqlx::raw_sql("pragma max_page_count = 1")
        .execute(&mut connection)
        .await
        .unwrap();
    let error = sqlx::query("insert into settings (name, value) values ('a', $1)")
        .bind("x".repeat(1 << 20))
        .execute(&mut connection)
        .await
        .unwrap_err();
    let error = DbError::from(error);
    assert!(matches!(error, DbError::Full), "{error:?}");
}

#[tokio::test]
async fn a_write_that_sqlite_rolled_back_by_itself_is_the_only_one_that_fails() {
    let t = &TestDb::sqlite().await;
    let mut connection = SqliteConnection::connect(&t.url).await.unwrap();
    // Ends the transaction as a full disk does.
    let trigger = "create trigger full before insert on settings \
                   begin select raise(rollback, 'as on a full disk'); end";
    sqlx::raw_sql(trigger)
        .execute(&mut connection)
        .await
        .unwrap();
    for _ in 0..2 {
        let error = tried!(t.set_setting("a", "1")).unwrap_err();
        assert!(error.to_string().contains("as on a full disk"), "{error}");
    }
    sqlx::raw_sql("drop trigger full")
        .execute(&mut connection)
        .await
        .unwrap();
    tx!(t.set_setting("a", "2"));
    assert_eq!(read!(t.setting("a")).as_deref(), Some("2"));
}

#[tokio::test]
async fn a_backup_is_a_database_as_it_was() {
    let t = &TestDb::sqlite().await;
    tx!(t.set_setting("a", "1"));
    let copy = file(t).with_file_name("copy.db");
    t.db.backup(&copy).await.unwrap();
    tx!(t.set_setting("a", "2"));
    let t = &TestDb {
        url: format!("sqlite:{}", copy.display()),
        db: Db::open(&DbConfig::new(format!("sqlite:{}", copy.display())))
            .await
            .unwrap(),
        _folder: None,
    };
    assert_eq!(read!(t.setting("a")).as_deref(), Some("1"));
    let mode = std::fs::metadata(&copy).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[tokio::test]
async fn a_backup_overwrites_nothing() {
    let t = TestDb::sqlite().await;
    let error = t.db.backup(&file(&t)).await.unwrap_err();
    assert!(matches!(error, BackupError::File { .. }), "{error}");
}

#[tokio::test]
async fn postgres_is_backed_up_with_its_own_tool() {
    let Some(t) = TestDb::postgres().await else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let error = t.db.backup(&folder.path().join("copy")).await.unwrap_err();
    assert!(error.to_string().contains("pg_dump"), "{error}");
}
