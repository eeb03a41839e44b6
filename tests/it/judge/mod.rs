//! The judge as a whole: what it learns from a community, and what a second reader adds.

mod learning;
mod second;
mod taught;
