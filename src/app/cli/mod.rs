//! The command line: the same program without a window.
//!
//! Each command is a function of its parsed arguments and a writer for standard output. With `--json` it
//! writes one JSON object and nothing else there; errors travel up as one sentence and become one line on
//! standard error.

pub mod train;

use std::io::Write;

use clap::{Parser, Subcommand};

/// A self-checkout for any PC with a webcam. Without a command it opens the kiosk.
#[derive(Debug, Parser)]
#[command(name = "tillsight", version, about)]
pub struct Cli {
    /// Print one JSON object instead of a table.
    #[arg(long, global = true)]
    pub json: bool,
    /// What to do instead of opening the kiosk.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Train a detector and keep the best model of the run.
    Train(Box<train::TrainArgs>),
}

/// Runs a command.
///
/// # Errors
/// One sentence saying what is wrong and what to do.
pub fn run(command: Command, json: bool, out: &mut dyn Write) -> anyhow::Result<()> {
    match command {
        Command::Train(args) => train::run(&args, json, out),
    }
}
