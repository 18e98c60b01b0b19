//! Arrays in .npy files. A file may claim anything: its header is checked against its length before memory is
//! allocated.

use half::f16;
use npyz::{DType, Deserialize, NpyFile, TypeChar};
use std::fmt::Display;
use std::io::{Error, ErrorKind, Result};

/// The longest header, in bytes: NumPy's own limit for untrusted files.
const LONGEST_HEADER: usize = 10_000;

/// The deepest nesting of brackets in a header: structures with arrays. Each further level makes the header parser
/// several times slower: 15 braces take minutes.
const DEEPEST: usize = 5;

/// Reads the header of a file. Checks that the array is complete and that nothing follows it.
pub fn open(bytes: &[u8]) -> Result<NpyFile<&[u8]>> {
    let data = check_header(bytes)?;
    let file = NpyFile::new(bytes)?;
    let (shape, dtype) = (file.shape(), file.dtype());
    let Some(of_element) = dtype.num_bytes().filter(|_| !dtype.uses_pickled_array()) else {
        return Err(wrong(format!("its type is {}, whose elements have no fixed size", dtype.descr())));
    };
    let size = shape.iter().fold(of_element as u128, |size, count| size.saturating_mul((*count).into()));
    if size != data.len() as u128 {
        let (dtype, there) = (dtype.descr(), data.len());
        return Err(wrong(format!(
            "an array of shape {shape:?} and type {dtype} takes {size} bytes, but there are {there}"
        )));
    }
    Ok(file)
}

/// The bytes after the magic number; checks that the header is short and not nested deeply.
fn check_header(bytes: &[u8]) -> Result<&[u8]> {
    let Some(rest) = bytes.strip_prefix(b"\x93NUMPY") else {
        return Err(wrong("it does not begin like a .npy file".into()));
    };
    let (length, rest) = match rest {
        [1, _, a, b, rest @ ..] => (u32::from(u16::from_le_bytes([*a, *b])), rest),
        [2 | 3, _, a, b, c, d, rest @ ..] => (u32::from_le_bytes([*a, *b, *c, *d]), rest),
        [] | [1..=3, ..] => return Err(wrong("it ends within its header".into())),
        [major, ..] => {
            return Err(wrong(format!("its version is {major}: expected 1, 2 or 3")));
        }
    };
    let length = length as usize;
    if length > LONGEST_HEADER {
        return Err(wrong(format!("its header has {length} bytes: at most {LONGEST_HEADER} are allowed")));
    }
    let Some((header, data)) = rest.split_at_checked(length) else {
        return Err(wrong(format!("its header has {length} bytes, but only {} are there", rest.len())));
    };
    let deepest = header.iter().scan(0usize, |depth, byte| {
        match byte {
            b'(' | b'[' | b'{' => *depth += 1,
            b')' | b']' | b'}' => *depth = depth.saturating_sub(1),
            _ => {}
        }
        Some(*depth)
    });
    if deepest.max().unwrap_or_default() > DEEPEST {
        return Err(wrong(format!("the brackets in its header are more than {DEEPEST} deep")));
    }
    Ok(data)
}

/// The elements of an array of booleans or numbers, each of them 0 or 1.
pub fn zeros_and_ones(file: NpyFile<&[u8]>) -> Result<Vec<u8>> {
    match kind(&file) {
        (TypeChar::Bool, 1) => each(file, false, true),
        (TypeChar::Uint, 1) => each(file, 0u8, 1),
        (TypeChar::Uint, 2) => each(file, 0u16, 1),
        (TypeChar::Uint, 4) => each(file, 0u32, 1),
        (TypeChar::Uint, 8) => each(file, 0u64, 1),
        (TypeChar::Int, 1) => each(file, 0i8, 1),
        (TypeChar::Int, 2) => each(file, 0i16, 1),
        (TypeChar::Int, 4) => each(file, 0i32, 1),
        (TypeChar::Int, 8) => each(file, 0i64, 1),
        (TypeChar::Float, 2) => each(file, f16::ZERO, f16::ONE),
        (TypeChar::Float, 4) => each(file, 0f32, 1.0),
        (TypeChar::Float, 8) => each(file, 0f64, 1.0),
        _ => {
            let what = format!("its type is {}: expected bool, an integer or a float", file.dtype().descr());
            Err(wrong(what))
        }
    }
}

