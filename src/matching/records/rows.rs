//! The values of each record side by side: a pair reads two places in memory, not two for each field.

use rayon::prelude::*;

use super::Records;

/// Records that one task goes through.
const STRETCH: usize = 1 << 14;

/// Positions of values, record by record.
#[derive(Debug)]
pub(super) struct Rows {
    width: usize,
    codes: Vec<u32>,
}

impl Rows {
    pub(super) fn of(records: &Records) -> Self {
        let width = records.fields.len().max(1);
        let mut codes = vec![0; records.rows * width];
        codes.par_chunks_mut(STRETCH * width).enumerate().for_each(|(stretch, codes)| {
            for (at, field) in records.fields.iter().enumerate() {
                let own = &field.codes[stretch * STRETCH..];
                for (row, code) in codes.chunks_mut(width).zip(own) {
                    row[at] = *code;
                }
            }
        });
        Self { width, codes }
    }

    /// The position of a record's value of a field.
    pub(super) fn code(&self, row: u32, field: usize) -> u32 {
        self.codes[row as usize * self.width + field]
    }
}
