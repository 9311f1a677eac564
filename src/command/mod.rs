//! The command table: grammar, permission, tier and help of everything a moderator can ask for.
