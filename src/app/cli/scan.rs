//! `tillsight scan`: items, basket and total of pictures.

use std::{
    io::Write,
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context as _, bail};
use clap::Args;
use serde_json::{Value, json};

use super::ModelArgs;
use crate::{
    app::{
        cli::sell::sell,
        overlay::{self, Label},
        pricing::{catalog_at, data_folder, now, open_store},
    },
    domain::{
        basket::Basket,
        catalog::Catalog,
        line::{Origin, TrackKey},
        money::{Currency, Money},
        product::Product,
        quantity::{MAX_COUNT, Quantity, Unit},
        sale::SaleKey,
        tax::PriceMode,
    },
    frame::{RgbImage, picture},
    geom::Detection,
    training::dataset::files::pictures_below,
    vision::Detector,
};

/// Arguments of `tillsight scan`.
#[derive(Debug, Args)]
pub struct ScanArgs {
    /// Pictures, or folders of pictures.
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    /// Write each picture with boxes and labels into this folder.
    #[arg(long)]
    overlay: Option<PathBuf>,
    /// Score from which a detection counts, in place of the model's own; 0.01 for an evaluation.
    #[arg(long)]
    threshold: Option<f32>,
    /// Then sell what was found: a sale in the database, paid at a simulated terminal, and a receipt.
    #[arg(long)]
    sell: bool,
    /// Which model, on which engine.
    #[command(flatten)]
    pub model: ModelArgs,
}

/// One picture and what was found in it.
struct Scanned {
    path: PathBuf,
    size: (u32, u32),
    detections: Vec<Detection>,
}

/// Scans the pictures, adds everything that was found to one basket, and prints.
///
/// # Errors
/// One sentence saying which picture, model or catalog cannot be used. All pictures are read before
/// anything is printed, so a bad one leaves no half result.
pub fn run(args: &ScanArgs, json: bool, out: &mut dyn Write) -> anyhow::Result<()> {
    if let Some(threshold) = args.threshold.filter(|t| !(0.0..=1.0).contains(t)) {
        bail!("a threshold of {threshold} is not between 0 and 1");
    }
    let files = expand(&args.paths)?;
    let catalog = catalog_at(args.model.data.as_deref())?;
    let detector = args.model.detector()?;
    if let Some(folder) = &args.overlay {
        std::fs::create_dir_all(folder)
            .with_context(|| format!("cannot make the folder {}", folder.display()))?;
    }
    let mut scanned = Vec::new();
    for (number, file) in files.iter().enumerate() {
        let mut pixels = picture::read(file)?;
        let detections = detect(&detector, &pixels, args.threshold)?;
        let size = pixels.dimensions();
        if let Some(folder) = &args.overlay {
            write_overlay(
                &mut pixels,
                &detections,
                &detector,
                &overlay_path(folder, file, number),
            )?;
        }
        scanned.push(Scanned {
            path: file.clone(),
            size,
            detections,
        });
    }
    let items = sellable_items(&scanned, &detector, &catalog);
    let basket = fill_basket(&items, &catalog)?;
    let sold = if args.sell && !items.is_empty() {
        let data = data_folder(args.model.data.as_deref())?;
        Some(sell(&items, &open_store(&data)?, &data)?)
    } else {
        None
    };
    if json {
        let mut answer = as_json(&scanned, &detector, &basket);
        if let Some(sold) = &sold {
            answer["receipt"] =
                json!({"number": sold.number, "text": sold.files.text, "pdf": sold.files.pdf});
        }
        writeln!(out, "{answer}")?;
        return Ok(());
    }
    table(&scanned, &detector, &basket, out)?;
    if let Some(sold) = &sold {
        writeln!(out, "\n{}", sold.text)?;
        writeln!(
            out,
            "Sold: receipt {} is in {} and {}",
            sold.number,
            sold.files.text.display(),
            sold.files.pdf.display()
        )?;
    }
    Ok(())
}

fn detect(detector: &Detector, pixels: &RgbImage, threshold: Option<f32>) -> anyhow::Result<Vec<Detection>> {
    Ok(match threshold {
        None => detector.detect(pixels)?,
        // Asked for all that passes a threshold: no small limit on how many may remain.
        Some(score) => {
            detector.detect_with(pixels, &detector.bundle().architecture.decode.from_score(score))?
        }
    })
}

/// Folders become the pictures below them.
fn expand(paths: &[PathBuf]) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
            let found = pictures_below(path)?;
            if found.is_empty() {
                bail!("there is no picture in the folder {}", path.display());
            }
            files.extend(found);
        } else {
            files.push(path.clone());
        }
    }
    Ok(files)
}

