//! What a score threshold does: precision, recall, F1, and which class is taken for which.

use super::{Found, GroundTruth, Standing, by_image, overlap, ratio};
use crate::geom::ClassId;

/// Right, wrong and missed at one threshold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Detections on an object of their class that counts.
    pub right: usize,
    /// Detections on nothing, on another class, or on an object found already.
    pub wrong: usize,
    /// Objects that count and were not found.
    pub missed: usize,
}

impl Counts {
    /// Share of the detections that are right; none if there are none.
    #[must_use]
    pub fn precision(self) -> Option<f64> {
        ratio(self.right, self.right + self.wrong)
    }

    /// Share of the objects that are found; none if there are none.
    #[must_use]
    pub fn recall(self) -> Option<f64> {
        ratio(self.right, self.right + self.missed)
    }

    /// Harmonic mean of precision and recall; 0 if nothing is right, none if there is nothing at all.
    #[must_use]
    pub fn f1(self) -> Option<f64> {
        ratio(2 * self.right, 2 * self.right + self.wrong + self.missed)
    }

    /// Both together; over all classes this gives the micro-averaged figures.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self {
            right: self.right + other.right,
            wrong: self.wrong + other.wrong,
            missed: self.missed + other.missed,
        }
    }
}

/// One point of a precision-recall curve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CurvePoint {
    /// Detections of at least this score count.
    pub score: f64,
    /// What comes of it.
    pub counts: Counts,
}

/// The counts of `class` at every score that occurs, the highest first.
///
/// Detections are taken best first; each goes to the free object of its class that it overlaps most, by at
/// least `threshold`. Those that fit only an object that does not count are left out.
#[must_use]
pub fn precision_recall(
    truth: &[GroundTruth],
    found: &[Found],
    class: ClassId,
    threshold: f64,
) -> Vec<CurvePoint> {
    let objects: Vec<&GroundTruth> = truth.iter().filter(|object| object.class == class).collect();
    let counted = objects
        .iter()
        .filter(|object| object.standing == Standing::Counted)
        .count();
    let mut found: Vec<&Found> = found
        .iter()
        .filter(|detection| detection.class == class)
        .collect();
    found.sort_by(|a, b| b.score.total_cmp(&a.score));
    let places = by_image(objects.iter().copied());
    let mut taken = vec![false; objects.len()];
    let mut points: Vec<CurvePoint> = Vec::new();
    let mut counts = Counts {
        missed: counted,
        ..Counts::default()
    };
    for detection in found {
        let here = places.get(&detection.image).map_or(&[][..], Vec::as_slice);
        match assign(detection, &objects, here, &taken, threshold) {
            Some(at) if objects[at].standing == Standing::Counted => {
                taken[at] = true;
                counts.right += 1;
                counts.missed -= 1;
            }
            Some(_) => continue,
            None => counts.wrong += 1,
        }
        match points.last_mut() {
            // Equal scores are one point: no threshold lies between them.
            Some(last) if last.score <= detection.score => last.counts = counts,
            Some(_) | None => points.push(CurvePoint {
                score: detection.score,
                counts,
            }),
        }
    }
    points
}

/// The point of the highest F1; of equal ones that of the highest score.
#[must_use]
pub fn best_f1(points: &[CurvePoint]) -> Option<CurvePoint> {
    let mut best: Option<CurvePoint> = None;
    for point in points {
        let better = best.is_none_or(|best| point.counts.f1() > best.counts.f1());
        if better {
            best = Some(*point);
        }
    }
    best
}

/// The free object of those `here` that fits best: one that counts before one that does not.
fn assign(
    detection: &Found,
    objects: &[&GroundTruth],
    here: &[usize],
    taken: &[bool],
    threshold: f64,
) -> Option<usize> {
    let mut best: Option<(usize, bool, f64)> = None;
    for at in here.iter().copied().filter(|at| !taken[*at]) {
        let object = objects[at];
        let counts = object.standing == Standing::Counted;
        let overlap = overlap(&detection.bbox, object);
        let better = best.is_none_or(|(_, other_counts, other)| (counts, overlap) > (other_counts, other));
        if overlap >= threshold && better {
            best = Some((at, counts, overlap));
        }
    }
    best.map(|(at, _, _)| at)
}

/// Which class was taken for which, at one score threshold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confusion {
    classes: Vec<ClassId>,
    /// `rows[there][said]`, with nothing as the last row and column.
    rows: Vec<Vec<usize>>,
}

impl Confusion {
    /// The classes, in the order of rows and columns.
    #[must_use]
    pub fn classes(&self) -> &[ClassId] {
        &self.classes
    }

    /// How often `there` was called `said`. None stands for nothing: no object, or no detection.
    #[must_use]
    pub fn count(&self, there: Option<ClassId>, said: Option<ClassId>) -> usize {
        let (Some(row), Some(column)) = (self.place(there), self.place(said)) else {
            return 0;
        };
        self.rows[row][column]
    }

    /// Right, wrong and missed of one class.
    #[must_use]
    pub fn counts(&self, class: ClassId) -> Counts {
        let Some(at) = self.place(Some(class)) else {
            return Counts::default();
        };
        let right = self.rows[at][at];
        Counts {
            right,
            wrong: self.rows.iter().map(|row| row[at]).sum::<usize>() - right,
            missed: self.rows[at].iter().sum::<usize>() - right,
        }
    }

    /// All classes together; its F1 is the micro-F1 without background.
    #[must_use]
    pub fn total(&self) -> Counts {
        self.classes
            .iter()
            .fold(Counts::default(), |sum, class| sum.plus(self.counts(*class)))
    }

