//! The real program as a process of its own, where only that proves something: what the kernel saw,
//! how much memory was used, a disk that is full, a database that somebody else holds.
//!
//! `strace` and `unshare` are used where they are there and may be used; a test that cannot run
//! says so on standard error.

mod intake;
mod served;
mod wire;
