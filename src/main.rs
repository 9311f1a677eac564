//! The `wardroom` program: parse the command line, run, turn an error into an exit status.

fn main() {}
