//! The printer on small designs: how they look, what lint tools say, and whether they still mean the same.

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
