//! Boxes and labels drawn onto a picture, for `tillsight scan --overlay`.

use crate::{
    frame::{Rgb, RgbImage},
    geom::{
        PixelBox,
        cast::{round_i32, round_u8},
    },
    training::render::font,
};

/// A box to draw and what to write beside it.
#[derive(Debug, Clone)]
pub struct Label {
    /// Where.
    pub bbox: PixelBox,
    /// What; capital letters and digits are drawn.
    pub text: String,
}

const LIGHT: Rgb<u8> = Rgb([255, 255, 255]);
const DARK: Rgb<u8> = Rgb([12, 60, 160]);

/// Draws outlines in two colours, so that they stand out on any ground, and labels above them.
pub fn draw(picture: &mut RgbImage, labels: &[Label]) {
    let side = picture.width().min(picture.height()) as f32;
    let line = (side / 220.0).max(1.0);
    for label in labels {
        outline(picture, label.bbox, line * 2.5, LIGHT);
        outline(picture, label.bbox, line * 1.5, DARK);
    }
    let height = (side / 22.0).max(12.0);
    for label in labels {
        write(picture, label, height);
    }
}

/// A frame of `thickness`, centred on the box's edges.
fn outline(picture: &mut RgbImage, bbox: PixelBox, thickness: f32, colour: Rgb<u8>) {
    let half = thickness / 2.0;
    let outer = PixelBox::new(bbox.x0 - half, bbox.y0 - half, bbox.x1 + half, bbox.y1 + half);
    let inner = PixelBox::new(bbox.x0 + half, bbox.y0 + half, bbox.x1 - half, bbox.y1 - half);
    fill(
        picture,
        PixelBox {
            y1: inner.y0,
            ..outer
        },
        colour,
    );
    fill(
        picture,
        PixelBox {
            y0: inner.y1,
            ..outer
        },
        colour,
    );
    fill(
        picture,
        PixelBox {
            x1: inner.x0,
            ..outer
        },
        colour,
    );
    fill(
        picture,
        PixelBox {
            x0: inner.x1,
            ..outer
        },
        colour,
    );
}

fn fill(picture: &mut RgbImage, area: PixelBox, colour: Rgb<u8>) {
    for_each_pixel(picture, area, |pixel, _, _| *pixel = colour);
}

/// Visits the pixels of an area that lie in the picture, with their place in the area.
fn for_each_pixel(picture: &mut RgbImage, area: PixelBox, mut paint: impl FnMut(&mut Rgb<u8>, f32, f32)) {
    for y in round_i32(area.y0)..round_i32(area.y1) {
        for x in round_i32(area.x0)..round_i32(area.x1) {
            let (Ok(px), Ok(py)) = (u32::try_from(x), u32::try_from(y)) else {
                continue;
            };
            if let Some(pixel) = picture.get_pixel_mut_checked(px, py) {
                paint(pixel, x as f32 - area.x0, y as f32 - area.y0);
            }
        }
    }
}

/// The label on a dark strip above the box, or inside it at the picture's upper edge.
fn write(picture: &mut RgbImage, label: &Label, height: f32) {
    let text = label.text.to_uppercase();
    let letter = height * 0.62;
    let width = letter * (text.chars().count() as f32 + 0.6);
    let y0 = if label.bbox.y0 >= height {
        label.bbox.y0 - height
    } else {
        label.bbox.y0
    };
    let x0 = label.bbox.x0.min(picture.width() as f32 - width).max(0.0);
    let margin = height * 0.18;
    for_each_pixel(
        picture,
        PixelBox::new(x0, y0, x0 + width, y0 + height),
        |pixel, x, y| {
            let ink = font::ink(&text, x / letter - 0.3, (y - margin) / (height - 2.0 * margin));
            for (channel, (dark, light)) in pixel.0.iter_mut().zip(DARK.0.iter().zip(LIGHT.0)) {
                *channel = round_u8(ink.mul_add(f32::from(light) - f32::from(*dark), f32::from(*dark)));
            }
        },
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_outline_lies_on_the_edge_and_the_inside_stays() {
        let mut picture = RgbImage::new(200, 200);
        let label = Label {
            bbox: PixelBox::new(50.0, 50.0, 150.0, 150.0),
            text: "APPLE 97".to_owned(),
        };
        draw(&mut picture, &[label]);
        assert_eq!(picture.get_pixel(50, 100).0, DARK.0);
        assert_eq!(picture.get_pixel(100, 100).0, [0, 0, 0]);
        let lettered = picture
            .enumerate_pixels()
            .filter(|(_, y, p)| *y < 48 && p.0[0] > 200)
            .count();
        assert!(lettered > 50, "{lettered} light pixels of letters above the box");
    }

    #[test]
    fn boxes_beyond_the_border_are_cut() {
        let mut picture = RgbImage::new(30, 20);
        let label = Label {
            bbox: PixelBox::new(-50.0, -5.0, 500.0, 400.0),
            text: "MILK".to_owned(),
        };
        draw(&mut picture, &[label]);
    }
}
