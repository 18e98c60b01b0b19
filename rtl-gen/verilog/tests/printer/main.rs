//! The printer on small designs: how the text looks, what lint tools report, and whether it still means the same.

mod comments;
mod decisions;
mod designs;
mod keep_parameter;
mod lint;
mod meaning;
mod random;
mod scale;
mod snapshots;
mod synthesis;
mod tools;
mod words;
