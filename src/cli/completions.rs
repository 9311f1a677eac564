//! `wardroom completions`: what a shell needs to complete our command line.

use anyhow::{Context, Result};
use clap::CommandFactory as _;
use clap_complete::Shell;

use super::{Cli, ExitStatus, output};

/// `wardroom completions`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// For which shell.
    #[arg(value_enum)]
    shell: Shell,
}

pub(super) fn run(args: &Args) -> Result<ExitStatus> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "wardroom", &mut script);
    let script = String::from_utf8(script).context("the script is no text")?;
    output::say(script.trim_end())?;
    Ok(ExitStatus::Done)
}
