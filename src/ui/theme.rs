//! Colours, sizes and fonts: the only place where a number of the look is written.
//!
//! Three themes share one set of names. A test computes the contrast of every pair that is painted as
//! text (4.5 : 1) or as a shape that must be seen (3 : 1).

use std::sync::Arc;

use eframe::egui::{
    self, Color32, CornerRadius, FontData, FontDefinitions, FontFamily, FontId, Stroke, Vec2,
};

/// Sizes of type, in points.
pub mod size {
    /// Staff figures and captions; nothing that a shopper needs.
    pub const SMALL: f32 = 16.0;
    /// Body.
    pub const BODY: f32 = 20.0;
    /// Buttons, names in tiles.
    pub const LARGE: f32 = 28.0;
    /// The one instruction of a screen.
    pub const TITLE: f32 = 40.0;
    /// The total.
    pub const TOTAL: f32 = 64.0;
}

/// Distances, in points.
pub mod space {
    /// 4 points.
    pub const XS: f32 = 4.0;
    /// 8 points: the least distance between two things that can be touched.
    pub const S: f32 = 8.0;
    /// 12 points.
    pub const M: f32 = 12.0;
    /// 16 points.
    pub const L: f32 = 16.0;
    /// 24 points.
    pub const XL: f32 = 24.0;
    /// 32 points.
    pub const XXL: f32 = 32.0;
    /// 48 points.
    pub const HUGE: f32 = 48.0;
}

/// The least side of something that a shopper touches, in points.
pub const TOUCH: f32 = 56.0;
/// Height of the way forward, in points.
pub const PRIMARY: f32 = 88.0;
/// Corner of a card.
pub const CARD_RADIUS: CornerRadius = CornerRadius::same(12);
/// Corner of a control.
pub const CONTROL_RADIUS: CornerRadius = CornerRadius::same(8);

/// Name of the second weight of the family.
const BOLD: &str = "bold";

/// Which set of colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ThemeName {
    /// Dark text on white.
    #[default]
    Light,
    /// Light text on near-black.
    Dark,
    /// White on black with lines around everything.
    HighContrast,
}

impl ThemeName {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Light, Self::Dark, Self::HighContrast];
}

/// The tokens.
#[derive(Debug, Clone, PartialEq)]
pub struct Theme {
    /// Behind everything.
    pub ground: Color32,
    /// Cards and sheets.
    pub card: Color32,
    /// Controls, keys, empty picture frames.
    pub control: Color32,
    /// A control under the finger.
    pub pressed: Color32,
    /// Thin lines between things.
    pub line: Color32,
    /// Outline of a control.
    pub outline: Color32,
    /// Text.
    pub text: Color32,
    /// Text that stands back.
    pub muted: Color32,
    /// The way forward.
    pub accent: Color32,
    /// Text on the accent.
    pub on_accent: Color32,
    /// A faint ground of the accent: the line just added, what is chosen.
    pub accent_soft: Color32,
    /// Look here.
    pub look: Color32,
    /// Text on it.
    pub on_look: Color32,
    /// Remove and stop.
    pub stop: Color32,
    /// Paid, and only that.
    pub paid: Color32,
    /// Text on it.
    pub on_paid: Color32,
    /// Dims what a sheet covers.
    pub scrim: Color32,
    /// Inner ring of the focus.
    pub focus_inner: Color32,
    /// Outer ring of the focus.
    pub focus_outer: Color32,
    /// Box around an item that is known.
    pub box_found: Color32,
    /// Box around an item that is not clear.
    pub box_unsure: Color32,
    /// Box around something unknown.
    pub box_unknown: Color32,
    /// Second colour of every box, and the text on its label.
    pub box_edge: Color32,
}

const fn rgb(hex: u32) -> Color32 {
    let [_, r, g, b] = hex.to_be_bytes();
    Color32::from_rgb(r, g, b)
}

impl Theme {
    /// The tokens of a theme.
    #[must_use]
    pub fn of(name: ThemeName) -> Self {
        match name {
            ThemeName::Light => Self::light(),
            ThemeName::Dark => Self::dark(),
            ThemeName::HighContrast => Self::high_contrast(),
        }
    }

