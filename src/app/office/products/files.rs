//! What leaves and enters the page as files: the list as CSV, shelf labels as PDF, pictures of products.

use std::{path::Path, sync::Arc};

use crate::{
    app::{
        office::{
            Desk, album,
            files::{PathAsk, PathKind},
        },
        shelf_labels,
    },
    domain::{
        codes::Sku,
        product::Product,
        shelf_label::{Content, LabelSize, ShelfLabel},
        staff::Permission,
    },
    frame::{RgbImage, imageops, jpeg, picture},
    store::{catalog_csv, pictures::ProductPicture},
    ui::words::{Lang, ProductsWord},
};

/// The longest side of a product's picture, in pixels.
const LONGEST_SIDE: u32 = 640;
/// A JPEG that the database takes.
const QUALITY: u8 = 86;

/// The list that is shown, as a table that [`catalog_csv::parse`] reads back.
pub(super) fn export(rows: Arc<Vec<Arc<Product>>>, desk: &mut Desk) {
    let words = desk.words();
    let ask = PathAsk {
        title: words.say(ProductsWord::ExportAsk),
        yes: words.say(ProductsWord::Export),
        kind: PathKind::Save {
            name: "products.csv".to_owned(),
        },
    };
    desk.ask_path(ask, move |_, desk, path| {
        let write = move || {
            let text = catalog_csv::write(rows.iter().map(AsRef::as_ref));
            write_file(&path, text.as_bytes())
        };
        desk.work("files", write, |_, desk, done| match done {
            Ok(Ok(())) => desk.saved(),
            Ok(Err(sentence)) => desk.problem(sentence),
            Err(trouble) => desk.problem(trouble.sentence),
        });
    });
}

/// Shelf labels of some products, on sheets of A4.
pub(super) fn labels(products: Vec<Arc<Product>>, desk: &mut Desk) {
    let words = desk.words();
    let ask = PathAsk {
        title: words.count(ProductsWord::LabelsAsk, products.len()),
        yes: words.say(ProductsWord::LabelsWrite),
        kind: PathKind::Save {
            name: "shelf-labels.pdf".to_owned(),
        },
    };
    let lang = desk.lang();
    desk.ask_path(ask, move |_, desk, path| {
        let contents = move |store: &crate::store::Store| {
            let found = products.into_iter().map(|product| {
                let content = store.content(&product.sku)?;
                Ok((product, content))
            });
            found.collect::<Result<Vec<_>, _>>()
        };
        desk.read(contents, move |_, desk, products| {
            let write = move || write_file(&path, &sheet(&products, lang));
            desk.work("files", write, |_, desk, done| match done {
                Ok(Ok(())) => desk.saved(),
                Ok(Err(sentence)) => desk.problem(sentence),
                Err(trouble) => desk.problem(trouble.sentence),
            });
        });
    });
}

fn sheet(products: &[(Arc<Product>, Option<Content>)], lang: Lang) -> Vec<u8> {
    let labels: Vec<ShelfLabel> = products
        .iter()
        .map(|(product, content)| ShelfLabel::of(product, *content, lang.code(), lang.decimal()))
        .collect();
    shelf_labels::pdf(&labels, LabelSize::default())
}

/// Writes a file beside its place first: what was there stays whole when the disk is full.
pub(crate) fn write_file(path: &Path, bytes: &[u8]) -> Result<(), String> {
    let sentence = |error: std::io::Error| {
        format!(
            "the file {} cannot be written ({error}): check the folder and its room",
            path.display()
        )
    };
    let mut beside = path.as_os_str().to_owned();
    beside.push(".part");
    std::fs::write(&beside, bytes).map_err(sentence)?;
    std::fs::rename(&beside, path).map_err(sentence)
}

/// Asks for a picture and gives it to a product.
pub(super) fn choose_picture(sku: Sku, desk: &mut Desk) {
    if !desk.check(Permission::EditProducts) {
        return;
    }
    let words = desk.words();
    let ask = PathAsk {
        title: words.say(ProductsWord::PictureAsk),
        yes: words.say(ProductsWord::ChoosePicture),
        kind: PathKind::Open {
            endings: ["jpg", "jpeg", "png", "webp"].map(str::to_owned).to_vec(),
        },
    };
    desk.ask_path(ask, |_, desk, path| {
        desk.work(
            "files",
            move || small_picture(&path),
            |_, desk, done| match done {
                Ok(Ok(picture)) => {
                    let of = sku.clone();
                    desk.change(
                        Permission::EditProducts,
                        move |store, by| store.set_picture(&of, &picture, by),
                        move |office, desk, ()| {
                            super::saved(office, desk);
                            album::read_one(sku.clone(), desk);
                            super::read_picture(sku, desk);
                        },
                    );
                }
                Ok(Err(sentence)) => desk.problem(sentence),
                Err(trouble) => desk.problem(trouble.sentence),
            },
        );
    });
}

/// A picture file as a JPEG that is no larger than it has to be.
fn small_picture(path: &Path) -> Result<ProductPicture, String> {
    let read = picture::read(path).map_err(|error| error.to_string())?;
    let small = shrunk(&read);
    let name = path.display().to_string();
    let jpeg = jpeg::encode(&small, QUALITY, &name).map_err(|error| error.to_string())?;
    Ok(ProductPicture {
        jpeg,
        width: small.width(),
        height: small.height(),
    })
}

fn shrunk(picture: &RgbImage) -> RgbImage {
    let (width, height) = picture.dimensions();
    let longest = width.max(height);
    if longest <= LONGEST_SIDE {
        return picture.clone();
    }
    let side = |length: u32| (length * LONGEST_SIDE / longest).max(1);
    imageops::resize(picture, side(width), side(height), imageops::FilterType::Triangle)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_pictures_are_shrunk_and_keep_their_shape() {
        let wide = RgbImage::new(2000, 1000);
        assert_eq!(shrunk(&wide).dimensions(), (640, 320));
        assert_eq!(shrunk(&RgbImage::new(300, 20)).dimensions(), (300, 20));
        assert_eq!(shrunk(&RgbImage::new(9000, 1)).dimensions(), (640, 1));
    }

    #[test]
    fn a_file_is_written_whole_or_a_sentence_says_why() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("list.csv");
        write_file(&path, b"one").unwrap();
        write_file(&path, b"two").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"two");
        let refused = write_file(&folder.path().join("no/such/list.csv"), b"x").unwrap_err();
        assert!(refused.contains("check the folder"), "{refused}");
    }
}
