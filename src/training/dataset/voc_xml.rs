//! The XML files of Pascal VOC and LabelImg.
//!
//! VOC counts pixels from 1 and includes the last one, so a box reaches from `xmin - 1` to `xmax` on the
//! pixel borders. This module reads text and knows nothing of pictures or class lists. A document type is
//! refused: no labelling tool writes one, and it is where entity bombs live.

use quick_xml::{Reader, events::Event};

use super::{ObjectFlags, labels::ordered};

/// Elements deeper than this are not labels.
const MAX_DEPTH: usize = 32;

/// Why a text is not VOC.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VocFault {
    /// A document type, and with it perhaps entities.
    #[error("it declares a document type, which could define entities")]
    DocumentType,
    /// Not XML, cut off, or not annotations.
    #[error("{0}")]
    Xml(String),
}

/// One annotated object, in pixel borders from 0.
#[derive(Debug, Clone, PartialEq)]
pub struct VocObject {
    /// Name as labelled.
    pub name: String,
    /// Left, top, right, bottom on pixel borders, in order.
    pub bbox: [f64; 4],
    /// The flags `difficult` and `truncated`.
    pub flags: ObjectFlags,
    /// Whether the corners were in the wrong order.
    pub was_exchanged: bool,
}

/// What one XML file says.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct VocAnnotation {
    /// File name of the picture; empty if the file does not say.
    pub filename: String,
    /// Path of the picture on the machine where it was labelled; empty if the file does not say.
    pub path: String,
    /// Width and height of the picture as labelled, if given and not 0.
    pub size: Option<(f64, f64)>,
    /// The objects whose four corners could be read.
    pub objects: Vec<VocObject>,
    /// Objects left out because a corner is missing or no number.
    pub unreadable: usize,
}

impl VocAnnotation {
    /// Reads the text of an XML file.
    ///
    /// # Errors
    /// [`VocFault`] if the text is not XML, is cut off, or declares a document type.
    pub fn parse(text: &str) -> Result<Self, VocFault> {
        let xml = |reason: &str| Err(VocFault::Xml(reason.to_owned()));
        let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}').trim_start());
        let mut draft = Draft::default();
        let mut path: Vec<String> = Vec::new();
        loop {
            let event = reader
                .read_event()
                .map_err(|error| VocFault::Xml(error.to_string()))?;
            match event {
                Event::Start(tag) => {
                    path.push(tag.name().as_ref().to_owned());
                    if path.len() > MAX_DEPTH {
                        return xml("its elements are nested too deeply");
                    }
                    draft.open(&path);
                }
                Event::Empty(tag) => {
                    path.push(tag.name().as_ref().to_owned());
                    draft.open(&path);
                    draft.close(&path);
                    path.pop();
                }
                Event::Text(text) => draft.text(text.as_ref()),
                Event::CData(text) => draft.text(text.as_ref()),
                Event::GeneralRef(name) => draft.text(&entity(name.as_ref())),
                Event::End(_) => {
                    draft.close(&path);
                    path.pop();
                }
                Event::Eof => break,
                Event::DocType(_) => return Err(VocFault::DocumentType),
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
            }
        }
        if !draft.annotation {
            return xml("no <annotation> element in it");
        }
        if !path.is_empty() {
            return xml("it ends in the middle");
        }
        Ok(draft.result)
    }
}

/// The five entities that XML knows without a definition, and letters by number.
fn entity(name: &str) -> String {
    let numbered = || {
        let number = name.strip_prefix('#')?;
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok(),
            None => number.parse().ok(),
        };
        char::from_u32(code?).map(String::from)
    };
    match name {
        "amp" => "&".to_owned(),
        "lt" => "<".to_owned(),
        "gt" => ">".to_owned(),
        "quot" => "\"".to_owned(),
        "apos" => "'".to_owned(),
        _ => numbered().unwrap_or_default(),
    }
}

/// The annotation while it is read.
#[derive(Debug, Default)]
struct Draft {
    result: VocAnnotation,
    annotation: bool,
    size: [Option<f64>; 2],
    name: String,
    flags: ObjectFlags,
    corners: [Option<f64>; 4],
    value: String,
}

impl Draft {
    fn open(&mut self, path: &[String]) {
        self.value.clear();
        self.annotation |= path.len() == 1 && path.first().is_some_and(|tag| tag == "annotation");
        if path.len() == 2 && path.last().is_some_and(|tag| tag == "object") {
            self.name.clear();
            self.flags = ObjectFlags::default();
            self.corners = [None; 4];
        }
    }

    fn text(&mut self, text: &str) {
        self.value.push_str(text);
    }

    /// Takes the value of the element that ends. Only whole paths count: `<part>` repeats the names.
    fn close(&mut self, path: &[String]) {
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        let value = self.value.trim();
        match path.as_slice() {
            [_, "filename"] => value.clone_into(&mut self.result.filename),
            [_, "path"] => value.clone_into(&mut self.result.path),
            [_, "size", "width"] => self.size[0] = number(value),
            [_, "size", "height"] => self.size[1] = number(value),
            [_, "size"] => {
                if let [Some(width), Some(height)] = self.size
                    && width > 0.0
                    && height > 0.0
                {
                    self.result.size = Some((width, height));
                }
            }
            [_, "object", "name"] => value.clone_into(&mut self.name),
            [_, "object", "difficult"] => self.flags.difficult = is_set(value),
            [_, "object", "truncated"] => self.flags.truncated = is_set(value),
            [_, "object", "bndbox", "xmin"] => self.corners[0] = number(value),
            [_, "object", "bndbox", "ymin"] => self.corners[1] = number(value),
            [_, "object", "bndbox", "xmax"] => self.corners[2] = number(value),
            [_, "object", "bndbox", "ymax"] => self.corners[3] = number(value),
            [_, "object"] => self.finish_object(),
            _ => {}
        }
        self.value.clear();
    }

