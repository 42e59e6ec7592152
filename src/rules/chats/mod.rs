//! Chats and the leads they become.
