//! market-data as others see it: over HTTP, on a real database, fed from small files of our own making.

mod helpers;

mod feeds;
mod live;
mod reads;
mod simulator;
