//! Plans of exports, written and read back.
