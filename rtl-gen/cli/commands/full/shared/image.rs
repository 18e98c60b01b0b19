//! A memory from a file, with a list of steps for `meadow_decoder_layer`.

use super::fitted;
use crate::block::selection::Parameters;
use crate::files::place;
use crate::terminal::error::Error;
use blocks::meadow::meadow_decoder_layer::step::{Kind, STEP_BYTES, Step};
use blocks::meadow::meadow_decoder_layer::{self as layer, ILLEGAL, Machine, Outcome, Params, READ_FAILED};
use hdl::Encoded;
use reports::meadow::list::Work;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use testbenches::Progress;

/// The most words that a memory has.
const MOST_WORDS: u64 = 1 << 24;
/// A memory has a multiple of so many words, so that images of nearly the same size run on the same hardware.
const WORDS_AT_ONCE: u64 = 1024;

/// The file of a memory, and where its list is.
pub struct Image {
    pub path: PathBuf,
    pub list: u64,
}

/// A memory, and the parameters that fit it.
pub struct Loaded {
    pub params: Params,
    /// All bytes of the memory; zeros behind those of the file.
    pub bytes: Vec<u8>,
    /// Where the list begins.
    pub list: u64,
}

/// What the golden model makes of a list.
pub struct Ended {
    /// All bytes of the memory.
    pub memory: Vec<u8>,
    /// Steps that were done.
    pub steps: u64,
    /// What they asked for.
    pub work: Work,
}

impl Image {
    /// Refuses a file for the memory afterwards that would not be right.
    pub fn refuse_out(&self, out: &Path) -> Result<(), Error> {
        place::refuse_input("--out", out, &[&self.path])?;
        place::refuse_other_format("--out", out, "bin")
    }

    /// Reads the file. The size of the memory follows from it, unless that is given.
    pub fn load(&self, parameters: &Parameters) -> Result<Loaded, Error> {
        let stream = vec![("host", "stream".to_string())];
        let mut params: Params = fitted(layer::BLOCK.name, parameters, "a memory from a file", stream)?;
        let word = u64::from(params.bytes());
        let most = params.memory_words.map_or(MOST_WORDS, u64::from);
        let mut bytes = self.read(most * word + 1)?;
        let (path, length) = (self.path.display(), bytes.len() as u64);
        if length > most * word {
            let refused = Error::new(format!(
                "{path} has more than the {} bytes of a memory of {most} words of {word} bytes",
                most * word
            ));
            return Err(refused.help(match params.memory_words {
                Some(_) => "leave memory_words out, and it follows from the file",
                None => "a larger bus_bits makes the words wider",
            }));
        }
        let has_step = self.list.checked_add(STEP_BYTES.into()).is_some_and(|end| end <= length);
        if !has_step {
            return Err(Error::new(format!(
                "there is no step at --list {:#x}: {path} has {length} bytes, and a step takes {STEP_BYTES}",
                self.list
            )));
        }
        let words = params
            .memory_words
            .map_or_else(|| length.div_ceil(word).next_multiple_of(WORDS_AT_ONCE), u64::from);
        params.memory_words = Some(words as u32);
        bytes.resize((words * word) as usize, 0);
        Ok(Loaded { params, bytes, list: self.list })
    }

    /// The file, if it has less than `limit` bytes; else so many of its bytes.
    fn read(&self, limit: u64) -> Result<Vec<u8>, Error> {
        let mut bytes = vec![];
        let read = File::open(&self.path).and_then(|file| file.take(limit).read_to_end(&mut bytes));
        read.map_err(|error| Error::io(format!("read {}", self.path.display()), error))?;
        Ok(bytes)
    }
}

impl Loaded {
    /// Runs the list in the golden model. A list that ends early is an error.
    pub fn golden(&self, progress: &dyn Progress) -> Result<Ended, Error> {
        let mut machine = Machine::new(&self.params);
        machine.memory.write(0, &self.bytes);
        let steps = self.bytes[self.list as usize..].chunks(STEP_BYTES as usize);
        let steps = steps.take_while(|step| u128::from(step[0] & 3) != Kind::End.code()).count();
        progress.start("steps in the golden model", steps as u64);
        let (mut work, mut last) = (Work::default(), None);
        let outcome = machine.run(self.list, &mut |step, is_legal| {
            progress.advance(1);
            if is_legal {
                work.add(&self.params, step);
            }
            last = Some(*step);
        });
        if let Some(step) = machine.unknown_step {
            let refused = self.named(step, "reads words of the on-chip memory that no step has written");
            return Err(refused.help("a step of rows copies a matrix there"));
        }
        match outcome.error {
            0 => {
                let memory = machine.memory.read(0, self.bytes.len());
                work.projected -= machine.left_out;
                Ok(Ended { memory, steps: outcome.steps, work })
            }
            _ => Err(self.ended_early(outcome, last, &machine)),
        }
    }

