//! Small drawn signs. Each stands beside its word, never alone.

use std::f32::consts::{FRAC_PI_2, PI};

use eframe::egui::{Color32, CornerRadius, Painter, Pos2, Rect, Stroke, StrokeKind, Vec2, vec2};

/// Which sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Icon {
    /// A magnifying glass.
    Search,
    /// Nine keys.
    Keypad,
    /// A bell.
    Bell,
    /// A plus.
    Plus,
    /// A minus.
    Minus,
    /// A cross.
    Cross,
    /// A bank card.
    Card,
    /// A person.
    Person,
    /// A tick.
    Check,
    /// A question mark.
    Question,
    /// A camera.
    Camera,
    /// A printer.
    Print,
    /// A sheet with an arrow downwards.
    Save,
    /// An arrow to the left.
    Back,
    /// An arrow to the right.
    Forward,
    /// An arrow upwards.
    Up,
    /// An arrow downwards.
    Down,
    /// A clock.
    Clock,
    /// A basket.
    Basket,
    /// Three dots.
    Dots,
    /// A padlock.
    Lock,
}

struct Pen<'a> {
    painter: &'a Painter,
    rect: Rect,
    stroke: Stroke,
}

impl Pen<'_> {
    fn at(&self, x: f32, y: f32) -> Pos2 {
        self.rect.min + vec2(x, y) * self.rect.size() / 24.0
    }

    fn line(&self, points: &[(f32, f32)]) {
        let points: Vec<Pos2> = points.iter().map(|&(x, y)| self.at(x, y)).collect();
        // Round ends: a dot of the stroke's width on each corner.
        for &point in &points {
            self.painter
                .circle_filled(point, self.stroke.width / 2.0, self.stroke.color);
        }
        self.painter.line(points, self.stroke);
    }

    fn circle(&self, x: f32, y: f32, radius: f32) {
        self.painter
            .circle_stroke(self.at(x, y), radius * self.rect.width() / 24.0, self.stroke);
    }

    fn dot(&self, x: f32, y: f32, radius: f32) {
        self.painter.circle_filled(
            self.at(x, y),
            radius * self.rect.width() / 24.0,
            self.stroke.color,
        );
    }

    fn frame(&self, min: (f32, f32), max: (f32, f32), radius: u8) {
        let rect = Rect::from_min_max(self.at(min.0, min.1), self.at(max.0, max.1));
        self.painter
            .rect_stroke(rect, CornerRadius::same(radius), self.stroke, StrokeKind::Middle);
    }

    fn arc(&self, center: (f32, f32), radius: f32, from: f32, to: f32) {
        let points: Vec<(f32, f32)> = (0..=16_u8)
            .map(|step| {
                let angle = from + (to - from) * f32::from(step) / 16.0;
                (center.0 + radius * angle.cos(), center.1 + radius * angle.sin())
            })
            .collect();
        self.line(&points);
    }
}

