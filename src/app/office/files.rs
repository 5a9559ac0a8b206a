//! Asking for files: a sheet with a path, and the file dialog of the system on a thread in the background.

use std::path::{Path, PathBuf};

use crate::{
    app::office::{Desk, Office},
    ui::office::ask_path::PathView,
};

/// What is done with the path.
pub type WithPath = Box<dyn FnOnce(&mut Office, &mut Desk, PathBuf)>;

/// What kind of path is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PathKind {
    /// A file that is there, with one of these endings.
    Open {
        /// The endings, without dots.
        endings: Vec<String>,
    },
    /// A file to write.
    Save {
        /// The name that is suggested.
        name: String,
    },
    /// A folder.
    Folder,
}

/// A question for a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathAsk {
    /// What the file is for.
    pub title: String,
    /// The word for going on.
    pub yes: String,
    /// What kind.
    pub kind: PathKind,
}

/// A question that is open.
pub(super) struct OpenAsk {
    ask: PathAsk,
    view: PathView,
    then: WithPath,
}

impl OpenAsk {
    pub(super) fn new(ask: PathAsk, then: WithPath, folder: &Path) -> Self {
        let path = match &ask.kind {
            PathKind::Save { name } => folder.join(name).display().to_string(),
            PathKind::Open { .. } | PathKind::Folder => String::new(),
        };
        let view = PathView {
            title: ask.title.clone(),
            yes: ask.yes.clone(),
            path,
            version: 0,
            browsing: false,
        };
        Self { ask, view, then }
    }

    pub(super) fn view(&self) -> PathView {
        self.view.clone()
    }

    pub(super) fn go_on(self, path: &str, office: &mut Office, desk: &mut Desk) {
        (self.then)(office, desk, PathBuf::from(path));
    }

    /// Opens the dialog of the system.
    pub(super) fn browse(&mut self, desk: &mut Desk) {
        self.view.browsing = true;
        let ask = self.ask.clone();
        desk.work(
            "dialog",
            move || pick(&ask),
            |office, _, picked| office.picked(picked.ok().flatten()),
        );
    }

    pub(super) fn picked(&mut self, path: Option<PathBuf>) {
        self.view.browsing = false;
        if let Some(path) = path {
            self.view.path = path.display().to_string();
            self.view.version += 1;
        }
    }
}

/// The dialog; none when it was cancelled, or when the system has none.
fn pick(ask: &PathAsk) -> Option<PathBuf> {
    let dialog = rfd::FileDialog::new().set_title(&ask.title);
    match &ask.kind {
        PathKind::Open { endings } => {
            let name = endings.join(", ");
            dialog.add_filter(name, endings).pick_file()
        }
        PathKind::Save { name } => dialog.set_file_name(name).save_file(),
        PathKind::Folder => dialog.pick_folder(),
    }
}
