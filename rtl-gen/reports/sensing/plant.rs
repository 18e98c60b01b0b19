//! A pole on a cart, which falls if nobody moves the cart, and its sensors.

use fastrand::Rng;

/// Channels: position and velocity of the cart, angle and angular velocity of the pole.
pub const CHANNELS: usize = 4;

/// A step of each sensor, in m, m/s, rad and rad/s.
const STEPS: [f64; CHANNELS] = [2.0 / 2048.0, 4.0 / 2048.0, 0.5 / 2048.0, 4.0 / 2048.0];

/// The greatest sample: 12 bits, two's complement.
pub const GREATEST: i64 = 2047;

/// Weights of the controller: those of a linear-quadratic regulator with costs of 4, 1, 20 and 1 for the squares of the state and of 0.3
/// for that of the force, in units of [`FORCE_STEP`].
pub const WEIGHTS: [i64; CHANNELS] = [19, 56, 61, 120];

/// A step of the force, in N.
pub const FORCE_STEP: f64 = 0.000_167_469_3;

/// The greatest force, in N.
const GREATEST_FORCE: f64 = 10.0;

/// Beyond this angle, in rad, the pole has fallen.
const FALLEN: f64 = 0.6;

/// Time from a frame to the next, in s.
const FRAME: f64 = 0.02;

/// Frames between two pushes, and the first one.
const PUSHES: [usize; 2] = [250, 100];

/// Change of the angular velocity by a push, in rad/s.
const PUSH: f64 = 0.4;

/// The pole of A. Barto, R. Sutton and C. Anderson, "Neuronlike adaptive elements that can solve difficult learning control
/// problems", 1983, without friction. Sine and cosine are series, so that every machine computes the same.
pub struct Pole {
    state: [f64; CHANNELS],
}

impl Pole {
    /// Nearly upright.
    pub fn new() -> Pole {
        Pole { state: [0.0, 0.0, 0.02, 0.0] }
    }

    /// A frame later, with a force on the cart.
    pub fn step(&mut self, force: f64) {
        const CART: f64 = 1.0;
        const POLE: f64 = 0.1;
        const HALF_LENGTH: f64 = 0.5;
        const GRAVITY: f64 = 9.8;
        let [position, velocity, angle, turning] = &mut self.state;
        let square = *angle * *angle;
        let sine = *angle * (1.0 - square / 6.0 + square * square / 120.0);
        let cosine = 1.0 - square / 2.0 + square * square / 24.0;
        let force = force.clamp(-GREATEST_FORCE, GREATEST_FORCE);
        let pushed = (force + POLE * HALF_LENGTH * *turning * *turning * sine) / (CART + POLE);
        let inertia = HALF_LENGTH * (4.0 / 3.0 - POLE * cosine * cosine / (CART + POLE));
        let turns = (GRAVITY * sine - cosine * pushed) / inertia;
        let moves = pushed - POLE * HALF_LENGTH * turns * cosine / (CART + POLE);
        *velocity += FRAME * moves;
        *position += FRAME * *velocity;
        *turning += FRAME * turns;
        *angle += FRAME * *turning;
    }

    /// The angle, in rad.
    pub fn angle(&self) -> f64 {
        self.state[2]
    }

    /// Whether it lies too far over.
    pub fn has_fallen(&self) -> bool {
        self.angle().abs() > FALLEN
    }
}

/// What measures the pole, and who pushes it.
pub struct Sensors {
    rng: Rng,
}

impl Sensors {
    /// With noise and pushes of a seed.
    pub fn new(seed: u64) -> Sensors {
        Sensors { rng: Rng::with_seed(seed) }
    }

    /// Pushes the pole now and then, to either side.
    pub fn push(&mut self, pole: &mut Pole, frame: usize) {
        let [every, first] = PUSHES;
        if frame % every == first {
            pole.state[3] += if self.rng.bool() { PUSH } else { -PUSH };
        }
    }

    /// A sample of each channel, with noise of a standard deviation of a step: binomial.
    pub fn measure(&mut self, pole: &Pole) -> [i64; CHANNELS] {
        let mut noise = || i64::from((self.rng.u8(..) & 0xf).count_ones()) - 2;
        let sample = |channel: usize| {
            let steps = (pole.state[channel] / STEPS[channel]).round() as i64;
            (steps + noise()).clamp(-GREATEST, GREATEST)
        };
        [0, 1, 2, 3].map(sample)
    }
}
