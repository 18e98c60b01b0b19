//! Windows that move over a map.

use super::network::Shape;

/// A window of a convolution or a pool: sizes along y and x.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Values in it.
    pub kernel: [usize; 2],
    /// Steps from one place to the next.
    pub stride: [usize; 2],
    /// Zeros before the first value and behind the last.
    pub padding: [usize; 2],
    /// Distance of neighbours in the window.
    pub dilation: [usize; 2],
}

/// The greatest of its sizes.
const MOST: usize = 1 << 16;

impl Window {
    /// The height and width of what it makes of a map.
    pub fn places(&self, of: Shape) -> Result<[usize; 2], String> {
        let along = |axis: usize, name: &str, size: usize| {
            let [kernel, stride, padding, dilation] =
                [self.kernel, self.stride, self.padding, self.dilation].map(|sizes| sizes[axis]);
            for (what, value, least) in [
                ("kernel", kernel, 1),
                ("stride", stride, 1),
                ("padding", padding, 0),
                ("dilation", dilation, 1),
            ] {
                if !(least..=MOST).contains(&value) {
                    return Err(format!("its {what} is {value}: expected {least} to {MOST}"));
                }
            }
            let (padded, covered) = (size + 2 * padding, dilation * (kernel - 1) + 1);
            match padded.checked_sub(covered) {
                Some(left) => Ok(left / stride + 1),
                None => Err(format!(
                    "its kernel covers {covered} values along the {name}, but its input {of} has {padded} with padding"
                )),
            }
        };
        Ok([along(0, "height", of.height)?, along(1, "width", of.width)?])
    }
}
