//! Frames of a video: a user's, or a scene made here.

use crate::ReportError;
use crate::npy;
use fastrand::Rng;
use npyz::Order;
use std::fs;
use std::path::Path;

/// Frames from a key frame to the next: it, and its residual frames.
pub const GROUP: usize = 4;

/// The most samples of a frame that the encoder has memory for.
const MOST_SAMPLES: u64 = 1 << 18;

/// Frames of 8-bit samples.
pub struct Frames {
    /// Samples of a frame.
    pub samples: usize,
    /// The frames, each with all its samples.
    pub frames: Vec<Vec<u8>>,
}

impl Frames {
    /// Those of a file: `uint8` of shape (frames, ...), the samples of a frame behind each other.
    pub fn read(path: &Path) -> Result<Frames, ReportError> {
        let wrong = |reason: String| ReportError::Data { path: path.to_path_buf(), reason };
        let bytes = fs::read(path).map_err(|error| wrong(error.to_string()))?;
        let file =
            npy::open(&bytes).map_err(|error| wrong(format!("it is not a complete .npy file: {error}")))?;
        if file.order() != Order::C {
            return Err(wrong("it is in Fortran order: expected C order".into()));
        }
        let shape = file.shape().to_vec();
        let [count, of_frame @ ..] = &shape[..] else {
            return Err(wrong("it is a single number: expected (frames, height, width), or more".into()));
        };
        // A dimension may be 0, beside which others may be anything.
        let samples = of_frame.iter().fold(1u64, |samples, length| samples.saturating_mul(*length));
        let least = 2 * LANES as u64;
        if !samples.is_multiple_of(LANES as u64) || !(least..=MOST_SAMPLES).contains(&samples) {
            return Err(wrong(format!(
                "its shape is {shape:?}, {samples} samples a frame: expected a multiple of {LANES} from {least} to {MOST_SAMPLES}"
            )));
        }
        if *count < 2 {
            return Err(wrong(format!("it has {count} frames: expected 2 or more")));
        }
        let all = npy::uint8(file).map_err(|error| wrong(error.to_string()))?;
        let samples = samples as usize;
        Ok(Frames { samples, frames: all.chunks(samples).map(<[u8]>::to_vec).collect() })
    }
}

/// Samples in a beat of the encoder.
pub const LANES: usize = 4;

/// Pixels of a side of the scene.
const SIDE: usize = 64;

/// Frames of the scene.
const COUNT: usize = 16;

/// A still, uneven background before which two discs move, seen by a sensor with noise: 16 frames of 64 x 64 grey pixels.
pub fn scene(seed: u64) -> Frames {
    let mut rng = Rng::with_seed(seed);
    let background: Vec<i32> = (0..SIDE * SIDE)
        .map(|pixel| {
            let (x, y) = ((pixel % SIDE) as i32, (pixel / SIDE) as i32);
            60 + x / 2 + y / 3 + rng.i32(-10..=10)
        })
        .collect();
    // Centre, velocity, radius, brightness.
    let discs = [([12, 20], [2, 1], 7, 210), ([50, 44], [-1, -2], 5, 20)];
    let frame = |number: i32, rng: &mut Rng| {
        let pixel = |place: usize| {
            let (x, y) = ((place % SIDE) as i32, (place / SIDE) as i32);
            let covers = |([cx, cy], [vx, vy], radius, _): &([i32; 2], [i32; 2], i32, i32)| {
                let (dx, dy) = (x - cx - number * vx, y - cy - number * vy);
                dx * dx + dy * dy <= radius * radius
            };
            discs.iter().find(|disc| covers(disc)).map_or(background[place], |disc| disc.3)
        };
        (0..SIDE * SIDE).map(|place| (pixel(place) + noise(rng)).clamp(0, 255) as u8).collect()
    };
    let frames = (0..COUNT as i32).map(|number| frame(number, &mut rng)).collect();
    Frames { samples: SIDE * SIDE, frames }
}

/// Noise of the sensor: binomial, a standard deviation of 1.
fn noise(rng: &mut Rng) -> i32 {
    (rng.u8(..) & 0xf).count_ones() as i32 - 2
}
