//! The command line: the same program without a window.
//!
//! Each command is a function of its parsed arguments and a writer for standard output. With `--json` it
//! writes one JSON object and nothing else there; errors travel up as one sentence and become one line on
//! standard error.

pub mod backup;
pub mod bench;
pub mod catalog;
pub mod dataset;
pub mod demo;
pub mod doctor;
pub mod eval;
pub mod model;
pub mod sales;
pub mod scan;
pub mod sell;
pub mod synth;
pub mod table;
pub mod teach;
pub mod train;

use std::{
    io::Write,
    path::{Path, PathBuf},
};

use clap::{Args, Parser, Subcommand, ValueEnum};

use super::{
    kiosk::KioskOptions,
    models,
    pricing::{self, now},
};
use crate::{
    store::Store,
    vision::{Detector, Engine},
};

/// A self-checkout for any PC with a webcam. Without a command it opens the kiosk.
#[derive(Debug, Parser)]
#[command(name = "tillsight", version, about)]
pub struct Cli {
    /// Print one JSON object instead of a table.
    #[arg(long, global = true)]
    pub json: bool,
    /// Folder of the database, models and pictures; the platform's data folder if not given.
    #[arg(long, global = true)]
    pub data: Option<PathBuf>,
    /// Where the kiosk's pictures come from: camera, camera:NUMBER, camera:NAME, a picture or a folder.
    #[arg(long)]
    pub source: Option<String>,
    /// Open the kiosk in a window instead of on the whole screen.
    #[arg(long)]
    pub windowed: bool,
    /// What computes the kiosk's detector; whichever answers sooner if not given.
    #[arg(long)]
    pub engine: Option<EngineArg>,
    /// What to do instead of opening the kiosk.
    #[command(subcommand)]
    pub command: Option<Command>,
}

impl Cli {
    /// How the kiosk is to be opened.
    #[must_use]
    pub fn kiosk_options(self) -> KioskOptions {
        KioskOptions {
            source: self.source,
            windowed: self.windowed,
            data: self.data,
            engine: self.engine.map(Engine::from),
            ..KioskOptions::default()
        }
    }
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Find the items in pictures and print the basket and its total.
    Scan(scan::ScanArgs),
    /// Look at the catalog, or take it from a file or write it to one.
    Catalog {
        /// What to do.
        #[command(subcommand)]
        command: catalog::CatalogCommand,
    },
    /// Look at what was sold.
    Sales {
        /// What to do.
        #[command(subcommand)]
        command: sales::SalesCommand,
    },
    /// Write a copy of the database while it is in use.
    Backup(backup::BackupArgs),
    /// Render the demonstration pictures anew.
    DemoPictures(demo::DemoArgs),
    /// Compose labelled pictures for training.
    Synth(Box<synth::SynthArgs>),
    /// Bring labelled pictures in and out, look them over, and count them.
    Dataset {
        /// What to do.
        #[command(subcommand)]
        command: dataset::DatasetCommand,
    },
    /// Train a detector and keep the best model of the run.
    Train(Box<train::TrainArgs>),
    /// Teach new products to the model in use, and judge what comes of it.
    Teach(Box<teach::TeachArgs>),
    /// Measure a model on a labelled set.
    Eval(eval::EvalArgs),
    /// Look at models.
    Model {
        /// What to do.
        #[command(subcommand)]
        command: model::ModelCommand,
    },
    /// Time the detector.
    Bench(bench::BenchArgs),
    /// Say what works on this machine.
    Doctor(doctor::DoctorArgs),
}

/// Which model, on which engine.
#[derive(Debug, Args)]
pub struct ModelArgs {
    /// Folder of the model bundle; the model in use if not given.
    #[arg(long)]
    pub model: Option<PathBuf>,
    /// What computes the network.
    #[arg(long)]
    pub engine: Option<EngineArg>,
    /// Filled in from the global `--data`.
    #[arg(skip)]
    pub data: Option<PathBuf>,
}

