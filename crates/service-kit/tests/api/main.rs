//! What every service promises, shown on a tiny one.

mod cache;
mod database;
mod dead_letters;
mod envelope;
mod helpers;
mod idempotency;
mod identity;
mod life;
mod openapi;
mod runtimes;
mod tiny_service;
