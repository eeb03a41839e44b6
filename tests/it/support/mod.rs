//! What the tests stand on: a whole Vigie in memory, the real program as a process, and a strict Discord.

pub mod bot;
pub mod discord;
pub mod exposition;
pub mod llm;
pub mod message;
#[cfg(feature = "postgres")]
pub mod postgres;
pub mod reader;
pub mod shared;
pub mod store;
pub mod unsure;
pub mod vigie;
