//! Names in messages: a model has hundreds of tensors.

/// How many names are shown.
const SHOWN: usize = 5;

/// The names nearest to `wanted`, or all if they are few.
pub fn nearest<'n>(names: impl Iterator<Item = &'n str>, wanted: &str) -> String {
    let mut names: Vec<(&str, usize)> = names.map(|name| (name, strsim::levenshtein(name, wanted))).collect();
    let count = names.len();
    if count > SHOWN {
        names.sort_by_key(|(name, distance)| (*distance, *name));
        names.truncate(SHOWN);
    }
    names.sort_by_key(|(name, _)| *name);
    let names: Vec<&str> = names.into_iter().map(|(name, _)| name).collect();
    match count {
        0 => "there are none".into(),
        _ if count > SHOWN => format!("of {count}, the nearest are {}", names.join(", ")),
        _ => format!("there are {}", names.join(", ")),
    }
}

/// The first few names, and how many more there are.
pub fn first<'n>(names: impl Iterator<Item = &'n str>) -> String {
    let names: Vec<&str> = names.collect();
    let shown = names[..names.len().min(SHOWN)].join(", ");
    match names.len() - names.len().min(SHOWN) {
        0 => shown,
        rest => format!("{shown} and {rest} more"),
    }
}
