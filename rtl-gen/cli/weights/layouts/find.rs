//! Finds the layers of a file and their layouts, from the names, types and shapes of tensors.

use super::gptq;
use super::{Layout, Source};
use crate::terminal::error::Error;
use crate::weights::floats;
use crate::weights::tensors::{Tensor, Tensors};
use safetensors::Dtype;
use std::collections::BTreeSet;

/// How a layer is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `qweight`: GPTQ or AWQ.
    Words,
    /// `weight_packed` of compressed-tensors.
    CompressedTensors,
    /// `weight`, `scales` and `biases` of MLX.
    Mlx,
    /// A matrix of floats.
    Floats,
    /// A layout that is not supported, by name.
    Refused(&'static str),
}

/// A layer of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layer {
    /// The common prefix of its tensors' names; for floats, the name of the tensor.
    pub name: String,
    pub kind: Kind,
}

const GEMV: &str = "AutoAWQ's GEMV layout";
const MXFP4: &str = "MXFP4 (e2m1 values with e8m0 scales)";
const NVFP4: &str = "NVFP4 (e2m1 values with e4m3 scales)";

/// The layers of a file, quantised ones before floats.
pub fn find(tensors: &Tensors) -> Vec<Layer> {
    let mut layers: Vec<Layer> = tensors
        .iter()
        .filter_map(|(name, tensor)| {
            let (prefix, own) = name.rsplit_once('.').unwrap_or(("", name));
            let sibling = |own: &str| match prefix {
                "" => tensors.get(own),
                _ => tensors.get(&format!("{prefix}.{own}")),
            };
            let (prefix, kind) = match (own, prefix.rsplit_once('.')) {
                // `L.weight.absmax` and similar tensors are parts of `L`.
                ("absmax" | "quant_map", Some((layer, "weight"))) => (layer, bitsandbytes(tensors, prefix)),
                ("absmax" | "quant_map", None) if prefix == "weight" => ("", bitsandbytes(tensors, prefix)),
                _ => (prefix, kind(own, tensor, &sibling)?),
            };
            Some(Layer { name: prefix.into(), kind })
        })
        .chain(tensors.iter().filter_map(|(name, tensor)| blocks_of_mxfp4(tensors, name, tensor)))
        .collect();
    layers.dedup();
    let quantised: BTreeSet<&str> = layers.iter().map(|layer| layer.name.as_str()).collect();
    let is_part = |name: &str| match name.contains('.') {
        true => name.match_indices('.').any(|(end, _)| quantised.contains(&name[..end])),
        false => quantised.contains(""),
    };
    let is_matrix = |tensor: &Tensor| floats::TYPES.contains(&tensor.dtype) && tensor.shape.len() == 2;
    let floats: Vec<Layer> = tensors
        .iter()
        .filter(|(name, tensor)| is_matrix(tensor) && !is_part(name))
        .map(|(name, _)| Layer { name: name.into(), kind: Kind::Floats })
        .collect();
    layers.extend(floats);
    layers
}

/// The kind of a layer, if the tensor `own` identifies one.
fn kind<'t>(own: &str, tensor: &Tensor, sibling: &dyn Fn(&str) -> Option<&'t Tensor>) -> Option<Kind> {
    let has = |own: &str| sibling(own).is_some();
    let dtype = |own: &str| sibling(own).map(|tensor| tensor.dtype);
    match (own, tensor.dtype) {
        ("qweight", Dtype::I16) => Some(Kind::Refused("AutoAWQ's GEMV-fast layout")),
        ("qweight", _) => Some(Kind::Words),
        ("weight_packed", Dtype::U8)
            if has("weight_global_scale") || dtype("weight_scale") == Some(Dtype::F8_E4M3) =>
        {
            Some(Kind::Refused(NVFP4))
        }
        ("weight_packed", Dtype::U8) => Some(Kind::Refused(MXFP4)),
        ("weight_packed", _) => Some(Kind::CompressedTensors),
        ("weight", Dtype::U32) if dtype("scales") == Some(Dtype::U8) => Some(Kind::Refused(MXFP4)),
        ("weight", Dtype::U32) => Some(Kind::Mlx),
        ("weight", Dtype::U8) if dtype("weight_scale") == Some(Dtype::F8_E4M3) => Some(Kind::Refused(NVFP4)),
        ("weight", Dtype::U8) if dtype("weight_scale").is_some() => Some(Kind::Refused(MXFP4)),
        ("weight", Dtype::I8) if has("SCB") => Some(Kind::Refused("LLM.int8() of bitsandbytes")),
        ("weight", Dtype::I8) => Some(Kind::Refused("int-quantized (int8 as it is)")),
        (
            "weight",
            Dtype::F8_E4M3 | Dtype::F8_E5M2 | Dtype::F8_E4M3FNUZ | Dtype::F8_E5M2FNUZ | Dtype::F8_E8M0,
        ) => Some(Kind::Refused("fp8")),
        ("weight", Dtype::F4) => Some(Kind::Refused("FP4 (e2m1)")),
        ("weight", Dtype::F6_E2M3 | Dtype::F6_E3M2) => Some(Kind::Refused("FP6")),
        ("W_q", _) => Some(Kind::Refused("HQQ")),
        ("q_weight", _) => Some(Kind::Refused("EXL2 of ExLlamaV2")),
        ("codebooks", _) => Some(Kind::Refused("AQLM")),
        ("B", Dtype::I32) if has("s") => Some(Kind::Refused("Marlin's layout")),
        _ => None,
    }
}

