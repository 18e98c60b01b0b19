//! Factors with a log-normal distribution, from a table.

/// Fractional bits of a factor.
pub const FACTOR_BITS: u32 = 16;

/// Fractional bits while a table is made.
const FINE_BITS: u32 = 40;

/// Fractional bits of the quantiles.
const QUANTILE_BITS: u32 = 12;

/// The quantiles (i + 0.5) / 256 of the standard normal distribution for i from 128 on; those below are their negatives.
const QUANTILES: [i128; 128] = [
    20, 60, 100, 140, 181, 221, 261, 301, 341, 382, 422, 462, 503, 543, 584, 624, 665, 705, 746, 787, 828,
    869, 910, 951, 992, 1034, 1075, 1117, 1158, 1200, 1242, 1284, 1326, 1369, 1411, 1454, 1497, 1539, 1583,
    1626, 1669, 1713, 1757, 1801, 1845, 1890, 1935, 1979, 2025, 2070, 2116, 2162, 2208, 2255, 2301, 2348,
    2396, 2444, 2492, 2540, 2589, 2638, 2688, 2738, 2788, 2839, 2890, 2942, 2994, 3046, 3100, 3153, 3207,
    3262, 3318, 3374, 3430, 3487, 3545, 3604, 3664, 3724, 3785, 3847, 3910, 3973, 4038, 4104, 4170, 4238,
    4307, 4378, 4450, 4523, 4597, 4673, 4751, 4830, 4912, 4995, 5080, 5168, 5258, 5351, 5447, 5545, 5647,
    5753, 5863, 5977, 6095, 6219, 6350, 6486, 6631, 6784, 6948, 7123, 7312, 7519, 7746, 8001, 8290, 8628,
    9038, 9565, 10324, 11820,
];

/// 256 factors that are equally likely.
#[derive(Clone, Debug)]
pub struct LogNormal {
    /// With [`FACTOR_BITS`] fractional bits, from the least to the greatest.
    pub factors: Vec<u64>,
}

impl LogNormal {
    /// Factors whose natural logarithm has a mean of 0, and a standard deviation of `thousandths` / 1000: 0 to 1500.
    pub fn new(thousandths: u32) -> LogNormal {
        assert!(thousandths <= 1500, "a standard deviation is 0 to 1500 thousandths: {thousandths}");
        let quantiles = QUANTILES.iter().rev().map(|quantile| -quantile).chain(QUANTILES);
        LogNormal {
            factors: quantiles.map(|quantile| exponential(i128::from(thousandths) * quantile)).collect(),
        }
    }

    /// The greatest factor.
    pub fn greatest(&self) -> u64 {
        self.factors[self.factors.len() - 1]
    }

    /// The factor that a random number chooses, by its upper bits.
    pub fn factor(&self, random: u32) -> u64 {
        self.factors[(random >> 24) as usize]
    }
}

/// e to the power of a number of thousandths with [`QUANTILE_BITS`] fractional bits, from -5 to 5, by its series.
fn exponential(thousandths: i128) -> u64 {
    let power = (thousandths << (FINE_BITS - QUANTILE_BITS)) / 1000;
    let mut term = 1i128 << FINE_BITS;
    let mut sum = term;
    for index in 1..32 {
        term = ((term * power) >> FINE_BITS) / index;
        sum += term;
    }
    let half = 1i128 << (FINE_BITS - FACTOR_BITS - 1);
    ((sum + half) >> (FINE_BITS - FACTOR_BITS)) as u64
}
