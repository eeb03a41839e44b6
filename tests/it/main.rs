//! All integration tests in one binary: one link, and shared support.

mod alerts;
mod architecture;
mod browser;
mod cli;
#[cfg(feature = "discord")]
mod discord;
#[cfg(feature = "discord")]
mod export;
mod figures;
mod journey;
mod journey_answers;
mod journey_clock;
mod journey_pings;
mod journey_privacy;
mod journey_review;
mod judge;
mod llm;
mod readiness;
mod replay;
#[cfg(feature = "discord")]
mod standin;
mod store;
mod support;
mod tenants;
mod web;
