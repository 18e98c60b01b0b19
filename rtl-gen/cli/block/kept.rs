//! `--keep-parameter`: parameters that stay open, as parameters of the Verilog.

use crate::block::selection;
use crate::terminal::error::Error;
use verilog::keep_parameter::KeptParameter;

/// Parses `NAME=VALUE,VALUE`.
pub fn parse(text: &str) -> Result<KeptParameter, String> {
    let (name, values) =
        text.split_once('=').ok_or("expected NAME=VALUE,VALUE, such as weight_bits=2,4".to_string())?;
    let value = |text: &str| {
        let reason =
            format!("`{text}` is not an integer from 0 to {}, as a Verilog parameter must be", i32::MAX);
        text.parse().map_err(|_| reason)
    };
    let values = values.split(',').map(value).collect::<Result<Vec<u32>, String>>()?;
    Ok(KeptParameter { name: name.into(), values })
}

/// The largest number of modules to select among.
const MOST_VARIANTS: usize = 1000;

/// Refuses a parameter that is given twice, and too many combinations of values.
pub fn check(kept: &[KeptParameter]) -> Result<(), Error> {
    let count = kept.iter().fold(1, |count: usize, kept| count.saturating_mul(kept.values.len()));
    if count > MOST_VARIANTS {
        return Err(Error::new(format!(
            "--keep-parameter asks for {count} modules: at most {MOST_VARIANTS} are allowed"
        )));
    }
    let is_repeated = |index: usize| kept[..index].iter().any(|earlier| earlier.name == kept[index].name);
    match (0..kept.len()).find(|&index| is_repeated(index)) {
        Some(index) => Err(Error::new(format!("`--keep-parameter {}` is given twice", kept[index].name))),
        None => Ok(()),
    }
}

/// Every combination of values, as settings; the last parameter changes fastest. Without parameters there is one
/// combination, which is empty.
pub fn combinations(kept: &[KeptParameter]) -> Vec<Vec<(String, String)>> {
    let values = |parameter: &KeptParameter| parameter.values.iter().map(u32::to_string).collect();
    let choices: Vec<_> = kept.iter().map(|parameter| (parameter.name.clone(), values(parameter))).collect();
    selection::combinations(&choices)
}

/// The name of the module that selects: the common prefix of its variants' names, and the parameters.
pub fn top_name(variants: &[&str], kept: &[KeptParameter]) -> String {
    let (first, others) = variants.split_first().expect("there is a combination of values");
    let is_common = |part: &&str| others.iter().all(|other| other.split('_').any(|its| its == *part));
    let common = first.split('_').filter(is_common);
    let names = kept.iter().map(|parameter| parameter.name.as_str());
    common.chain(["by"]).chain(names).collect::<Vec<_>>().join("_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_parameter_changes_fastest() {
        let kept = [parse("a=1,2").unwrap(), parse("b=3,4").unwrap()];
        let values =
            |combination: Vec<(String, String)>| combination.into_iter().map(|(_, value)| value).collect();
        let found: Vec<String> = combinations(&kept).into_iter().map(values).collect();
        assert_eq!(found, ["13", "14", "23", "24"]);
        assert_eq!(combinations(&[]), [[]]);
    }

    #[test]
    fn the_name_is_none_of_the_variants_() {
        let kept = [parse("stages=0,1").unwrap()];
        assert_eq!(top_name(&["mul_w4", "mul_w4_s1"], &kept), "mul_w4_by_stages");
        let kept = [parse("w=2,4").unwrap(), parse("stages=0,1").unwrap()];
        assert_eq!(top_name(&["mul_w2", "mul_w2_s1", "mul_w4", "mul_w4_s1"], &kept), "mul_by_w_stages");
    }
}
