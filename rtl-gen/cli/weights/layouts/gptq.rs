//! AutoGPTQ's layout: `qweight` (inputs x bits / 32, outputs), `qzeros` (groups, outputs x bits / 32), `scales`
//! (groups, outputs), and `g_idx`, the group of each input.

use super::words::dense;
use super::{Layout, Source};
use crate::terminal::error::Error;
use crate::weights::coded::{Coded, Zeros};
use crate::weights::config::Config;
use crate::weights::groups::Groups;
use crate::weights::tensors::Matrix;
use safetensors::Dtype;

/// The version: given by the user or the configuration, or implied by zero points that fit only one version.
pub fn version(source: &mut Source, format: Option<String>) -> Result<Layout, Error> {
    let symmetric = symmetric(source)?;
    let said = match (source.config, format.as_deref()) {
        (_, Some("gptq")) => Some(Layout::Gptq),
        (_, Some("gptq_v2")) => Some(Layout::GptqV2),
        (Some(config), Some(other)) if source.from.is_none() => {
            return Err(config.wrong(&format!("checkpoint_format is `{other}`: expected gptq or gptq_v2")));
        }
        _ => None,
    };
    let origin = source.config.map(|config| config.origin.clone()).unwrap_or_default();
    if let Some(from @ (Layout::Gptq | Layout::GptqV2)) = source.from {
        if said.is_some_and(|said| said != from) {
            source.notes.push(format!("read as {from}, as given with --from; {origin} says otherwise"));
        }
        return Ok(from);
    }
    let is_symmetric = source.config.map(|config| config.flag("sym")).transpose()?.flatten().unwrap_or(false);
    match (said, symmetric) {
        (Some(said), Some(found)) if said != found && is_symmetric => Err(Error::new(format!(
            "{origin} says {said} and sym, but the zero points of `{}` are those of symmetric weights in {found}",
            source.prefix
        ))
        .help("choose with --from gptq or --from gptq_v2")),
        (Some(said), found) => {
            let doubt = found.filter(|found| *found != said).map(|found| {
                format!("; but all zero points are those of symmetric weights in {found}: try --from {found}")
            });
            source.notes.push(format!("read as {said}, as {origin} says{}", doubt.unwrap_or_default()));
            Ok(said)
        }
        (None, Some(found)) => {
            source.notes.push(format!(
                "read as {found}: assumed, since all zero points are those of symmetric weights; no file says so"
            ));
            Ok(found)
        }
        // Older AutoGPTQ had one version only, and did not name it.
        (None, None) if !origin.is_empty() => {
            source.notes.push(format!("read as gptq: assumed, since {origin} has no checkpoint_format"));
            Ok(Layout::Gptq)
        }
        (None, None) => Err(Error::new(format!(
            "no file says whether the zero points of `{}` are stored minus one (gptq) or unchanged (gptq_v2)",
            source.prefix
        ))
        .help("choose with --from gptq or --from gptq_v2, or put the model's quantize_config.json beside the file")),
    }
}

/// The version in which all stored zero points are the middle of the codes, if there is one.
fn symmetric(source: &Source) -> Result<Option<Layout>, Error> {
    let Shape { n, bits, groups, .. } = Shape::of(source)?;
    let words = source.tensors.matrix(&source.name("qzeros"), &[Dtype::I32])?;
    let mut stored = zeros(&words, groups, n, bits);
    let first = stored.next();
    let same = first.filter(|first| stored.all(|zero| zero == *first));
    Ok(match same {
        Some(zero) if zero == (1 << (bits - 1)) - 1 => Some(Layout::Gptq),
        Some(zero) if zero == 1 << (bits - 1) => Some(Layout::GptqV2),
        _ => None,
    })
}

fn zeros(words: &Matrix, groups: usize, n: usize, bits: u32) -> impl Iterator<Item = u8> {
    let (columns, words) = (words.columns, words.u32s());
    let places = (0..groups).flat_map(move |group| (0..n).map(move |output| (group, output)));
    places.map(move |(group, output)| dense(|index| words[group * columns + index], output, bits))
}

/// The sizes of a layer.
struct Shape {
    k: usize,
    n: usize,
    bits: u32,
    groups: usize,
}

