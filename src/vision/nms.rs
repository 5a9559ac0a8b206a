//! Greedy non-maximum suppression within one class.

use crate::geom::CornerBox;

/// Indices of the boxes to keep, best score first, at most `max_kept`.
///
/// Each kept box removes the later ones that overlap it by more than `iou_threshold`. Equal scores keep the order of the input; NaN scores sort
/// above all others, so callers filter by a score threshold first.
///
/// # Panics
/// If there are not as many scores as boxes.
#[must_use]
pub fn nms(boxes: &[CornerBox], scores: &[f32], iou_threshold: f32, max_kept: usize) -> Vec<usize> {
    assert_eq!(boxes.len(), scores.len(), "one score a box");
    let mut order: Vec<usize> = (0..boxes.len()).collect();
    order.sort_by(|&a, &b| scores[b].total_cmp(&scores[a]));
    let mut kept: Vec<usize> = Vec::new();
    for candidate in order {
        if kept.len() == max_kept {
            break;
        }
        if kept
            .iter()
            .all(|&k| boxes[k].iou(boxes[candidate]) <= iou_threshold)
        {
            kept.push(candidate);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn square(x: f32) -> CornerBox {
        CornerBox::new(x, 0.0, x + 0.2, 0.2)
    }

    #[test]
    fn a_near_duplicate_goes_and_a_neighbour_stays() {
        let boxes = [square(0.0), square(0.02), square(0.5)];
        assert_eq!(nms(&boxes, &[0.8, 0.9, 0.3], 0.45, 10), [1, 2]);
    }

    #[test]
    fn no_more_than_asked_for_are_kept() {
        let boxes = [square(0.0), square(0.3), square(0.6)];
        assert_eq!(nms(&boxes, &[0.1, 0.3, 0.2], 0.45, 2), [1, 2]);
        assert!(nms(&[], &[], 0.45, 2).is_empty());
    }

    fn scored() -> impl Strategy<Value = Vec<(CornerBox, f32)>> {
        proptest::collection::vec(
            (0.0f32..0.8, 0.0f32..0.8, 0.05f32..0.4, 0.05f32..0.4, 0.0f32..1.0)
                .prop_map(|(x, y, w, h, s)| (CornerBox::new(x, y, x + w, y + h), s)),
            0..25,
        )
    }

    /// The definition, by repeated removal from a list.
    fn slow(mut left: Vec<(usize, CornerBox, f32)>, threshold: f32) -> Vec<usize> {
        let mut kept = Vec::new();
        while !left.is_empty() {
            let mut best = 0;
            for i in 1..left.len() {
                if left[i].2 > left[best].2 {
                    best = i;
                }
            }
            let (index, chosen, _) = left.remove(best);
            kept.push(index);
            left.retain(|(_, other, _)| chosen.iou(*other) <= threshold);
        }
        kept
    }

    proptest! {
        #[test]
        fn equals_the_slow_reference_and_is_idempotent(items in scored(), threshold in 0.1f32..0.9) {
            let boxes: Vec<_> = items.iter().map(|i| i.0).collect();
            let scores: Vec<_> = items.iter().map(|i| i.1).collect();
            let kept = nms(&boxes, &scores, threshold, usize::MAX);
            let listed = items.iter().enumerate().map(|(i, (b, s))| (i, *b, *s)).collect();
            prop_assert_eq!(&kept, &slow(listed, threshold));
            let again_boxes: Vec<_> = kept.iter().map(|&k| boxes[k]).collect();
            let again_scores: Vec<_> = kept.iter().map(|&k| scores[k]).collect();
            let again = nms(&again_boxes, &again_scores, threshold, usize::MAX);
            prop_assert_eq!(again, (0..kept.len()).collect::<Vec<_>>());
        }
    }
}
