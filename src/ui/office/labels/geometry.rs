//! Where a photo lies on the screen, and what a drag makes of a box: numbers only.
//!
//! Boxes are normalised (0 to 1 over the photo) wherever they come from and go to; only here they meet the
//! screen. A box never leaves the photo, never turns inside out and never vanishes.

use eframe::egui::{Pos2, Rect, Vec2, pos2, vec2};

use crate::geom::CornerBox;

/// The photo is at least as large as its room, and at most so many times.
const ZOOM: (f32, f32) = (1.0, 24.0);
/// A box is at least so many points wide and high on the screen while it is drawn.
const LEAST_DRAWN: f32 = 6.0;
/// The least side of a box in parts of the photo.
const LEAST_SIDE: f32 = 0.003;
/// How near to an edge a pointer holds it, in points: a finger is wide.
const NEAR: f32 = 14.0;

/// Which part of the photo is seen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Viewport {
    /// 1 shows the whole photo.
    pub(super) zoom: f32,
    /// What lies in the middle of the room, normalised.
    pub(super) center: Pos2,
}

impl Default for Viewport {
    fn default() -> Self {
        Self {
            zoom: ZOOM.0,
            center: pos2(0.5, 0.5),
        }
    }
}

impl Viewport {
    /// Where the whole photo of `size` pixels lies on the screen.
    pub(super) fn place(&self, room: Rect, size: Vec2) -> Rect {
        let scale = (room.width() / size.x.max(1.0)).min(room.height() / size.y.max(1.0)) * self.zoom;
        let shown = size * scale;
        let min = room.center() - vec2(self.center.x * shown.x, self.center.y * shown.y);
        Rect::from_min_size(min, shown)
    }

    /// Zooms by a factor so that what is under `at` stays there.
    pub(super) fn zoom_at(&mut self, (room, size): (Rect, Vec2), at: Pos2, factor: f32) {
        let before = from_screen(self.place(room, size), at);
        self.zoom = (self.zoom * factor).clamp(ZOOM.0, ZOOM.1);
        let after = from_screen(self.place(room, size), at);
        self.center += before - after;
        self.keep_inside(room, size);
    }

    /// Moves the photo by so many points.
    pub(super) fn pan(&mut self, (room, size): (Rect, Vec2), by: Vec2) {
        let place = self.place(room, size);
        self.center -= vec2(by.x / place.width().max(1.0), by.y / place.height().max(1.0));
        self.keep_inside(room, size);
    }

    /// The middle stays where no emptiness shows that the photo could fill.
    fn keep_inside(&mut self, room: Rect, size: Vec2) {
        let place = self.place(room, size);
        let axis = |center: f32, room: f32, shown: f32| {
            let half = (room / shown.max(1.0) / 2.0).min(0.5);
            center.clamp(half, 1.0 - half)
        };
        self.center = pos2(
            axis(self.center.x, room.width(), place.width()),
            axis(self.center.y, room.height(), place.height()),
        );
    }
}

/// A point of the screen in parts of the photo; outside of 0 to 1 if it is beside it.
pub(super) fn from_screen(place: Rect, at: Pos2) -> Pos2 {
    pos2(
        (at.x - place.min.x) / place.width().max(1e-3),
        (at.y - place.min.y) / place.height().max(1e-3),
    )
}

/// A box on the screen.
pub(super) fn to_screen(place: Rect, bbox: CornerBox) -> Rect {
    let at = |x: f32, y: f32| place.min + vec2(x * place.width(), y * place.height());
    Rect::from_min_max(at(bbox.x0, bbox.y0), at(bbox.x1, bbox.y1))
}

/// Which edges of a box a pointer holds; none of them: the box as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Grip {
    /// -1 for the left edge, 1 for the right one.
    pub(super) x: i8,
    /// -1 for the upper edge, 1 for the lower one.
    pub(super) y: i8,
}

/// What of a box (on the screen) lies under the pointer; none if nothing does.
pub(super) fn grip_at(rect: Rect, at: Pos2) -> Option<Grip> {
    // A small box keeps a third of itself to be moved by.
    let reach = vec2(NEAR.min(rect.width() / 3.0), NEAR.min(rect.height() / 3.0));
    if !rect.expand(NEAR).contains(at) {
        return None;
    }
    let side = |at: f32, low: f32, high: f32, reach: f32| -> i8 {
        if at < low + reach {
            -1
        } else if at > high - reach {
            1
        } else {
            0
        }
    };
    Some(Grip {
        x: side(at.x, rect.min.x, rect.max.x, reach.x),
        y: side(at.y, rect.min.y, rect.max.y, reach.y),
    })
}

