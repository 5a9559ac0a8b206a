//! What comes from a camera: bytes to pixels, pixels to a texture.

use divan::Bencher;
use tillsight::{
    capture::{Encoding, decode},
    frame::{Rgb, RgbImage, picture},
    ui::widgets::photo::color_image,
};

const SIZE: [u32; 2] = [1280, 720];

fn view() -> RgbImage {
    RgbImage::from_fn(SIZE[0], SIZE[1], |x, y| {
        Rgb([x / 3 + y / 7, x / 11 + y, (x * y) / 97].map(|v| u8::try_from(v % 256).unwrap()))
    })
}

/// A picture as a camera compresses it.
#[divan::bench]
fn mjpeg(bencher: Bencher<'_, '_>) {
    let bytes = picture::to_jpeg(&view(), 85).unwrap();
    bencher.bench_local(|| decode(Encoding::Mjpeg, SIZE[0], SIZE[1], &bytes).unwrap());
}

/// A picture in which two pixels share a colour.
#[divan::bench]
fn yuyv(bencher: Bencher<'_, '_>) {
    let bytes: Vec<u8> = (0..SIZE[0] * SIZE[1] * 2)
        .map(|at| u8::try_from(at % 251).unwrap())
        .collect();
    bencher.bench_local(|| decode(Encoding::Yuyv, SIZE[0], SIZE[1], &bytes).unwrap());
}

/// What the window makes of it.
#[divan::bench]
fn texture(bencher: Bencher<'_, '_>) {
    let view = view();
    bencher.bench_local(|| color_image(&view));
}
