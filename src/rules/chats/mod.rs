//! Chats and the leads they become.

pub(in crate::rules) mod gate;
