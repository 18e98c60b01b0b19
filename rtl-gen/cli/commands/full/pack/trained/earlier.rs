//! Earlier decoder blocks that are packed already.

use crate::terminal::error::Error;
use crate::weights::decoder::Block;
use crate::weights::{Packed, read_packed};
use rounding::{MATRICES, dequantised};
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// The folders of packed blocks, by the numbers of these.
pub struct Earlier<'f> {
    folders: BTreeMap<u32, &'f Path>,
    /// The number of blocks before the one that is trained.
    blocks: u32,
}

impl<'f> Earlier<'f> {
    /// Looks into folders for blocks before one. A folder without any is a slip, and so is a block in two of them.
    pub fn of(folders: &'f [PathBuf], blocks: u32) -> Result<Earlier<'f>, Error> {
        let mut earlier = Earlier { folders: BTreeMap::new(), blocks };
        for folder in folders {
            let refused = |what: &str| Error::new(format!("--earlier {}: {what}", folder.display()));
            if !folder.is_dir() {
                return Err(refused("there is no such folder"));
            }
            let own: Vec<u32> = (0..blocks).filter(|block| files(folder, *block).next().is_some()).collect();
            if own.is_empty() {
                return Err(refused(&format!(
                    "it has no file blk.N.TENSOR.safetensors of a block before --decoder-block {blocks}"
                )));
            }
            for block in own {
                if let Some(other) = earlier.folders.insert(block, folder) {
                    return Err(refused(&format!("block {block} is also in {}", other.display())));
                }
            }
        }
        Ok(earlier)
    }

    pub fn is_empty(&self) -> bool {
        self.folders.is_empty()
    }

    /// Puts packed matrices in their places; a block may have none.
    pub fn take(&self, number: u32, block: &mut Block) -> Result<(), Error> {
        let Some(folder) = self.folders.get(&number) else { return Ok(()) };
        for (place, path) in files(folder, number) {
            let weights = &mut block.weights[place];
            let Packed { quantised, order } = read_packed(&path)?;
            let packed = dequantised(&quantised);
            if order.is_some() || packed.dim() != weights.dim() {
                return Err(Error::new(format!(
                    "{} has {:?} inputs and outputs{}: expected {:?} in their order",
                    path.display(),
                    packed.dim(),
                    if order.is_some() { " in another order" } else { "" },
                    weights.dim()
                )));
            }
            *weights = packed;
        }
        Ok(())
    }

    /// Prints what token ids go through, if any block is packed.
    pub fn print(&self, out: &mut dyn Write) -> io::Result<()> {
        let blocks = if self.is_empty() { 0 } else { self.blocks };
        (0..blocks).try_for_each(|number| match self.folders.get(&number) {
            None => writeln!(out, "before: block {number} as in the model"),
            Some(folder) => {
                let (count, of) = (files(folder, number).count(), MATRICES.len());
                writeln!(
                    out,
                    "before: block {number} with {count} of {of} matrices from {}",
                    folder.display()
                )
            }
        })
    }
}

/// The files of a block's matrices that a folder has, with the matrices' places.
fn files(folder: &Path, block: u32) -> impl Iterator<Item = (usize, PathBuf)> {
    let path = move |tensor| folder.join(format!("blk.{block}.{tensor}.safetensors"));
    MATRICES.iter().map(path).enumerate().filter(|(_, path)| path.exists())
}
