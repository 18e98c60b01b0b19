//! Constants as Verilog writes them.

use hdl::Bits;

/// A sized literal: `1'b1`, `8'd5`, `16'h00ff`, `100'd0`, `{100{1'b1}}`.
pub(crate) fn text(bits: &Bits) -> String {
    let width = bits.width();
    let small = bits.limbs()[1..].iter().all(|&limb| limb == 0).then(|| bits.limbs()[0]);
    match small {
        Some(bit) if width == 1 => format!("1'b{bit}"),
        Some(digit @ 0..=9) => format!("{width}'d{digit}"),
        _ if width > 64 && bits.is_ones() => format!("{{{width}{{1'b1}}}}"),
        _ => format!("{width}'h{bits:x}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_are_sized() {
        let literal = |value, width| text(&Bits::truncated(value, width));
        assert_eq!(literal(1, 1), "1'b1");
        assert_eq!(literal(9, 4), "4'd9");
        assert_eq!(literal(10, 4), "4'ha");
        assert_eq!(literal(255, 13), "13'h00ff");
        assert_eq!(literal(1 << 64, 65), "65'h10000000000000000");
        assert_eq!(literal(0, 100), "100'd0");
        assert_eq!(text(&Bits::ones(65)), "{65{1'b1}}");
    }
}
