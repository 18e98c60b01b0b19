//! Groups of inputs that share a scale.

use super::config::Config;
use crate::terminal::error::Error;

/// How inputs are grouped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Groups {
    /// Number of groups.
    pub count: usize,
    /// Inputs per group; the last group may be shorter.
    pub length: usize,
    /// The inputs, group after group, if those of a group are not neighbours.
    pub order: Option<Vec<u32>>,
}

impl Groups {
    /// Groups from a configuration. Without one, the group size is taken if it is a power of two that divides the
    /// inputs, and a note says so.
    pub fn of_config(
        k: usize,
        count: usize,
        config: Option<&Config>,
        notes: &mut Vec<String>,
    ) -> Result<Groups, Error> {
        if k == 0 || count == 0 {
            return Err(Error::new(format!(
                "there are {k} inputs in {count} groups: expected at least one of each"
            )));
        }
        let groups = |length: usize| Groups { count, length, order: None };
        let said =
            config.map(|config| config.integer(&["group_size", "q_group_size"])).transpose()?.flatten();
        if let (Some(config), Some(said)) = (config, said) {
            let length = match said {
                -1 | 0 => k,
                1.. => (said as usize).min(k),
                _ => {
                    return Err(
                        config.wrong(&format!("`group_size` is {said}: expected -1, or a positive number"))
                    );
                }
            };
            return match k.div_ceil(length) == count {
                true => Ok(groups(length)),
                false => Err(config.wrong(&format!(
                    "`group_size` is {said}, which makes {} groups of {k} inputs; the file has {count}",
                    k.div_ceil(length)
                ))),
            };
        }
        if count == 1 {
            return Ok(groups(k));
        }
        let length = k / count;
        if k != length * count || !length.is_power_of_two() {
            return Err(Error::new(format!("no file says how {k} inputs form {count} groups"))
                .help("put the model's quantize_config.json, with `group_size`, beside the file"));
        }
        notes.push(format!("groups of {length} inputs: assumed, no file says so"));
        Ok(groups(length))
    }

    /// Groups from the group of each input.
    pub fn of_index(index: &[u32], count: usize) -> Result<Groups, String> {
        let mut sizes = vec![0; count];
        for (input, group) in index.iter().enumerate() {
            match sizes.get_mut(*group as usize) {
                Some(size) => *size += 1,
                None => {
                    return Err(format!(
                        "input {input} is in group {}: there are {count} groups",
                        *group as i32
                    ));
                }
            }
        }
        let length = *sizes.first().ok_or("there are no groups")?;
        let (last, others) = sizes.split_last().ok_or("there are no groups")?;
        if let Some(place) = others.iter().position(|size| *size != length) {
            return Err(format!("group {place} has {} inputs, the first {length}", others[place]));
        }
        if *last == 0 || *last > length {
            return Err(format!("the last group has {last} inputs, the first {length}"));
        }
        let mut order: Vec<u32> = (0..index.len() as u32).collect();
        order.sort_by_key(|input| index[*input as usize]);
        let is_sorted = index.is_sorted();
        Ok(Groups { count, length, order: (!is_sorted).then_some(order) })
    }

    /// The input of a row of the packed matrix.
    pub fn input(&self, row: usize) -> usize {
        self.order.as_ref().map_or(row, |order| order[row] as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inputs_of_a_group_become_neighbours_in_their_order() {
        let groups = Groups::of_index(&[1, 0, 0, 2, 1], 3).unwrap();
        assert_eq!(groups, Groups { count: 3, length: 2, order: Some(vec![1, 2, 0, 4, 3]) });
        assert_eq!(Groups::of_index(&[0, 0, 1], 2).unwrap().order, None);
    }

    #[test]
    fn what_the_hardware_cannot_have_is_refused() {
        for (index, count) in
            [(&[0, 1, 1][..], 2), (&[0, 0, 2, 2], 3), (&[0, 3], 2), (&[0, 0], 2), (&[], 1), (&[], 0)]
        {
            assert!(Groups::of_index(index, count).is_err(), "{index:?}");
        }
    }
}
