//! A page with words of its own, and results between two marks.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

/// What stands between the marks of this name on a page.
struct Marks {
    begin: String,
    end: String,
}

impl Marks {
    fn named(name: &str) -> Self {
        Self {
            begin: format!("<!-- {name}: begin, written by a command -->"),
            end: format!("<!-- {name}: end -->"),
        }
    }
}

/// Puts results between the marks of this name on a page, which is made when missing.
pub fn write(page: &Path, title: &str, name: &str, results: &str) -> Result<()> {
    let marks = Marks::named(name);
    let old = fs::read_to_string(page).unwrap_or_else(|_| format!("# {title}\n\n{}\n{}\n", marks.begin, marks.end));
    let new = replace(&old, &marks, results)
        .with_context(|| format!("{} lacks the marks {} and {}", page.display(), marks.begin, marks.end))?;
    if let Some(folder) = page.parent() {
        fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
    }
    fs::write(page, new).with_context(|| format!("writing {}", page.display()))
}

fn replace(page: &str, Marks { begin, end }: &Marks, results: &str) -> Option<String> {
    let (before, rest) = page.split_once(begin.as_str())?;
    let (_, after) = rest.split_once(end.as_str())?;
    Some(format!("{before}{begin}\n\n{}\n\n{end}{after}", results.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_between_the_marks_is_replaced() {
        let page = "# Title\n<!-- fire: begin, written by a command -->\nold\n<!-- fire: end -->\nWords.\n";
        assert_eq!(
            replace(page, &Marks::named("fire"), "new").as_deref(),
            Some("# Title\n<!-- fire: begin, written by a command -->\n\nnew\n\n<!-- fire: end -->\nWords.\n")
        );
        assert_eq!(replace(page, &Marks::named("calm"), "new"), None);
    }
}
