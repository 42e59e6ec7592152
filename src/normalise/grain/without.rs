//! A source without some of its rows.

use polars::prelude::{IdxCa, NewChunkedArray, PolarsResult};

use crate::model::{Origin, ReadIssue, Source};

/// `source` without the rows `gone` (of its frame, ascending): they leave the frame and everything that counts its rows,
/// and stay known as rows of their files that are set aside. What the reader noticed in them goes too.
pub fn without(source: &Source, gone: &[u32]) -> PolarsResult<Source> {
    let mut left = Source::clone(source);
    if gone.is_empty() {
        return Ok(left);
    }
    let before = |row: u32| gone.partition_point(|lost| *lost < row);
    let mut lost = gone.iter().peekable();
    let kept: Vec<u32> =
        (0..source.frame.height() as u32).filter(|row| lost.next_if(|gone| *gone == row).is_none()).collect();
    left.frame = source.frame.take(&IdxCa::from_slice("".into(), &kept))?;
    let pick = |from: &[u32]| kept.iter().filter_map(|row| from.get(*row as usize).copied()).collect();
    left.origin = Origin { row: pick(&source.origin.row), line: pick(&source.origin.line) };
    for file in &mut left.files {
        let (from, to) = (before(file.first_row), before(file.first_row + file.rows as u32));
        file.set_aside.extend(gone[from..to].iter().filter_map(|row| source.origin.row.get(*row as usize)));
        file.set_aside.sort_unstable();
        file.first_row -= from as u32;
        file.rows -= (to - from) as u64;
    }
    let issues = std::mem::take(&mut left.issues);
    left.issues = issues
        .into_iter()
        .filter(|issue| issue.frame_row.is_none_or(|row| gone.binary_search(&row).is_err()))
        .map(|issue| ReadIssue { frame_row: issue.frame_row.map(|row| row - before(row) as u32), ..issue })
        .collect();
    Ok(left)
}
