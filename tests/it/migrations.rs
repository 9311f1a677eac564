//! The two folders of migrations describe the same tables, and a database is brought up to date by
//! one process at a time, never by an older one.

use std::collections::BTreeMap;

use futures::future::join_all;
use sqlx::{Connection, PgConnection, SqliteConnection};
use wardroom::db::{Db, DbConfig, OpenError};

use crate::support::postgres;

/// A column: what kind of value it holds, and whether it may be empty.
type Column = (String, bool);
type Tables = BTreeMap<(String, String), Column>;

/// A new SQLite file, and a new PostgreSQL database where there is one.
async fn new_databases() -> (tempfile::TempDir, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    let file = format!("sqlite:{}", folder.path().join("test.db").display());
    let urls = std::iter::once(file)
        .chain(postgres::database().await)
        .collect();
    (folder, urls)
}

async fn open(url: &str) -> Result<Db, OpenError> {
    Db::open(&DbConfig::new(url)).await
}

async fn sqlite_tables(url: &str) -> Tables {
    let mut connection = SqliteConnection::connect(url).await.unwrap();
    let columns: Vec<(String, String, String, bool)> = sqlx::query_as(
        r#"select t.name, c.name, c.type, c."notnull" or c.pk > 0
           from sqlite_schema t join pragma_table_info(t.name) c
           where t.type = 'table' and t.name not like 'sqlite!_%' escape '!'
             and t.name not like '!_sqlx%' escape '!'"#,
    )
    .fetch_all(&mut connection)
    .await
    .unwrap();
    columns
        .into_iter()
        .map(|(table, column, declared, required)| {
            let is_time = column == "at" || column.ends_with("_at") || column.ends_with("_until");
            let kind = match declared.to_lowercase().as_str() {
                "integer" | "bigint" => "number",
                "text" if is_time => "time",
                "text" => "text",
                "boolean" => "boolean",
                "blob" => "bytes",
                other => panic!("{table}.{column} is {other}: no portable type"),
            };
            ((table, column), (kind.to_owned(), required))
        })
        .collect()
}

async fn postgres_tables(url: &str) -> Tables {
    let mut connection = PgConnection::connect(url).await.unwrap();
    let columns: Vec<(String, String, String, bool, Option<String>)> = sqlx::query_as(
        "select table_name::text, column_name::text, data_type::text, is_nullable = 'NO',
           collation_name::text
         from information_schema.columns
         where table_schema = 'public' and table_name <> '_sqlx_migrations'",
    )
    .fetch_all(&mut connection)
    .await
    .unwrap();
    columns
        .into_iter()
        .map(|(table, column, declared, required, collation)| {
            let kind = match declared.as_str() {
                "bigint" => "number",
                "timestamp with time zone" => "time",
                "text" => {
                    assert_eq!(collation.as_deref(), Some("C"), "{table}.{column}");
                    "text"
                }
                "boolean" => "boolean",
                "bytea" => "bytes",
                other => panic!("{table}.{column} is {other}: no portable type"),
            };
            ((table, column), (kind.to_owned(), required))
        })
        .collect()
}

/// Every index with its text, without what differs by dialect.
async fn index_names(url: &str) -> Vec<String> {
    if url.starts_with("sqlite:") {
        let mut connection = SqliteConnection::connect(url).await.unwrap();
        sqlx::query_scalar(
            "select name from sqlite_schema where type = 'index' and sql is not null order by name",
        )
        .fetch_all(&mut connection)
        .await
        .unwrap()
    } else {
        let mut connection = PgConnection::connect(url).await.unwrap();
        sqlx::query_scalar(
            r#"select indexname::text from pg_indexes
               where schemaname = 'public' and indexname not like '%!_pkey' escape '!'
                 and indexname not like '%!_key' escape '!'
               order by indexname::text collate "C""#,
        )
        .fetch_all(&mut connection)
        .await
        .unwrap()
    }
}

#[tokio::test]
async fn both_databases_have_the_same_tables() {
    let (_folder, urls) = new_databases().await;
    for url in &urls {
        open(url).await.unwrap().close().await;
    }
    let [file, postgres] = urls.as_slice() else {
        return;
    };
    assert_eq!(sqlite_tables(file).await, postgres_tables(postgres).await);
    assert_eq!(index_names(file).await, index_names(postgres).await);
}

#[test]
fn both_folders_have_the_same_files() {
    let names = |folder: &str| {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("migrations")
            .join(folder);
        let mut names: Vec<_> = std::fs::read_dir(path)
            .unwrap()
            .map(|file| file.unwrap().file_name())
            .collect();
        names.sort();
        names
    };
    assert_eq!(names("sqlite"), names("postgres"));
    assert!(!names("sqlite").is_empty());
}

#[tokio::test]
async fn of_processes_that_start_at_once_one_migrates_and_all_start() {
    let (_folder, urls) = new_databases().await;
    for url in &urls {
        let opened = join_all((0..5).map(|_| open(url))).await;
        for db in opened {
            db.unwrap().close().await;
        }
    }
}

#[tokio::test]
async fn a_newer_schema_is_refused_with_both_versions() {
    let (_folder, urls) = new_databases().await;
    for url in &urls {
        open(url).await.unwrap().close().await;
        let sql = "insert into _sqlx_migrations
                     (version, description, success, checksum, execution_time)
                   values (9001, 'from the future', true, '', 0)";
        if url.starts_with("sqlite:") {
            let mut connection = SqliteConnection::connect(url).await.unwrap();
            sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
        } else {
            let mut connection = PgConnection::connect(url).await.unwrap();
            sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
        }
        let error = open(url).await.unwrap_err();
        let known = wardroom::db::schema::known();
        assert!(
            matches!(error, OpenError::Newer { found: 9001, known: ours } if ours == known),
            "{error}"
        );
        assert!(
            error.to_string().contains("9001") && error.to_string().contains(&known.to_string())
        );
    }
}

#[tokio::test]
async fn what_is_no_database_is_named() {
    let error = open("mysql://localhost/x").await.unwrap_err();
    assert!(error.to_string().contains("'mysql'"), "{error}");
    let folder = tempfile::tempdir().unwrap();
    let missing = format!("sqlite:{}", folder.path().join("none/test.db").display());
    let error = open(&missing).await.unwrap_err();
    assert!(matches!(error, OpenError::File { .. }), "{error}");
    assert!(error.to_string().contains("none/test.db"), "{error}");
}