    fn place(&self, class: Option<ClassId>) -> Option<usize> {
        match class {
            Some(class) => self.classes.iter().position(|known| *known == class),
            None => Some(self.classes.len()),
        }
    }
}

/// Compares what is there with what is said from a score of `score` on.
///
/// Pairs of any classes are formed by overlap, the largest first, from `threshold` on; detections on objects
/// that do not count are left out.
#[must_use]
pub fn confusion(
    truth: &[GroundTruth],
    found: &[Found],
    classes: &[ClassId],
    (score, threshold): (f64, f64),
) -> Confusion {
    let nothing = classes.len();
    let place = |class: ClassId| classes.iter().position(|known| *known == class);
    let mut rows = vec![vec![0; nothing + 1]; nothing + 1];
    let said: Vec<&Found> = found
        .iter()
        .filter(|detection| detection.score >= score)
        .collect();
    let places = by_image(truth.iter());
    let mut pairs: Vec<(f64, bool, usize, usize)> = Vec::new();
    for (d, detection) in said.iter().enumerate() {
        for t in places.get(&detection.image).into_iter().flatten().copied() {
            let object = &truth[t];
            let overlap = overlap(&detection.bbox, object);
            if overlap >= threshold {
                pairs.push((overlap, object.class == detection.class, d, t));
            }
        }
    }
    // The largest overlap first; of equal ones the pair of the same class.
    pairs.sort_by(|a, b| b.0.total_cmp(&a.0).then(b.1.cmp(&a.1)));
    let (mut used, mut taken) = (vec![false; said.len()], vec![false; truth.len()]);
    for counted in [true, false] {
        for (_, _, d, t) in &pairs {
            let object = &truth[*t];
            if used[*d] || (object.standing == Standing::Counted) != counted || (counted && taken[*t]) {
                continue;
            }
            used[*d] = true;
            taken[*t] = true;
            if let (true, Some(row), Some(column)) = (counted, place(object.class), place(said[*d].class)) {
                rows[row][column] += 1;
            }
        }
    }
    for (detection, _) in said.iter().zip(&used).filter(|(_, used)| !**used) {
        if let Some(column) = place(detection.class) {
            rows[nothing][column] += 1;
        }
    }
    for (object, _) in truth.iter().zip(&taken).filter(|(_, taken)| !**taken) {
        if let (Standing::Counted, Some(row)) = (object.standing, place(object.class)) {
            rows[row][nothing] += 1;
        }
    }
    Confusion {
        classes: classes.to_vec(),
        rows,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const APPLE: ClassId = ClassId(1);
    const MILK: ClassId = ClassId(2);

    fn object(class: ClassId, x: f64, standing: Standing) -> GroundTruth {
        GroundTruth {
            image: 0,
            class,
            bbox: [x, 0.0, 10.0, 10.0],
            area: 100.0,
            standing,
        }
    }

    fn hit(class: ClassId, x: f64, score: f64) -> Found {
        Found {
            image: 0,
            class,
            bbox: [x, 0.0, 10.0, 10.0],
            score,
        }
    }

    #[test]
    fn a_curve_by_hand() {
        let truth = [
            object(APPLE, 0.0, Standing::Counted),
            object(APPLE, 50.0, Standing::Counted),
        ];
        let found = [
            hit(APPLE, 0.0, 0.9),
            hit(APPLE, 100.0, 0.8),
            hit(APPLE, 50.0, 0.6),
            hit(APPLE, 1.0, 0.6),
        ];
        let points = precision_recall(&truth, &found, APPLE, 0.5);
        let counts = |right, wrong, missed| Counts { right, wrong, missed };
        let seen: Vec<Counts> = points.iter().map(|point| point.counts).collect();
        assert_eq!(seen, [counts(1, 0, 1), counts(1, 1, 1), counts(2, 2, 0)]);
        assert_eq!(points[0].counts.f1(), Some(2.0 / 3.0));
        let best = best_f1(&points).unwrap();
        assert!(
            (best.score - 0.9).abs() < 1e-12,
            "of equal F1 the higher score: {best:?}"
        );
        assert_eq!(counts(0, 0, 0).f1(), None);
    }

    #[test]
    fn confusion_by_hand() {
        let truth = [
            object(APPLE, 0.0, Standing::Counted),
            object(MILK, 50.0, Standing::Counted),
            object(MILK, 100.0, Standing::Difficult),
            object(APPLE, 150.0, Standing::Counted),
        ];
        let found = [
            hit(MILK, 0.0, 0.9),
            hit(MILK, 50.0, 0.8),
            hit(MILK, 101.0, 0.8),
            hit(APPLE, 300.0, 0.7),
            hit(APPLE, 150.0, 0.2),
        ];
        let table = confusion(&truth, &found, &[APPLE, MILK], (0.5, 0.5));
        assert_eq!(table.count(Some(APPLE), Some(MILK)), 1);
        assert_eq!(table.count(Some(MILK), Some(MILK)), 1);
        assert_eq!(table.count(None, Some(APPLE)), 1);
        assert_eq!(
            table.count(Some(APPLE), None),
            1,
            "its detection is below the score"
        );
        assert_eq!(
            table.count(None, Some(MILK)),
            0,
            "the difficult carton is no false alarm"
        );
        assert_eq!(
            table.counts(MILK),
            Counts {
                right: 1,
                wrong: 1,
                missed: 0
            }
        );
        assert_eq!(
            table.total(),
            Counts {
                right: 1,
                wrong: 2,
                missed: 2
            }
        );
    }
}
