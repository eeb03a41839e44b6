//! What Vigie knows about its job, and nothing else.
//!
//! Everything here is pure: no async, no input or output, no clock, no platform's types. A function takes what it
//! needs, `now` included, and returns what has to happen. `tests/it/architecture.rs` fails on an import that would
//! break this.

pub mod action;
pub mod card;
pub mod gap;
pub mod hours;
pub mod ids;
pub mod judgement;
pub mod label;
pub mod lesson;
pub mod linking;
pub mod message;
pub mod notice;
pub mod request;
pub mod review;
pub mod settings;
pub mod time;
pub mod timing;
pub mod verdict;
pub mod words;