/// The elements of an array of integers of any type.
pub fn integers(file: NpyFile<&[u8]>) -> Result<Vec<i128>> {
    match kind(&file) {
        (TypeChar::Uint, 1) => widened::<u8>(file),
        (TypeChar::Uint, 2) => widened::<u16>(file),
        (TypeChar::Uint, 4) => widened::<u32>(file),
        (TypeChar::Uint, 8) => widened::<u64>(file),
        (TypeChar::Int, 1) => widened::<i8>(file),
        (TypeChar::Int, 2) => widened::<i16>(file),
        (TypeChar::Int, 4) => widened::<i32>(file),
        (TypeChar::Int, 8) => widened::<i64>(file),
        _ => Err(wrong(format!("its type is {}: expected an integer", file.dtype().descr()))),
    }
}

/// The elements of an array of int8.
pub fn int8(file: NpyFile<&[u8]>) -> Result<Vec<i8>> {
    match kind(&file) {
        (TypeChar::Int, 1) => file.into_vec(),
        _ => Err(wrong(format!("its type is {}: expected int8", file.dtype().descr()))),
    }
}

/// The elements of an array of uint8.
pub fn uint8(file: NpyFile<&[u8]>) -> Result<Vec<u8>> {
    match kind(&file) {
        (TypeChar::Uint, 1) => file.into_vec(),
        _ => Err(wrong(format!("its type is {}: expected uint8", file.dtype().descr()))),
    }
}

/// The kind of the elements, and their bytes; raw data of none for arrays of arrays.
fn kind(file: &NpyFile<&[u8]>) -> (TypeChar, u64) {
    match file.dtype() {
        DType::Plain(text) => (text.type_char(), text.size_field()),
        DType::Array(..) | DType::Record(_) => (TypeChar::RawData, 0),
    }
}

fn widened<T: Deserialize + Into<i128>>(file: NpyFile<&[u8]>) -> Result<Vec<i128>> {
    Ok(file.into_vec::<T>()?.into_iter().map(Into::into).collect())
}

fn each<T: Deserialize + PartialEq + Display>(file: NpyFile<&[u8]>, zero: T, one: T) -> Result<Vec<u8>> {
    let element = |(place, value): (usize, Result<T>)| match value? {
        value if value == zero => Ok(0),
        value if value == one => Ok(1),
        value => Err(wrong(format!("element {place} is {value}: expected 0 or 1"))),
    };
    file.data().map_err(|error| wrong(error.to_string()))?.enumerate().map(element).collect()
}

