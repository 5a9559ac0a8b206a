//! VOC folders as the wild holds them.

use std::fs;

use proptest::prelude::*;

use super::*;
use crate::{
    frame::{RgbImage, picture},
    geom::CornerBox,
    training::dataset::{Dataset as _, testing::with_orientation, voc_xml::EXAMPLE},
};

fn write(folder: &Path, name: &str, bytes: impl AsRef<[u8]>) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

fn write_picture(folder: &Path, name: &str, width: u32, height: u32) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    picture::write(&RgbImage::new(width, height), &path).unwrap();
}

fn write_set(folder: &Path, width: u32, height: u32) {
    write_picture(folder, "JPEGImages/one.png", width, height);
    write(folder, "Annotations/one.xml", EXAMPLE);
    write(folder, "ImageSets/Main/val.txt", "one 1\n\n");
}

fn xml(filename: &str, size: (u32, u32), bbox: [i32; 4]) -> String {
    let [x0, y0, x1, y1] = bbox;
    format!(
        "<annotation><filename>{filename}</filename><size><width>{}</width><height>{}</height></size>\
         <object><name>milk</name><bndbox><xmin>{x0}</xmin><ymin>{y0}</ymin><xmax>{x1}</xmax>\
         <ymax>{y1}</ymax></bndbox></object></annotation>",
        size.0, size.1
    )
}

#[test]
fn a_folder_opens_and_boxes_are_normalised_by_the_labelled_size() {
    let folder = tempfile::tempdir().unwrap();
    // The picture was made half as large after labelling.
    write_set(folder.path(), 100, 50);
    let classes = ClassNames::new(["milk"]);
    let set = VocDataset::open(folder.path(), "val", &classes).unwrap();
    assert_eq!(set.len(), 1);
    let report = set.report();
    // The file name in the XML is "a & b.jpg".
    for issue in [
        Issue::NoCorners,
        Issue::UnknownClass,
        Issue::NameMended,
        Issue::CornersExchanged,
    ] {
        assert_eq!(report.count(issue), 1, "{issue:?}");
    }
    let one = set.get(0).unwrap();
    assert_eq!(one.boxes.len(), 1);
    let bbox = one.boxes[0].bbox;
    assert!(
        (bbox.x0 - 0.05).abs() < 1e-6 && (bbox.y1 - 0.7).abs() < 1e-6,
        "{bbox:?}"
    );
    assert!(matches!(
        set.get(1),
        Err(DatasetError::NoSuchPicture { index: 1, count: 1 })
    ));
}

#[test]
fn labels_of_a_picture_on_its_side_are_refused_unless_exif_says_which_side() {
    let folder = tempfile::tempdir().unwrap();
    write_set(folder.path(), 100, 200);
    let set = VocDataset::open(folder.path(), "val", &ClassNames::new(["milk"])).unwrap();
    let error = set.get(0).unwrap_err().to_string();
    assert!(error.contains("one.png") && error.contains("side"), "{error}");

    let turned = tempfile::tempdir().unwrap();
    write_picture(turned.path(), "a.jpg", 200, 100);
    let plain = fs::read(turned.path().join("a.jpg")).unwrap();
    write(turned.path(), "a.jpg", with_orientation(&plain, 6));
    write(turned.path(), "a.xml", xml("a.jpg", (200, 100), [1, 1, 100, 50]));
    let set = VocDataset::open_folder(turned.path(), &ClassNames::new(["milk"])).unwrap();
    let read = set.get(0).unwrap();
    assert_eq!(read.picture.dimensions(), (100, 200));
    // Turned clockwise, the upper left quarter becomes the upper right one.
    assert_eq!(read.boxes[0].bbox, CornerBox::new(0.5, 0.0, 1.0, 0.5));
}