    fn light() -> Self {
        Self {
            ground: rgb(0xEE_F1_F5),
            card: rgb(0xFF_FF_FF),
            control: rgb(0xF3_F5_F8),
            pressed: rgb(0xDC_E2_EA),
            line: rgb(0xDD_E2_E9),
            outline: rgb(0x7C_87_97),
            text: rgb(0x10_18_28),
            muted: rgb(0x4C_58_69),
            accent: rgb(0x1A_4F_D6),
            on_accent: rgb(0xFF_FF_FF),
            accent_soft: rgb(0xDF_E9_FF),
            look: rgb(0xFF_B0_20),
            on_look: rgb(0x1E_14_00),
            stop: rgb(0xB4_1C_1C),
            paid: rgb(0x0B_6B_3A),
            on_paid: rgb(0xFF_FF_FF),
            scrim: Color32::from_black_alpha(150),
            focus_inner: rgb(0xFF_FF_FF),
            focus_outer: rgb(0x10_18_28),
            box_found: rgb(0x8C_BB_FF),
            box_unsure: rgb(0xFF_B0_20),
            box_unknown: rgb(0xD5_DA_E1),
            box_edge: rgb(0x0B_12_20),
        }
    }

    fn dark() -> Self {
        Self {
            ground: rgb(0x0E_13_1C),
            card: rgb(0x18_1F_2B),
            control: rgb(0x24_2D_3C),
            pressed: rgb(0x33_3E_51),
            line: rgb(0x2C_36_46),
            outline: rgb(0x83_91_A6),
            text: rgb(0xF2_F5_F9),
            muted: rgb(0xB3_BF_CF),
            accent: rgb(0x8A_B6_FF),
            on_accent: rgb(0x07_15_33),
            accent_soft: rgb(0x1E_33_57),
            look: rgb(0xFF_BE_45),
            on_look: rgb(0x1E_14_00),
            stop: rgb(0xFF_9A_92),
            paid: rgb(0x5C_DC_95),
            on_paid: rgb(0x03_24_12),
            scrim: Color32::from_black_alpha(190),
            focus_inner: rgb(0xFF_FF_FF),
            focus_outer: rgb(0x05_08_0E),
            box_found: rgb(0x8C_BB_FF),
            box_unsure: rgb(0xFF_B0_20),
            box_unknown: rgb(0xD5_DA_E1),
            box_edge: rgb(0x0B_12_20),
        }
    }

    fn high_contrast() -> Self {
        Self {
            ground: rgb(0x00_00_00),
            card: rgb(0x00_00_00),
            control: rgb(0x12_12_12),
            pressed: rgb(0x3A_3A_3A),
            line: rgb(0xFF_FF_FF),
            outline: rgb(0xFF_FF_FF),
            text: rgb(0xFF_FF_FF),
            muted: rgb(0xE6_E6_E6),
            accent: rgb(0x66_E0_FF),
            on_accent: rgb(0x00_00_00),
            accent_soft: rgb(0x00_2E_3B),
            look: rgb(0xFF_D6_00),
            on_look: rgb(0x00_00_00),
            stop: rgb(0xFF_8F_8F),
            paid: rgb(0x6B_FF_9E),
            on_paid: rgb(0x00_00_00),
            scrim: Color32::from_black_alpha(215),
            focus_inner: rgb(0xFF_D6_00),
            focus_outer: rgb(0x00_00_00),
            box_found: rgb(0x66_E0_FF),
            box_unsure: rgb(0xFF_D6_00),
            box_unknown: rgb(0xFF_FF_FF),
            box_edge: rgb(0x00_00_00),
        }
    }

    /// Outline of a card.
    #[must_use]
    pub fn card_stroke(&self) -> Stroke {
        Stroke::new(1.0, self.line)
    }

