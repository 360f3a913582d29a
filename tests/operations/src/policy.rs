/// What is wrong, each with its place; empty is right.
#[derive(Debug, Default)]
pub struct Complaints(Vec<String>);

impl Complaints {
    /// Notes a complaint about `place` unless `holds`.
    pub fn require(&mut self, holds: bool, place: &str, complaint: &str) {
        if !holds {
            self.0.push(format!("{place}: {complaint}"));
        }
    }

    /// Whether there is one that says so.
    pub fn mention(&self, complaint: &str) -> bool {
        self.0.iter().any(|found| found.contains(complaint))
    }

    /// Fails with all of them.
    ///
    /// # Panics
    /// When there is one.
    #[track_caller]
    pub fn none(self) {
        assert!(self.0.is_empty(), "{}", self.0.join("\n"));
    }
}

/// Whether an image is named by its digest or by a full version, never by something that moves.
pub fn image_is_pinned(image: &str) -> bool {
    if let Some((_, digest)) = image.split_once("@sha256:") {
        return digest.len() == 64 && digest.bytes().all(|byte| byte.is_ascii_hexdigit());
    }
    let Some((_, tag)) = image.rsplit_once(':').filter(|(_, tag)| !tag.contains('/')) else {
        return false;
    };
    let version = tag.trim_start_matches('v').split('-').next().unwrap_or_default();
    let numbers: Vec<&str> = version.split('.').collect();
    numbers.len() >= 2
        && numbers
            .iter()
            .all(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::image_is_pinned;

    #[test]
    fn an_image_without_a_full_version_is_not_pinned() {
        let digest = format!("shop/app@sha256:{}", "a".repeat(64));
        for image in ["postgres:17.6-bookworm", "prom/prometheus:v3.5.0", &digest] {
            assert!(image_is_pinned(image), "{image}");
        }
        for image in [
            "postgres",
            "postgres:latest",
            "postgres:17",
            "host:5000/app",
            "app@sha256:abc",
            "app:1.x",
        ] {
            assert!(!image_is_pinned(image), "{image}");
        }
    }
}