fn wrong(what: String) -> Error {
    Error::new(ErrorKind::InvalidData, what)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, Instant};
    use test_support::fuzz::survives;

    /// A file of version 1.0.
    fn file(header: &str, data: &[u8]) -> Vec<u8> {
        let text = format!("{header}\n");
        [b"\x93NUMPY\x01\x00", &(text.len() as u16).to_le_bytes()[..], text.as_bytes(), data].concat()
    }

    fn array(descr: &str, shape: &str, data: &[u8]) -> Vec<u8> {
        file(&format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}"), data)
    }

    fn read(bytes: &[u8]) -> Result<Vec<u8>> {
        open(bytes).and_then(zeros_and_ones)
    }

    #[track_caller]
    fn refused(bytes: &[u8], reason: &str) {
        let error = read(bytes).unwrap_err().to_string();
        assert!(error.contains(reason), "{error}");
    }

    #[test]
    fn every_type_of_number_may_hold_zeros_and_ones() {
        for (descr, zero, one) in [
            ("|b1", &[0][..], &[1][..]),
            ("|u1", &[0], &[1]),
            ("|i1", &[0], &[1]),
            ("<i2", &[0, 0], &[1, 0]),
            (">i4", &[0, 0, 0, 0], &[0, 0, 0, 1]),
            ("<u8", &[0; 8], &[1, 0, 0, 0, 0, 0, 0, 0]),
            ("<f2", &[0, 0], &[0, 0x3c]),
            ("<f4", &[0; 4], &[0, 0, 0x80, 0x3f]),
            (">f8", &[0; 8], &[0x3f, 0xf0, 0, 0, 0, 0, 0, 0]),
        ] {
            let data = [one, zero, one].concat();
            assert_eq!(read(&array(descr, "(3,)", &data)).unwrap(), [1, 0, 1], "{descr}");
        }
        refused(&array("|i1", "(2,)", &[0, 255]), "element 1 is -1: expected 0 or 1");
        refused(&array("<c8", "(1,)", &[0; 8]), "its type is '<c8': expected bool, an integer or a float");
    }

    #[test]
    fn integers_of_every_type_are_read() {
        for (descr, data, expected) in [
            ("|u1", &[200, 1][..], [200, 1]),
            ("|i1", &[255, 1], [-1, 1]),
            ("<u2", &[0, 1, 2, 0], [256, 2]),
            (">i2", &[255, 254, 0, 3], [-2, 3]),
            ("<i4", &[5, 0, 0, 0, 255, 255, 255, 255], [5, -1]),
            ("<u4", &[255, 255, 255, 255, 0, 0, 0, 0], [4_294_967_295, 0]),
            ("<i8", &[7, 0, 0, 0, 0, 0, 0, 0, 254, 255, 255, 255, 255, 255, 255, 255], [7, -2]),
            (">u8", &[0, 0, 0, 0, 0, 0, 1, 0, 255, 0, 0, 0, 0, 0, 0, 0], [256, 0xff << 56]),
        ] {
            assert_eq!(open(&array(descr, "(2,)", data)).and_then(integers).unwrap(), expected, "{descr}");
        }
        let error = open(&array("<f4", "(1,)", &[0; 4])).and_then(integers).unwrap_err().to_string();
        assert_eq!(error, "its type is '<f4': expected an integer");
    }

    #[test]
    fn a_header_that_claims_too_much_is_refused_before_memory_is_taken() {
        refused(
            &array("<f4", "(4294967296, 4294967296)", &[0; 64]),
            "takes 73786976294838206464 bytes, but there are 64",
        );
        refused(&array("<f4", "(1073741824,)", &[0; 4]), "takes 4294967296 bytes, but there are 4");
        refused(&array("|u1", "(3,)", &[0; 4]), "takes 3 bytes, but there are 4");
        refused(b"\x93NUMPY\x02\x00\xff\xff\xff\xff{", "its header has 4294967295 bytes");
        refused(b"\x93NUMPY\x01\x00\x10\x00{", "its header has 16 bytes, but only 1 are there");
        refused(b"\x93NUMPY\x01\x00", "it ends within its header");
        refused(b"\x93NUMPY\x09\x01\x00\x00", "its version is 9");
        refused(b"PK\x03\x04", "it does not begin like a .npy file");
        refused(&file(&"(".repeat(9000), &[]), "more than 5 deep");
        refused(&array("|O", "(1,)", &[0; 8]), "no fixed size");
    }

    #[test]
    fn no_nested_header_takes_long() {
        let start = Instant::now();
        for brackets in ["{", "[", "(", "[(", "{(", "{["] {
            for depth in 1..=DEEPEST {
                let open: String = brackets.chars().cycle().take(depth).collect();
                for rest in ["", "'descr': '<f4',", "'a', '<f4', (2,"] {
                    assert!(read(&file(&format!("{open}{rest} 'fortran_order': False }}"), &[])).is_err());
                }
            }
        }
        assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
    }

    #[test]
    fn no_file_panics() {
        let corpus = [
            array("|u1", "(2, 3)", &[1; 6]),
            array("<f4", "(1,)", &[0; 4]),
            array("|b1", "()", &[1]),
            array("<f4", "(4294967296, 4294967296)", &[0; 64]),
            file("{'descr': [('a', '<f4', (2, 3)), ('b', '|O')], 'fortran_order': True, 'shape': (1, 0), }", &[]),
            b"\x93NUMPY\x02\x00\x40\x00\x00\x00{'descr': '<i8', 'fortran_order': False, 'shape': [-1, 0x10], }".to_vec(),
        ];
        survives(&corpus, |bytes| drop(read(bytes)));
    }
}
