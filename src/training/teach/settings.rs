//! How a model is taught, with defaults that suit two slow cores and thirty photos.

use serde::{Deserialize, Serialize};

/// Settings of a teaching run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TeachSettings {
    /// Composed scenes.
    pub scenes: u32,
    /// How often each photo is shown, each time a little changed.
    pub views_of_a_photo: u32,
    /// Most views of photos in all, however many photos there are.
    pub most_views: u32,
    /// Rendered trays with the old products.
    pub trays: u32,
    /// Scenes by which the run is watched; they are not trained on.
    pub held_out: u32,
    /// How often all pictures are gone through. Only the outputs of the new products learn, so that nothing old
    /// is forgotten but what the new ones look like; where nothing is new, the whole heads learn.
    pub rounds: u32,
    /// In how many of the last rounds the whole heads learn although something is new: what is new is found a
    /// little better for it, and what is old is forgotten a little.
    pub whole_heads: u32,
    /// Pictures a step.
    pub batch: u32,
    /// Highest learning rate while only new outputs learn.
    pub first_rate: f64,
    /// Highest learning rate while the whole heads learn.
    pub rate: f64,
    /// Entries a step that come from the model's memory, where it has one.
    pub recalled: u32,
    /// How much what the live model says counts, compared with the labels.
    pub keep: f32,
    /// Least number of photos or cut-outs of a product.
    pub least_photos: u32,
    /// Seed of everything random.
    pub seed: u64,
}

impl Default for TeachSettings {
    fn default() -> Self {
        Self {
            scenes: 420,
            views_of_a_photo: 4,
            most_views: 240,
            trays: 48,
            held_out: 64,
            rounds: 10,
            whole_heads: 0,
            batch: 16,
            first_rate: 3e-3,
            rate: 1e-3,
            recalled: 16,
            keep: 8.0,
            least_photos: 8,
            seed: 1,
        }
    }
}

impl TeachSettings {
    /// Says what makes no sense, if anything does.
    ///
    /// # Errors
    /// One sentence.
    pub fn check(&self) -> Result<(), String> {
        let rates = [self.first_rate, self.rate];
        if self.batch == 0 || self.batch > 256 {
            return Err(format!(
                "{} pictures a step are not between 1 and 256",
                self.batch
            ));
        }
        if self.rounds == 0 {
            return Err("with no rounds nothing is learned; set at least one".to_owned());
        }
        if self.scenes + self.trays + self.most_views.min(self.views_of_a_photo) == 0 {
            return Err("there are no pictures to learn from; set some scenes".to_owned());
        }
        if rates.iter().any(|rate| !(*rate > 0.0 && *rate < 1.0)) {
            return Err("a learning rate is not between 0 and 1".to_owned());
        }
        if !(self.keep.is_finite() && self.keep >= 0.0) {
            return Err("what the live model says cannot count less than nothing".to_owned());
        }
        Ok(())
    }
}