    fn finish_object(&mut self) {
        let [Some(x0), Some(y0), Some(x1), Some(y1)] = self.corners else {
            self.result.unreadable += 1;
            return;
        };
        let ([left, top, right, bottom], was_exchanged) = ordered([x0, y0, x1, y1]);
        self.result.objects.push(VocObject {
            name: self.name.clone(),
            bbox: [left - 1.0, top - 1.0, right, bottom],
            flags: self.flags,
            was_exchanged,
        });
    }
}

/// A number, with a point or a decimal comma.
pub(super) fn number(value: &str) -> Option<f64> {
    let value = value.trim();
    let parsed = value.parse::<f64>().or_else(|_| value.replace(',', ".").parse());
    parsed.ok().filter(|number| number.is_finite())
}

/// Whether a flag is set: 1, and the words for it.
pub(super) fn is_set(value: &str) -> bool {
    matches!(
        value.trim().to_ascii_lowercase().as_str(),
        "1" | "1.0" | "true" | "yes"
    )
}

/// Two readable objects, one of them with its corners exchanged, and one that misses corners.
#[cfg(test)]
pub(super) const EXAMPLE: &str = r"<?xml version='1.0'?><annotation verified='yes'>
    <filename>a &amp; b.jpg</filename>
    <size><width>200</width><height>100</height><depth>3</depth></size>
    <object><name>milk</name><difficult>0</difficult><truncated>1</truncated>
      <bndbox><xmin>11</xmin><ymin>21</ymin><xmax>60</xmax><ymax>70</ymax></bndbox>
      <part><name>cap</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>2</xmax><ymax>2</ymax></bndbox></part>
    </object>
    <object><name>apple</name><difficult>1</difficult>
      <bndbox><xmax>30.5</xmax><xmin>50</xmin><ymin>90</ymin><ymax>80</ymax></bndbox></object>
    <object><name>apple</name><bndbox><xmin>1</xmin></bndbox></object>
    </annotation>";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_is_there_and_mends_the_order_of_corners() {
        let read = VocAnnotation::parse(EXAMPLE).unwrap();
        assert_eq!(read.filename, "a & b.jpg");
        assert_eq!(read.size, Some((200.0, 100.0)));
        assert_eq!(read.unreadable, 1);
        let expected = [
            VocObject {
                name: "milk".to_owned(),
                bbox: [10.0, 20.0, 60.0, 70.0],
                flags: ObjectFlags {
                    truncated: true,
                    ..ObjectFlags::default()
                },
                was_exchanged: false,
            },
            VocObject {
                name: "apple".to_owned(),
                bbox: [29.5, 79.0, 50.0, 90.0],
                flags: ObjectFlags {
                    difficult: true,
                    ..ObjectFlags::default()
                },
                was_exchanged: true,
            },
        ];
        assert_eq!(read.objects, expected);
    }

    #[test]
    fn a_missing_size_is_none_and_other_xml_is_refused() {
        let read = VocAnnotation::parse("<annotation><size><width>0</width></size></annotation>").unwrap();
        assert_eq!(read.size, None);
        assert!(VocAnnotation::parse("<html></html>").is_err());
        assert!(VocAnnotation::parse("<annotation><object></annotation>").is_err());
    }

    #[test]
    fn bombs_depth_and_cut_files_are_refused() {
        let bomb = "<!DOCTYPE a [<!ENTITY x 'xxxx'><!ENTITY y '&x;&x;'>]><annotation>&y;</annotation>";
        assert_eq!(VocAnnotation::parse(bomb), Err(VocFault::DocumentType));
        let deep = "<annotation>".to_owned() + &"<a>".repeat(100_000);
        assert!(matches!(VocAnnotation::parse(&deep), Err(VocFault::Xml(_))));
        let cut = EXAMPLE.rsplit_once("</annotation>").unwrap().0;
        let error = VocAnnotation::parse(cut).unwrap_err();
        assert_eq!(error.to_string(), "it ends in the middle");
        for length in 0..EXAMPLE.len() {
            assert!(
                VocAnnotation::parse(&EXAMPLE[..length]).is_err(),
                "cut after {length} bytes"
            );
        }
    }

    #[test]
    fn odd_spellings_of_letters_numbers_and_flags() {
        let read = VocAnnotation::parse(
            "<annotation><object><name>k&#228;se &#x26; co</name><difficult>True</difficult><truncated/>\
             <bndbox><xmin>1,5</xmin><ymin> 2 </ymin><xmax>1e1</xmax><ymax>9</ymax></bndbox></object>\
             <object/><object><name>x</name><bndbox><xmin>nan</xmin><ymin>1</ymin><xmax>2</xmax>\
             <ymax>3</ymax></bndbox></object></annotation>",
        )
        .unwrap();
        assert_eq!(read.unreadable, 2);
        let object = &read.objects[0];
        assert_eq!(
            (object.name.as_str(), object.bbox),
            ("käse & co", [0.5, 1.0, 10.0, 9.0])
        );
        assert!(object.flags.difficult && !object.flags.truncated);
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_panic(
            cut in 0usize..900,
            changes in proptest::collection::vec((0usize..900, proptest::prelude::any::<char>()), 0..8),
        ) {
            let mut text: Vec<char> = EXAMPLE.chars().take(cut).collect();
            for (at, letter) in changes {
                if let Some(slot) = text.get_mut(at) {
                    *slot = letter;
                }
            }
            let _parsed = VocAnnotation::parse(&text.into_iter().collect::<String>());
        }
    }
}
