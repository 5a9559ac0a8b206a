//! The binary as a user runs it, with a folder of its own to work in.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use serde_json::Value;
use tempfile::TempDir;

/// A file of the repository.
pub(crate) fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The folder of the model that comes with the program.
pub(crate) fn shipped_model() -> PathBuf {
    let models = repository("models");
    let name = fs::read_to_string(models.join("current")).unwrap();
    models.join(name.trim())
}

/// The program, run in a folder of its own with its data in `data` below it.
pub(crate) struct Program {
    folder: TempDir,
    /// Words in front of all arguments.
    command: &'static [&'static str],
}

impl Program {
    /// The whole program.
    pub(crate) fn new() -> Self {
        Self::with_command(&[])
    }

    /// One command of the program.
    pub(crate) fn with_command(command: &'static [&'static str]) -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            command,
        }
    }

    /// A path in the folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs a command and gives what it said.
    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_tillsight"))
            .args(self.command)
            .args(arguments)
            .arg("--data")
            .arg(self.path("data"))
            .current_dir(self.folder.path())
            .output()
            .unwrap()
    }

    /// Runs a command that must succeed and gives its JSON.
    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        let output = self.run(&[arguments, &["--json"]].concat());
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{arguments:?}: {errors}");
        serde_json::from_slice(&output.stdout).expect("exactly one JSON object on standard output")
    }

    /// Runs a command that must fail with one line, and gives that line.
    pub(crate) fn refusal(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {said}");
        let text = String::from_utf8(output.stderr).unwrap();
        assert_eq!(text.lines().count(), 1, "one line: {text}");
        text
    }
}
