//! The `wardroom` program.

use std::process::ExitCode;

fn main() -> ExitCode {
    wardroom::cli::main()
}
