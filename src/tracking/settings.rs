//! What can be tuned about tracking and counting, with units and defaults.

use std::time::Duration;

/// Settings of a [`Tracker`](super::Tracker).
///
/// # Units
/// Scores and overlaps run from 0 to 1; lengths are in box sizes, so that 1 is the width or the height
/// of the item itself, whatever the camera's distance and the picture's aspect.
#[derive(Debug, Clone, PartialEq)]
pub struct TrackerSettings {
    /// Detections from this score on take part in the first association and can start a track. Default 0.5.
    pub high_score: f32,
    /// Detections below this score are ignored; between here and `high_score` they can only continue a
    /// track. The detector must hand over detections down to this score. Default 0.2.
    pub low_score: f32,
    /// Boxes of one picture that overlap at least this much are one physical item, whatever their classes;
    /// above what a detector's per-class suppression leaves of two neighbours. Default 0.6.
    pub same_item_iou: f32,
    /// A box of the same class that lies within another one for at least this part of its area is a second
    /// box of the same item: a part of it, or a box around it and its neighbour. Default 0.85.
    pub same_class_inside: f32,
    /// A detection further from a track's predicted place than this many box sizes is never its, so that a
    /// neighbour that touches it is not taken for it. Default 0.7.
    pub gate_in_boxes: f32,
    /// Least overlap with the predicted place for high-score detections. Default 0.1.
    pub high_iou: f32,
    /// Least overlap with the predicted place for low-score detections. Default 0.4.
    pub low_iou: f32,
    /// How many pictures must have shown an item before it counts. Default 3.
    pub min_hits: u32,
    /// An item lies still while its box overlaps the box it had when it came to rest at least this much.
    /// Default 0.6, which is a shift by a quarter of its width.
    pub still_iou: f32,
    /// How long an item must lie still before it counts. Default 400 ms: with three pictures at 8 pictures a
    /// second it is in the basket within 0.7 s of lying still.
    pub still_time: Duration,
    /// Least share of the votes that the winning class needs. Default 0.5.
    pub min_share: f32,
    /// Least lead, in share of the votes, over the second class. Default 0.15.
    pub min_margin: f32,
    /// After how long at rest a split vote becomes a question. Default 1 s.
    pub unsure_after: Duration,
    /// In how long a vote loses half its weight, so that the blurred first pictures count less than the item
    /// at rest. Default 800 ms.
    pub vote_half_life: Duration,
    /// A track that was not seen for this long counts as lost; before that it flickers. Default 300 ms.
    pub lost_after: Duration,
    /// An item that comes back within this time is the same item. Default 2 s.
    pub keep_lost: Duration,
    /// How long a track that is not confirmed yet survives without being seen. Default 500 ms.
    pub keep_tentative: Duration,
    /// Least share of a lost track's votes that a detection's class needs to be taken for that item.
    /// Default 0.1.
    pub return_share: f32,
    /// How many times larger or smaller an item may come back elsewhere in view. Default 2.5 in area.
    pub return_area_ratio: f32,
    /// Longer steps between two pictures count as this long: a camera that stalled did not see the items
    /// leave. Default 1 s.
    pub max_step: Duration,
    /// Most tracks at a time; further items wait. Default 64.
    pub max_tracks: usize,
    /// Most detections used of one picture, best scores first. Default 128.
    pub max_detections: usize,
}

impl Default for TrackerSettings {
    fn default() -> Self {
        Self {
            high_score: 0.5,
            low_score: 0.2,
            same_item_iou: 0.6,
            same_class_inside: 0.85,
            gate_in_boxes: 0.7,
            high_iou: 0.1,
            low_iou: 0.4,
            min_hits: 3,
            still_iou: 0.6,
            still_time: Duration::from_millis(400),
            min_share: 0.5,
            min_margin: 0.15,
            unsure_after: Duration::from_secs(1),
            vote_half_life: Duration::from_millis(800),
            lost_after: Duration::from_millis(300),
            keep_lost: Duration::from_secs(2),
            keep_tentative: Duration::from_millis(500),
            return_share: 0.1,
            return_area_ratio: 2.5,
            max_step: Duration::from_secs(1),
            max_tracks: 64,
            max_detections: 128,
        }
    }
}
