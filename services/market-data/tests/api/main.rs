//! market-data as others see it: over HTTP, on a real database, fed from small files of our own making.

mod helpers;

mod faults;
mod feeds;
mod instances;
mod live;
mod reads;
mod repair;
mod restricted;
mod rounds;
mod simulator;
