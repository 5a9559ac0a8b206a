//! `tillsight backup`: a copy of the database in one file.

use std::io::Write;
use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use serde_json::json;

use crate::store::Store;

/// Arguments of `tillsight backup`.
#[derive(Debug, Args)]
pub struct BackupArgs {
    /// Where the copy goes; an older backup there is replaced.
    pub file: PathBuf,
}

/// Writes the backup.
///
/// # Errors
/// One sentence saying why it could not be written.
pub fn run(args: &BackupArgs, store: &Store, json: bool, out: &mut dyn Write) -> anyhow::Result<()> {
    store.backup(&args.file)?;
    let shown = args.file.display();
    let bytes = std::fs::metadata(&args.file)
        .with_context(|| format!("the backup {shown} is gone"))?
        .len();
    if json {
        return Ok(writeln!(out, "{}", json!({ "file": args.file, "bytes": bytes }))?);
    }
    Ok(writeln!(out, "backup of {bytes} bytes written to {shown}")?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_backup_is_written_and_the_live_file_is_spared() {
        let folder = tempfile::TempDir::new().unwrap();
        let live = folder.path().join("shop.db");
        let store = Store::open(&live).unwrap();
        let mut out = Vec::new();
        let file = folder.path().join("copy.db");
        run(&BackupArgs { file: file.clone() }, &store, true, &mut out).unwrap();
        let report: serde_json::Value = serde_json::from_slice(&out).unwrap();
        assert_eq!(report["bytes"], std::fs::metadata(&file).unwrap().len());
        let error = run(&BackupArgs { file: live }, &store, true, &mut Vec::new()).unwrap_err();
        assert!(error.to_string().contains("choose a new file name"), "{error}");
    }
}
