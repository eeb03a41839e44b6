//! Vigie watches a brand's community channels, tells who inside the company has to answer, pings them once, and keeps
//! the true response times.
//!
//! # The road of a message
//! A platform's edge turns what it hears into a [`store::Incoming`]; [`intake`] makes it durable; [`triage`] lets the
//! judge ([`classify`]) and the linking of answers ([`domain::linking`]) decide, and stores the change with its log
//! entries and its notices in one transaction; [`outbox`] sends the notices through [`platform::Platform`]. A press on
//! a card, or a command, takes the same way through [`triage`]. Figures ([`stats`]) are computed from the log.
//!
//! Each module may use only what stands to its right:
//! `main → app → {platform, web, commands} → road → {intake, triage, outbox} → {classify, store, stats} → domain`.

pub mod app;
pub mod audits;
pub mod bell;
pub mod classify;
pub mod cli;
pub mod clock;
pub mod commands;
pub mod communities;
pub mod config;
pub mod deadlines;
pub mod domain;
pub mod intake;
pub mod metrics;
pub mod outbox;
pub mod platform;
pub mod road;
pub mod stats;
pub mod store;
pub mod telemetry;
pub mod triage;
pub mod web;
