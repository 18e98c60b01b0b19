//! Forms of terms in vector registers, and conversions between them.
//!
//! - **planes**: a vector of bytes for each byte of the term; slices and concatenations are moves of planes. A term of
//!   up to 8 bits has one plane and no other form.
//! - **lanes**: 16 elements of 16, 32 or 64 bits in 2, 4 or 8 vectors; arithmetic wants them. A term of more than 64
//!   bits has the lanes of each 64-bit limb.
//! - **mask**: of a term of 1 bit, bytes of all ones or zeros; selections and logic want it.
//!
//! A form is converted from another one on first use, and kept.

use super::Vector;
use crate::compiled::layout::Layout;
use crate::compiled::unit::TermId;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{ConstantData, Endianness, InstBuilder, MemFlagsData, Type, Value, types};
use hdl::{Bits, limbs_for};

/// A term in registers.
#[derive(Clone, Debug)]
pub(in crate::compiled::emit) struct Form {
    width: u32,
    planes: Vec<Option<Value>>,
    lanes: Option<Vec<Value>>,
    mask: Option<Value>,
    /// The bits above the width are zero.
    pub is_clean: bool,
}

impl Form {
    fn empty(width: u32) -> Form {
        let planes = vec![None; width.div_ceil(8) as usize];
        Form { width, planes, lanes: None, mask: None, is_clean: true }
    }

    /// From its planes.
    pub fn of_planes(width: u32, planes: Vec<Value>) -> Form {
        Form { planes: planes.into_iter().map(Some).collect(), ..Form::empty(width) }
    }

    /// From its lanes; from its only plane, if it has up to 8 bits.
    pub fn of_lanes(width: u32, registers: Vec<Value>) -> Form {
        match width {
            0..=8 => Form::of_planes(width, registers),
            _ => Form { lanes: Some(registers), ..Form::empty(width) },
        }
    }

    /// From the mask of a bit.
    pub fn of_mask(mask: Value) -> Form {
        Form { mask: Some(mask), ..Form::empty(1) }
    }

    /// The same, with undefined bits above the width.
    pub fn dirty(self) -> Form {
        let fills = match &self.lanes {
            None => self.width.is_multiple_of(8),
            Some(_) => self.width.is_multiple_of(element(self.width)),
        };
        Form { is_clean: fills, ..self }
    }

    /// Whether its lanes are there already.
    pub fn has_lanes(&self) -> bool {
        self.lanes.is_some()
    }

    /// Whether all its planes are there already.
    pub fn has_planes(&self) -> bool {
        self.planes.iter().all(Option::is_some)
    }

    /// Whether its mask is there already.
    pub fn has_mask(&self) -> bool {
        self.mask.is_some()
    }
}

/// Bits of an element of a term's lanes.
pub(super) fn element(width: u32) -> u32 {
    match width {
        0..=8 => 8,
        9..=16 => 16,
        17..=32 => 32,
        _ => 64,
    }
}

/// The vector type with elements of `element` bits.
pub(super) fn vector(element: u32) -> Type {
    match element {
        8 => types::I8X16,
        16 => types::I16X8,
        32 => types::I32X4,
        _ => types::I64X2,
    }
}

/// Interleaves the low halves, or the high halves, of two vectors in pieces of 1, 2 or 4 bytes.
fn interleave(piece: usize, is_high: bool) -> ConstantData {
    let start = if is_high { 8 } else { 0 };
    let places = (0..8 / piece).flat_map(|index| {
        let of =
            |vector: usize| (0..piece).map(move |byte| (16 * vector + start + index * piece + byte) as u8);
        of(0).chain(of(1))
    });
    ConstantData::from(places.collect::<Vec<u8>>())
}

impl Vector<'_, '_> {
    /// A vector as one of another type.
    pub fn cast(&mut self, value: Value, kind: Type) -> Value {
        if self.builder.func.dfg.value_type(value) == kind {
            return value;
        }
        let flags = MemFlagsData::new().with_endianness(Endianness::Little);
        self.builder.ins().bitcast(kind, flags, value)
    }

