use std::collections::BTreeSet;

/// A panel's expression as Grafana would send it, with every choice of its variables being "all".
pub fn concrete(expression: &str, interval: &str) -> String {
    let mut text = expression
        .replace("$__rate_interval", interval)
        .replace("$__interval", interval);
    for variable in ["$service", "$route", "$source", "$channel"] {
        text = text.replace(variable, ".*");
    }
    assert!(!text.contains('$'), "{text} has a variable that nobody replaces");
    text
}

/// The names of metrics in an expression: words that are followed by neither a parenthesis nor a comparison of labels.
pub fn metric_names(expression: &str) -> BTreeSet<String> {
    // Labels live in braces, and in the parentheses of `by`, `on` and the like; neither holds a metric.
    let plain = without(&without_lists(expression), '{', '}');
    let plain = without(&without(&plain, '[', ']'), '"', '"');
    plain
        .split(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '_' || letter == ':'))
        .filter(|word| word.contains('_') && !FUNCTIONS.contains(word))
        .map(str::to_owned)
        .collect()
}

/// Words with an underscore that are PromQL's own.
const FUNCTIONS: [&str; 5] = [
    "histogram_quantile",
    "group_left",
    "group_right",
    "label_replace",
    "label_values",
];

fn without_lists(expression: &str) -> String {
    let mut text = expression.to_owned();
    for word in ["by (", "on (", "without (", "group_left (", "group_right ("] {
        while let Some(start) = text.find(word) {
            let end = text[start..].find(')').map_or(text.len(), |length| start + length + 1);
            text.replace_range(start..end, " ");
        }
    }
    text
}

fn without(text: &str, open: char, close: char) -> String {
    let mut kept = String::new();
    let mut is_inside = false;
    for letter in text.chars() {
        if is_inside {
            is_inside = letter != close;
        } else if letter == open {
            is_inside = true;
        } else {
            kept.push(letter);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metrics_are_told_from_labels_and_functions() {
        let expression = "histogram_quantile(0.99, sum by (le, job_name) (rate(http_seconds_bucket{route_name=~\"a_b\"}[5m]))) \
                          / on (job_x) group_left () db_open{a=\"x_y\"}";
        let names: Vec<String> = metric_names(expression).into_iter().collect();
        assert_eq!(names, ["db_open", "http_seconds_bucket"]);
    }

    #[test]
    fn variables_become_everything() {
        assert_eq!(
            concrete("rate(x{job=~\"$service\"}[$__rate_interval])", "15s"),
            "rate(x{job=~\".*\"}[15s])"
        );
    }
}
