//! The binary `tillsight`: parse the arguments, run, map the result to an exit code.

use std::process::ExitCode;

use clap::Parser as _;
use tillsight::app::{cli, kiosk, process, recent_log};
use tracing_subscriber::fmt::writer::MakeWriterExt as _;

/// What is told if nothing else is asked for: warnings, but not that the graphics card's programs have to be tuned
/// anew because what was kept of them cannot be read.
const QUIET: &str = "warn,cubecl_environment=off";

#[expect(clippy::print_stderr, reason = "the one line in which an error ends")]
fn main() -> ExitCode {
    process::mark_start();
    let arguments = cli::Cli::parse();
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_env("TILLSIGHT_LOG").unwrap_or_else(|_| QUIET.into()),
        )
        .with_writer(std::io::stderr.and(recent_log::writer))
        .init();
    let mut out = std::io::stdout().lock();
    let result = match arguments.command {
        Some(command) => cli::run(command, arguments.json, arguments.data.as_deref(), &mut out),
        None => kiosk::run_kiosk(arguments.kiosk_options()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("tillsight: {}", cli::one_line(&error));
            ExitCode::FAILURE
        }
    }
}