    /// Applies the tokens to the few stock widgets that are used (text fields, scroll bars).
    pub fn apply(&self, ui: &mut egui::Ui) {
        let style = ui.style_mut();
        let visuals = &mut style.visuals;
        visuals.disabled_alpha = 1.0;
        visuals.panel_fill = self.ground;
        visuals.window_fill = self.card;
        visuals.extreme_bg_color = self.card;
        visuals.override_text_color = Some(self.text);
        visuals.selection.bg_fill = self.accent_soft;
        visuals.selection.stroke = Stroke::new(2.0, self.accent);
        for widget in [
            &mut visuals.widgets.inactive,
            &mut visuals.widgets.hovered,
            &mut visuals.widgets.active,
            &mut visuals.widgets.open,
        ] {
            widget.bg_stroke = Stroke::new(1.0, self.outline);
            widget.bg_fill = self.control;
            widget.weak_bg_fill = self.control;
            widget.corner_radius = CONTROL_RADIUS;
            widget.fg_stroke = Stroke::new(2.0, self.text);
        }
        style.spacing.item_spacing = Vec2::ZERO;
        style.spacing.scroll.floating = true;
        style.spacing.scroll.bar_width = 10.0;
        // The stock fade knows no card: it would be a dark band on a light one.
        style.spacing.scroll.fade.strength = 0.0;
        for font in style.text_styles.values_mut() {
            *font = regular(size::BODY);
        }
    }
}

/// A font of the regular weight.
#[must_use]
pub fn regular(points: f32) -> FontId {
    FontId::new(points, FontFamily::Proportional)
}

/// A font of the heavier weight.
#[must_use]
pub fn bold(points: f32) -> FontId {
    FontId::new(points, FontFamily::Name(BOLD.into()))
}

/// The one family: two weights, with figures of one width.
#[must_use]
pub fn fonts() -> FontDefinitions {
    let mut fonts = FontDefinitions::empty();
    let regular = FontData::from_static(include_bytes!("../../assets/fonts/TillsightSans-Regular.otf"));
    let heavy = FontData::from_static(include_bytes!("../../assets/fonts/TillsightSans-SemiBold.otf"));
    fonts.font_data.insert("regular".to_owned(), Arc::new(regular));
    fonts.font_data.insert(BOLD.to_owned(), Arc::new(heavy));
    for family in [FontFamily::Proportional, FontFamily::Monospace] {
        fonts.families.insert(family, vec!["regular".to_owned()]);
    }
    fonts.families.insert(
        FontFamily::Name(BOLD.into()),
        vec![BOLD.to_owned(), "regular".to_owned()],
    );
    fonts
}

/// The zoom at which a window of `size` (in unzoomed points) looks like 1920 x 1080, or 1080 x 1920.
///
/// A small window for development is never zoomed so far out that it cannot be read.
#[must_use]
pub fn zoom_for(size: Vec2) -> f32 {
    let (long, short) = (size.x.max(size.y), size.x.min(size.y));
    (long / 1920.0).min(short / 1080.0).clamp(0.5, 4.0)
}

#[cfg(test)]
mod tests {
    use super::{Theme, ThemeName, zoom_for};
    use eframe::egui::{Color32, vec2};

    fn channel(value: u8) -> f64 {
        let c = f64::from(value) / 255.0;
        if c <= 0.039_28 {
            c / 12.92
        } else {
            ((c + 0.055) / 1.055).powf(2.4)
        }
    }

    /// Relative luminance and contrast as WCAG 2.1 defines them.
    fn contrast(a: Color32, b: Color32) -> f64 {
        let light = |c: Color32| 0.2126 * channel(c.r()) + 0.7152 * channel(c.g()) + 0.0722 * channel(c.b());
        let (hi, lo) = (light(a).max(light(b)), light(a).min(light(b)));
        (hi + 0.05) / (lo + 0.05)
    }

    #[test]
    fn the_contrast_formula_gives_the_known_ends() {
        assert!((contrast(Color32::BLACK, Color32::WHITE) - 21.0).abs() < 1e-6);
        assert!((contrast(Color32::WHITE, Color32::WHITE) - 1.0).abs() < 1e-6);
        // #767676 on white is the well-known grey that just passes.
        assert!((contrast(Color32::from_gray(0x76), Color32::WHITE) - 4.54).abs() < 0.01);
    }

