//! Delays of cells, from SDF.

use std::collections::BTreeMap;

/// Delay of a cell from a pin to an output, in ps, by the direction in which the output changes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Delay {
    pub rise: u32,
    pub fall: u32,
}

/// By the number of the cell, the pin and the output.
pub type Delays = BTreeMap<(usize, String, String), Delay>;

/// Reads the cells `c<number>` of an SDF file in ns. If a path has delays under several conditions, the longest counts.
pub fn read(sdf: &str) -> Delays {
    let mut delays = Delays::new();
    let mut cell = None;
    for line in sdf.lines().map(str::trim) {
        if let Some(instance) = line.strip_prefix("(INSTANCE") {
            cell = instance
                .trim()
                .trim_end_matches(')')
                .strip_prefix('c')
                .and_then(|number| number.parse().ok());
        }
        let Some((cell, (_, path))) = cell.zip(line.split_once("IOPATH ")) else { continue };
        if let Some((from, to, delay)) = path_delay(path) {
            let known: &mut Delay = delays.entry((cell, from, to)).or_default();
            *known = Delay { rise: known.rise.max(delay.rise), fall: known.fall.max(delay.fall) };
        }
    }
    delays
}

/// `A Y (0.04::0.04) (0.02::0.02)`, and the first pin may be `(posedge CLK)`.
fn path_delay(text: &str) -> Option<(String, String, Delay)> {
    let words: Vec<&str> =
        text.split(|c: char| c.is_whitespace() || "()".contains(c)).filter(|word| !word.is_empty()).collect();
    let words = words.strip_prefix(&["posedge"]).or(words.strip_prefix(&["negedge"])).unwrap_or(&words);
    let [from, to, rise, rest @ ..] = words else { return None };
    let picoseconds = |word: &str| {
        let longest = word.split(':').rfind(|number| !number.is_empty())?;
        Some((longest.parse::<f64>().ok()? * 1000.0).round() as u32)
    };
    let rise = picoseconds(rise)?;
    let fall = rest.first().and_then(|word| picoseconds(word)).unwrap_or(rise);
    Some((from.to_string(), to.to_string(), Delay { rise, fall }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_delay_of_a_path_counts() {
        let sdf = "  (INSTANCE)\n (INTERCONNECT a c1/A (0.0000::0.0000))\n  (INSTANCE c1)\n\
                   (IOPATH A Y (0.0547::0.0547) (0.0505::0.0505))\n\
                   (COND B == 1'b0 (IOPATH A Y (0.0600::0.0600) (0.0400::0.0400)))\n\
                   (INSTANCE c20)\n (IOPATH (posedge CLK) Q (0.1::0.1))\n";
        let delays = read(sdf);
        assert_eq!(delays.len(), 2);
        assert_eq!(delays[&(1, "A".into(), "Y".into())], Delay { rise: 60, fall: 51 });
        assert_eq!(delays[&(20, "CLK".into(), "Q".into())], Delay { rise: 100, fall: 100 });
    }
}