#[test]
fn bad_files_are_refused_by_name_and_the_rest_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    for name in ["good", "bomb", "cut", "big", "other", "latin", "wide", "lonely"] {
        if name != "lonely" {
            write_picture(path, &format!("JPEGImages/{name}.png"), 40, 40);
        }
        write(
            path,
            &format!("Annotations/{name}.xml"),
            xml("x", (40, 40), [1, 1, 9, 9]),
        );
    }
    write(
        path,
        "Annotations/bomb.xml",
        "<!DOCTYPE b [<!ENTITY a 'a'>]><annotation>&a;</annotation>",
    );
    write(path, "Annotations/cut.xml", "<annotation><object>");
    fs::File::create(path.join("Annotations/big.xml"))
        .unwrap()
        .set_len(200 << 20)
        .unwrap();
    write(path, "Annotations/other.xml", [0u8, 159, 146, 150]);
    let latin = xml("x", (40, 40), [1, 1, 9, 9]).replace("milk", "käse");
    write(
        path,
        "Annotations/latin.xml",
        encoding_rs::WINDOWS_1252.encode(&latin).0,
    );
    let wide: Vec<u8> = std::iter::once(0xfeffu16)
        .chain(
            xml("x", (0, 0), [1, 1, 9, 9])
                .replace('>', ">\r\n")
                .encode_utf16(),
        )
        .flat_map(u16::to_le_bytes)
        .collect();
    write(path, "Annotations/wide.xml", wide);
    write(
        path,
        "ImageSets/Main/train.txt",
        "good\r\nlatin\r\n../../etc/passwd\r\n",
    );
    let set = LabelSet::voc(path, None).unwrap();
    let names: Vec<_> = set
        .pictures
        .iter()
        .map(|p| (p.file.file_stem().unwrap().to_str().unwrap(), &*p.split))
        .collect();
    assert_eq!(names, [("good", "train"), ("latin", "train"), ("wide", "")]);
    assert_eq!(set.classes, ["käse", "milk"]);
    assert_eq!(set.pictures[2].size, None);
    for (issue, count) in [
        (Issue::Entities, 1),
        (Issue::LabelsTooLarge, 1),
        (Issue::LabelsUnreadable, 2),
        (Issue::PictureMissing, 1),
        (Issue::OtherEncoding, 3),
    ] {
        assert_eq!(set.report.count(issue), count, "{issue:?} {:?}", set.report);
    }
    let list = LabelSet::voc(path, Some("train")).unwrap();
    assert_eq!(
        (list.pictures.len(), list.report.count(Issue::LabelsUnreadable)),
        (2, 1)
    );
    assert!(LabelSet::voc(path, Some("missing")).is_err());
}

#[test]
fn a_set_in_which_nothing_can_be_used_is_an_error_that_names_a_file() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "Annotations/a.xml", "<annotation></annotation>");
    let error = LabelSet::voc(folder.path(), None).unwrap_err().to_string();
    assert!(
        error.contains("a.xml") || error.contains("picture is missing"),
        "{error}"
    );
    assert!(LabelSet::voc(&folder.path().join("none"), None).is_err());
}

#[test]
fn windows_paths_and_renamed_pictures_are_found() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    write_picture(path, "JPEGImages/IMG_7.png", 40, 40);
    let labels = xml("C:\\Users\\me\\Pictures\\img_7.PNG", (40, 40), [1, 1, 9, 9]);
    write(path, "Annotations/0007.xml", labels);
    let set = LabelSet::voc(path, None).unwrap();
    assert!(set.pictures[0].file.ends_with("IMG_7.png"));
    assert_eq!(set.report.count(Issue::NameMended), 1);
}

#[test]
fn lists_of_other_programs_are_understood() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    for name in ["a", "b 1", "c.v2", "d"] {
        write_picture(path, &format!("JPEGImages/{name}.png"), 40, 40);
        write(
            path,
            &format!("Annotations/{name}.xml"),
            xml("", (40, 40), [1, 1, 9, 9]),
        );
    }
    let list = "\u{feff}JPEGImages/a.png\nb 1\nc.v2 -1\nC:\\set\\d.JPG 1\na\n\n";
    write(path, "ImageSets/Main/mine.txt", list);
    let set = LabelSet::voc(path, Some("mine")).unwrap();
    let stems: Vec<_> = set
        .pictures
        .iter()
        .map(|p| p.file.file_stem().unwrap().to_str().unwrap())
        .collect();
    assert_eq!(stems, ["a", "b 1", "c.v2", "d"]);
    assert_eq!(set.report.notes().count(), 0, "{:?}", set.report);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn no_bytes_make_it_panic(changes in prop::collection::vec((0usize..1000, any::<u8>()), 1..20), cut in 0usize..1000) {
        let folder = tempfile::tempdir().unwrap();
        write_picture(folder.path(), "a.png", 4, 4);
        let mut bytes = EXAMPLE.as_bytes().to_vec();
        for (at, value) in changes {
            if let Some(byte) = bytes.get_mut(at) { *byte = value; }
        }
        bytes.truncate(cut.max(10));
        write(folder.path(), "a.xml", bytes);
        if let Ok(set) = LabelSet::voc(folder.path(), None) {
            let data = LabelDataset::new(set, &ClassNames::new(["milk", "apple"]));
            for index in 0..data.len() {
                let _read = data.get(index);
            }
        }
    }
}

use crate::training::dataset::LabelDataset;