    #[test]
    fn text_is_readable_in_every_theme() {
        for name in ThemeName::ALL {
            let t = Theme::of(name);
            let pairs = [
                ("text on ground", t.text, t.ground),
                ("text on card", t.text, t.card),
                ("text on control", t.text, t.control),
                ("text on pressed", t.text, t.pressed),
                ("text on lit line", t.text, t.accent_soft),
                ("muted on ground", t.muted, t.ground),
                ("muted on card", t.muted, t.card),
                ("muted on control", t.muted, t.control),
                ("muted on lit line", t.muted, t.accent_soft),
                ("primary", t.on_accent, t.accent),
                ("accent on card", t.accent, t.card),
                ("look", t.on_look, t.look),
                ("stop on card", t.stop, t.card),
                ("stop on control", t.stop, t.control),
                ("paid", t.on_paid, t.paid),
                ("paid on card", t.paid, t.card),
                ("label of a found box", t.box_edge, t.box_found),
                ("label of an unsure box", t.box_edge, t.box_unsure),
                ("label of an unknown box", t.box_edge, t.box_unknown),
            ];
            for (what, a, b) in pairs {
                let ratio = contrast(a, b);
                assert!(ratio >= 4.5, "{name:?}: {what} has {ratio:.2} : 1");
            }
        }
    }

    #[test]
    fn shapes_can_be_seen_in_every_theme() {
        for name in ThemeName::ALL {
            let t = Theme::of(name);
            let pairs = [
                ("outline on card", t.outline, t.card),
                ("outline on control", t.outline, t.control),
                ("outline on ground", t.outline, t.ground),
                ("primary on ground", t.accent, t.ground),
                ("focus ring", t.focus_inner, t.focus_outer),
            ];
            for (what, a, b) in pairs {
                let ratio = contrast(a, b);
                assert!(ratio >= 3.0, "{name:?}: {what} has {ratio:.2} : 1");
            }
            // On any picture, one of the two colours of a box stands out.
            for grey in 0..=255 {
                let ground = Color32::from_gray(grey);
                for colour in [t.box_found, t.box_unsure, t.box_unknown] {
                    let best = contrast(colour, ground).max(contrast(t.box_edge, ground));
                    assert!(best >= 3.0, "{name:?}: a box on grey {grey} has {best:.2} : 1");
                }
            }
        }
    }

    #[test]
    fn the_accent_is_not_red() {
        for name in ThemeName::ALL {
            let t = Theme::of(name);
            assert!(t.accent.b() > t.accent.r(), "{name:?}");
        }
    }

    #[test]
    fn a_design_window_is_not_zoomed() {
        assert!((zoom_for(vec2(1920.0, 1080.0)) - 1.0).abs() < 1e-6);
        assert!((zoom_for(vec2(1080.0, 1920.0)) - 1.0).abs() < 1e-6);
        assert!((zoom_for(vec2(1280.0, 720.0)) - 2.0 / 3.0).abs() < 1e-4);
        assert!((zoom_for(vec2(3840.0, 2160.0)) - 2.0).abs() < 1e-6);
    }

    #[test]
    fn figures_are_tabular() {
        use eframe::egui;
        let ctx = egui::Context::default();
        ctx.set_fonts(super::fonts());
        let mut widths = Vec::new();
        let mut output = ctx.run_ui(egui::RawInput::default(), |ui| {
            for font in [super::regular(40.0), super::bold(40.0)] {
                let of = |text: &str| {
                    ui.painter()
                        .layout_no_wrap(text.to_owned(), font.clone(), Color32::BLACK)
                        .size()
                        .x
                };
                widths.push(
                    "0123456789"
                        .chars()
                        .map(|c| of(&c.to_string().repeat(8)))
                        .collect::<Vec<_>>(),
                );
            }
        });
        output.textures_delta.clear();
        for row in widths {
            for width in &row {
                assert!((width - row[0]).abs() < 0.01, "{row:?}");
            }
        }
    }
}
