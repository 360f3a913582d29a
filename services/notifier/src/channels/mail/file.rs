use std::{io, path::PathBuf};

use async_trait::async_trait;
use lettre::Message;
use uuid::Uuid;

use super::MailTransport;
use crate::channels::SendFailure;

/// Writes mails as `.eml` files. A file appears whole or not at all; the same delivery always has the same name.
#[derive(Debug)]
pub struct FileTransport {
    folder: PathBuf,
}

impl FileTransport {
    /// Into this folder, which is made if it isn't there.
    pub fn new(folder: PathBuf) -> io::Result<Self> {
        std::fs::create_dir_all(&folder)?;
        Ok(Self { folder })
    }
}

#[async_trait]
impl MailTransport for FileTransport {
    async fn send(&self, delivery: Uuid, mail: &Message) -> Result<(), SendFailure> {
        let draft = self.folder.join(format!(".{delivery}.draft"));
        let finished = self.folder.join(format!("{delivery}.eml"));
        let write = async {
            tokio::fs::write(&draft, mail.formatted()).await?;
            tokio::fs::rename(&draft, &finished).await
        };
        write.await.map_err(|error: io::Error| {
            SendFailure::temporary(format!("the mail folder can't be written: {}", error.kind()))
        })
    }
}
