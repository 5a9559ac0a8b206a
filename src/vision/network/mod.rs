//! The layers of a [`Plan`](super::architecture::Plan) with weights in them.
//!
//! [`block`] turns each planned layer into one that computes; [`named`] keeps layers under the names of the
//! description, so that the paths of the weights are those that the plan says; [`l2_norm`] and [`head`] are
//! what a feature map goes through. [`super::ssd`] puts them together.

pub mod block;
pub mod head;
pub mod l2_norm;
pub mod named;
