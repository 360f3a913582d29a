use std::{
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::{
    bare::{bare, whole},
    border::Settings,
    framing::Framing,
};

/// A connection whose requests reach the parser only as the standard writes them, and whose refusals all look alike.
pub(crate) struct StrictStream<T> {
    stream: T,
    framing: Framing,
    settings: Arc<Settings>,
    /// What is left to write of a refusal that goes out in the stead of the framework's own.
    refusal: Vec<u8>,
}

impl<T> StrictStream<T> {
    pub(crate) fn new(stream: T, settings: Arc<Settings>) -> Self {
        Self {
            stream,
            framing: Framing::default(),
            settings,
            refusal: Vec::new(),
        }
    }

    /// The connection itself.
    pub(crate) fn inner(&self) -> &T {
        &self.stream
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for StrictStream<T> {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(context, buf))?;
        self.framing.follow(&mut buf.filled_mut()[before..]);
        Poll::Ready(Ok(()))
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for StrictStream<T> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = &mut *self;
        match bare(bytes) {
            None => Pin::new(&mut this.stream).poll_write(context, bytes),
            // What stands before it goes first; the framework comes again with the rest.
            Some((start @ 1.., _)) => Pin::new(&mut this.stream).poll_write(context, &bytes[..start]),
            Some((_, status)) => {
                if this.refusal.is_empty() {
                    this.refusal = whole(status, &this.settings);
                }
                while !this.refusal.is_empty() {
                    let written = ready!(Pin::new(&mut this.stream).poll_write(context, &this.refusal))?;
                    if written == 0 {
                        return Poll::Ready(Ok(0));
                    }
                    drop(this.refusal.drain(..written));
                }
                Poll::Ready(Ok(bytes.len()))
            }
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
