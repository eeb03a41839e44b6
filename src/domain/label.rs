//! The four labels, and the three of them that are routes.
//!
//! A [`Route`] is a label that somebody has to answer. The two are separate types so that a request with the
//! route "none" cannot be written down.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Who inside the company has to answer a message, if anybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Label {
    /// Advisers who can open the customer's file.
    CustomerService,
    /// People who know the product; no customer file needed.
    ProductExpert,
    /// Communication, the press office.
    Pr,
    /// Nobody: no answer from the company is needed.
    None,
}

/// A label that is not `none`: the team that has to answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Route {
    /// Advisers who can open the customer's file.
    CustomerService,
    /// People who know the product; no customer file needed.
    ProductExpert,
    /// Communication, the press office.
    Pr,
}

impl Label {
    /// All four, in the order in which tables show them.
    pub const ALL: [Self; 4] = [Self::CustomerService, Self::ProductExpert, Self::Pr, Self::None];

    /// The word of CONTRACT.md.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CustomerService => "customer_service",
            Self::ProductExpert => "product_expert",
            Self::Pr => "pr",
            Self::None => "none",
        }
    }

    /// The place of this label in [`Label::ALL`]; how tables of four numbers are indexed.
    #[must_use]
    pub const fn index(self) -> usize {
        match self {
            Self::CustomerService => 0,
            Self::ProductExpert => 1,
            Self::Pr => 2,
            Self::None => 3,
        }
    }

    /// The route, or `None` for the label `none`.
    #[must_use]
    pub const fn route(self) -> Option<Route> {
        match self {
            Self::CustomerService => Some(Route::CustomerService),
            Self::ProductExpert => Some(Route::ProductExpert),
            Self::Pr => Some(Route::Pr),
            Self::None => None,
        }
    }
}

impl Route {
    /// All three, in the order in which tables show them.
    pub const ALL: [Self; 3] = [Self::CustomerService, Self::ProductExpert, Self::Pr];

    /// The same as a label.
    #[must_use]
    pub const fn label(self) -> Label {
        match self {
            Self::CustomerService => Label::CustomerService,
            Self::ProductExpert => Label::ProductExpert,
            Self::Pr => Label::Pr,
        }
    }

    /// The word of CONTRACT.md.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.label().as_str()
    }
}

/// The text was none of the label words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no label: write customer_service, product_expert, pr or none")]
pub struct UnknownLabel(String);

impl FromStr for Label {
    type Err = UnknownLabel;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|l| l.as_str() == text).ok_or_else(|| UnknownLabel(text.to_owned()))
    }
}

impl FromStr for Route {
    type Err = UnknownLabel;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|r| r.as_str() == text).ok_or_else(|| UnknownLabel(text.to_owned()))
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
