//! Field mapping between chats and the CRM.
