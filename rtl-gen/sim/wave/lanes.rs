//! The lines of a text waveform: values over cycles, drawn with box characters.

/// What one signal did in consecutive cycles.
pub(super) struct Lane<'a, T> {
    /// The value before the first of these cycles; `None` at the very beginning.
    pub before: Option<&'a T>,
    /// The value in each cycle.
    pub values: &'a [T],
    /// Characters of a cycle, at least 2.
    pub width: usize,
}

impl<'a, T: PartialEq> Lane<'a, T> {
    /// Each value, with true if it differs from the one before.
    fn steps(&self) -> impl Iterator<Item = (&'a T, bool)> {
        let before = |index: usize| match index {
            0 => self.before,
            _ => Some(&self.values[index - 1]),
        };
        let values = self.values.iter().enumerate();
        values.map(move |(index, value)| (value, before(index).is_some_and(|before| before != value)))
    }
}

impl Lane<'_, bool> {
    /// Two lines: a level runs along the upper one at 1 and along the lower one at 0.
    pub fn draw_levels(&self) -> [String; 2] {
        let [mut high, mut low] = [String::new(), String::new()];
        for (&value, changes) in self.steps() {
            let (edge_high, edge_low) = match (value, changes) {
                (true, true) => ('┌', '┘'),
                (false, true) => ('┐', '└'),
                (true, false) => ('─', ' '),
                (false, false) => (' ', '─'),
            };
            let (rest_high, rest_low) = if value { ("─", " ") } else { (" ", "─") };
            high.push(edge_high);
            low.push(edge_low);
            high.push_str(&rest_high.repeat(self.width - 1));
            low.push_str(&rest_low.repeat(self.width - 1));
        }
        [high, low]
    }
}

impl Lane<'_, String> {
    /// Three lines: a box for each value, with a dot for every further cycle that it lasts.
    pub fn draw_boxes(&self) -> [String; 3] {
        let mut lines = [String::new(), String::new(), String::new()];
        let mut steps = self.steps().peekable();
        while let Some((value, changes)) = steps.next() {
            let mut cycles = 1;
            while steps.next_if(|(_, changes)| !changes).is_some() {
                cycles += 1;
            }
            let continues = self.before.is_some() && !changes;
            let [top, middle, bottom] = if continues { ['─', '·', '─'] } else { ['┬', '│', '┴'] };
            let border = "─".repeat(cycles * self.width - 1);
            lines[0].push(top);
            lines[0].push_str(&border);
            lines[1].push(middle);
            lines[1].push_str(&self.inside(value, cycles));
            lines[2].push(bottom);
            lines[2].push_str(&border);
        }
        lines
    }

    /// The value, truncated if it is too long, with a dot where each further cycle begins.
    fn inside(&self, value: &str, cycles: usize) -> String {
        let room = cycles * self.width - 1;
        let shown: String = match value.len() <= room {
            true => value.into(),
            false => value.chars().take(room - 1).chain(['…']).collect(),
        };
        let mut inside: Vec<char> = shown.chars().chain(std::iter::repeat(' ')).take(room).collect();
        for start in (1..cycles).map(|cycle| cycle * self.width - 1) {
            if inside[start] == ' ' {
                inside[start] = '·';
            }
        }
        inside.into_iter().collect()
    }
}

/// A text padded with spaces; `format!` would limit the length to 65,535.
pub(super) fn padded(text: &str, length: usize) -> String {
    format!("{text}{}", " ".repeat(length.saturating_sub(text.chars().count())))
}

/// The numbers of the cycles from `first` on, as many as fit.
pub(super) fn draw_numbers(first: usize, cycles: usize, width: usize) -> String {
    let longest = (first + cycles).to_string().len();
    let every = (longest + 1).div_ceil(width);
    let number = |cycle: usize| match (cycle - first).is_multiple_of(every) {
        true => padded(&cycle.to_string(), every * width),
        false => String::new(),
    };
    (first..first + cycles).map(number).collect()
}
