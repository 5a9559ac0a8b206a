//! The pictures of products as the lane and the lists show them: the shop's own, made small, and those that
//! came with the program.
//!
//! The shop's own are read when the program begins, and one again when it was changed. They are decoded in the
//! background; until then, and where there is none, a name stands alone.

use std::sync::Arc;

use crate::{
    app::{kiosk::photos::Photos, office::Desk},
    domain::codes::Sku,
    frame::{RgbImage, imageops, picture},
    store::{Store, error::StoreError, pictures::ProductPicture},
    ui::{pictures::Pictures, view::Photo},
};

/// The longest side of a picture, in pixels: as large as a tile at the lane.
const SIDE: u32 = 256;
/// So many of the shop's own are kept in memory; what the camera tells apart comes first.
const MOST: usize = 300;

/// The pictures that there are.
#[derive(Debug, Default)]
pub struct Album {
    pictures: Pictures,
}

impl Album {
    /// The pictures.
    #[must_use]
    pub const fn pictures(&self) -> &Pictures {
        &self.pictures
    }

    /// Those that came with the program are decoded.
    pub fn bundled(&mut self, photos: &Photos) {
        self.pictures.bundled = photos.by_class();
    }

    fn take(&mut self, read: Vec<(Sku, Option<Photo>)>) {
        let own = Arc::make_mut(&mut self.pictures.own);
        for (sku, photo) in read {
            match photo {
                Some(photo) => {
                    own.insert(sku, photo);
                }
                None => {
                    own.remove(&sku);
                }
            }
        }
    }
}

/// Reads the shop's own pictures.
pub fn read_all(desk: &mut Desk) {
    let catalog = Arc::clone(desk.catalog());
    read(desk, move |store| {
        let mut skus = store.pictured()?;
        let is_seen = |sku: &Sku| {
            let product = catalog.by_sku(sku);
            product.is_some_and(|product| product.class.is_some())
        };
        skus.sort_by_key(|sku| !is_seen(sku));
        skus.truncate(MOST);
        Ok(skus)
    });
}

/// Reads the picture of one product, which was changed.
pub fn read_one(sku: Sku, desk: &mut Desk) {
    read(desk, move |_| Ok(vec![sku]));
}

fn read(desk: &mut Desk, which: impl FnOnce(&Store) -> Result<Vec<Sku>, StoreError> + Send + 'static) {
    // The same picture has the same texture, another one another.
    let stamp = desk.now().0;
    desk.read(
        move |store| {
            let skus = which(store)?.into_iter();
            skus.map(|sku| Ok((sku.clone(), store.picture(&sku)?)))
                .collect::<Result<Vec<_>, StoreError>>()
        },
        move |_, desk, found: Vec<(Sku, Option<ProductPicture>)>| {
            if found.is_empty() {
                return;
            }
            let decode = move || {
                let decoded = found.into_iter().map(|(sku, found)| {
                    let photo = found.and_then(|found| decoded(&sku, &found, stamp));
                    (sku, photo)
                });
                decoded.collect::<Vec<_>>()
            };
            desk.work("album", decode, |office, _, done| {
                if let Ok(read) = done {
                    office.album.take(read);
                }
            });
        },
    );
}

fn decoded(sku: &Sku, found: &ProductPicture, stamp: i64) -> Option<Photo> {
    let pixels: RgbImage = picture::decode(&found.jpeg, sku.as_str()).ok()?;
    let (width, height) = pixels.dimensions();
    let side = width.max(height);
    let pixels = if side > SIDE {
        let scaled = |length: u32| (length * SIDE / side).max(1);
        imageops::thumbnail(&pixels, scaled(width), scaled(height))
    } else {
        pixels
    };
    Some(Photo {
        key: format!("own {sku} {stamp}"),
        pixels: Arc::new(pixels),
    })
}
