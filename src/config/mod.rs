//! What is set from outside: the environment and the community file, read into checked types.
//!
//! Every mistake names its key and says what is expected there.

pub mod community;
pub mod environment;