/// The box after what is held was moved by `by`, in parts of the photo.
pub(super) fn dragged(bbox: CornerBox, grip: Grip, by: Vec2) -> CornerBox {
    if grip == Grip::default() {
        return moved(bbox, by);
    }
    let axis = |low: f32, high: f32, held: i8, by: f32| match held {
        -1 => in_order(low + by, high),
        1 => in_order(low, high + by),
        _ => (low, high),
    };
    let (x0, x1) = axis(bbox.x0, bbox.x1, grip.x, by.x);
    let (y0, y1) = axis(bbox.y0, bbox.y1, grip.y, by.y);
    CornerBox { x0, y0, x1, y1 }
}

/// The whole box moved, as far as the photo goes.
pub(super) fn moved(bbox: CornerBox, by: Vec2) -> CornerBox {
    let dx = by.x.clamp(-bbox.x0, (1.0 - bbox.x1).max(-bbox.x0));
    let dy = by.y.clamp(-bbox.y0, (1.0 - bbox.y1).max(-bbox.y0));
    CornerBox {
        x0: (bbox.x0 + dx).clamp(0.0, 1.0),
        y0: (bbox.y0 + dy).clamp(0.0, 1.0),
        x1: (bbox.x1 + dx).clamp(0.0, 1.0),
        y1: (bbox.y1 + dy).clamp(0.0, 1.0),
    }
}

/// Two edges within the photo, the lower first, never closer than the least side.
fn in_order(a: f32, b: f32) -> (f32, f32) {
    let (a, b) = (a.clamp(0.0, 1.0), b.clamp(0.0, 1.0));
    let (low, high) = (a.min(b), a.max(b));
    if high - low >= LEAST_SIDE {
        (low, high)
    } else if low + LEAST_SIDE <= 1.0 {
        (low, low + LEAST_SIDE)
    } else {
        (1.0 - LEAST_SIDE, 1.0)
    }
}

/// The box between two points of the screen; none if they are too close for one to be meant.
pub(super) fn drawn(place: Rect, from: Pos2, to: Pos2) -> Option<CornerBox> {
    let rect = Rect::from_two_pos(from, to).intersect(place);
    if rect.width() < LEAST_DRAWN || rect.height() < LEAST_DRAWN {
        return None;
    }
    let (a, b) = (from_screen(place, rect.min), from_screen(place, rect.max));
    let (x0, x1) = in_order(a.x, b.x);
    let (y0, y1) = in_order(a.y, b.y);
    Some(CornerBox { x0, y0, x1, y1 })
}

