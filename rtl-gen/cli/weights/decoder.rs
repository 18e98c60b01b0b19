//! The decoder blocks of a language model in a GGUF file.

use super::dense;
use super::gguf::{Gguf, Weights};
use crate::terminal::error::Error;
use blocks::pacq::weights::QuantiseError;
use ndarray::{Array1, Array2};
use rounding::{Decoder, MATRICES, Shape};

/// The only architecture whose blocks are known.
const ARCHITECTURE: &str = "llama";

/// The greatest size of a model's dimension.
const GREATEST: f64 = 1_048_576.0;

/// The tensors of norms in a block.
const NORMS: [&str; 2] = ["attn_norm", "ffn_norm"];

/// The tensor of embeddings.
const EMBEDDINGS: &str = "token_embd.weight";

/// A model.
pub struct Model<'g> {
    gguf: &'g Gguf,
    shape: Shape,
    /// The number of blocks.
    pub blocks: u32,
}

/// A block and its matrices.
pub struct Block {
    pub decoder: Decoder,
    pub weights: Vec<Array2<f32>>,
}

/// The name of a tensor of weights.
pub fn name(block: u32, tensor: &str) -> String {
    format!("blk.{block}.{tensor}.weight")
}

impl Model<'_> {
    /// Reads the sizes of a model; refuses one whose blocks do more than [`Decoder`].
    pub fn of(gguf: &Gguf) -> Result<Model<'_>, Error> {
        let wrong = |what: String| Error::new(format!("{}: {what}", gguf.path().display()));
        match gguf.architecture() {
            Some(ARCHITECTURE) => {}
            other => {
                let other = other.unwrap_or("none");
                return Err(wrong(format!("general.architecture is {other}: expected {ARCHITECTURE}")));
            }
        }
        let key = |name: &str| format!("{ARCHITECTURE}.{name}");
        let number = |name: &str| {
            let name = key(name);
            gguf.number(&name).ok_or_else(|| wrong(format!("the metadata lack {name}")))
        };
        let size = |name: &str| match number(name)? {
            size if (1.0..=GREATEST).contains(&size) && size.fract() == 0.0 => Ok(size as usize),
            size => Err(wrong(format!("{} is {size}: expected 1 to {GREATEST}", key(name)))),
        };
        let (width, heads) = (size("embedding_length")?, size("attention.head_count")?);
        let key_heads = size("attention.head_count_kv").unwrap_or(heads);
        let d_head = size("attention.key_length").unwrap_or(width / heads);
        let turned = size("rope.dimension_count").unwrap_or(d_head);
        if !heads.is_multiple_of(key_heads) || !d_head.is_multiple_of(2) || d_head == 0 || turned != d_head {
            return Err(wrong(format!(
                "it has {heads} heads for {key_heads} of keys, with {d_head} elements of which {turned} are turned: \
                 expected a multiple, and an even number that is all turned"
            )));
        }
        let epsilon = number("attention.layer_norm_rms_epsilon")? as f32;
        let rotary_base = number("rope.freq_base").unwrap_or(10_000.0);
        let hidden = size("feed_forward_length")?;
        let shape = Shape { width, heads, key_heads, d_head, hidden, epsilon, rotary_base };
        let model = Model { gguf, shape, blocks: size("block_count")? as u32 };
        model.refuse_others().map(|()| model)
    }

    /// Refuses tensors that change what a block computes.
    fn refuse_others(&self) -> Result<(), Error> {
        let is_known = |name: &str| {
            let Some((_, rest)) = name.strip_prefix("blk.").and_then(|rest| rest.split_once('.')) else {
                return name != "rope_freqs.weight";
            };
            let tensor = rest.strip_suffix(".weight");
            tensor.is_some_and(|tensor| MATRICES.contains(&tensor) || NORMS.contains(&tensor))
        };
        match self.gguf.names().find(|name| !is_known(name)) {
            None => Ok(()),
            Some(name) => Err(Error::new(format!(
                "{} has the tensor `{name}`: blocks with such tensors are not supported",
                self.gguf.path().display()
            ))),
        }
    }

    /// Elements of a token.
    pub fn width(&self) -> usize {
        self.shape.width
    }

    /// A block, by its number.
    pub fn block(&self, number: u32) -> Result<Block, Error> {
        let mut weights = vec![];
        for (tensor, expected) in MATRICES.iter().zip(self.shape.sizes()) {
            let name = name(number, tensor);
            let matrix = self.matrix(&name)?;
            if matrix.dim() != expected {
                return Err(self.wrong_size(&name, matrix.dim(), expected));
            }
            weights.push(matrix);
        }
        let [first, second] = NORMS;
        let decoder = Decoder::new(self.shape, [self.gains(number, first)?, self.gains(number, second)?]);
        Ok(Block { decoder, weights })
    }

    fn matrix(&self, name: &str) -> Result<Array2<f32>, Error> {
        let matrix = match self.gguf.read(name)? {
            Weights::Floats(floats) => dense::of_floats(&floats, false),
            Weights::Coded(_, coded) => dense::of_coded(&coded),
        };
        match matrix.indexed_iter().find(|(_, weight)| !weight.is_finite()) {
            None => Ok(matrix),
            Some(((row, column), weight)) => {
                let error = QuantiseError::Weight { row, column, value: f64::from(*weight) };
                Err(Error::new(format!("`{name}` of {}: {error}", self.gguf.path().display())))
            }
        }
    }

    fn gains(&self, block: u32, norm: &str) -> Result<Array1<f32>, Error> {
        let name = name(block, norm);
        let gains = self.gguf.vector(&name)?;
        match gains.len() == self.shape.width {
            true => Ok(gains.into()),
            false => Err(self.wrong_size(&name, (1, gains.len()), (1, self.shape.width))),
        }
    }

    fn wrong_size(&self, name: &str, found: (usize, usize), expected: (usize, usize)) -> Error {
        Error::new(format!(
            "tensor `{name}` of {} has {} inputs and {} outputs: expected {} and {}",
            self.gguf.path().display(),
            found.0,
            found.1,
            expected.0,
            expected.1
        ))
    }

    /// The activations of tokens in front of the first block.
    pub fn embeddings(&self, ids: &[Vec<i128>]) -> Result<Vec<Array2<f32>>, Error> {
        let table = self.gguf.read(EMBEDDINGS)?;
        let (count, width) = match &table {
            Weights::Floats(floats) => (floats.rows, floats.columns),
            Weights::Coded(_, coded) => (coded.n, coded.k),
        };
        if width != self.shape.width {
            return Err(self.wrong_size(EMBEDDINGS, (width, count), (self.shape.width, count)));
        }
        if let Some(id) = ids.iter().flatten().find(|id| !(0..count as i128).contains(id)) {
            return Err(Error::new(format!(
                "the token id {id} is not in the vocabulary: expected 0 to {}",
                count - 1
            )));
        }
        let groups = match &table {
            Weights::Floats(_) => vec![],
            Weights::Coded(_, coded) => coded.group_of_inputs(),
        };
        let element = |id: usize, input: usize| match &table {
            Weights::Floats(floats) => floats.values.at(id * width + input),
            Weights::Coded(_, coded) => coded.weight(groups[input], input, id),
        };
        let rows = |ids: &Vec<i128>| {
            Array2::from_shape_fn((ids.len(), width), |(token, input)| {
                element(ids[token] as usize, input) as f32
            })
        };
        Ok(ids.iter().map(rows).collect())
    }
}
