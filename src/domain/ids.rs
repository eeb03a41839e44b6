//! Names of things, one type each, so that a channel can never be passed where a role is expected.
//!
//! Platform ids stay the text the platform gave (a Discord snowflake, a Slack `C…`). Our own ids are ULIDs, made at
//! the rim (`crate::clock::Ids`) and only checked here.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! text_id {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Takes the text as it is; who calls this has checked it at the edge.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The id as the platform writes it.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }
    )*};
}

text_id! {
    /// One Discord guild, Slack workspace or the playground.
    CommunityId;
    /// A channel, a thread or a forum post: whatever messages can be posted into.
    ChannelId;
    /// A message, a member's or one of ours.
    MessageId;
    /// A person or a bot.
    UserId;
    /// A role that can be pinged.
    RoleId;
    /// A request; a ULID, and the `ID` in `vigie:claim:ID`. Stays through every re-route.
    RequestId;
    /// Something to be said or done on a platform; a ULID, and the platform's de-duplication key.
    NoticeId;
}

/// How the names begin that stand in place of people who were forgotten. No platform gives such an id.
const ERASED: &str = "erased-";

impl UserId {
    /// Stands in place of a person who was forgotten. `lot` is drawn by chance: it keeps two of them apart in the
    /// figures, and nothing leads from it to the person.
    #[must_use]
    pub fn erased(lot: &str) -> Self {
        Self(format!("{ERASED}{lot}"))
    }

    /// Whether it stands in place of somebody who was forgotten.
    #[must_use]
    pub fn is_erased(&self) -> bool {
        self.0.starts_with(ERASED)
    }
}

/// How many characters a ULID has.
const ULID_LENGTH: usize = 26;

impl RequestId {
    /// Reads a request's id out of text that a person or a button sent; `None` when it cannot be one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_ulid =
            text.len() == ULID_LENGTH && text.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase());
        is_ulid.then(|| Self(text.to_owned()))
    }

    /// The last six characters, in which two requests of one day hardly ever agree: what people read out to each
    /// other.
    #[must_use]
    pub fn short(&self) -> &str {
        &self.0[self.0.len().saturating_sub(6)..]
    }
}