/// Which of the boxes (on the screen) is meant by a point: the smallest that holds it, since that may lie
/// within a larger one.
pub(super) fn box_at(rects: &[Rect], at: Pos2) -> Option<usize> {
    let holding = rects.iter().enumerate().filter(|(_, rect)| rect.contains(at));
    holding
        .min_by(|(_, a), (_, b)| a.area().total_cmp(&b.area()))
        .map(|(index, _)| index)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOM: Rect = Rect::from_min_max(pos2(100.0, 50.0), pos2(900.0, 650.0));
    const SIZE: Vec2 = vec2(1600.0, 800.0);

    fn near(a: CornerBox, b: [f32; 4]) -> bool {
        let edges = [a.x0, a.y0, a.x1, a.y1];
        edges.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-5)
    }

    #[test]
    fn the_whole_photo_fits_and_zoom_keeps_the_point() {
        // 1600 x 800 in 800 x 600: half size, 400 high, in the middle.
        let mut view = Viewport::default();
        assert_eq!(
            view.place(ROOM, SIZE),
            Rect::from_min_max(pos2(100.0, 150.0), pos2(900.0, 550.0))
        );
        let at = pos2(300.0, 250.0);
        assert_eq!(from_screen(view.place(ROOM, SIZE), at), pos2(0.25, 0.25));
        view.zoom_at((ROOM, SIZE), at, 4.0);
        let after = from_screen(view.place(ROOM, SIZE), at);
        assert!((after - pos2(0.25, 0.25)).length() < 1e-5, "{after:?}");
        // All the way out it is as it was.
        view.zoom_at((ROOM, SIZE), at, 0.001);
        assert_eq!(view, Viewport::default());
    }

    #[test]
    fn panning_stops_at_the_edge() {
        let mut view = Viewport::default();
        view.pan((ROOM, SIZE), vec2(500.0, 0.0));
        assert_eq!(view, Viewport::default(), "all of it is seen");
        view.zoom_at((ROOM, SIZE), ROOM.center(), 2.0);
        view.pan((ROOM, SIZE), vec2(10_000.0, 10_000.0));
        // Twice as large: 1600 x 800 points; the room shows half of the width and three quarters of the height.
        assert!(
            (view.center - pos2(0.25, 0.375)).length() < 1e-5,
            "{:?}",
            view.center
        );
    }

    #[test]
    fn edges_corners_and_the_inside_are_held() {
        let rect = Rect::from_min_max(pos2(200.0, 200.0), pos2(400.0, 300.0));
        let grip = |x: f32, y: f32| grip_at(rect, pos2(x, y));
        assert_eq!(grip(300.0, 250.0), Some(Grip { x: 0, y: 0 }));
        assert_eq!(grip(195.0, 250.0), Some(Grip { x: -1, y: 0 }));
        assert_eq!(grip(405.0, 305.0), Some(Grip { x: 1, y: 1 }));
        assert_eq!(grip(300.0, 205.0), Some(Grip { x: 0, y: -1 }));
        assert_eq!(grip(180.0, 250.0), None);
        let small = Rect::from_min_max(pos2(0.0, 0.0), pos2(9.0, 9.0));
        assert_eq!(
            grip_at(small, pos2(4.5, 4.5)),
            Some(Grip { x: 0, y: 0 }),
            "small ones can be moved too"
        );
    }

    #[test]
    fn drags_by_hand() {
        let bbox = CornerBox::new(0.2, 0.2, 0.4, 0.6);
        let grip = |x, y| Grip { x, y };
        assert!(near(
            dragged(bbox, grip(0, 0), vec2(0.1, -0.1)),
            [0.3, 0.1, 0.5, 0.5]
        ));
        assert!(
            near(dragged(bbox, grip(0, 0), vec2(9.0, -9.0)), [0.8, 0.0, 1.0, 0.4]),
            "as far as it goes"
        );
        assert!(near(
            dragged(bbox, grip(1, 0), vec2(0.1, 0.5)),
            [0.2, 0.2, 0.5, 0.6]
        ));
        assert!(near(
            dragged(bbox, grip(-1, 1), vec2(-0.1, 0.2)),
            [0.1, 0.2, 0.4, 0.8]
        ));
        // The left edge pulled over the right one: the box goes on behind it.
        assert!(near(
            dragged(bbox, grip(-1, 0), vec2(0.3, 0.0)),
            [0.4, 0.2, 0.5, 0.6]
        ));
        let flat = dragged(bbox, grip(-1, 0), vec2(0.2, 0.0));
        assert!(
            (flat.width() - LEAST_SIDE).abs() < 1e-5,
            "never nothing: {flat:?}"
        );
        assert!(near(
            dragged(bbox, grip(1, 1), vec2(9.0, 9.0)),
            [0.2, 0.2, 1.0, 1.0]
        ));
    }

    #[test]
    fn drawing_in_any_direction_and_over_the_edge() {
        let place = Rect::from_min_max(pos2(100.0, 100.0), pos2(300.0, 200.0));
        let bbox = drawn(place, pos2(200.0, 180.0), pos2(120.0, 110.0)).unwrap();
        assert!(near(bbox, [0.1, 0.1, 0.5, 0.8]), "{bbox:?}");
        let over = drawn(place, pos2(250.0, 150.0), pos2(900.0, 900.0)).unwrap();
        assert!(near(over, [0.75, 0.5, 1.0, 1.0]), "{over:?}");
        assert_eq!(
            drawn(place, pos2(200.0, 150.0), pos2(203.0, 190.0)),
            None,
            "a trembling click"
        );
        assert_eq!(
            drawn(place, pos2(0.0, 0.0), pos2(50.0, 50.0)),
            None,
            "beside the photo"
        );
    }

    #[test]
    fn the_smaller_box_is_meant() {
        let large = Rect::from_min_max(pos2(0.0, 0.0), pos2(100.0, 100.0));
        let small = Rect::from_min_max(pos2(20.0, 20.0), pos2(60.0, 60.0));
        assert_eq!(box_at(&[small, large], pos2(30.0, 30.0)), Some(0));
        assert_eq!(box_at(&[large, small], pos2(30.0, 30.0)), Some(1));
        assert_eq!(box_at(&[large, small], pos2(80.0, 30.0)), Some(0));
        assert_eq!(box_at(&[small], pos2(80.0, 30.0)), None);
    }
}
