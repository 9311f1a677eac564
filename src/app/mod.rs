//! The composition root: from a configuration to a running Wardroom. The only module that knows
//! every concrete type.

mod open;

pub use open::{database, database_at, open_db, open_desk, open_existing};
