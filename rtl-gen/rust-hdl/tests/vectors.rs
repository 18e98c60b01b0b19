//! Beats and the golden model's answers to them.

use blocks::block::Block;
use hdl::Bits;

/// Beats of a block with one channel each way, and what it must answer.
pub struct Vectors {
    /// What goes in.
    pub beats: Vec<Vec<Bits>>,
    /// What comes out.
    pub answers: Vec<Vec<Bits>>,
}

impl Vectors {
    /// So many random cases.
    pub fn of(block: &Block, parameters: &str, cases: u64) -> Vectors {
        let block = block.variant(parameters).expect("the parameters are right");
        let space = block.random(1);
        let mut beats = vec![];
        (0..cases).for_each(|case| (space.make)(case, &mut |_, beat| beats.push(beat.to_vec())));
        let (mut model, mut answers) = (block.model(), vec![]);
        let specified = |value: &Option<Bits>| value.clone().expect("the answer has all fields");
        for beat in &beats {
            model.accept(0, beat, &mut |_, answer| answers.push(answer.iter().map(specified).collect()));
        }
        Vectors { beats, answers }
    }

    /// The beats as words for `$readmemh`, the first field highest.
    pub fn memory(&self) -> String {
        let word = |beat: &Vec<Bits>| Bits::concat(beat);
        self.beats.iter().map(|beat| format!("{:x}\n", word(beat))).collect()
    }

    /// The answers as `$display` prints them with a `%h` a field.
    pub fn displayed(&self) -> Vec<String> {
        self.answers.iter().map(|answer| hex(answer)).collect()
    }
}

/// Fields as `%h` prints them, with spaces between.
pub fn hex(fields: &[Bits]) -> String {
    let digits = |field: &Bits| format!("{field:0digits$x}", digits = field.width().div_ceil(4) as usize);
    fields.iter().map(digits).collect::<Vec<_>>().join(" ")
}
