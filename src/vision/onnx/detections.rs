//! From logits and offsets to class scores, corner boxes and, if wanted, detections: the graph's counterpart
//! of [`crate::vision::decode`].

use super::{
    graph::{Dim, GraphBuilder, Value, int, signed},
    proto::DataType,
};
use crate::vision::{DefaultBoxes, ModelBundle};

/// The upper end is that of [`crate::vision::box_coder`]; at the lower the side is zero for any purpose.
/// `Clip` gets both because not every runtime takes it with one end left out.
const LOG_SIDE_LIMITS: [(&str, f32); 2] = [("low", -80.0), ("high", 9.21)];

/// Adds softmax: `[batch, boxes, classes + 1]`, background first.
pub(super) fn scores(graph: &mut GraphBuilder, logits: &Value) -> Value {
    graph.softmax("scores", logits, 2)
}

/// Adds the decoding of offsets against the default boxes, which become constants: corner boxes
/// `[batch, boxes, 4]` as x0, y0, x1, y1 in parts of the picture, not cut at its border.
pub(super) fn boxes(graph: &mut GraphBuilder, offsets: &Value, defaults: &DefaultBoxes) -> Value {
    let [vx, vy, vw, vh] = defaults.variances();
    let constants: [(&str, Vec<f32>); 3] = [
        ("center", each(defaults, |b| [b.cx, b.cy])),
        // A shift of one variance, in parts of the picture.
        ("reach", each(defaults, |b| [b.w * vx, b.h * vy])),
        ("half", each(defaults, |b| [b.w / 2.0, b.h / 2.0])),
    ];
    let [center, reach, half] = constants.map(|(name, values)| {
        graph.floats(&format!("default_boxes.{name}"), &[1, defaults.len(), 2], &values)
    });
    let spread = graph.floats("default_boxes.spread", &[1, 1, 2], &[vw, vh]);
    let limits =
        LOG_SIDE_LIMITS.map(|(name, limit)| graph.floats(&format!("boxes.log_side.{name}"), &[], &[limit]));

    let shift = graph.slice("boxes.shift", offsets, 2, (0, 2));
    let shift = graph.binary("boxes.shift.scaled", "Mul", &shift, &reach);
    let centers = graph.binary("boxes.centers", "Add", &shift, &center);

    let log = graph.slice("boxes.log_side", offsets, 2, (2, 4));
    let log = graph.binary("boxes.log_side.scaled", "Mul", &log, &spread);
    let log = graph.clip("boxes.log_side.clipped", &log, &limits[0], &limits[1]);
    let growth = graph.unary("boxes.growth", "Exp", &log);
    let halves = graph.binary("boxes.halves", "Mul", &growth, &half);

    let first = graph.binary("boxes.first_corners", "Sub", &centers, &halves);
    let last = graph.binary("boxes.last_corners", "Add", &centers, &halves);
    graph.concat("boxes", &[first, last], 2)
}

fn each(defaults: &DefaultBoxes, pair: impl Fn(&crate::geom::CenterBox) -> [f32; 2]) -> Vec<f32> {
    defaults.centers().iter().flat_map(pair).collect()
}