/// Paints a sign into the square around the middle of `rect`.
pub fn paint(painter: &Painter, rect: Rect, icon: Icon, color: Color32) {
    let side = rect.width().min(rect.height());
    let rect = Rect::from_center_size(rect.center(), Vec2::splat(side));
    let pen = Pen {
        painter,
        rect,
        stroke: Stroke::new((side / 24.0 * 2.2).max(2.0), color),
    };
    match icon {
        Icon::Search => {
            pen.circle(10.5, 10.5, 6.5);
            pen.line(&[(15.4, 15.4), (21.0, 21.0)]);
        }
        Icon::Keypad => {
            for x in [5.0, 12.0, 19.0] {
                for y in [5.0, 12.0, 19.0] {
                    pen.dot(x, y, 2.0);
                }
            }
        }
        Icon::Bell => {
            pen.arc((12.0, 10.5), 6.0, PI, 2.0 * PI);
            pen.line(&[
                (6.0, 10.5),
                (5.5, 15.0),
                (3.5, 18.0),
                (20.5, 18.0),
                (18.5, 15.0),
                (18.0, 10.5),
            ]);
            pen.dot(12.0, 21.0, 1.8);
            pen.line(&[(12.0, 4.0), (12.0, 3.0)]);
        }
        Icon::Plus => {
            pen.line(&[(12.0, 4.5), (12.0, 19.5)]);
            pen.line(&[(4.5, 12.0), (19.5, 12.0)]);
        }
        Icon::Minus => pen.line(&[(4.5, 12.0), (19.5, 12.0)]),
        Icon::Cross => {
            pen.line(&[(6.0, 6.0), (18.0, 18.0)]);
            pen.line(&[(18.0, 6.0), (6.0, 18.0)]);
        }
        Icon::Card => {
            pen.frame((2.5, 5.0), (21.5, 19.0), 3);
            pen.line(&[(2.5, 10.0), (21.5, 10.0)]);
            pen.line(&[(6.0, 15.0), (10.0, 15.0)]);
        }
        Icon::Person => {
            pen.circle(12.0, 7.5, 4.0);
            pen.arc((12.0, 21.5), 8.0, PI, 2.0 * PI);
        }
        Icon::Check => pen.line(&[(4.0, 12.5), (9.5, 18.0), (20.0, 6.5)]),
        Icon::Question => {
            pen.arc((12.0, 8.5), 4.5, -PI, FRAC_PI_2);
            pen.line(&[(12.0, 13.0), (12.0, 15.5)]);
            pen.dot(12.0, 20.0, 1.7);
        }
        Icon::Camera | Icon::Print | Icon::Save | Icon::Basket | Icon::Lock => paint_object(&pen, icon),
        Icon::Back => arrow(&pen, |along, across| (12.0 - along, 12.0 + across)),
        Icon::Forward => arrow(&pen, |along, across| (12.0 + along, 12.0 + across)),
        Icon::Up => arrow(&pen, |along, across| (12.0 + across, 12.0 - along)),
        Icon::Down => arrow(&pen, |along, across| (12.0 + across, 12.0 + along)),
        Icon::Clock => {
            pen.circle(12.0, 12.0, 9.0);
            pen.line(&[(12.0, 6.5), (12.0, 12.0), (16.0, 14.0)]);
        }
        Icon::Dots => {
            for x in [5.0, 12.0, 19.0] {
                pen.dot(x, 12.0, 2.2);
            }
        }
    }
}

/// An arrow whose direction is told by what "along" and "across" mean.
fn arrow(pen: &Pen<'_>, at: impl Fn(f32, f32) -> (f32, f32)) {
    pen.line(&[at(1.0, -7.0), at(8.0, 0.0), at(1.0, 7.0)]);
    pen.line(&[at(8.0, 0.0), at(-8.0, 0.0)]);
}

fn paint_object(pen: &Pen<'_>, icon: Icon) {
    match icon {
        Icon::Camera => {
            pen.frame((2.5, 6.5), (21.5, 19.5), 3);
            pen.line(&[(8.0, 6.5), (9.5, 3.5), (14.5, 3.5), (16.0, 6.5)]);
            pen.circle(12.0, 13.0, 3.8);
        }
        Icon::Print => {
            pen.line(&[(7.0, 8.5), (7.0, 3.0), (17.0, 3.0), (17.0, 8.5)]);
            pen.line(&[
                (7.0, 17.0),
                (3.5, 17.0),
                (3.5, 8.5),
                (20.5, 8.5),
                (20.5, 17.0),
                (17.0, 17.0),
            ]);
            pen.frame((7.0, 13.5), (17.0, 21.0), 1);
        }
        Icon::Save => {
            pen.line(&[(12.0, 3.5), (12.0, 14.5)]);
            pen.line(&[(7.0, 10.0), (12.0, 15.0), (17.0, 10.0)]);
            pen.line(&[(4.0, 16.5), (4.0, 20.5), (20.0, 20.5), (20.0, 16.5)]);
        }
        Icon::Basket => {
            pen.line(&[(2.5, 9.5), (21.5, 9.5), (19.0, 20.0), (5.0, 20.0), (2.5, 9.5)]);
            pen.line(&[(7.0, 9.5), (10.5, 3.5)]);
            pen.line(&[(17.0, 9.5), (13.5, 3.5)]);
        }
        Icon::Lock => {
            pen.frame((5.0, 11.0), (19.0, 21.0), 2);
            pen.arc((12.0, 11.0), 4.5, PI, 2.0 * PI);
        }
        Icon::Search
        | Icon::Keypad
        | Icon::Bell
        | Icon::Plus
        | Icon::Minus
        | Icon::Cross
        | Icon::Card
        | Icon::Person
        | Icon::Check
        | Icon::Question
        | Icon::Back
        | Icon::Forward
        | Icon::Up
        | Icon::Down
        | Icon::Clock
        | Icon::Dots => {}
    }
}
