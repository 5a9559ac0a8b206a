use clap::Parser;
use tillsight::{app::data::*, frame::*};
#[derive(Parser)]
struct A {
    #[command(flatten)]
    d: DataArgs,
    #[arg(long)]
    o: std::path::PathBuf,
}
fn main() {
    let a = A::parse();
    let s = a.d.sampler().unwrap();
    let mut sheet = RgbImage::new(8 * 200, 6 * 200);
    let t = std::time::Instant::now();
    for i in 0..48u32 {
        let p = s(u64::from(i)).unwrap();
        let (w, h) = p.picture.dimensions();
        let mut im = imageops::resize(&p.picture, 198, 198, imageops::FilterType::Triangle);
        for b in &p.boxes {
            let c = [[0, 0, 0], [255, 0, 0], [255, 255, 0], [0, 0, 255]][b.class.0 as usize];
            let q = b.bbox.to_pixels(198, 198);
            for x in q.x0 as u32..(q.x1 as u32).min(197) {
                for y in [q.y0 as u32, (q.y1 as u32).min(197)] {
                    im.put_pixel(x.min(197), y.min(197), Rgb(c));
                }
            }
            for y in q.y0 as u32..(q.y1 as u32).min(197) {
                for x in [q.x0 as u32, (q.x1 as u32).min(197)] {
                    im.put_pixel(x.min(197), y.min(197), Rgb(c));
                }
            }
        }
        let _ = (w, h);
        imageops::overlay(&mut sheet, &im, i64::from(i % 8 * 200), i64::from(i / 8 * 200));
    }
    println!("{:?}/picture", t.elapsed() / 48);
    tillsight::frame::picture::write(&sheet, &a.o).unwrap();
}
