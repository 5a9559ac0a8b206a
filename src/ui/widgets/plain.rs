//! The two largest areas of a screen, cards and the live picture, painted by pipelines of their own.
//!
//! egui paints everything with one shader that filters a texture for each pixel, even where a colour is plain, and
//! that knows ways which are never taken. A graphics card does not mind; a processor that stands in for one pays for
//! every pixel. Whoever opens a window calls [`enable`]; without that, as in tests and screenshots, egui paints all.
//! What is painted looks the same but for the rounding of edges, which a stroke covers.

mod pipelines;

use std::sync::Arc;

use eframe::{
    egui::{Color32, Context, CornerRadius, Id, Mesh, Rect, Shape, Ui, epaint, pos2, vec2},
    egui_wgpu::Callback,
    wgpu,
};

use self::pipelines::{Fill, Live};

/// Rectangles smaller than this, in points, are left to egui.
const LEAST_SIDE: f32 = 120.0;

/// The format of the window's pixels, which pipelines must know.
#[derive(Clone, Copy)]
struct Format(wgpu::TextureFormat);

fn key() -> Id {
    Id::unique("plain-format")
}

/// From now on large areas are painted plainly. Does nothing for windows whose pixels are not in egui's own colours.
pub fn enable(ctx: &Context, format: wgpu::TextureFormat) {
    if !format.is_srgb() {
        ctx.data_mut(|data| data.insert_temp(key(), Format(format)));
    }
}

fn format_of(ui: &Ui, rect: Rect) -> Option<Format> {
    let large = rect.width() >= LEAST_SIDE && rect.height() >= LEAST_SIDE;
    // What is partly out of the window has a viewport of another shape, and what fades is egui's.
    let inside = ui.ctx().content_rect().contains_rect(rect);
    (large && inside && ui.painter().opacity() >= 1.0)
        .then(|| ui.ctx().data(|data| data.get_temp(key())))
        .flatten()
}

/// Fills a large rectangle with round corners; false if that is left to egui.
pub fn fill(ui: &Ui, rect: Rect, radius: CornerRadius, colour: Color32) -> bool {
    let Some(Format(format)) = format_of(ui, rect).filter(|_| colour.is_opaque()) else {
        return false;
    };
    let [top, bottom] = [radius.nw.max(radius.ne), radius.sw.max(radius.se)].map(f32::from);
    let middle = Rect::from_min_max(
        pos2(rect.min.x, rect.min.y + top),
        pos2(rect.max.x, rect.max.y - bottom),
    );
    let painter = ui.painter();
    let callback = Callback::new_paint_callback(middle, Fill { format, colour });
    painter.add(Shape::Callback(callback));
    let strips = [
        (
            rect.with_max_y(middle.min.y),
            CornerRadius {
                sw: 0,
                se: 0,
                ..radius
            },
        ),
        (
            rect.with_min_y(middle.max.y),
            CornerRadius {
                nw: 0,
                ne: 0,
                ..radius
            },
        ),
    ];
    for (strip, radius) in strips {
        painter.rect_filled(strip, radius, colour);
    }
    true
}

/// The live picture as bytes. Cloning shares them.
#[derive(Debug, Clone)]
pub struct LivePixels {
    /// Another one stands for other pixels.
    pub stamp: u64,
    /// Width and height.
    pub size: [u32; 2],
    /// Red, green, blue and 255 of each pixel.
    pub rgba: Arc<Vec<u8>>,
}

/// Whether [`picture`] would paint here.
#[must_use]
pub fn paints_pictures(ui: &Ui, rect: Rect) -> bool {
    format_of(ui, rect).is_some()
}

/// Paints the live picture over a large rectangle, its round corners in the colour of what lies behind.
pub fn picture(ui: &Ui, rect: Rect, radius: CornerRadius, (behind, pixels): (Color32, LivePixels)) {
    let Some(Format(format)) = format_of(ui, rect) else {
        return;
    };
    let callback = Callback::new_paint_callback(rect, Live { format, pixels });
    ui.painter().add(Shape::Callback(callback));
    let corners = [
        (rect.left_top(), vec2(1.0, 1.0), radius.nw),
        (rect.right_top(), vec2(-1.0, 1.0), radius.ne),
        (rect.left_bottom(), vec2(1.0, -1.0), radius.sw),
        (rect.right_bottom(), vec2(-1.0, -1.0), radius.se),
    ];
    for (corner, inward, radius) in corners {
        ui.painter()
            .add(outside_of_arc(corner, inward * f32::from(radius), behind));
    }
}

/// What lies between a corner and the arc that rounds it off.
fn outside_of_arc(corner: epaint::Pos2, inward: epaint::Vec2, colour: Color32) -> Shape {
    const STEPS: u32 = 8;
    let mut mesh = Mesh::default();
    mesh.colored_vertex(corner, colour);
    for step in 0..=STEPS {
        let angle = std::f32::consts::FRAC_PI_2 * step as f32 / STEPS as f32;
        let from_corner = vec2(1.0 - angle.sin(), 1.0 - angle.cos());
        mesh.colored_vertex(corner + inward * from_corner, colour);
        if step > 0 {
            mesh.add_triangle(0, step, step + 1);
        }
    }
    Shape::mesh(mesh)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_corner_is_cut_along_the_arc() {
        let corner = pos2(100.0, 50.0);
        let shape = outside_of_arc(corner, vec2(-12.0, 12.0), Color32::RED);
        let Shape::Mesh(mesh) = shape else {
            panic!("is a mesh")
        };
        assert!(mesh.is_valid());
        // The arc's middle lies a radius from both edges.
        let middle = pos2(88.0, 62.0);
        for vertex in &mesh.vertices[1..] {
            assert!(
                (vertex.pos.distance(middle) - 12.0).abs() < 1e-3,
                "{:?}",
                vertex.pos
            );
        }
        let ends = [mesh.vertices[1].pos, mesh.vertices[mesh.vertices.len() - 1].pos];
        assert!(ends[0].distance(pos2(88.0, 50.0)) < 1e-3, "{ends:?}");
        assert!(ends[1].distance(pos2(100.0, 62.0)) < 1e-3, "{ends:?}");
    }

    #[test]
    fn without_a_window_egui_paints_everything() {
        let ctx = Context::default();
        let mut asked = false;
        let _output = ctx.run_ui(eframe::egui::RawInput::default(), |ui| {
            let rect = ui.ctx().content_rect().shrink(10.0);
            asked = true;
            assert!(!fill(ui, rect, CornerRadius::same(12), Color32::WHITE));
            assert!(!paints_pictures(ui, rect));
        });
        assert!(asked);
    }
}