/// Adds non-maximum suppression with the bundle's thresholds: for each picture its `top_k` best detections as
/// boxes, scores and classes. Where there are fewer, the rest has the score 0 and the class 0.
///
/// The number of rows is fixed because tract cannot sort a list whose length is only known while it runs.
pub(super) fn suppressed(
    graph: &mut GraphBuilder,
    scores: &Value,
    boxes: &Value,
    bundle: &ModelBundle,
) -> [(Value, &'static str); 3] {
    let masked = thresholded(graph, scores, bundle);
    let kept = kept_scores(graph, &masked, boxes, bundle);

    let places = boxes.side(1);
    let listed = graph.flattened("nms.listed", &kept);
    let top_k = bundle.decode.top_k.clamp(1, listed.side(1));
    let [best, order] = graph.top_k(["detection_scores", "nms.order"], &listed, top_k);
    // A place in the list is `class * boxes + box`.
    let count = graph.integers("nms.boxes_per_class", &[signed(places)]);
    let one = graph.integers("nms.one", &[1]);
    let zero = graph.floats("nms.zero", &[], &[0.0]);
    let class = graph.binary("nms.class", "Div", &order, &count);
    let class = graph.binary("nms.class_id", "Add", &class, &one);
    let made = (DataType::Bool, best.dims().to_vec());
    let real = graph.node("nms.real", "Greater", &[&best, &zero], Vec::new(), made);
    let real = graph.cast("nms.real.integer", &real, DataType::Int64);
    let class = graph.binary("nms.real_class", "Mul", &class, &real);
    // 32 bits, because tract takes 64-bit integers for sizes and does not hand them out.
    let classes = graph.cast("detection_classes", &class, DataType::Int32);

    let place = graph.binary("nms.place", "Mod", &order, &count);
    let place = graph.rows("nms.place.column", &place, 1);
    let made = (
        DataType::Float,
        vec![boxes.dims()[0], Dim::Fixed(top_k), Dim::Fixed(4)],
    );
    let by_picture = vec![int("batch_dims", 1)];
    let picked = graph.node("nms.boxes", "GatherND", &[boxes, &place], by_picture, made);
    let border = [("low", 0.0), ("high", 1.0)]
        .map(|(name, value)| graph.floats(&format!("nms.border.{name}"), &[], &[value]));
    let cut = graph.clip("detection_boxes", &picked, &border[0], &border[1]);
    [
        (cut, "x0, y0, x1, y1 in parts of the picture, cut at its border"),
        (best, "score, best first; 0 where there is no detection"),
        (
            classes,
            "class, 1 is the first of the metadata's class names; 0 where there is no detection",
        ),
    ]
}

/// The scores by class, `[batch, classes + 1, boxes]`, with 0 for those below the threshold of their class.
///
/// Distractors have scores and are left out here. In the place of the background stands a class that is never
/// meant: a single box of it is always kept, because OpenCV stops when there is nothing to keep.
fn thresholded(graph: &mut GraphBuilder, scores: &Value, bundle: &ModelBundle) -> Value {
    const NEVER: f32 = 2.0;
    let classes = &bundle.architecture.classes;
    let (outputs, places) = (classes.len() + 1, scores.side(1));
    let by_class = graph.transpose("nms.by_class", scores, &[0, 2, 1]);
    let by_class = if bundle.architecture.distractors.is_empty() {
        by_class
    } else {
        graph.slice("nms.reported", &by_class, 1, (0, outputs))
    };
    let thresholds: Vec<f32> = std::iter::once(NEVER)
        .chain(classes.iter().map(|class| bundle.threshold_of(class)))
        .collect();
    let thresholds = graph.floats("nms.thresholds", &[1, outputs, 1], &thresholds);
    let made = (DataType::Bool, by_class.dims().to_vec());
    let below = graph.node("nms.below", "Less", &[&by_class, &thresholds], Vec::new(), made);
    let mut nothing = vec![0.0; outputs * places];
    nothing[0] = 1.0;
    let nothing = graph.floats("nms.nothing", &[1, outputs, places], &nothing);
    let made = (DataType::Float, by_class.dims().to_vec());
    let inputs = [&below, &nothing, &by_class];
    graph.node("nms.scores", "Where", &inputs, Vec::new(), made)
}

/// The scores of the classes, `[batch, classes, boxes]`, with 0 for all that non-maximum suppression drops.
fn kept_scores(graph: &mut GraphBuilder, masked: &Value, boxes: &Value, bundle: &ModelBundle) -> Value {
    let most = graph.integers("nms.max_per_class", &[signed(bundle.decode.nms_max)]);
    let iou = graph.floats("nms.iou_threshold", &[1], &[bundle.decode.nms_iou]);
    let over = graph.floats("nms.score_threshold", &[1], &[0.0]);
    let inputs = [boxes, masked, &most, &iou, &over];
    let made = (DataType::Int64, vec![Dim::Open, Dim::Fixed(3)]);
    let selected = graph.node("nms.selected", "NonMaxSuppression", &inputs, Vec::new(), made);
    let made = (DataType::Float, vec![Dim::Open]);
    let values = graph.node("nms.found", "GatherND", &[masked, &selected], Vec::new(), made);
    let zero = graph.floats("nms.none", &[1, 1, 1], &[0.0]);
    let empty = graph.binary("nms.empty", "Mul", masked, &zero);
    let made = (DataType::Float, masked.dims().to_vec());
    let inputs = [&empty, &selected, &values];
    let kept = graph.node("nms.kept", "ScatterND", &inputs, Vec::new(), made);
    graph.slice("nms.kept.foreground", &kept, 1, (1, masked.side(1)))
}
