//! Futures whose sockets and tasks live on the multi-thread runtime, wherever they are awaited.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use tokio::runtime::Handle;

/// A future that is polled inside another runtime's context.
///
/// Each HTTP worker has a runtime of one thread. A connection that is opened there is driven there, and whoever shares
/// it waits while that worker is busy. Polled through this, connections and their driver tasks land on `handle`.
#[derive(Debug)]
#[must_use = "futures do nothing unless polled"]
pub struct OnRuntime<F> {
    handle: Handle,
    future: Pin<Box<F>>,
}

impl<F: Future> OnRuntime<F> {
    /// Wraps `future`.
    pub fn new(handle: Handle, future: F) -> Self {
        Self {
            handle,
            future: Box::pin(future),
        }
    }
}

impl<F: Future> Future for OnRuntime<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let handle = self.handle.clone();
        let _inside = handle.enter();
        self.future.as_mut().poll(context)
    }
}
