//! The options that say what a block is to work on.

use super::{Image, Matrices};
use crate::terminal::error::Error;
use crate::terminal::number;
use clap::Args;
use std::path::PathBuf;

/// The files of a product, or of a list.
#[derive(Args)]
pub struct Files {
    /// Activations: a .npy file, each row holding FP16 numbers
    #[arg(long, value_name = "FILE", requires = "b")]
    a: Option<PathBuf>,
    /// Packed weights, as `gen-rtl pack` writes them
    #[arg(long, value_name = "FILE", requires = "a")]
    b: Option<PathBuf>,
    /// The bytes of a memory from address 0 on: the list of steps, and what it works on
    #[arg(long, value_name = "FILE", requires = "list", conflicts_with_all = ["a", "b"])]
    memory: Option<PathBuf>,
    /// Where the list begins in --memory: a byte address, such as 4096 or 0x1000
    #[arg(long, value_name = "ADDRESS", requires = "memory", value_parser = number::address)]
    list: Option<u64>,
}

/// What a block is to work on.
pub enum Work {
    /// A product of matrices, on `pacq_gemm`.
    Product(Matrices),
    /// A list of steps, on `meadow_decoder_layer`.
    List(Image),
}

impl Files {
    /// What they are for; an error without any.
    pub fn work(&self) -> Result<Work, Error> {
        match (&self.a, &self.b, &self.memory, self.list) {
            (Some(a), Some(b), ..) => Ok(Work::Product(Matrices { a: a.clone(), b: b.clone() })),
            (.., Some(path), Some(list)) => Ok(Work::List(Image { path: path.clone(), list })),
            _ => Err(Error::new("--a with --b, or --memory with --list, must be given")),
        }
    }

    /// Whether there are any.
    pub fn are_given(&self) -> bool {
        self.a.is_some() || self.memory.is_some()
    }
}
