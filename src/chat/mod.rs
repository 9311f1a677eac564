//! The chat side: how a case looks (`card`), how untrusted text becomes harmless (`text`), and what
//! every platform must be able to do. Knows no platform and no database.

pub mod text;
