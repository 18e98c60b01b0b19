//! Arguments and code that several commands share.

mod cases;
mod container;
mod fitted;
mod image;
mod many;
mod network;
mod one_or_all;
mod product;
mod synthesis;
mod tools;
mod work;

pub use cases::cases_to_record;
pub use container::{Yardsticks, ZSTD_LEVEL, print_sizes};
use fitted::fitted;
pub use image::{Ended, Image, Loaded};
pub use many::{refuse_existing, write_many};
pub use network::{NetworkFiles, NetworkRun, OF_NEURONS};
pub use one_or_all::{Named, one_or_all};
pub use product::Matrices;
pub use synthesis::{SynthOptions, targets_help};
pub use tools::check_tools;
pub use work::{Files, Work};
