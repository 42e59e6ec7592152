//! Stages.

pub mod contradictory_stage;
pub(super) mod order;
pub mod stage_regression;
