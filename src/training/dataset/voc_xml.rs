//! The XML files of Pascal VOC and LabelImg.
//!
//! VOC counts pixels from 1 and includes the last one, so a box reaches from `xmin - 1` to `xmax` on the
//! pixel borders. This module reads text and knows nothing of pictures or class lists.

use quick_xml::{Reader, events::Event};

/// One annotated object, in pixel borders from 0.
#[derive(Debug, Clone, PartialEq)]
pub struct VocObject {
    /// Name as labelled.
    pub name: String,
    /// Left, top, right, bottom on pixel borders.
    pub bbox: [f64; 4],
    /// The `difficult` flag.
    pub difficult: bool,
    /// The `truncated` flag.
    pub truncated: bool,
}

/// What one XML file says.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct VocAnnotation {
    /// File name of the picture; empty if the file does not say.
    pub filename: String,
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
    /// A sentence that says what is wrong, if the text is not XML.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}'));
        let mut draft = Draft::default();
        let mut path: Vec<String> = Vec::new();
        loop {
            match reader.read_event().map_err(|error| error.to_string())? {
                Event::Start(tag) => {
                    path.push(tag.name().as_ref().to_owned());
                    draft.open(&path);
                }
                Event::Text(text) => draft.text(&path, text.as_ref()),
                Event::CData(text) => draft.text(&path, text.as_ref()),
                Event::GeneralRef(name) => draft.text(&path, entity(name.as_ref())),
                Event::End(_) => {
                    draft.close(&path);
                    path.pop();
                }
                Event::Eof => break,
                Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
            }
        }
        if !draft.annotation {
            return Err("no <annotation> element in it".to_owned());
        }
        Ok(draft.result)
    }
}

/// The five entities that XML knows without a definition.
fn entity(name: &str) -> &str {
    match name {
        "amp" => "&",
        "lt" => "<",
        "gt" => ">",
        "quot" => "\"",
        "apos" => "'",
        _ => "",
    }
}

/// The annotation while it is read.
#[derive(Debug, Default)]
struct Draft {
    result: VocAnnotation,
    annotation: bool,
    size: [Option<f64>; 2],
    name: String,
    flags: [bool; 2],
    corners: [Option<f64>; 4],
    value: String,
}

impl Draft {
    fn open(&mut self, path: &[String]) {
        self.value.clear();
        self.annotation |= path.len() == 1 && path.first().is_some_and(|tag| tag == "annotation");
        if path.len() == 2 && path.last().is_some_and(|tag| tag == "object") {
            self.name.clear();
            self.flags = [false; 2];
            self.corners = [None; 4];
        }
    }

    fn text(&mut self, _path: &[String], text: &str) {
        self.value.push_str(text);
    }

    /// Takes the value of the element that ends. Only whole paths count: `<part>` repeats the names.
    fn close(&mut self, path: &[String]) {
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        let value = self.value.trim();
        let number = || value.parse::<f64>().ok().filter(|number| number.is_finite());
        match path.as_slice() {
            [_, "filename"] => value.clone_into(&mut self.result.filename),
            [_, "size", "width"] => self.size[0] = number(),
            [_, "size", "height"] => self.size[1] = number(),
            [_, "size"] => {
                if let [Some(width), Some(height)] = self.size
                    && width > 0.0
                    && height > 0.0
                {
                    self.result.size = Some((width, height));
                }
            }
            [_, "object", "name"] => value.clone_into(&mut self.name),
            [_, "object", "difficult"] => self.flags[0] = value == "1",
            [_, "object", "truncated"] => self.flags[1] = value == "1",
            [_, "object", "bndbox", "xmin"] => self.corners[0] = number(),
            [_, "object", "bndbox", "ymin"] => self.corners[1] = number(),
            [_, "object", "bndbox", "xmax"] => self.corners[2] = number(),
            [_, "object", "bndbox", "ymax"] => self.corners[3] = number(),
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
        let (left, right) = (x0.min(x1), x0.max(x1));
        let (top, bottom) = (y0.min(y1), y0.max(y1));
        self.result.objects.push(VocObject {
            name: self.name.clone(),
            bbox: [left - 1.0, top - 1.0, right, bottom],
            difficult: self.flags[0],
            truncated: self.flags[1],
        });
    }
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
                difficult: false,
                truncated: true,
            },
            VocObject {
                name: "apple".to_owned(),
                bbox: [29.5, 79.0, 50.0, 90.0],
                difficult: true,
                truncated: false,
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
}
