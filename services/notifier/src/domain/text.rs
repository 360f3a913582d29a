//! Text from strangers, made harmless before it is shown.

/// One line without control characters, direction overrides or invisible letters, at most `max_chars` long.
///
/// Names, notes and tickers come from people and providers; in a subject or a header they must stay one line.
pub fn clean_line(raw: &str, max_chars: usize) -> String {
    let mut line = String::with_capacity(raw.len().min(max_chars * 4));
    let mut is_after_blank = true;
    for letter in raw.chars() {
        let is_blank = letter.is_whitespace() || letter.is_control() || matches!(letter, '\u{2028}' | '\u{2029}');
        if is_blank {
            if !is_after_blank {
                line.push(' ');
            }
            is_after_blank = true;
        } else if !is_invisible(letter) {
            line.push(letter);
            is_after_blank = false;
        }
    }
    let line = line.trim_end();
    match line.char_indices().nth(max_chars) {
        None => line.to_owned(),
        Some(_) => {
            let mut cut: String = line.chars().take(max_chars.saturating_sub(1)).collect();
            cut.push('…');
            cut
        }
    }
}

/// Letters that change how their neighbours read, without showing themselves.
fn is_invisible(letter: char) -> bool {
    matches!(letter,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reliability_34_a_cleaned_text_is_one_visible_line() {
        assert_eq!(clean_line("a\r\nBcc: b@c.d\u{2028}x", 100), "a Bcc: b@c.d x");
        assert_eq!(clean_line("pay\u{202e}lap\u{200b}", 100), "paylap");
        assert_eq!(clean_line("  \t ", 100), "");
        assert_eq!(clean_line(&"é".repeat(10_240), 120).chars().count(), 120);
    }
}
