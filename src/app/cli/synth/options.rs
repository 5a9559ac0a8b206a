//! The composer's settings as command-line options.

use std::path::PathBuf;

use clap::Args;

use crate::{app::data::scene_settings, training::scenes::ComposerSettings};

/// Settings of the composer that replace those of `--settings` or the usual ones.
#[derive(Debug, Args)]
pub(super) struct ComposerArgs {
    /// Composer settings as JSON, as the report prints them; missing ones are as usual.
    #[arg(long)]
    settings: Option<PathBuf>,
    /// Width and height of a picture in pixels.
    #[arg(long)]
    size: Option<u32>,
    /// Share of pictures with nothing on the background.
    #[arg(long)]
    empty_share: Option<f32>,
    /// Share of pictures with one product, or a few of a kind, large.
    #[arg(long)]
    single_share: Option<f32>,
    /// Share of pictures with piles and rows.
    #[arg(long)]
    pile_share: Option<f32>,
    /// Share of pictures filled to the edges with one kind.
    #[arg(long)]
    crate_share: Option<f32>,
    /// Share of pictures with other things only.
    #[arg(long)]
    negative_share: Option<f32>,
    /// Share of pictures with a product in a hand.
    #[arg(long)]
    hand_share: Option<f32>,
    /// Share of pictures with products among leaves.
    #[arg(long)]
    garden_share: Option<f32>,
    /// Share of backgrounds that are photos.
    #[arg(long)]
    photo_share: Option<f32>,
    /// Share of items that are rendered where there are cut-outs as well.
    #[arg(long)]
    render_share: Option<f32>,
    /// Different renders of each class.
    #[arg(long)]
    renders: Option<u32>,
    /// Share of other things that are drawn.
    #[arg(long)]
    drawn_share: Option<f32>,
    /// Most products in a picture.
    #[arg(long)]
    max_items: Option<usize>,
    /// A product that shows less than this share of itself is taken out.
    #[arg(long)]
    min_visible: Option<f32>,
    /// Colour jitter a channel.
    #[arg(long)]
    colour_jitter: Option<f32>,
    /// Widest shape of the photographs to be expected.
    #[arg(long)]
    widest: Option<f32>,
}

impl ComposerArgs {
    /// The settings, each from the command line, from the file, or as usual.
    pub(super) fn settings(&self, seed: u64) -> anyhow::Result<ComposerSettings> {
        let usual = scene_settings(self.settings.as_deref())?;
        Ok(ComposerSettings {
            seed,
            size: self.size.unwrap_or(usual.size),
            empty_share: self.empty_share.unwrap_or(usual.empty_share),
            single_share: self.single_share.unwrap_or(usual.single_share),
            pile_share: self.pile_share.unwrap_or(usual.pile_share),
            crate_share: self.crate_share.unwrap_or(usual.crate_share),
            negative_share: self.negative_share.unwrap_or(usual.negative_share),
            hand_share: self.hand_share.unwrap_or(usual.hand_share),
            garden_share: self.garden_share.unwrap_or(usual.garden_share),
            photo_share: self.photo_share.unwrap_or(usual.photo_share),
            render_share: self.render_share.unwrap_or(usual.render_share),
            renders: self.renders.unwrap_or(usual.renders),
            drawn_share: self.drawn_share.unwrap_or(usual.drawn_share),
            max_items: self.max_items.unwrap_or(usual.max_items),
            min_visible: self.min_visible.unwrap_or(usual.min_visible),
            colour_jitter: self.colour_jitter.unwrap_or(usual.colour_jitter),
            widest: self.widest.unwrap_or(usual.widest),
            ..usual
        })
    }
}
