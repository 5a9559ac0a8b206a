//! Pictures as textures: one texture for the live picture, set anew per frame, and a small store for
//! product photos.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use eframe::egui::{
    self, Color32, ColorImage, Context, CornerRadius, Pos2, Rect, Stroke, StrokeKind, TextureHandle,
    TextureOptions, Ui, Vec2, epaint::RectShape, pos2,
};

use crate::{
    frame::{Frame, GrayImage, RgbImage, imageops},
    geom::CornerBox,
    ui::{
        theme::{CARD_RADIUS, Theme, bold},
        view::Photo,
        widgets::plain::{self, LivePixels},
    },
};

/// The most product photos that are kept on the graphics card.
const KEPT: usize = 192;
/// The longest side that is sent to the graphics card; every adapter takes this much.
const LONGEST: u32 = 2048;

/// All textures of the kiosk.
#[derive(Default)]
pub struct Textures {
    live: Option<TextureHandle>,
    live_frame: Option<(crate::frame::FrameId, Duration)>,
    /// The newest live picture that was painted without a texture of egui's.
    plain: Option<(Frame, LivePixels)>,
    /// How many there were.
    plain_count: u64,
    photos: BTreeMap<String, (TextureHandle, u64)>,
    mask: Option<(u64, Color32, TextureHandle)>,
    pass: u64,
    stopwatch: Option<Stopwatch>,
    upload_time: Duration,
}

/// Says how much time has passed since some moment.
pub type Stopwatch = Arc<dyn Fn() -> Duration + Send + Sync>;

impl std::fmt::Debug for Textures {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Textures")
            .field("photos", &self.photos.len())
            .finish_non_exhaustive()
    }
}

impl Textures {
    /// Starts a pass; photos that nobody has asked for in a long time make room.
    pub fn begin_pass(&mut self) {
        self.pass += 1;
        while self.photos.len() > KEPT {
            let oldest = self
                .photos
                .iter()
                .min_by_key(|(_, (_, used))| *used)
                .map(|(key, _)| key.clone());
            let Some(oldest) = oldest else { break };
            self.photos.remove(&oldest);
        }
    }

    /// The texture of the live picture, holding `frame`.
    pub fn live(&mut self, ctx: &Context, frame: &Frame) -> &TextureHandle {
        let now_shown = stamp(frame);
        if self
            .plain
            .as_ref()
            .is_some_and(|(shown, _)| stamp(shown) != now_shown)
        {
            self.plain = None;
        }
        if self.live_frame != Some(now_shown) {
            self.live_frame = Some(now_shown);
            let started = self.stopwatch.as_ref().map(|now| now());
            let image = color_image(frame.pixels());
            match &mut self.live {
                Some(handle) => handle.set(image, TextureOptions::LINEAR),
                None => self.live = Some(ctx.load_texture("live", image, TextureOptions::LINEAR)),
            }
            if let (Some(now), Some(started)) = (&self.stopwatch, started) {
                self.upload_time = now().saturating_sub(started);
            }
        }
        self.live.get_or_insert_with(|| {
            ctx.load_texture("live", color_image(frame.pixels()), TextureOptions::LINEAR)
        })
    }

    /// Times what the live picture takes from now on.
    pub fn measure_with(&mut self, stopwatch: Stopwatch) {
        self.stopwatch = Some(stopwatch);
    }

    /// What making a texture of the newest live picture took; zero unless it is measured.
    #[must_use]
    pub const fn upload_time(&self) -> Duration {
        self.upload_time
    }

    /// The pixels of a live picture that is painted by [`plain`].
    pub fn plain_live(&mut self, frame: &Frame) -> LivePixels {
        if let Some((known, pixels)) = &self.plain
            && stamp(known) == stamp(frame)
        {
            return pixels.clone();
        }
        let started = self.stopwatch.as_ref().map(|now| now());
        let mut rgba = vec![u8::MAX; frame.pixels().as_raw().len() / 3 * 4];
        for (to, from) in rgba
            .chunks_exact_mut(4)
            .zip(frame.pixels().as_raw().chunks_exact(3))
        {
            to[..3].copy_from_slice(from);
        }
        self.plain_count += 1;
        let pixels = LivePixels {
            stamp: self.plain_count,
            size: frame.pixels().dimensions().into(),
            rgba: Arc::new(rgba),
        };
        self.plain = Some((frame.clone(), pixels.clone()));
        if let (Some(now), Some(started)) = (&self.stopwatch, started) {
            self.upload_time = now().saturating_sub(started);
        }
        pixels
    }

