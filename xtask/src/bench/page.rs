//! A page with words of its own, and results between two marks.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

const BEGIN: &str = "<!-- results: begin, written by a command -->";
const END: &str = "<!-- results: end -->";

/// Puts the results between the marks of a page, which is made when missing.
pub fn write(page: &Path, title: &str, results: &str) -> Result<()> {
    let old = fs::read_to_string(page).unwrap_or_else(|_| format!("# {title}\n\n{BEGIN}\n{END}\n"));
    let new =
        replace(&old, results).with_context(|| format!("{} lacks the marks {BEGIN} and {END}", page.display()))?;
    if let Some(folder) = page.parent() {
        fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
    }
    fs::write(page, new).with_context(|| format!("writing {}", page.display()))
}

fn replace(page: &str, results: &str) -> Option<String> {
    let (before, rest) = page.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}\n\n{}\n\n{END}{after}", results.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_between_the_marks_is_replaced() {
        let page = format!("# Title\n{BEGIN}\nold\n{END}\nWords.\n");
        assert_eq!(
            replace(&page, "new"),
            Some(format!("# Title\n{BEGIN}\n\nnew\n\n{END}\nWords.\n"))
        );
        assert_eq!(replace("no marks", "new"), None);
    }
}
