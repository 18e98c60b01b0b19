//! Each part has a page, and the list has each part.

use parts::PARTS;

#[test]
fn pages_say_what_is_asked_of_a_part() {
    for part in PARTS {
        for what in ["# ", "```text", "Contract: ", "## Area"] {
            assert!(part.page.contains(what), "the page of {} lacks `{what}`", part.name);
        }
    }
}

#[test]
fn the_list_has_every_part() {
    let list = include_str!("../../README.md");
    for part in PARTS {
        let named = format!("| [`{}`](", part.name);
        let line = list.lines().find(|line| line.starts_with(&named));
        assert!(line.is_some_and(|line| line.contains(part.summary)), "the list lacks {}", part.name);
    }
    assert_eq!(list.lines().filter(|line| line.starts_with("| [`")).count(), PARTS.len());
}