/// Engines by their names on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum EngineArg {
    /// Our own kernels on the CPU.
    Cpu,
    /// The same in 8-bit integers: faster and a little less exact.
    CpuInt8,
    /// burn on the CPU, for comparing.
    BurnCpu,
    /// burn on the GPU, through wgpu.
    Gpu,
}

impl From<EngineArg> for Engine {
    fn from(engine: EngineArg) -> Self {
        match engine {
            EngineArg::Cpu => Self::Cpu,
            EngineArg::CpuInt8 => Self::CpuInt8,
            EngineArg::BurnCpu => Self::BurnCpu,
            EngineArg::Gpu => Self::Gpu,
        }
    }
}

impl ModelArgs {
    /// Folder of the chosen model.
    ///
    /// # Errors
    /// One sentence if there is none.
    pub fn folder(&self) -> anyhow::Result<PathBuf> {
        self.model
            .clone()
            .map_or_else(|| models::current(self.data.as_deref()), Ok)
    }

    /// The chosen model on the chosen engine.
    ///
    /// # Errors
    /// One sentence saying why it cannot be used.
    pub fn detector(&self) -> anyhow::Result<Detector> {
        models::load(&self.folder()?, self.engine.map_or(Engine::Cpu, Engine::from))
    }
}

/// Runs a command.
///
/// # Errors
/// One sentence saying what is wrong and what to do.
pub fn run(command: Command, json: bool, data: Option<&Path>, out: &mut dyn Write) -> anyhow::Result<()> {
    let data = data.map(Path::to_owned);
    match command {
        Command::Scan(mut args) => {
            args.model.data = data;
            scan::run(&args, json, out)
        }
        Command::Catalog { command } => {
            catalog::run(&command, &open_store(data.as_deref())?, now(), json, out)
        }
        Command::Sales { command } => sales::run(&command, &open_store(data.as_deref())?, now(), json, out),
        Command::Backup(args) => backup::run(&args, &open_store(data.as_deref())?, json, out),
        Command::DemoPictures(args) => demo::run(&args, json, out),
        Command::Synth(args) => synth::run(&args, json, out),
        Command::Dataset { command } => dataset::run(&command, json, out),
        Command::Train(args) => train::run(&args, json, out),
        Command::Teach(args) => teach::run(&args, json, data.as_deref(), out),
        Command::Eval(mut args) => {
            args.model.data = data;
            eval::run(&args, json, out)
        }
        Command::Model { command } => model::run(&command, json, data.as_deref(), out),
        Command::Bench(mut args) => {
            args.model.data = data;
            bench::run(&args, json, out)
        }
        Command::Doctor(args) => doctor::run(&args, json, data.as_deref(), out),
    }
}

/// The shop's database, made and filled with the first catalog where there is none.
fn open_store(data: Option<&Path>) -> anyhow::Result<Store> {
    pricing::open_store(&pricing::data_folder(data)?)
}

/// An error and its causes as one line. Our own errors name their cause in their text already; a cause is
/// added only where they do not.
#[must_use]
pub fn one_line(error: &anyhow::Error) -> String {
    let mut line = String::new();
    for cause in error.chain() {
        let text = cause.to_string().split_whitespace().collect::<Vec<_>>().join(" ");
        if line.is_empty() {
            line = text;
        } else if !line.contains(&text) {
            line = format!("{line}: {text}");
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use anyhow::Context as _;

    use super::*;

    #[test]
    fn a_cause_is_named_once_and_on_one_line() {
        let cause = std::io::Error::other("disk\nfull");
        let repeated = anyhow::Error::from(cause).context("cannot write: disk full");
        assert_eq!(one_line(&repeated), "cannot write: disk full");
        let plain = Err::<(), _>(std::io::Error::other("no room"))
            .context("cannot write x")
            .unwrap_err();
        assert_eq!(one_line(&plain), "cannot write x: no room");
    }

    #[test]
    fn the_arguments_are_consistent() {
        <Cli as clap::CommandFactory>::command().debug_assert();
    }
}
