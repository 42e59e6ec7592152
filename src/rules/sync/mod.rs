//! The sync between chat and CRM: how fast, how reliable, how complete.
