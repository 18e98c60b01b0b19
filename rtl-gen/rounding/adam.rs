//! The optimiser Adam (arXiv 1412.6980) with its usual constants.

const BETA: [f32; 2] = [0.9, 0.999];
const EPSILON: f32 = 1e-8;

/// The moments of one variable.
#[derive(Clone, Copy, Debug, Default)]
pub struct Moments {
    first: f32,
    second: f32,
}

/// What all variables have in common in one step.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    rate: f32,
    corrections: [f32; 2],
}

impl Step {
    /// The step of a number, the first of which is 1.
    pub fn new(learning_rate: f32, number: u32) -> Step {
        let correction = |beta: f32| 1.0 - (f64::from(beta).powf(f64::from(number))) as f32;
        Step { rate: learning_rate, corrections: BETA.map(correction) }
    }

    /// How far a variable moves.
    pub fn of(&self, moments: &mut Moments, gradient: f32) -> f32 {
        moments.first = BETA[0] * moments.first + (1.0 - BETA[0]) * gradient;
        moments.second = BETA[1] * moments.second + (1.0 - BETA[1]) * gradient * gradient;
        let [first, second] = self.corrections;
        -self.rate * (moments.first / first) / ((moments.second / second).sqrt() + EPSILON)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The figures are those of the formulas in NumPy.
    #[test]
    fn three_steps() {
        let mut moments = Moments::default();
        let moved: Vec<f32> = [0.5, -0.25, 1.0]
            .into_iter()
            .zip(1..)
            .map(|(gradient, number)| Step::new(1e-3, number).of(&mut moments, gradient))
            .collect();
        for (moved, expected) in moved.iter().zip([-1e-3, -2.663_37e-4, -6.581_12e-4]) {
            assert!((moved - expected).abs() < 2e-8, "{moved} {expected}");
        }
    }
}
