//! What the judge makes of a message: the verdict, how probable each label is, and what follows from it.
//!
//! A message that needs no ping is not forgotten: what was said of it is kept without its text ([`Judged`]), listed
//! for review or left to the weekly audit, so that nothing is ever dropped unseen.

use serde::{Deserialize, Serialize};

use super::ids::{ChannelId, CommunityId, MessageId, UserId};
use super::label::{Label, Route};
use super::message::IncomingMessage;
use super::time::Timestamp;
use super::verdict::{Stage, Verdict};

/// What follows from a judgement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Zone {
    /// A request is opened and its desk pinged.
    Ping,
    /// It is listed in the desk's channel for a person to decide; nobody is pinged.
    Review,
    /// Nothing happens; the audit may draw it.
    Quiet,
}

/// What the judge makes of a message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Judgement {
    /// The most probable label, with its reasons.
    pub verdict: Verdict,
    /// How probable each label is, in the order of [`Label::ALL`].
    pub shares: [f64; 4],
    /// What follows.
    pub zone: Zone,
    /// The desk that it would go to: the most probable route, or the press office by its own threshold.
    pub route: Route,
    /// The messages just before, oldest first, that it was read together with: they belong to what it asks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub earlier: Vec<MessageId>,
}

/// What is kept of a message that opened no request: no text, and none of its words.
#[derive(Clone, Debug, PartialEq)]
pub struct Judged {
    /// Where it happened.
    pub community: CommunityId,
    /// The watched channel.
    pub channel: ChannelId,
    /// The thread or forum post in it.
    pub thread: Option<ChannelId>,
    /// The message.
    pub message: MessageId,
    /// Who wrote it.
    pub author: UserId,
    /// When, by the platform's clock.
    pub at: Timestamp,
    /// What was said of it.
    pub judgement: Judgement,
}

/// What became of a message that opened no request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum JudgedState {
    /// Nobody has looked at it.
    Open,
    /// A person has said what it is.
    Settled,
    /// An employee answered it without being asked.
    Answered,
    /// It became part of a request, or of a later judgement.
    Joined,
    /// The member deleted it.
    Deleted,
}

impl Zone {
    /// All three, from the loudest to the quietest.
    pub const ALL: [Self; 3] = [Self::Ping, Self::Review, Self::Quiet];

    /// The word that is stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ping => "ping",
            Self::Review => "review",
            Self::Quiet => "quiet",
        }
    }

    /// The place of this zone in [`Zone::ALL`].
    #[must_use]
    pub const fn index(self) -> usize {
        match self {
            Self::Ping => 0,
            Self::Review => 1,
            Self::Quiet => 2,
        }
    }
}

impl JudgedState {
    /// The word that is stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Settled => "settled",
            Self::Answered => "answered",
            Self::Joined => "joined",
            Self::Deleted => "deleted",
        }
    }
}

impl Judgement {
    /// What is decided: the desk that is pinged, or nobody.
    #[must_use]
    pub const fn decided(&self) -> Label {
        match self.zone {
            Zone::Ping => self.route.label(),
            Zone::Review | Zone::Quiet => Label::None,
        }
    }

    /// Whether a second reader could help: the local model decided, and is unsure.
    #[must_use]
    pub fn wants_second_reading(&self) -> bool {
        self.verdict.unsure && self.verdict.stage == Stage::Model
    }

    /// The two most probable labels, the first one first; the desk in whose channel it is listed is one of them.
    #[must_use]
    pub fn guesses(&self) -> [Label; 2] {
        let share = |label: Label| self.shares[label.index()];
        let mut labels = Label::ALL;
        labels.sort_by(|a, b| share(*b).total_cmp(&share(*a)));
        let route = self.route.label();
        if labels[..2].contains(&route) { [labels[0], labels[1]] } else { [labels[0], route] }
    }
}

impl Judged {
    /// What is kept of that message. The words that decided are the member's own and are left out.
    #[must_use]
    pub fn of(message: &IncomingMessage, judgement: Judgement) -> Self {
        let verdict = Verdict { why: Vec::new(), ..judgement.verdict };
        Self {
            community: message.community.clone(),
            channel: message.channel.clone(),
            thread: message.thread.clone(),
            message: message.id.clone(),
            author: message.author.clone(),
            at: message.at,
            judgement: Judgement { verdict, ..judgement },
        }
    }

    /// Where it was posted: the thread if there is one, otherwise the channel.
    #[must_use]
    pub fn place(&self) -> &ChannelId {
        self.thread.as_ref().unwrap_or(&self.channel)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::verdict::Lang;

    fn judgement(shares: [f64; 4], route: Route) -> Judgement {
        let verdict = Verdict::given(Label::None, "test", Lang::En);
        Judgement { verdict, shares, zone: Zone::Review, route, earlier: Vec::new() }
    }

    #[test]
    fn the_two_best_guesses_are_offered_and_the_desk_is_one_of_them() {
        let plain = judgement([0.3, 0.1, 0.05, 0.55], Route::CustomerService);
        assert_eq!(plain.guesses(), [Label::None, Label::CustomerService]);
        let press = judgement([0.3, 0.1, 0.05, 0.55], Route::Pr);
        assert_eq!(press.guesses(), [Label::None, Label::Pr]);
    }

    #[test]
    fn nothing_but_a_ping_decides_for_a_desk() {
        let mut judgement = judgement([0.7, 0.1, 0.1, 0.1], Route::CustomerService);
        assert_eq!(judgement.decided(), Label::None);
        judgement.zone = Zone::Ping;
        assert_eq!(judgement.decided(), Label::CustomerService);
    }
}