    /// A texture of the live picture that was shown last, if there was one.
    pub fn shown(&mut self, ctx: &Context) -> Option<TextureHandle> {
        if let Some((frame, _)) = self.plain.clone() {
            return Some(self.live(ctx, &frame).clone());
        }
        self.live.clone()
    }

    /// A mask in a colour, to be laid over a picture; another `stamp` stands for another mask.
    pub fn mask(
        &mut self,
        ctx: &Context,
        stamp: u64,
        (mask, colour): (&GrayImage, Color32),
    ) -> TextureHandle {
        if let Some((known, of, handle)) = &self.mask
            && (*known, *of) == (stamp, colour)
        {
            return handle.clone();
        }
        let size = [mask.width() as usize, mask.height() as usize];
        let pixels = mask
            .pixels()
            .map(|share| colour.gamma_multiply(f32::from(share.0[0]) / 255.0));
        let image = ColorImage::new(size, pixels.collect());
        let handle = ctx.load_texture("mask", image, TextureOptions::LINEAR);
        self.mask = Some((stamp, colour, handle.clone()));
        handle
    }

    /// The texture of a photo; a key stands for the same pixels for ever.
    pub fn photo(&mut self, ctx: &Context, photo: &Photo) -> &TextureHandle {
        let pass = self.pass;
        let entry = self.photos.entry(photo.key.clone()).or_insert_with(|| {
            (
                ctx.load_texture(&photo.key, color_image(&photo.pixels), TextureOptions::LINEAR),
                pass,
            )
        });
        entry.1 = pass;
        &entry.0
    }
}

/// What tells one live picture from the next.
fn stamp(frame: &Frame) -> (crate::frame::FrameId, Duration) {
    (frame.id(), frame.captured_at())
}

/// The picture as a texture takes it, no larger than a screen needs.
#[must_use]
pub fn color_image(pixels: &RgbImage) -> ColorImage {
    let (width, height) = pixels.dimensions();
    let as_size = |image: &RgbImage| [image.width(), image.height()].map(|side| side as usize);
    if width.max(height) <= LONGEST {
        return ColorImage::from_rgb(as_size(pixels), pixels.as_raw());
    }
    let scaled = |side: u32| (u64::from(side) * u64::from(LONGEST) / u64::from(width.max(height))).max(1);
    let side = |value: u64| u32::try_from(value).unwrap_or(LONGEST);
    let small = imageops::thumbnail(pixels, side(scaled(width)), side(scaled(height)));
    ColorImage::from_rgb(as_size(&small), small.as_raw())
}

/// The largest rectangle of the picture's shape inside `room`, centred.
#[must_use]
pub fn fit(picture: Vec2, room: Rect) -> Rect {
    let scale = (room.width() / picture.x.max(1.0)).min(room.height() / picture.y.max(1.0));
    Rect::from_center_size(room.center(), picture * scale)
}

/// The part of a picture that fills `rect` without stretching it.
fn cover(picture: Vec2, rect: Rect) -> Rect {
    let scale = (rect.width() / picture.x.max(1.0)).max(rect.height() / picture.y.max(1.0));
    let seen = rect.size() / (picture * scale);
    Rect::from_center_size(Pos2::new(0.5, 0.5), seen)
}

/// Paints a texture with round corners.
pub fn paint_texture(ui: &Ui, texture: &TextureHandle, rect: Rect, uv: Rect, radius: CornerRadius) {
    let shape = RectShape::filled(rect, radius, Color32::WHITE).with_texture(texture.id(), uv);
    ui.painter().add(shape);
}

/// Paints the whole live picture.
pub fn paint_live(ui: &Ui, textures: &mut Textures, frame: &Frame, rect: Rect, radius: CornerRadius) {
    let texture = textures.live(ui.ctx(), frame).clone();
    let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
    paint_texture(ui, &texture, rect, whole, radius);
}

