//! Asking for files: a sheet with a path, and the file dialog of the system on a thread in the background.

use std::path::{Path, PathBuf};

use crate::{
    app::office::{Desk, Office},
    ui::office::ask_path::PathView,
};

/// What is done with the path, or with several where several may be chosen; there is always one.
pub type WithPath = Box<dyn FnOnce(&mut Office, &mut Desk, Vec<PathBuf>)>;

/// What kind of path is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PathKind {
    /// A file that is there, with one of these endings.
    Open {
        /// The endings, without dots.
        endings: Vec<String>,
    },
    /// Files that are there, with one of these endings; a folder may be typed.
    OpenSome {
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
    /// What the dialog gave last, and the text that stands for it in the field.
    picked: (Vec<PathBuf>, String),
    then: WithPath,
}

impl OpenAsk {
    pub(super) fn new(ask: PathAsk, then: WithPath, folder: &Path) -> Self {
        let path = match &ask.kind {
            PathKind::Save { name } => folder.join(name).display().to_string(),
            PathKind::Open { .. } | PathKind::OpenSome { .. } | PathKind::Folder => String::new(),
        };
        let view = PathView {
            title: ask.title.clone(),
            yes: ask.yes.clone(),
            path,
            version: 0,
            browsing: false,
            none_chosen: false,
        };
        let picked = Default::default();
        Self {
            ask,
            view,
            picked,
            then,
        }
    }

    pub(super) fn view(&self) -> PathView {
        self.view.clone()
    }

    pub(super) fn go_on(self, path: &str, office: &mut Office, desk: &mut Desk) {
        let (picked, shown) = self.picked;
        let paths = if picked.is_empty() || path != shown {
            vec![PathBuf::from(path)]
        } else {
            picked
        };
        (self.then)(office, desk, paths);
    }

    /// Opens the dialog of the system.
    pub(super) fn browse(&mut self, desk: &mut Desk) {
        self.view.browsing = true;
        let ask = self.ask.clone();
        desk.work(
            "dialog",
            move || pick(&ask),
            |office, _, picked| office.picked(picked.unwrap_or_default()),
        );
    }

    /// What the dialog gave; nothing when it was cancelled, or when the system has none.
    pub(super) fn picked(&mut self, paths: Vec<PathBuf>) {
        self.view.browsing = false;
        self.view.none_chosen = paths.is_empty();
        if let Some(first) = paths.first() {
            self.view.path = match paths.len() {
                1 => first.display().to_string(),
                count => format!("{} (+ {})", first.display(), count - 1),
            };
            self.view.version += 1;
            self.picked = (paths, self.view.path.clone());
        }
    }
}

/// The dialog; nothing when it was cancelled, or when the system has none. It blocks its thread.
fn pick(ask: &PathAsk) -> Vec<PathBuf> {
    let dialog = rfd::FileDialog::new().set_title(&ask.title);
    match &ask.kind {
        PathKind::Open { endings } => {
            let name = endings.join(", ");
            dialog.add_filter(name, endings).pick_file().into_iter().collect()
        }
        PathKind::OpenSome { endings } => {
            let name = endings.join(", ");
            dialog.add_filter(name, endings).pick_files().unwrap_or_default()
        }
        PathKind::Save { name } => dialog.set_file_name(name).save_file().into_iter().collect(),
        PathKind::Folder => dialog.pick_folder().into_iter().collect(),
    }
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::{OpenAsk, PathAsk, PathKind};

    fn ask() -> OpenAsk {
        let ask = PathAsk {
            title: "Import photos".to_owned(),
            yes: "Import".to_owned(),
            kind: PathKind::OpenSome {
                endings: vec!["jpg".to_owned()],
            },
        };
        OpenAsk::new(ask, Box::new(|_, _, _| {}), Path::new("/data"))
    }

    #[test]
    fn a_machine_without_a_file_dialog_says_so_and_takes_a_typed_path() {
        let mut open = ask();
        assert!(!open.view().none_chosen);
        open.picked(Vec::new());
        assert!(open.view().none_chosen, "not a word was said");
        assert!(!open.view().browsing);
        open.picked(vec![PathBuf::from("/a/1.jpg")]);
        assert!(!open.view().none_chosen);
        assert_eq!(open.view().path, "/a/1.jpg");
    }
}
