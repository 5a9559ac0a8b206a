//! `tillsight model remember`: lets a model carry pieces of what its backbone saw of its products, so that they are
//! not forgotten where new products are taught.

use std::{io::Write, path::PathBuf};

use clap::Args;
use serde_json::json;

use crate::{app::data::DataArgs, training::teach::Memory, vision::ModelBundle};

/// Arguments of `tillsight model remember`.
#[derive(Debug, Args)]
pub struct RememberArgs {
    /// Folder of the bundle; the memory is put beside its weights.
    pub bundle: PathBuf,
    /// The pictures, as for training.
    #[command(flatten)]
    pub data: DataArgs,
    /// Pictures looked at.
    #[arg(long, default_value_t = 1200)]
    pub pictures: u64,
}

/// Runs the command.
///
/// # Errors
/// One sentence saying which pictures or which model cannot be used.
pub fn run(args: &RememberArgs, json: bool, out: &mut dyn Write) -> anyhow::Result<()> {
    let bundle = ModelBundle::load(&args.bundle)?;
    let known = &bundle.architecture.classes;
    if !known.starts_with(&args.data.classes) {
        anyhow::bail!(
            "the model knows {}; give the same with --classes, in the same order",
            known.join(",")
        );
    }
    let (sample, _) = args.data.sampler()?;
    let memory = Memory::make(&bundle, &sample, args.pictures)?;
    memory.save(&args.bundle)?;
    if json {
        writeln!(out, "{}", json!({"pieces": memory.pieces()}))?;
    } else {
        writeln!(
            out,
            "{} remembers {} pieces.",
            args.bundle.display(),
            memory.pieces()
        )?;
    }
    Ok(())
}