    /// A vector of equal elements.
    pub fn splat(&mut self, element: u32, value: u64) -> Value {
        if element == 8 {
            // It is loaded at each use, as a memory operand, so that it occupies no register.
            let offset = Layout::byte_vector(value as u8) as i32;
            return self.builder.ins().load(types::I8X16, MemFlagsData::trusted(), self.frame.memory, offset);
        }
        let bytes = &value.to_le_bytes()[..element as usize / 8];
        let all: [u8; 16] = std::array::from_fn(|index| bytes[index % bytes.len()]);
        let handle = self.builder.func.dfg.constants.insert(ConstantData::from(all.to_vec()));
        self.builder.ins().vconst(vector(element), handle)
    }

    /// A constant.
    pub fn constant_form(&mut self, value: &Bits) -> Form {
        let byte = |index: u32| value.limbs()[index as usize / 8] >> (8 * (index % 8)) & 0xff;
        let planes = (0..value.width().div_ceil(8)).map(|index| self.splat(8, byte(index))).collect();
        let mut form = Form::of_planes(value.width(), planes);
        match value.width() {
            1 => form.mask = Some(self.splat(8, if value.is_zero() { 0 } else { 0xff })),
            9..=64 => {
                let element = element(value.width());
                form.lanes = Some(vec![self.splat(element, value.to_u64()); element as usize / 8]);
            }
            _ => {}
        }
        form
    }

    /// The forms of a term so far.
    pub fn form(&mut self, id: TermId) -> &mut Form {
        self.require(id);
        self.forms.get_mut(&id).expect("it is required")
    }

    /// A term of 1 bit as bytes of all ones or zeros.
    pub fn mask(&mut self, id: TermId) -> Value {
        if let Some(mask) = self.form(id).mask {
            return mask;
        }
        let bit = self.clean_byte(id);
        let zero = self.splat(8, 0);
        let mask = self.builder.ins().isub(zero, bit);
        self.form(id).mask = Some(mask);
        mask
    }

    /// A byte of a term; bits above the width are undefined.
    pub fn plane(&mut self, id: TermId, index: usize) -> Value {
        let form = self.form(id);
        if let Some(plane) = form.planes[index] {
            return plane;
        }
        let plane = match (form.mask, form.lanes.clone()) {
            (Some(mask), _) => {
                let one = self.splat(8, 1);
                self.builder.ins().band(mask, one)
            }
            (None, Some(lanes)) if element(self.width(id)) > 16 => {
                self.set_planes_of_limb(id, &lanes, index / 8);
                return self.plane(id, index);
            }
            (None, Some(lanes)) => {
                let element = element(self.width(id));
                self.byte_of_lanes(&lanes, element, index as u32)
            }
            (None, None) => unreachable!("a term has some form"),
        };
        self.form(id).planes[index] = Some(plane);
        plane
    }

    /// Makes all planes of a limb from its lanes.
    fn set_planes_of_limb(&mut self, id: TermId, lanes: &[Value], limb: usize) {
        let registers = element(self.width(id)) as usize / 8;
        let planes = self.planes_of_lanes(lanes[registers * limb..][..registers].to_vec());
        let form = self.form(id);
        for (slot, plane) in form.planes[8 * limb..].iter_mut().zip(planes) {
            *slot = Some(plane);
        }
    }

    /// The bytes of elements of 32 or 64 bits.
    ///
    /// Interleaving two registers moves the bit of the register index in which they differ into the byte position,
    /// and the top bit of the byte position into the register index. After four stages, lanes and bytes are
    /// transposed.
    fn planes_of_lanes(&mut self, mut registers: Vec<Value>) -> Vec<Value> {
        let count = registers.len();
        let bits = count.ilog2();
        for stage in 0..4 {
            let distance = 1 << (bits - 1 - stage % bits);
            let mut next = registers.clone();
            for low in (0..count).filter(|index| index & distance == 0) {
                let pair = self.interleaved(&[registers[low]], &[registers[low + distance]], 1);
                (next[low], next[low + distance]) = (pair[0], pair[1]);
            }
            registers = next;
        }
        match count {
            4 => registers,
            // The bits of the byte index are now in the order 0, 2, 1.
            _ => [0, 4, 1, 5, 2, 6, 3, 7].map(|register| registers[register]).to_vec(),
        }
    }

