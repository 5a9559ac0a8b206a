//! What the model in use says of photos: boxes that it proposes, and how unsure it is.

use std::collections::VecDeque;

use super::LabelsPage;
use crate::{
    app::{
        office::{
            Desk,
            seer::{Seen, uncertainty},
        },
        photo_files::PhotoFolder,
    },
    frame::picture,
    ui::{
        office::labels::{LabelOrder, PhotoState, Proposal},
        words::LabelsWord,
    },
};

/// Below this score nothing is proposed.
const LOWEST: f32 = 0.35;
/// Below this score nothing counts as doubt.
const DOUBT: f32 = 0.15;
/// A proposal that overlaps a box so much is that box.
const SAME: f32 = 0.6;
/// Photos that are ranked in one go.
const MOST: usize = 300;

/// Photos that the model has still to look at.
#[derive(Debug, Default)]
pub(super) struct Ranking {
    waiting: VecDeque<i64>,
    busy: bool,
}

impl LabelsPage {
    /// Asks the model for boxes on the open photo. A quiet question says nothing when there is no answer.
    pub(super) fn propose(&mut self, quiet: bool, desk: &mut Desk) {
        let Some(open) = self.open.as_ref().filter(|_| !self.asking) else {
            return;
        };
        self.asking = true;
        let id = open.photo.id;
        let path = PhotoFolder::new(desk.data()).path(&open.photo.of.file_name);
        let (seer, data) = (self.seer.clone(), std::sync::Arc::clone(desk.data()));
        desk.work(
            "proposals",
            move || {
                let pixels = picture::read(&path).map_err(|error| error.to_string())?;
                seer.look(&data, &pixels, LOWEST)
            },
            move |office, desk, done| {
                let page = &mut office.labels;
                page.asking = false;
                let sentence = match done {
                    Ok(Ok(seen)) => match page.take_proposals(id, &seen) {
                        0 => desk.words().say(LabelsWord::NoProposals),
                        _ => return,
                    },
                    Ok(Err(sentence)) => sentence,
                    Err(trouble) => trouble.sentence,
                };
                if !quiet {
                    desk.problem(sentence);
                }
            },
        );
    }

    /// Proposals for what has no box yet; how many there are.
    fn take_proposals(&mut self, id: i64, seen: &Seen) -> usize {
        let by_name = &self.by_name;
        let Some(open) = self.open.as_mut().filter(|open| open.photo.id == id) else {
            return 0;
        };
        let label = &open.label;
        open.proposals = seen
            .detections
            .iter()
            .filter_map(|detection| {
                let class = *by_name.get(seen.class_name(detection.class)?)?;
                let has_box = label
                    .boxes
                    .iter()
                    .any(|drawn| drawn.of.bbox.iou(detection.bbox) > SAME);
                (!has_box).then_some(Proposal {
                    class,
                    bbox: detection.bbox.clipped(),
                    score: detection.score,
                })
            })
            .collect();
        open.proposals.len()
    }

    /// Lets the model look at the photos that nobody has looked at.
    pub(super) fn rank(&mut self) {
        let unknown = self
            .rows
            .iter()
            .filter(|row| row.uncertainty.is_none() && row.state == PhotoState::New);
        self.ranking.waiting = unknown.map(|row| row.id).take(MOST).collect();
    }

    /// Begins with the next of them.
    pub(super) fn rank_next(&mut self, desk: &mut Desk) {
        if self.ranking.busy {
            return;
        }
        let Some(id) = self.ranking.waiting.pop_front() else {
            return;
        };
        self.ranking.busy = true;
        let is_last = self.ranking.waiting.is_empty();
        let (seer, data) = (self.seer.clone(), std::sync::Arc::clone(desk.data()));
        desk.store(
            move |store, _| store.photo(id),
            move |office, desk, photo| {
                let Ok(photo) = photo else {
                    office.labels.ranking.busy = false;
                    return;
                };
                let path = PhotoFolder::new(desk.data()).path(&photo.of.file_name);
                desk.work(
                    "proposals",
                    move || {
                        let pixels = picture::read(&path).map_err(|error| error.to_string())?;
                        let seen = seer.look(&data, &pixels, DOUBT)?;
                        Ok::<f32, String>(uncertainty(&seen.detections))
                    },
                    move |office, desk, done| {
                        office.labels.ranking.busy = false;
                        // A photo that cannot be read keeps its place at the end.
                        if let Ok(Ok(unsure)) = done {
                            office.labels.ranked(id, unsure, is_last, desk);
                        }
                    },
                );
            },
        );
    }

    fn ranked(&mut self, id: i64, unsure: f32, is_last: bool, desk: &mut Desk) {
        let rows = std::sync::Arc::make_mut(&mut self.rows);
        if let Some(row) = rows.iter_mut().find(|row| row.id == id) {
            row.uncertainty = Some(unsure);
        }
        if is_last && self.filter.order == LabelOrder::MostUnsure {
            rows.sort_by(|a, b| {
                let rank = |row: &super::PhotoRow| row.uncertainty.unwrap_or(-1.0);
                rank(b).total_cmp(&rank(a)).then(a.id.cmp(&b.id))
            });
        }
        desk.store(
            move |store, _| store.set_uncertainty(&[(id, unsure)]),
            |_, desk, done| {
                if let Err(trouble) = done {
                    desk.problem(trouble.sentence);
                }
            },
        );
    }
}
