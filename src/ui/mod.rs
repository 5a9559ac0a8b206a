//! The screens of the kiosk, painted with egui.
//!
//! [`kiosk::Kiosk::ui`] paints a [`view::LaneView`] and returns [`command::Command`]s. This room must
//! not change the world: no sums, no files, no threads, no clock but egui's own for movements. Whatever
//! a shopper reads is in `assets/lang`; whatever a number of the look is, in [`theme`].

pub mod command;
pub mod kiosk;
pub mod office;
pub mod panels;
pub mod pictures;
pub mod screens;
pub mod theme;
pub mod view;
pub mod widgets;
pub mod words;

#[cfg(test)]
mod back_office_samples;
#[cfg(test)]
mod day_samples;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod samples_teach;
#[cfg(test)]
mod tests;