    /// The only byte of a term of up to 8 bits, zero above the width.
    pub fn clean_byte(&mut self, id: TermId) -> Value {
        self.clean(id);
        self.plane(id, 0)
    }

    /// All planes, zero above the width.
    pub fn clean_planes(&mut self, id: TermId) -> Vec<Value> {
        self.clean(id);
        self.planes(id)
    }

    /// All planes; bits above the width are undefined.
    pub fn planes(&mut self, id: TermId) -> Vec<Value> {
        (0..self.width(id).div_ceil(8) as usize).map(|index| self.plane(id, index)).collect()
    }

    /// The lanes, zero above the width.
    pub fn clean_lanes(&mut self, id: TermId) -> Vec<Value> {
        self.clean(id);
        self.lanes(id)
    }

    /// The lanes of a term of more than 8 bits; bits above the width are undefined.
    pub fn lanes(&mut self, id: TermId) -> Vec<Value> {
        if let Some(lanes) = &self.form(id).lanes {
            return lanes.clone();
        }
        // Bits above those that the planes hold become zero.
        let planes = self.planes(id);
        let width = self.width(id);
        let mut lanes = vec![];
        for limb in 0..limbs_for(width) {
            let of_limb = &planes[8 * limb..planes.len().min(8 * limb + 8)];
            lanes.extend(self.lanes_of_planes(of_limb, element(width)));
        }
        self.form(id).lanes = Some(lanes.clone());
        lanes
    }

    /// Clears the bits above the width.
    fn clean(&mut self, id: TermId) {
        let width = self.width(id);
        if self.form(id).is_clean {
            return;
        }
        let top_plane = (width as usize - 1) / 8;
        if let Some(plane) = self.form(id).planes[top_plane] {
            let ones = self.splat(8, 0xff >> (8 * (top_plane as u32 + 1) - width));
            let plane = self.builder.ins().band(plane, ones);
            self.form(id).planes[top_plane] = Some(plane);
        }
        if let Some(mut lanes) = self.form(id).lanes.clone() {
            let element = element(width);
            let ones = self.splat(element, hdl::top_limb_mask(width));
            let top = lanes.len() - element as usize / 8;
            for register in &mut lanes[top..] {
                *register = self.builder.ins().band(*register, ones);
            }
            self.form(id).lanes = Some(lanes);
        }
        self.form(id).is_clean = true;
    }

    /// Lanes made from planes: neighbours are interleaved until the elements have their size.
    pub fn lanes_of_planes(&mut self, planes: &[Value], element: u32) -> Vec<Value> {
        let mut columns: Vec<Vec<Value>> = planes.iter().map(|plane| vec![*plane]).collect();
        let zero = self.splat(8, 0);
        columns.resize(element as usize / 8, vec![zero]);
        let mut piece = 1;
        while columns.len() > 1 {
            columns = columns.chunks(2).map(|pair| self.interleaved(&pair[0], &pair[1], piece)).collect();
            piece *= 2;
        }
        columns.swap_remove(0).into_iter().map(|register| self.cast(register, vector(element))).collect()
    }

    /// Elements of twice the size from their low and high halves.
    fn interleaved(&mut self, low: &[Value], high: &[Value], piece: usize) -> Vec<Value> {
        let mut joined = vec![];
        for (index, low) in low.iter().enumerate() {
            // A column of zeros has one vector only.
            let high = high.get(index).unwrap_or(&high[0]);
            for is_high in [false, true] {
                let places = self.builder.func.dfg.immediates.push(interleave(piece, is_high));
                let [low, high] = [*low, *high].map(|register| self.cast(register, types::I8X16));
                joined.push(self.builder.ins().shuffle(low, high, places));
            }
        }
        joined
    }

