//! The parameters of `pacq_mul`.

use crate::parameters::{ParameterError, Parameters};
use hdl::Encoded;
use parts::float::FloatFormat;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smart_default::SmartDefault;

/// The parameters, by the names that users write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, SmartDefault)]
pub struct Params {
    /// Format of the activation.
    #[default(Activation::Fp16)]
    pub activation: Activation,
    /// Width of a weight.
    #[default = 4]
    #[schemars(extend("enum" = [2, 3, 4, 8]))]
    pub weight_bits: u32,
    /// Weights in a word.
    #[default(None)]
    #[schemars(range(min = 1, max = 64), extend("x-default" = "16 / weight_bits, rounded down"))]
    pub lanes: Option<u32>,
    /// What a lane computes.
    #[default(Product::Exact)]
    pub product: Product,
    /// How exact and rounded products are computed: a multiplier for each lane, or multiples that all lanes share.
    #[default(Structure::PerLane)]
    pub structure: Structure,
    /// Whether the multiplier array can also multiply two floats.
    #[default = false]
    pub dual_mode: bool,
    /// Pipeline registers, equal to the latency in cycles.
    #[default = 0]
    #[schemars(range(min = 0, max = 3))]
    pub stages: u32,
    /// Handshake of the input and output: none, or ready/valid streams.
    #[default(Flow::None)]
    pub flow: Flow,
}

/// Formats of the activation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Activation {
    /// IEEE binary16.
    Fp16,
    /// bfloat16.
    Bf16,
}

/// What a lane computes of activation A and weight B, with the codes that registers have for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Encoded)]
#[serde(rename_all = "snake_case")]
pub enum Product {
    /// A x B, not rounded.
    Exact = 0,
    /// A x B, rounded to nearest even.
    Rounded = 1,
    /// A x (B + bias), rounded to nearest even.
    Biased = 2,
    /// The paper's figure, including its errors.
    Literal = 3,
}

/// How the products of a word are computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Structure {
    /// A multiplier (and a rounder) for each lane.
    PerLane,
    /// Each multiple of the activation is computed once; a lane selects one.
    SharedMultiples,
}

/// Handshakes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Flow {
    /// One beat per cycle.
    None,
    /// Streams with valid and ready.
    ReadyValid,
}

impl Parameters for Params {
    fn resolved(&self) -> Params {
        Params { lanes: Some(self.lanes()), ..self.clone() }
    }

    fn validate(&self) -> Result<(), ParameterError> {
        let (w, format) = (self.weight_bits, self.format());
        let conflict = |is_wrong: bool, message: String| match is_wrong {
            true => Err(ParameterError::Conflict(message)),
            false => Ok(()),
        };
        let shared = self.structure == Structure::SharedMultiples;
        conflict(
            self.product == Product::Literal && (self.activation != Activation::Fp16 || !matches!(w, 2 | 4)),
            format!(
                "product = `literal` needs activation = `fp16` and weight_bits = 2 or 4: \
                 activation is `{}`, weight_bits is {w}",
                self.activation_name()
            ),
        )?;
        conflict(
            self.product == Product::Biased && w > format.fraction_bits,
            format!(
                "product = `biased` with activation = `bf16` needs weight_bits = 2, 3 or 4: a code of {w} bits \
                 does not fit the {} bits of the fraction",
                format.fraction_bits
            ),
        )?;
        conflict(
            shared && !matches!(self.product, Product::Exact | Product::Rounded),
            "structure = `shared_multiples` needs product = `exact` or `rounded`".into(),
        )?;
        conflict(
            shared && w > 4,
            format!("structure = `shared_multiples` needs weight_bits = 2, 3 or 4: weight_bits is {w}"),
        )?;
        conflict(
            self.dual_mode && shared,
            "dual_mode = `true` needs structure = `per_lane`: shared multiples have no multiplier array"
                .into(),
        )?;
        conflict(
            self.dual_mode && self.product == Product::Literal,
            "dual_mode = `true` needs product = `exact`, `rounded` or `biased`".into(),
        )?;
        let array = self.lanes() * w;
        conflict(
            self.dual_mode && array < format.significand_bits(),
            format!(
                "dual_mode = `true` needs lanes x weight_bits of at least {}, the significand of the \
                 activation: {} x {w} is {array}",
                format.significand_bits(),
                self.lanes()
            ),
        )
    }

    fn name_parts(&self) -> Vec<String> {
        let mut parts = vec![self.activation_name().to_string(), format!("w{}", self.weight_bits)];
        let mut add = |part: Option<String>| parts.extend(part);
        add((self.lanes() != 16 / self.weight_bits).then(|| format!("x{}", self.lanes())));
        add(match self.product {
            Product::Exact => None,
            Product::Rounded => Some("rounded".into()),
            Product::Biased => Some("biased".into()),
            Product::Literal => Some("literal".into()),
        });
        add((self.structure == Structure::SharedMultiples).then(|| "shared".into()));
        add(self.dual_mode.then(|| "dual".into()));
        add((self.stages > 0).then(|| format!("s{}", self.stages)));
        add((self.flow == Flow::ReadyValid).then(|| "rv".into()));
        parts
    }
}

impl Params {
    /// The format of the activation.
    pub fn format(&self) -> FloatFormat {
        match self.activation {
            Activation::Fp16 => FloatFormat::FP16,
            Activation::Bf16 => FloatFormat::BF16,
        }
    }

    /// Weights in a word.
    pub fn lanes(&self) -> u32 {
        self.lanes.unwrap_or(16 / self.weight_bits)
    }

    fn activation_name(&self) -> &'static str {
        match self.activation {
            Activation::Fp16 => "fp16",
            Activation::Bf16 => "bf16",
        }
    }
}