    /// An error of a step.
    fn named(&self, step: u64, what: &str) -> Error {
        let address = self.list + step * u64::from(STEP_BYTES);
        Error::new(format!("step {step} of the list, at {address:#x}, {what}"))
    }

    /// The error for a list that ended early, with the last step that was read.
    fn ended_early(&self, outcome: Outcome, last: Option<Step<u64>>, machine: &Machine) -> Error {
        let Outcome { error, steps } = outcome;
        let size = self.bytes.len();
        let is_end = self.list + (steps + 1) * u64::from(STEP_BYTES) > size as u64;
        let format = "`gen-rtl describe meadow_decoder_layer --documentation` has the format of steps";
        match (error, last) {
            (ILLEGAL, Some(step)) => self.named(steps, "is illegal").help(self.described(&step)).help(format),
            // The step itself could not be read.
            (READ_FAILED, _) if machine.memory.read_failed && is_end => Error::new(format!(
                "the list at {:#x} has no end in the {size} bytes of the memory",
                self.list
            ))
            .help("its last step has the kind 3"),
            (error, _) => {
                let has_failed = machine.memory.read_failed || machine.local.read_failed;
                if machine.container_is_wrong && !has_failed {
                    return self.named(steps - 1, "has a container that is wrong");
                }
                let reads = error & READ_FAILED != 0;
                let (does, is_outside) = match reads {
                    true => ("reads", machine.memory.read_failed),
                    false => ("writes", machine.memory.write_failed),
                };
                let beyond = match is_outside {
                    true => format!("the {size} bytes of the memory"),
                    false => {
                        let local = u64::from(self.params.local_words) * u64::from(self.params.bytes());
                        format!("the {local} bytes of the on-chip memory")
                    }
                };
                self.named(steps - 1, &format!("{does} beyond {beyond}"))
            }
        }
    }

    /// What an illegal step asks for, and what would be legal.
    fn described(&self, step: &Step<u64>) -> String {
        let Params { d_head, inner, keys, row_length, token_words, .. } = self.params;
        let tokens = self.params.product_tokens();
        let kind = Kind::from_code(step.kind.into()).expect("every code has a kind");
        let Step { rows, columns, shift, keeps, .. } = step;
        let of_tokens = format!(
            "inner={} of 1 to {inner}, shift={shift} of 0 to 63; {rows} rows, by {tokens}, take {} of {token_words} words of \
             tokens; keeps={keeps}",
            step.inner,
            self.params.words_of_tokens(*rows, step.inner)
        );
        let of_sparse = match step.sparse {
            0 => "",
            _ => {
                "; sparse=1, for a product of one row with keeps=0 and packed=0, on a block with sparse=true"
            }
        };
        let of_tokens = of_tokens + of_sparse;
        match kind {
            Kind::Product => {
                let of_second = match step.second {
                    0 => String::new(),
                    _ => format!(
                        "; second=1, for y and d in different memories, on a block with local_words: local of y={}, of d={}",
                        step.local.y, step.local.d
                    ),
                };
                format!("a product: columns={columns}, a multiple of {d_head}; {of_tokens}{of_second}")
            }
            Kind::Attention => {
                format!(
                    "attention: columns={columns} of 1 to {keys}, valid={} of 0 to columns; {of_tokens}",
                    step.valid
                )
            }
            Kind::Rows => format!(
                "rows: inner={} of {lanes} to {row_length}, in steps of {lanes}; rows={rows}; columns={columns}; shift={shift} \
                 of 0 to 63; operation={}, norm={}, first={}, second={}",
                step.inner,
                step.operation,
                step.norm,
                step.first,
                step.second,
                lanes = self.params.lanes()
            ),
            Kind::End => "the end".into(),
        }
    }
}
