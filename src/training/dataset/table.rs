//! Labels as one CSV table: `filename,width,height,class,xmin,ymin,xmax,ymax`, one row a box.
//!
//! Corners are counted as in Pascal VOC: from 1, the last pixel included. The head row may be missing or in
//! another order, and there may be more columns (`difficult`, `truncated`, `split` are understood). A row
//! with a file name alone is a picture without boxes; pictures without any row are not part of the set.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use super::{
    ClassNames, DatasetError, Issue, LabelSet, ObjectFlags, ObjectLabel, PictureLabels,
    files::PictureFinder,
    label_dataset::dataset_of,
    labels::ordered,
    text::{decode, read_bytes},
    voc::nothing,
    voc_xml::{is_set, number},
};

/// Ten million rows.
const MAX_TABLE_BYTES: u64 = 512 << 20;

dataset_of! {
    /// Pictures with labels in one CSV table.
    CsvDataset
}

impl CsvDataset {
    /// Opens a table; file names in it are relative to `pictures`. Rows of classes that are not in `classes`
    /// are left out, their pictures stay.
    ///
    /// # Errors
    /// [`DatasetError`] if the table cannot be read or nothing in it can be used.
    pub fn open(table: &Path, pictures: &Path, classes: &ClassNames) -> Result<Self, DatasetError> {
        Ok(Self::new(LabelSet::csv(table, pictures)?, classes))
    }
}

/// What a column holds, and the names under which it is known.
const COLUMNS: [(&str, &[&str]); 11] = [
    (
        "filename",
        &[
            "filename",
            "file_name",
            "file",
            "image",
            "image_name",
            "path",
            "img",
        ],
    ),
    ("width", &["width", "image_width", "img_width"]),
    ("height", &["height", "image_height", "img_height"]),
    ("class", &["class", "class_name", "label", "name", "category"]),
    ("xmin", &["xmin", "x_min", "x1", "left"]),
    ("ymin", &["ymin", "y_min", "y1", "top"]),
    ("xmax", &["xmax", "x_max", "x2", "right"]),
    ("ymax", &["ymax", "y_max", "y2", "bottom"]),
    ("difficult", &["difficult"]),
    ("truncated", &["truncated"]),
    ("split", &["split", "set", "subset"]),
];
const USUAL: [&str; 8] = [
    "filename", "width", "height", "class", "xmin", "ymin", "xmax", "ymax",
];
/// The table of keras-retinanet, which has no head.
const SHORT: [&str; 6] = ["filename", "xmin", "ymin", "xmax", "ymax", "class"];

/// Where each column stands.
struct Columns(BTreeMap<&'static str, usize>);

impl Columns {
    /// The columns that a head row names; none if it is no head row.
    fn of_head(record: &csv::StringRecord) -> Option<Self> {
        let mut places = BTreeMap::new();
        for (index, field) in record.iter().enumerate() {
            let field = field.trim().to_lowercase().replace([' ', '-'], "_");
            let known = COLUMNS.iter().find(|(_, names)| names.contains(&field.as_str()));
            if let Some((column, _)) = known {
                places.entry(*column).or_insert(index);
            }
        }
        let needed = ["filename", "class", "xmin", "ymin", "xmax", "ymax"];
        needed
            .iter()
            .all(|column| places.contains_key(column))
            .then_some(Self(places))
    }

    /// The usual columns of a table without a head row.
    fn of_count(count: usize) -> Option<Self> {
        let order: &[&'static str] = match count {
            6 => &SHORT,
            8.. => &USUAL,
            _ => return None,
        };
        Some(Self(
            order
                .iter()
                .enumerate()
                .map(|(index, column)| (*column, index))
                .collect(),
        ))
    }

    fn get<'a>(&self, record: &'a csv::StringRecord, column: &str) -> &'a str {
        let index = self.0.get(column);
        index
            .and_then(|index| record.get(*index))
            .unwrap_or_default()
            .trim()
    }
}

/// What one row says.
struct Line<'a> {
    filename: &'a str,
    size: Option<(f64, f64)>,
    split: &'a str,
    object: Option<(&'a str, [f64; 4], ObjectFlags)>,
}

impl<'a> Line<'a> {
    /// Reads a row; the error says which kind of fault it is.
    fn read(record: &'a csv::StringRecord, columns: &Columns) -> Result<Self, Issue> {
        let text = |column| columns.get(record, column);
        let filename = text("filename");
        if filename.is_empty() {
            return Err(Issue::BadEntry);
        }
        let size = number(text("width")).zip(number(text("height")));
        let corners = ["xmin", "ymin", "xmax", "ymax"].map(text);
        let object = if corners.iter().all(|corner| corner.is_empty()) {
            None
        } else {
            let [Some(x0), Some(y0), Some(x1), Some(y1)] = corners.map(number) else {
                return Err(Issue::NoCorners);
            };
            if text("class").is_empty() {
                return Err(Issue::NoClass);
            }
            let flags = ObjectFlags {
                difficult: is_set(text("difficult")),
                truncated: is_set(text("truncated")),
                crowd: false,
            };
            Some((text("class"), [x0, y0, x1, y1], flags))
        };
        Ok(Self {
            filename,
            size: size.filter(|(width, height)| *width > 0.0 && *height > 0.0),
            split: text("split"),
            object,
        })
    }
}