/// NF4 or FP4, from the name of its state.
fn bitsandbytes(tensors: &Tensors, weight: &str) -> Kind {
    let is_fp4 = tensors.get(&format!("{weight}.quant_state.bitsandbytes__fp4")).is_some();
    Kind::Refused(if is_fp4 { "FP4 of bitsandbytes" } else { "NF4 of bitsandbytes" })
}

/// `L_blocks` and `L_scales`, as gpt-oss has them.
fn blocks_of_mxfp4(tensors: &Tensors, name: &str, tensor: &Tensor) -> Option<Layer> {
    let layer = name.strip_suffix("_blocks").filter(|_| tensor.dtype == Dtype::U8)?;
    let scales = tensors.get(&format!("{layer}_scales"))?;
    (scales.dtype == Dtype::U8).then(|| Layer { name: layer.into(), kind: Kind::Refused(MXFP4) })
}

/// Whether `qweight` is AWQ's or GPTQ's, and of which version: the shapes tell, and the configuration must agree.
pub fn layout_of_words(source: &mut Source) -> Result<Layout, Error> {
    let shape = |tensor: &str| source.tensors.shape(&source.name(tensor));
    let (words, scales, zeros) = (shape("qweight")?, shape("scales")?, shape("qzeros")?);
    let is_gptq = words[1] == scales[1];
    let is_awq = words[1].checked_mul(8) == Some(scales[1]) && zeros[1] == words[1];
    let text = |names: &[&str]| source.config.map(|config| config.text(names)).transpose();
    let method = text(&["quant_method"])?.flatten();
    let format = text(&["checkpoint_format", "format", "version"])?.flatten();
    if format.as_deref().is_some_and(|format| format.starts_with("gemv"))
        || (!is_gptq && !is_awq && words[0] == scales[0])
    {
        return Err(super::refused(source, GEMV));
    }
    let wrong = |said: &str, found: &str| match source.config {
        Some(config) => Err(config.wrong(&format!(
            "it says `{said}`, but the tensors of `{}` are laid out as {found}",
            source.prefix
        ))),
        None => Ok(()),
    };
    let method = method.as_deref();
    match (is_gptq, is_awq) {
        (true, _) => {
            if let Some(method @ ("awq" | "compressed-tensors")) = method {
                wrong(method, "gptq")?;
            }
            gptq::version(source, format)
        }
        (false, true) => {
            if let Some(method @ ("gptq" | "compressed-tensors")) = method {
                wrong(method, "awq")?;
            }
            match format.as_deref() {
                None | Some("gemm") => Ok(Layout::Awq),
                Some(other) => {
                    wrong(other, "awq (GEMM)")?;
                    Ok(Layout::Awq)
                }
            }
        }
        (false, false) => {
            let what = format!(
                "its shape is {words:?}: with scales of {scales:?} and qzeros of {zeros:?} that is neither gptq's \
                 [K x bits / 32, N] nor awq's [K, N / 8]"
            );
            Err(source.wrong("qweight", &what))
        }
    }
}