impl Shape {
    /// The sizes on which shapes and configuration agree.
    fn of(source: &Source) -> Result<Shape, Error> {
        let shape = |tensor: &str| source.tensors.shape(&source.name(tensor));
        let ([rows, n], [groups, _], zeros) = (shape("qweight")?, shape("scales")?, shape("qzeros")?);
        let index = source.tensors.get(&source.name("g_idx")).map(|tensor| tensor.shape.clone());
        let said = source.config.map(Config::bits).transpose()?.flatten();
        let fits = |bits: &u32| {
            let row_bits = rows.saturating_mul(32);
            let bits = *bits as usize;
            row_bits.is_multiple_of(bits)
                && zeros == [groups, n.saturating_mul(bits).div_ceil(32)]
                && index.as_ref().is_none_or(|index| *index == [row_bits / bits])
                && said.is_none_or(|said| said as usize == bits)
        };
        let mut bits: Vec<u32> = [2, 3, 4, 8].into_iter().filter(fits).collect();
        if bits.len() > 1 {
            bits.retain(|bits| n.saturating_mul(*bits as usize).is_multiple_of(32));
        }
        match bits.as_slice() {
            &[bits] if rows > 0 && n > 0 && groups > 0 => {
                Ok(Shape { k: rows * 32 / bits as usize, n, bits, groups })
            }
            _ => {
                let said =
                    said.map(|bits| format!(" and bits {bits} in the configuration")).unwrap_or_default();
                let index = index.map(|shape| format!(" and g_idx of {shape:?}")).unwrap_or_default();
                let what = format!(
                    "its shape is [{rows}, {n}], which with qzeros of {zeros:?}, scales of [{groups}, {n}]{index}{said} \
                     fits none of 2, 3, 4 and 8 bits"
                );
                Err(source
                    .wrong("qweight", &what)
                    .help("put the model's quantize_config.json, with `bits`, beside the file"))
            }
        }
    }
}

/// Reads a layer; `is_v2` if zero points are stored unchanged.
pub fn read(source: &mut Source, is_v2: bool) -> Result<Coded, Error> {
    let Shape { k, n, bits, groups: count } = Shape::of(source)?;
    let words = source.tensors.matrix(&source.name("qweight"), &[Dtype::I32])?.u32s();
    let stored = source.tensors.matrix(&source.name("qzeros"), &[Dtype::I32])?;
    let mask = ((1_u32 << bits) - 1) as u8;
    let zero = |stored: u8| if is_v2 { stored } else { stored.wrapping_add(1) & mask };
    let zeros = zeros(&stored, count, n, bits).map(zero).collect();
    let scales = source.floats("scales", [count, n])?;
    let groups = groups(source, k, count)?;
    let places = (0..k).flat_map(|row| (0..n).map(move |column| (row, column)));
    let codes = places.map(|(row, column)| dense(|index| words[index * n + column], row, bits)).collect();
    Ok(Coded { k, n, bits, groups, codes, scales, zeros: Zeros::Codes(zeros) })
}

fn groups(source: &mut Source, k: usize, count: usize) -> Result<Groups, Error> {
    if !source.has("g_idx") {
        let is_ordered = source.config.map(|config| config.flag("desc_act")).transpose()?.flatten();
        if is_ordered == Some(true) && count > 1 {
            return Err(Error::new(format!(
                "`{}` is in act-order (desc_act), but has no `g_idx`, which gives the group of each input",
                source.prefix
            )));
        }
        return Groups::of_config(k, count, source.config, source.notes);
    }
    of_g_idx(source, "g_idx", k, count)
}

/// The groups from a tensor with the group of each input.
pub fn of_g_idx(source: &mut Source, tensor: &str, k: usize, count: usize) -> Result<Groups, Error> {
    let index = source.tensors.vector(&source.name(tensor), Dtype::I32)?;
    if index.len() != k {
        return Err(source.wrong(tensor, &format!("it has {} entries for {k} inputs", index.len())));
    }
    let groups = Groups::of_index(&index, count).map_err(|what| source.wrong(tensor, &what))?;
    if let Some(config) = source.config
        && let Some(said @ 1..) = config.integer(&["group_size"])?
        && (said as usize).min(k) != groups.length
    {
        return Err(config.wrong(&format!(
            "`group_size` is {said}, but in `{tensor}` of `{}` a group has {} inputs",
            source.prefix, groups.length
        )));
    }
    if groups.order.is_some() {
        source.notes.push(format!(
            "act-order: rows are in the order of `{tensor}`, kept in `order`; simulate and model reorder activations to match"
        ));
    }
    Ok(groups)
}
