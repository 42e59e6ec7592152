//! Stages.

pub mod contradictory_stage;
