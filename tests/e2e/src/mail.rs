use std::path::{Path, PathBuf};

use test_kit::eventually;

/// The folder to which the platform under test writes its mails.
#[derive(Clone)]
pub struct Mails(PathBuf);

impl Mails {
    /// Mails in this folder.
    pub fn new(dir: &Path) -> Self {
        std::fs::create_dir_all(dir).expect("a folder for mails");
        Self(dir.to_owned())
    }

    /// The `MAIL_URL` of this folder.
    pub fn url(&self) -> String {
        format!("file://{}", self.0.display())
    }

    /// All mails to an address, in the order of their arrival.
    pub fn to(&self, address: &str) -> Vec<String> {
        let mut files: Vec<_> = std::fs::read_dir(&self.0)
            .expect("the folder of mails")
            .filter_map(|entry| entry.ok().map(|entry| entry.path()))
            .filter(|path| path.extension().is_some_and(|extension| extension == "eml"))
            .collect();
        files.sort_by_key(|path| path.metadata().and_then(|data| data.modified()).ok());
        let read = files.iter().filter_map(|path| std::fs::read_to_string(path).ok());
        // Long headers are folded, and text is quoted-printable: soft line ends go.
        let plain = read.map(|source| source.replace("=\r\n", "").replace("=3D", "="));
        plain.filter(|source| source.contains(address)).collect()
    }

    /// Waits until there are `count` mails to an address.
    pub async fn wait_for(&self, address: &str, count: usize) -> Vec<String> {
        let what = format!("{count} mails to {address}");
        eventually(&what, async || {
            let mails = self.to(address);
            (mails.len() >= count).then_some(mails)
        })
        .await
    }

    /// The one-time token of the newest mail to an address.
    pub async fn token_to(&self, address: &str) -> String {
        let mails = self.wait_for(address, 1).await;
        let newest = mails.last().expect("a mail");
        token_of(newest).unwrap_or_else(|| panic!("no token in\n{newest}"))
    }
}

/// The one-time token of a mail: it stands on a line of its own.
pub fn token_of(mail: &str) -> Option<String> {
    let is_token = |line: &&str| {
        line.len() >= 20
            && !line.starts_with("--")
            && line
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
    };
    let body = mail.split_once("\r\n\r\n").map_or(mail, |(_, body)| body);
    // A long line is broken on its way, and its rest can look like a token.
    let whole = body.replace("=\r\n", "");
    whole.lines().map(str::trim).find(is_token).map(str::to_owned)
}
