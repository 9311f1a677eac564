//! Pure types and rules; knows no other module.