    /// One byte of every element.
    pub(super) fn byte_of_lanes(&mut self, lanes: &[Value], element: u32, byte: u32) -> Value {
        let kind = vector(element);
        let ones = self.splat(element, 0xff);
        let bytes: Vec<Value> = lanes
            .iter()
            .map(|register| {
                let register = self.cast(*register, kind);
                let moved = match byte {
                    0 => register,
                    _ => self.builder.ins().ushr_imm_u(register, 8 * byte as i64),
                };
                match 8 * (byte + 1) {
                    uppermost if uppermost == element => moved,
                    _ => self.builder.ins().band(moved, ones),
                }
            })
            .collect();
        self.packed(bytes, element)
    }

    /// Elements with values of up to 8 bits, packed into bytes. The saturation has no effect on them.
    fn packed(&mut self, mut registers: Vec<Value>, mut element: u32) -> Value {
        while element > 8 {
            let [pack_as, narrower] = [element.min(32), element / 2];
            registers = registers
                .chunks(2)
                .map(|pair| match element {
                    64 => self.even_words(pair[0], pair[1]),
                    _ => {
                        let [a, b] = [pair[0], pair[1]].map(|value| self.cast(value, vector(pack_as)));
                        self.builder.ins().unarrow(a, b)
                    }
                })
                .collect();
            element = narrower;
        }
        self.cast(registers[0], types::I8X16)
    }

    /// The low halves of 64-bit elements.
    fn even_words(&mut self, a: Value, b: Value) -> Value {
        let places = (0..16u8).map(|byte| byte / 8 * 16 + byte % 8 / 4 * 8 + byte % 4).collect::<Vec<_>>();
        let places = self.builder.func.dfg.immediates.push(ConstantData::from(places));
        let [a, b] = [a, b].map(|value| self.cast(value, types::I8X16));
        let words = self.builder.ins().shuffle(a, b, places);
        self.cast(words, types::I32X4)
    }

    /// Element-wise masks as a mask of bytes.
    pub fn byte_mask(&mut self, masks: Vec<Value>) -> Value {
        let element = self.builder.func.dfg.value_type(masks[0]).lane_bits();
        let mut registers = masks;
        let mut size = element;
        while size > 8 {
            registers = registers
                .chunks(2)
                .map(|pair| match size {
                    64 => self.even_words(pair[0], pair[1]),
                    _ => self.builder.ins().snarrow(pair[0], pair[1]),
                })
                .collect();
            size /= 2;
        }
        registers[0]
    }

    /// A mask of bytes as masks of the elements of `bits` bits.
    pub fn widened_mask(&mut self, mask: Value, element: u32) -> Vec<Value> {
        let mut registers = vec![mask];
        let mut piece = 1;
        while 8 * piece < element as usize {
            let wider = registers.clone();
            registers = self.interleaved(&wider, &wider, piece);
            piece *= 2;
        }
        registers.into_iter().map(|register| self.cast(register, vector(element))).collect()
    }

    /// Element-wise `mask ? on_true : on_false`, of lanes or planes; `mask` is of bytes.
    pub fn select(&mut self, mask: Value, on_true: &[Value], on_false: &[Value]) -> Vec<Value> {
        let kind = self.builder.func.dfg.value_type(on_true[0]);
        let masks = self.widened_mask(mask, kind.lane_bits());
        let pairs = on_true.iter().zip(on_false).enumerate();
        pairs
            .map(|(index, (a, b))| {
                let [mask, a, b] =
                    [masks[index % masks.len()], *a, *b].map(|value| self.cast(value, types::I8X16));
                let chosen = self.builder.ins().blendv(mask, a, b);
                self.cast(chosen, kind)
            })
            .collect()
    }

    /// All ones where elements fulfil a condition, as a mask of bytes.
    pub fn compared(&mut self, condition: IntCC, a: &[Value], b: &[Value]) -> Value {
        let masks = a.iter().zip(b).map(|(a, b)| self.builder.ins().icmp(condition, *a, *b)).collect();
        self.byte_mask(masks)
    }
}
