//! The pictures that came with the program: products, and demo pictures in place of a camera.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::Context as _;

use crate::{
    frame::{RgbImage, imageops, picture},
    ui::view::Photo,
};

/// The demo pictures, so that the binary alone can show them.
const DEMO: [(&str, &[u8]); 7] = [
    (
        "01-apple.jpg",
        include_bytes!("../../../assets/demo/01-apple.jpg"),
    ),
    (
        "02-apples-banana.jpg",
        include_bytes!("../../../assets/demo/02-apples-banana.jpg"),
    ),
    (
        "03-milk-banana.jpg",
        include_bytes!("../../../assets/demo/03-milk-banana.jpg"),
    ),
    (
        "04-three-apples.jpg",
        include_bytes!("../../../assets/demo/04-three-apples.jpg"),
    ),
    (
        "05-bunch-milk.jpg",
        include_bytes!("../../../assets/demo/05-bunch-milk.jpg"),
    ),
    (
        "06-full-basket.jpg",
        include_bytes!("../../../assets/demo/06-full-basket.jpg"),
    ),
    (
        "07-empty-tray.jpg",
        include_bytes!("../../../assets/demo/07-empty-tray.jpg"),
    ),
];

/// Product tiles by class.
const TILES: [(&str, &[u8]); 3] = [
    ("apple", include_bytes!("../../../assets/products/apple.webp")),
    ("banana", include_bytes!("../../../assets/products/banana.webp")),
    ("milk", include_bytes!("../../../assets/products/milk.webp")),
];

/// The demo pictures by name, as JPEG.
pub fn demo() -> impl Iterator<Item = (&'static str, &'static [u8])> {
    DEMO.into_iter()
}

/// Writes the demo pictures into a folder, for the replay to read; those that are there stay.
///
/// # Errors
/// One sentence naming the folder.
pub fn write_demo(folder: &Path) -> anyhow::Result<PathBuf> {
    let failed = || {
        format!(
            "the demo pictures cannot be written to {}: check the folder",
            folder.display()
        )
    };
    std::fs::create_dir_all(folder).with_context(failed)?;
    for (name, bytes) in DEMO {
        let path = folder.join(name);
        let is_there =
            std::fs::metadata(&path).is_ok_and(|found| usize::try_from(found.len()) == Ok(bytes.len()));
        if !is_there {
            std::fs::write(&path, bytes).with_context(failed)?;
        }
    }
    Ok(folder.to_owned())
}

/// One of the demo pictures, by its name and its file; they come round again and again.
#[must_use]
pub const fn demo_picture(number: usize) -> (&'static str, &'static [u8]) {
    DEMO[number % DEMO.len()]
}

/// The demo pictures, decoded once.
#[must_use]
pub fn demo_pictures() -> &'static [RgbImage] {
    static PICTURES: std::sync::OnceLock<Vec<RgbImage>> = std::sync::OnceLock::new();
    PICTURES.get_or_init(|| {
        let read = |(name, bytes): &(&str, &[u8])| picture::decode(bytes, name).ok();
        DEMO.iter().filter_map(read).collect()
    })
}

/// The picture of a product of this class that came with the program.
fn tile(class: &str) -> Option<Photo> {
    let (_, bytes) = TILES.iter().find(|(known, _)| *known == class)?;
    let tile = picture::decode(bytes, class).ok()?;
    Some(photo(class, &tile, 256))
}

/// Pictures ready to be painted.
#[derive(Debug, Clone, Default)]
pub struct Photos {
    by_class: Arc<BTreeMap<String, Photo>>,
    steps: Vec<Photo>,
}

impl Photos {
    /// No pictures.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// Those that came with the program. One that cannot be read is left out.
    #[must_use]
    pub fn bundled() -> Self {
        let read = |name: &str| {
            let (_, bytes) = DEMO.iter().find(|(found, _)| *found == name)?;
            picture::decode(bytes, name).ok()
        };
        let steps = ["02-apples-banana.jpg", "06-full-basket.jpg"]
            .into_iter()
            .filter_map(|name| Some(photo(name, &read(name)?, 640)))
            .collect();
        Self {
            by_class: Arc::new(
                TILES
                    .into_iter()
                    .filter_map(|(class, _)| Some((class.to_owned(), tile(class)?)))
                    .collect(),
            ),
            steps,
        }
    }

    /// Those of products, by what the detector calls them.
    #[must_use]
    pub fn by_class(&self) -> Arc<BTreeMap<String, Photo>> {
        Arc::clone(&self.by_class)
    }

    /// Pictures of how it works, in order.
    #[must_use]
    pub fn steps(&self) -> Vec<Photo> {
        self.steps.clone()
    }
}

fn photo(key: &str, picture: &RgbImage, width: u32) -> Photo {
    let height = (picture.height() * width / picture.width().max(1)).max(1);
    Photo {
        key: key.to_owned(),
        pixels: Arc::new(imageops::resize(
            picture,
            width,
            height,
            imageops::FilterType::Triangle,
        )),
    }
}
