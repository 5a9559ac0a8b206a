//! `tillsight demo-pictures`: renders the bundled demo pictures and product tiles anew, from their seeds.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use clap::Args;
use rayon::prelude::*;
use serde_json::json;

use crate::{frame::picture, training::render::demo};

/// Arguments of `tillsight demo-pictures`.
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// Folder for the demo pictures (JPEG, 1280 x 960); made if missing.
    #[arg(long)]
    out: PathBuf,
    /// Folder for the product tiles (WebP with alpha, 256 x 256); left out if not given.
    #[arg(long)]
    tiles: Option<PathBuf>,
}

/// Renders and writes the pictures, several at once.
///
/// # Errors
/// One sentence if a folder cannot be made or a picture cannot be written.
pub fn run(args: &DemoArgs, json: bool, out: &mut dyn Write) -> anyhow::Result<()> {
    make_folder(&args.out)?;
    let mut files = demo::pictures()
        .into_par_iter()
        .map(|planned| {
            let path = args.out.join(format!("{}.jpg", planned.name));
            picture::write(&planned.render(), &path)?;
            Ok(path)
        })
        .collect::<anyhow::Result<Vec<PathBuf>>>()?;
    if let Some(folder) = &args.tiles {
        make_folder(folder)?;
        for (name, tile) in demo::tiles() {
            let path = folder.join(format!("{name}.webp"));
            tile.save(&path)
                .with_context(|| format!("cannot write {}", path.display()))?;
            files.push(path);
        }
    }
    if json {
        writeln!(out, "{}", json!({ "files": files }))?;
    } else {
        for file in &files {
            writeln!(out, "wrote {}", file.display())?;
        }
    }
    Ok(())
}

fn make_folder(folder: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {}", folder.display()))
}