impl LabelSet {
    /// Reads a table; file names in it are relative to `pictures`.
    ///
    /// # Errors
    /// [`DatasetError`] if the table cannot be read, its columns are not known, or nothing in it can be
    /// used.
    pub fn csv(table: &Path, pictures: &Path) -> Result<Self, DatasetError> {
        let wrong = |reason: String| DatasetError::Labels {
            path: table.to_owned(),
            reason,
        };
        let text = decode(read_bytes(table, MAX_TABLE_BYTES)?, None);
        let mut set = Self::default();
        if text.was_other {
            set.report
                .note(Issue::OtherEncoding, || table.display().to_string());
        }
        // With the line ends of Windows the reader would name the line before.
        let lines = text.text.replace("\r\n", "\n");
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter(&lines))
            .from_reader(lines.as_bytes());
        let mut columns = None;
        let mut spoiled = std::collections::BTreeSet::new();
        let mut filler = Filler::new(pictures, table);
        for record in reader.records() {
            let record = record.map_err(|error| wrong(error.to_string()))?;
            let line = record.position().map_or(0, csv::Position::line);
            let columns = match &columns {
                Some(columns) => columns,
                None => {
                    let head = Columns::of_head(&record);
                    let is_head = head.is_some();
                    let found = head.or_else(|| Columns::of_count(record.len()).filter(|_| is_data(&record)));
                    let unknown = || {
                        wrong(format!(
                            "its columns are not known; the first row should be {}",
                            USUAL.join(",")
                        ))
                    };
                    let known = columns.insert(found.ok_or_else(unknown)?);
                    if is_head {
                        continue;
                    }
                    known
                }
            };
            match Line::read(&record, columns) {
                Ok(read) => filler.add(&mut set, &read, line),
                Err(issue) => {
                    set.report
                        .note(issue, || format!("{}: line {line}", table.display()));
                    spoiled.insert(columns.get(&record, "filename").to_owned());
                }
            }
        }
        for name in spoiled {
            let at = filler.places.get(&name).copied().flatten();
            if let Some(picture) = at.and_then(|at| set.pictures.get_mut(at)) {
                picture.is_incomplete = true;
            }
        }
        if set.pictures.is_empty() {
            return Err(nothing(table, &set.report));
        }
        set.count();
        set.sort_classes();
        Ok(set)
    }
}

/// Whether a first row holds numbers where a head would hold words.
fn is_data(record: &csv::StringRecord) -> bool {
    record.iter().filter(|field| number(field).is_some()).count() >= 4
}

/// The separator that occurs most in the first line: comma, semicolon or tab.
fn delimiter(text: &str) -> u8 {
    let first = text
        .lines()
        .find(|line| !line.trim().is_empty())
        .unwrap_or_default();
    let mut quoted = false;
    let mut counts = [(b';', 0), (b'\t', 0), (b',', 0)];
    for byte in first.bytes() {
        quoted ^= byte == b'"';
        for (separator, count) in &mut counts {
            *count += usize::from(byte == *separator && !quoted);
        }
    }
    // Semicolons and tabs go first: where they are there, commas are decimal commas.
    let found = counts.iter().find(|(_, count)| *count >= 5);
    found.map_or(b',', |(separator, _)| *separator)
}

/// Puts rows of one picture together.
struct Filler {
    finder: PictureFinder,
    source: Arc<str>,
    /// File name in the table, and where its picture went; none if it is missing.
    places: BTreeMap<String, Option<usize>>,
    by_file: BTreeMap<std::path::PathBuf, usize>,
}

impl Filler {
    fn new(pictures: &Path, table: &Path) -> Self {
        Self {
            finder: PictureFinder::new(pictures),
            source: table.display().to_string().into(),
            places: BTreeMap::new(),
            by_file: BTreeMap::new(),
        }
    }

    fn add(&mut self, set: &mut LabelSet, read: &Line<'_>, line: u64) {
        let place = match self.places.get(read.filename) {
            Some(place) => *place,
            None => {
                let place = self.picture(set, read);
                self.places.insert(read.filename.to_owned(), place);
                place
            }
        };
        let Some((name, corners, flags)) = read.object else {
            return;
        };
        let class = set.class(name);
        let Some(picture) = place.and_then(|at| set.pictures.get_mut(at)) else {
            return;
        };
        let ([left, top, right, bottom], was_exchanged) = ordered(corners);
        if was_exchanged {
            set.report.note(Issue::CornersExchanged, || {
                format!("{}: line {line}", self.source)
            });
        }
        picture.objects.push(ObjectLabel {
            class,
            bbox: [left - 1.0, top - 1.0, right, bottom],
            flags,
        });
    }

    fn picture(&mut self, set: &mut LabelSet, read: &Line<'_>) -> Option<usize> {
        let Some((file, by_other_name)) = self.finder.find(read.filename) else {
            set.report.note(Issue::PictureMissing, || {
                format!("{} (of {})", read.filename, self.source)
            });
            return None;
        };
        if by_other_name {
            set.report.note(Issue::NameMended, || read.filename.to_owned());
        }
        let at = *self.by_file.entry(file.clone()).or_insert(set.pictures.len());
        if at == set.pictures.len() {
            set.pictures.push(PictureLabels {
                file,
                source: Arc::clone(&self.source),
                size: read.size,
                split: read.split.into(),
                group: None,
                class: None,
                objects: Vec::new(),
                is_incomplete: false,
            });
        }
        Some(at)
    }
}

#[cfg(test)]
mod tests;
