//! The command line: one file for each subcommand. It may use everything; nothing uses it.
//!
//! Exit status 0: done. 1: the thing checked is bad, or the work failed. 2: wrong usage. Errors go
//! to standard error in plain words, results to standard output.

mod audit;
mod completions;
mod config;
mod db;
mod deliveries;
mod demo;
mod host;
mod output;
mod room;
mod serve;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};

/// The program's command line.
#[derive(Debug, Parser)]
#[command(
    name = "wardroom",
    version,
    about = "A Fediverse server's moderation desk.",
    after_help = "Try it without a server of your own: wardroom demo",
    arg_required_else_help = true
)]
struct Cli {
    /// The configuration file.
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        default_value = "wardroom.toml"
    )]
    config: PathBuf,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run, as the configuration file says.
    Serve,
    /// Play with everything in one process: a simulated Mastodon, the room, a day of reports.
    Demo(demo::Args),
    /// Check the configuration file.
    #[command(subcommand)]
    Config(config::What),
    /// Let people into the room.
    #[command(subcommand)]
    Room(room::What),
    /// End a moderator's access: sessions, invitations, and every right.
    Offboard(host::Offboard),
    /// Stop calls that change the server, or lift a stop.
    #[command(subcommand)]
    Stop(host::Stop),
    /// Switch the dry run, in which nothing is changed on the server.
    #[command(subcommand)]
    DryRun(host::DryRun),
    /// Read, export and verify the audit log.
    #[command(subcommand)]
    Audit(audit::What),
    /// Look after stored webhooks.
    #[command(subcommand)]
    Deliveries(deliveries::What),
    /// Look after the database.
    #[command(subcommand)]
    Db(db::What),
    /// Print what a shell needs to complete this command line.
    Completions(completions::Args),
}

/// How a command ended when nothing failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ExitStatus {
    /// Done; what was checked is good.
    Done,
    /// What was checked is bad, or what was asked for was refused; it was said why.
    Bad,
}

/// Reads the command line, carries out what it asks for, and says on standard error what failed.
/// Wrong usage ends the process here, with status 2.
pub fn main() -> ExitCode {
    match run(Cli::parse()) {
        Ok(ExitStatus::Done) => ExitCode::SUCCESS,
        Ok(ExitStatus::Bad) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("wardroom: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> Result<ExitStatus> {
    let runtime = tokio::runtime::Runtime::new().context("cannot start the runtime")?;
    let done = runtime.block_on(dispatch(cli));
    match done {
        Err(error) if output::is_reader_gone(&error) => Ok(ExitStatus::Done),
        other => other,
    }
}

async fn dispatch(cli: Cli) -> Result<ExitStatus> {
    let config = cli.config.as_path();
    match cli.command {
        Command::Serve => serve::run(config).await,
        Command::Demo(args) => demo::run(args).await,
        Command::Config(what) => config::run(config, &what),
        Command::Room(what) => room::run(config, what).await,
        Command::Offboard(offboard) => host::run(config, offboard).await,
        Command::Stop(stop) => host::run(config, stop).await,
        Command::DryRun(dry_run) => host::run(config, dry_run).await,
        Command::Audit(what) => audit::run(config, what).await,
        Command::Deliveries(what) => deliveries::run(config, what).await,
        Command::Completions(args) => completions::run(&args),
        Command::Db(what) => db::run(config, what).await,
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