/// As [`paint_live`] over what has the colour `behind`, by [`plain`] where that is possible.
pub fn paint_live_over(ui: &Ui, textures: &mut Textures, frame: &Frame, (rect, behind): (Rect, Color32)) {
    let (width, height) = frame.size();
    let fits = width > 0 && height > 0 && width.max(height) <= LONGEST;
    if fits && plain::paints_pictures(ui, rect) {
        let pixels = textures.plain_live(frame);
        plain::picture(ui, rect, CARD_RADIUS, (behind, pixels));
    } else {
        paint_live(ui, textures, frame, rect, CARD_RADIUS);
    }
}

/// Paints the part of the live picture around a box, as large as `rect`.
pub fn paint_crop(ui: &Ui, texture: &TextureHandle, bbox: CornerBox, rect: Rect, radius: CornerRadius) {
    let picture = texture.size_vec2();
    let wanted = Rect::from_min_max(pos2(bbox.x0, bbox.y0), pos2(bbox.x1, bbox.y1));
    // A margin around the item, and the shape of the place it is shown in.
    let mut side = wanted.size() * picture * 1.25;
    let aspect = rect.width() / rect.height().max(1.0);
    if side.x / side.y.max(1.0) > aspect {
        side.y = side.x / aspect;
    } else {
        side.x = side.y * aspect;
    }
    let uv_size = (side / picture).min(Vec2::splat(1.0));
    let mut uv = Rect::from_center_size(wanted.center(), uv_size);
    uv = uv.translate(Vec2::new((-uv.min.x).max(0.0), (-uv.min.y).max(0.0)));
    uv = uv.translate(Vec2::new((1.0 - uv.max.x).min(0.0), (1.0 - uv.max.y).min(0.0)));
    paint_texture(ui, texture, rect, uv, radius);
}

/// Paints a product photo, or its first letter where there is none.
pub fn paint_photo(
    ui: &Ui,
    theme: &Theme,
    textures: &mut Textures,
    rect: Rect,
    (photo, name): (Option<&Photo>, &str),
) {
    let radius = CornerRadius::same(if rect.width() > 400.0 { 12 } else { 8 });
    if let Some(photo) = photo {
        let texture = textures.photo(ui.ctx(), photo).clone();
        let uv = cover(texture.size_vec2(), rect);
        paint_texture(ui, &texture, rect, uv, radius);
        return;
    }
    ui.painter().rect(
        rect,
        radius,
        theme.control,
        Stroke::new(1.0, theme.line),
        StrokeKind::Inside,
    );
    let letter: String = name.chars().take(1).flat_map(char::to_uppercase).collect();
    ui.painter().text(
        rect.center(),
        egui::Align2::CENTER_CENTER,
        letter,
        bold((rect.height() * 0.42).max(16.0)),
        theme.muted,
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::FrameId;

    fn frame(id: u64, width: u32) -> Frame {
        Frame::new(RgbImage::new(width, 4), FrameId(id), Duration::from_millis(id))
    }

    #[test]
    fn the_live_picture_that_was_shown_last_has_a_texture_however_it_was_painted() {
        let (ctx, mut textures) = (Context::default(), Textures::default());
        assert!(textures.shown(&ctx).is_none());
        let first = textures.plain_live(&frame(1, 6));
        assert_eq!(
            textures.plain_live(&frame(1, 6)).stamp,
            first.stamp,
            "the same picture"
        );
        assert_eq!((first.size, first.rgba.len()), ([6, 4], 6 * 4 * 4));
        assert_eq!(first.rgba[..4], [0, 0, 0, 255]);
        assert_ne!(textures.plain_live(&frame(2, 8)).stamp, first.stamp);
        let size = |texture: Option<TextureHandle>| texture.map(|texture| texture.size());
        assert_eq!(size(textures.shown(&ctx)), Some([8, 4]));
        textures.live(&ctx, &frame(3, 10));
        assert_eq!(size(textures.shown(&ctx)), Some([10, 4]), "painted by egui since");
    }
}
