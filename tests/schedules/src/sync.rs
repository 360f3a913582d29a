//! Shuttle's locks, under the names by which the services know theirs, and what shuttle lacks built upon them.

use std::{
    future::poll_fn,
    task::{Poll, Waker},
};

pub use shuttle::sync::{
    Mutex, MutexGuard,
    atomic::{AtomicBool, AtomicU64},
};

/// The one waker of whoever waits.
#[derive(Debug, Default)]
pub struct AtomicWaker(Mutex<Option<Waker>>);

impl AtomicWaker {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn register(&self, waker: &Waker) {
        *self.0.lock().expect("no panic") = Some(waker.clone());
    }

    pub fn wake(&self) {
        let waker = self.0.lock().expect("no panic").take();
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

/// Keeps one call for one waiter.
#[derive(Debug, Default)]
pub struct Notify {
    is_called: Mutex<bool>,
    waiter: AtomicWaker,
}

impl Notify {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn notify_one(&self) {
        *self.is_called.lock().expect("no panic") = true;
        self.waiter.wake();
    }

    pub async fn notified(&self) {
        poll_fn(|context| {
            self.waiter.register(context.waker());
            match std::mem::take(&mut *self.is_called.lock().expect("no panic")) {
                true => Poll::Ready(()),
                false => Poll::Pending,
            }
        })
        .await;
    }
}

/// A value that is replaced as a whole.
#[derive(Debug)]
pub struct ArcSwapOption<T>(Mutex<Option<std::sync::Arc<T>>>);

impl<T> Default for ArcSwapOption<T> {
    fn default() -> Self {
        Self(Mutex::new(None))
    }
}

impl<T> ArcSwapOption<T> {
    pub fn load_full(&self) -> Option<std::sync::Arc<T>> {
        self.0.lock().expect("no panic").clone()
    }

    pub fn store(&self, value: Option<std::sync::Arc<T>>) {
        *self.0.lock().expect("no panic") = value;
    }
}

/// A value that is made once, however many ask for it.
#[derive(Debug)]
pub struct OnceLock<T> {
    turn: Mutex<()>,
    value: std::sync::OnceLock<T>,
}

impl<T> OnceLock<T> {
    pub fn new() -> Self {
        Self {
            turn: Mutex::new(()),
            value: std::sync::OnceLock::new(),
        }
    }

    pub fn get_or_init(&self, make: impl FnOnce() -> T) -> &T {
        let _turn = self.turn.lock().expect("no panic");
        self.value.get_or_init(make)
    }
}

impl<T> Default for OnceLock<T> {
    fn default() -> Self {
        Self::new()
    }
}
