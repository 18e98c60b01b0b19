//! The scheme `meadow`: IDs of unique chunks, in packets.

use super::container::Dictionary;
use super::statistics::each_chunk;
use super::unpack::Fault;

/// Which chunks get small IDs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdOrder {
    /// Those of small values.
    Value,
    /// Those that occur first.
    FirstSeen,
    /// Those that occur most often; of equal ones, those of small values.
    Frequency,
}

/// The unique chunks, in the order of their IDs. `counts` has the number of chunks of each value.
pub fn unique(weights: &[u8], chunk: u32, counts: &[u32], order: IdOrder) -> Vec<u16> {
    let values = || (0..=u16::MAX).zip(counts).filter(|(_, count)| **count > 0).map(|(value, _)| value);
    match order {
        IdOrder::Value => values().collect(),
        IdOrder::FirstSeen => {
            let (mut is_seen, mut unique) = (vec![false; counts.len()], vec![]);
            each_chunk(weights, chunk, |value| {
                if !std::mem::replace(&mut is_seen[usize::from(value)], true) {
                    unique.push(value);
                }
            });
            unique
        }
        IdOrder::Frequency => {
            let key = |value: u16| u64::from(u32::MAX - counts[usize::from(value)]) << 16 | u64::from(value);
            let mut keys: Vec<u64> = values().map(key).collect();
            keys.sort_unstable();
            keys.into_iter().map(|key| key as u16).collect()
        }
    }
}

/// The least number of bits that IDs take: each at least its own, beside those of the modes.
pub fn least_bits(unique: &[u16], counts: &[u32]) -> u64 {
    (0u32..)
        .zip(unique)
        .map(|(id, value)| u64::from(counts[usize::from(*value)]) * u64::from(width(id)))
        .sum()
}

/// The width of an ID.
pub fn width(id: u32) -> u32 {
    (id | 1).ilog2() + 1
}

/// The table of a container.
pub fn table(unique: &[u16], chunk: u32) -> Vec<u8> {
    match chunk {
        1 => unique.iter().map(|value| *value as u8).collect(),
        _ => unique.iter().flat_map(|value| value.to_le_bytes()).collect(),
    }
}

/// The payload of weights.
pub fn encode(weights: &[u8], unique: &[u16], dictionary: &Dictionary) -> Vec<u8> {
    let mut id_of = vec![0u16; 1 << 16];
    unique.iter().zip(0..=u16::MAX).for_each(|(value, id)| id_of[usize::from(*value)] = id);
    let mut ids = Vec::with_capacity(weights.len().div_ceil(dictionary.chunk as usize));
    each_chunk(weights, dictionary.chunk, |value| ids.push(id_of[usize::from(value)]));
    let counts: Vec<usize> = dictionary.widths.iter().map(|width| dictionary.ids(*width)).collect();
    let mut payload = vec![];
    let mut rest = ids.as_slice();
    while !rest.is_empty() {
        let mode = least_mode(rest, &dictionary.widths, &counts);
        let (own, others) = rest.split_at(counts[mode].min(rest.len()));
        put_packet(&mut payload, dictionary, mode, own);
        rest = others;
    }
    payload
}

/// The first mode whose packet holds the next IDs.
fn least_mode(ids: &[u16], widths: &[u32], counts: &[usize]) -> usize {
    let mut mode = 0;
    let mut place = 0;
    while place < counts[mode].min(ids.len()) {
        // What a narrower mode could hold is held by this one: it takes fewer.
        match width(ids[place].into()) > widths[mode] {
            true => mode += 1,
            false => place += 1,
        }
    }
    mode
}

fn put_packet(payload: &mut Vec<u8>, dictionary: &Dictionary, mode: usize, ids: &[u16]) {
    let end = payload.len() + dictionary.packet_bits as usize / 8;
    let width = dictionary.widths[mode];
    let (mut bits, mut count) = (mode as u64, dictionary.mode_bits());
    for id in ids {
        bits |= u64::from(*id) << count;
        count += width;
        if count >= 32 {
            payload.extend((bits as u32).to_le_bytes());
            bits >>= 32;
            count -= 32;
        }
    }
    payload.extend(&bits.to_le_bytes()[..count.div_ceil(8) as usize]);
    payload.resize(end, 0);
}

/// The decoder.
pub struct Decoder {
    dictionary: Dictionary,
    table: Vec<u8>,
    /// Packets that have been decoded.
    packets: usize,
}

impl Decoder {
    /// A decoder with a table of chunks.
    pub fn new(dictionary: &Dictionary, table: &[u8]) -> Decoder {
        Decoder { dictionary: dictionary.clone(), table: table.into(), packets: 0 }
    }

    /// Decodes onto `weights` until there are `count`, or a packet is wrong or missing.
    pub fn advance(&mut self, payload: &[u8], count: usize, weights: &mut Vec<u8>) -> Result<(), Fault> {
        let mut packets = payload.chunks_exact(self.dictionary.packet_bits as usize / 8).skip(self.packets);
        while weights.len() < count {
            self.packet(packets.next().ok_or(Fault::Early)?, count, weights)?;
            self.packets += 1;
        }
        weights.truncate(count);
        Ok(())
    }

    fn packet(&self, packet: &[u8], count: usize, weights: &mut Vec<u8>) -> Result<(), Fault> {
        let Decoder { dictionary, table, packets } = self;
        let (chunk, packet_number) = (dictionary.chunk as usize, *packets as u64);
        let mode = usize::from(packet[0]) & ((1 << dictionary.mode_bits()) - 1);
        let Some(&width) = dictionary.widths.get(mode) else {
            return Err(Fault::Mode { packet: packet_number, mode });
        };
        let ids = dictionary.ids(width).min((count - weights.len()).div_ceil(chunk));
        for place in 0..ids {
            let id = bits_at(packet, dictionary.mode_bits() + place as u32 * width, width) as usize;
            match table.get(id * chunk..(id + 1) * chunk) {
                Some(values) => weights.extend(values),
                None => return Err(Fault::Id { packet: packet_number, id }),
            }
        }
        Ok(())
    }
}

/// Up to 16 bits of a packet, which has at least 8 bytes.
fn bits_at(packet: &[u8], first: u32, width: u32) -> u64 {
    let byte = (first as usize / 8).min(packet.len() - 8);
    let eight = packet[byte..byte + 8].try_into().expect("there are eight");
    u64::from_le_bytes(eight) >> (first - 8 * byte as u32) & ((1 << width) - 1)
}