/// The overlay's file: numbered, so that pictures of the same name in two folders both stay.
fn overlay_path(folder: &Path, file: &Path, number: usize) -> PathBuf {
    let stem = file
        .file_stem()
        .map_or_else(|| "picture".into(), std::ffi::OsStr::to_string_lossy);
    folder.join(format!("{:03}-{stem}.png", number + 1))
}

fn write_overlay(
    pixels: &mut RgbImage,
    detections: &[Detection],
    detector: &Detector,
    path: &Path,
) -> anyhow::Result<()> {
    let (width, height) = pixels.dimensions();
    let labels: Vec<Label> = detections
        .iter()
        .map(|d| Label {
            bbox: d.bbox.to_pixels(width, height),
            text: format!(
                "{} {:.0}%",
                detector.class_name(d.class).unwrap_or("?"),
                d.score * 100.0
            ),
        })
        .collect();
    overlay::draw(pixels, &labels);
    picture::write(pixels, path)?;
    Ok(())
}

/// One piece for every detection of a class that the catalog sells by the piece. What is sold by weight
/// cannot be priced from a picture and is left out.
fn sellable_items(scanned: &[Scanned], detector: &Detector, catalog: &Catalog) -> Vec<Arc<Product>> {
    scanned
        .iter()
        .flat_map(|s| &s.detections)
        .filter_map(|d| {
            detector
                .class_name(d.class)
                .and_then(|class| catalog.by_class(class))
        })
        .filter(|product| product.unit == Unit::Each && product.active)
        .cloned()
        .collect()
}

fn fill_basket(items: &[Arc<Product>], catalog: &Catalog) -> anyhow::Result<Basket> {
    let currency = catalog
        .products()
        .first()
        .map_or(Currency::EUR, |p| p.price.currency());
    let at = now();
    let mut piles: Vec<Vec<&Product>> = Vec::new();
    for product in items {
        match piles.iter_mut().find(|pile| pile[0].sku == product.sku) {
            Some(pile) => pile.push(product),
            None => piles.push(vec![product]),
        }
    }
    let mut basket = Basket::new(SaleKey(0), at, currency, PriceMode::TaxInclusive);
    // An evaluation at a low threshold finds thousands of one product; a line holds fewer.
    let lines = piles.iter().flat_map(|pile| pile.chunks(MAX_COUNT as usize));
    for (pieces, track) in lines.zip(0..) {
        let count = Quantity::Count(u32::try_from(pieces.len())?);
        let origin = Origin::Camera {
            track: TrackKey(track),
        };
        basket.add(pieces[0], count, origin, at)?;
    }
    Ok(basket)
}

fn as_json(scanned: &[Scanned], detector: &Detector, basket: &Basket) -> Value {
    let pictures: Vec<Value> = scanned
        .iter()
        .map(|s| {
            let detections: Vec<Value> = s
                .detections
                .iter()
                .map(|d| {
                    let b = d.bbox.to_pixels(s.size.0, s.size.1);
                    json!({
                        "class": detector.class_name(d.class), "score": d.score, "box": [b.x0, b.y0, b.x1, b.y1],
                    })
                })
                .collect();
            json!({"path": s.path, "width": s.size.0, "height": s.size.1, "detections": detections})
        })
        .collect();
    let lines: Vec<Value> = basket
        .live_lines()
        .map(|line| {
            json!({"sku": line.sku.as_str(), "name": line.name, "quantity": count_of(line.quantity), "amount": money(line.amount)})
        })
        .collect();
    json!({"pictures": pictures, "basket": lines, "total": money(basket.total())})
}

fn money(amount: Money) -> Value {
    json!({"minor": amount.minor(), "currency": amount.currency().code()})
}

fn count_of(quantity: Quantity) -> u32 {
    match quantity {
        Quantity::Count(count) => count,
        Quantity::Weight { grams } => grams,
    }
}

fn table(
    scanned: &[Scanned],
    detector: &Detector,
    basket: &Basket,
    out: &mut dyn Write,
) -> std::io::Result<()> {
    for s in scanned {
        writeln!(out, "{} ({} x {})", s.path.display(), s.size.0, s.size.1)?;
        for d in &s.detections {
            let b = d.bbox.to_pixels(s.size.0, s.size.1);
            let name = detector.class_name(d.class).unwrap_or("?");
            writeln!(
                out,
                "  {name:<12} {:.2}  [{:.0}, {:.0}, {:.0}, {:.0}]",
                d.score, b.x0, b.y0, b.x1, b.y1
            )?;
        }
        if s.detections.is_empty() {
            writeln!(out, "  nothing found")?;
        }
    }
    writeln!(out, "\nBasket")?;
    for line in basket.live_lines() {
        let amount = line.amount.to_decimal('.');
        writeln!(
            out,
            "  {:>3} x {:<28} {amount:>10}",
            count_of(line.quantity),
            line.name
        )?;
    }
    writeln!(out, "  {:<34} {:>10}", "Total", basket.total().to_string())
}
