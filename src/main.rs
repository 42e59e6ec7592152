use mimalloc as _;
use polars as _;
fn main() {}
