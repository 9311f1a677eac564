//! The `wardroom` program: parse the command line, run, turn an error into an exit status.

use std::process::ExitCode;

use clap::Parser as _;
use wardroom::cli::{self, Cli};

fn main() -> ExitCode {
    // Wrong usage ends here with status 2.
    match cli::run(Cli::parse()) {
        Ok(status) => status.into(),
        Err(error) => {
            eprintln!("wardroom: {error:#}");
            ExitCode::FAILURE
        }
    }
}
