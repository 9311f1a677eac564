//! The one integration test binary: story tests, the database conformance suite, the architecture test.
//!
//! Each module is `cfg(test)`, so that the lints which spare tests spare their helpers as well.

#[cfg(test)]
mod architecture;
#[cfg(test)]
mod cli;
#[cfg(test)]
mod client;
#[cfg(test)]
mod db;
#[cfg(test)]
mod desk;
#[cfg(test)]
mod http;
#[cfg(test)]
mod migrations;
#[cfg(test)]
mod process;
#[cfg(test)]
mod readme;
#[cfg(test)]
mod sim;
#[cfg(test)]
mod stories;
#[cfg(test)]
mod support;
#[cfg(test)]
mod webhook_bodies;
#[cfg(test)]
mod worker;
