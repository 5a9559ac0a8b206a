//! A QR code, painted as squares on white whatever the theme, because scanners expect it so.

use eframe::egui::{Color32, CornerRadius, Rect, Role, Sense, Ui, Vec2, WidgetInfo, pos2};
use qrcode::{EcLevel, QrCode, types::Color};

use crate::ui::widgets::id;

/// Modules of white that the standard asks for on every side.
const QUIET_ZONE: usize = 4;

/// Paints `text` as a QR code into the square in the middle of `rect`. A text too long for any code is
/// left out; the receipt can still be printed or saved.
pub fn paint(ui: &Ui, rect: Rect, text: &str, name: &str) {
    let Ok(code) = QrCode::with_error_correction_level(text.as_bytes(), EcLevel::M) else {
        return;
    };
    let modules = code.width();
    let side = rect.width().min(rect.height());
    let module = (side / (modules + 2 * QUIET_ZONE) as f32).floor().max(1.0);
    let whole = module * (modules + 2 * QUIET_ZONE) as f32;
    let square = Rect::from_center_size(rect.center().round(), Vec2::splat(whole));
    let painter = ui.painter();
    painter.rect_filled(square, CornerRadius::same(8), Color32::WHITE);
    let origin = square.min + Vec2::splat(module * QUIET_ZONE as f32);
    let colors = code.to_colors();
    for (y, row) in colors.chunks(modules).enumerate() {
        for (start, length) in dark_runs(row) {
            let min = pos2(origin.x + module * start as f32, origin.y + module * y as f32);
            let run = Rect::from_min_size(min, Vec2::new(module * length as f32, module));
            painter.rect_filled(run, CornerRadius::ZERO, Color32::BLACK);
        }
    }
    let response = ui.interact(square, id(("qr", name)), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, name));
}

/// Start and length of each run of dark modules; one rectangle per run leaves no seams.
fn dark_runs(row: &[Color]) -> Vec<(usize, usize)> {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for (x, color) in row.iter().enumerate() {
        if *color == Color::Light {
            continue;
        }
        match runs.last_mut() {
            Some((start, length)) if *start + *length == x => *length += 1,
            Some(_) | None => runs.push((x, 1)),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::dark_runs;
    use qrcode::types::Color::{Dark, Light};

    #[test]
    fn runs_join_neighbours() {
        assert_eq!(dark_runs(&[Dark, Dark, Light, Dark]), [(0, 2), (3, 1)]);
        assert_eq!(dark_runs(&[Light, Light]), []);
        assert_eq!(dark_runs(&[Light, Dark, Dark]), [(1, 2)]);
    }
}
