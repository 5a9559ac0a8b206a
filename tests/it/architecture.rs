//! The rule of the house: which room may import which room, and which room owns which crate. Reads every
//! source file and fails on anything else.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// Room, rooms it may import.
const MAY_USE: [(&str, &[&str]); 11] = [
    ("geom", &[]),
    ("frame", &[]),
    ("domain", &[]),
    ("vision", &["geom", "frame"]),
    ("training", &["vision", "geom", "frame"]),
    ("tracking", &["geom", "frame"]),
    ("capture", &["frame"]),
    ("store", &["domain", "geom"]),
    (
        "pipeline",
        &[
            "geom", "frame", "domain", "vision", "training", "tracking", "capture", "store",
        ],
    ),
    ("ui", &["domain", "geom", "frame"]),
    (
        "app",
        &[
            "geom", "frame", "domain", "vision", "training", "tracking", "capture", "store", "pipeline", "ui",
        ],
    ),
];

/// Crate, rooms that may name it.
const OWNERS: [(&str, &[&str]); 9] = [
    ("burn", &["vision", "training", "app"]),
    ("burn_store", &["vision"]),
    ("nokhwa", &["capture"]),
    ("rusqlite", &["store"]),
    ("rusqlite_migration", &["store"]),
    ("egui", &["ui", "app"]),
    ("eframe", &["ui", "app"]),
    ("image", &["frame"]),
    ("crossbeam_channel", &["pipeline", "capture", "app"]),
];

fn source_files(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            source_files(&path, files);
        } else if path.extension().is_some_and(|e| e == "rs") {
            files.push(path);
        }
    }
}

/// The code of a file without comments.
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    text.lines()
        .map(|line| line.split("//").next().unwrap_or(""))
        .collect::<Vec<_>>()
        .join("\n")
}

/// Every `name` in `prefix` + `name` + anything that cannot be part of a name.
fn names_after(code: &str, prefix: &str) -> Vec<String> {
    code.match_indices(prefix)
        .filter(|(at, _)| !code[..*at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':'))
        .flat_map(|(at, _)| roots(&code[at + prefix.len()..]))
        .collect()
}

/// The first names of a path or of each path in a braced list.
fn roots(rest: &str) -> Vec<String> {
    let name = |text: &str| -> String {
        text.trim_start()
            .chars()
            .take_while(|c| c.is_alphanumeric() || *c == '_')
            .collect()
    };
    let Some(list) = rest.strip_prefix('{') else {
        return vec![name(rest)];
    };
    let mut names = vec![name(list)];
    let mut depth = 1;
    for (at, c) in list.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 1 => names.push(name(&list[at + 1..])),
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    names.retain(|name| !name.is_empty());
    names
}

fn rooms() -> BTreeMap<String, Vec<(PathBuf, String)>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    source_files(&root, &mut files);
    let mut rooms: BTreeMap<String, Vec<(PathBuf, String)>> = BTreeMap::new();
    for file in files {
        let inside = file.strip_prefix(&root).unwrap();
        let first = inside
            .components()
            .next()
            .unwrap()
            .as_os_str()
            .to_string_lossy()
            .into_owned();
        let room = first.trim_end_matches(".rs").to_owned();
        if room != "lib" && room != "main" {
            rooms
                .entry(room)
                .or_default()
                .push((inside.to_owned(), code(&file)));
        }
    }
    rooms
}

#[test]
fn rooms_import_only_what_they_may() {
    let rooms = rooms();
    let known: Vec<&str> = MAY_USE.iter().map(|(room, _)| *room).collect();
    assert_eq!(
        rooms.len(),
        known.len(),
        "a room without a rule, or a rule without a room: {:?}",
        rooms.keys()
    );
    let mut wrong = Vec::new();
    for (room, allowed) in MAY_USE {
        for (file, code) in &rooms[room] {
            for name in names_after(code, "crate::") {
                if known.contains(&name.as_str()) && name != room && !allowed.contains(&name.as_str()) {
                    wrong.push(format!("{} imports {name}", file.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn crates_stay_with_their_owners() {
    let mut wrong = Vec::new();
    for (room, files) in rooms() {
        for (owned, owners) in OWNERS {
            if owners.contains(&room.as_str()) {
                continue;
            }
            for (file, code) in &files {
                let named = code.match_indices(&format!("{owned}::")).any(|(at, _)| {
                    !code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':' || c == '.')
                });
                if named {
                    wrong.push(format!("{} names the crate {owned}", file.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_reader_of_imports_sees_lists_and_paths() {
    assert_eq!(
        names_after("use crate::{\n    ui::a,\n    domain::{b, c},\n};", "crate::"),
        ["ui", "domain"]
    );
    assert_eq!(
        names_after("let x = crate::store::Store::open();", "crate::"),
        ["store"]
    );
    assert_eq!(names_after("use mycrate::ui;", "crate::"), Vec::<String>::new());
}
