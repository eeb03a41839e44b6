//! What people ask of Vigie, platform-neutral: a platform reads a [`Command`] from a slash command or a line of text,
//! and shows the [`Reply`].

mod settings;
mod queue;
mod request;
mod stats;

use crate::domain::card::Piece;
use crate::domain::ids::{ChannelId, CommunityId, MessageId, RequestId, RoleId, UserId};
use crate::domain::label::{Label, Route};
use crate::domain::settings::{Acknowledge, Language, Tag};
use crate::domain::time::Timestamp;
use crate::domain::words::Words;
use crate::triage::Triage;

/// Something that a person asks of Vigie.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// `/watch add`: watch a channel, or change how it is watched.
    WatchAdd {
        /// The channel.
        channel: ChannelId,
        /// How requests are tagged; unchanged or the default when absent.
        tag: Option<Tag>,
        /// When members are told when to expect an answer.
        acknowledge: Option<Acknowledge>,
    },
    /// `/watch remove`.
    WatchRemove {
        /// The channel.
        channel: ChannelId,
    },
    /// `/watch list`.
    WatchList,
    /// `/desk set`: set up a desk or change what is given.
    DeskSet(Box<DeskChange>),
    /// `/desk remove`.
    DeskRemove {
        /// The desk.
        route: Route,
    },
    /// `/desk list`.
    DeskList,
    /// `/rule add`.
    RuleAdd {
        /// What a match means.
        label: Label,
        /// A regular expression.
        pattern: String,
        /// Only there.
        channel: Option<ChannelId>,
    },
    /// `/rule remove`.
    RuleRemove {
        /// Its number in `/rule list`, from 1.
        number: usize,
    },
    /// `/rule list`.
    RuleList,
    /// `/staff add`.
    StaffAdd {
        /// The role.
        role: RoleId,
    },
    /// `/staff remove`.
    StaffRemove {
        /// The role.
        role: RoleId,
    },
    /// `/staff list`.
    StaffList,
    /// `/expert set`: who knows about what.
    ExpertSet {
        /// Who.
        user: UserId,
        /// Topics, separated by commas.
        topics: String,
    },
    /// `/expert remove`.
    ExpertRemove {
        /// Who.
        user: UserId,
    },
    /// `/expert list`.
    ExpertList,
    /// `/language`: what Vigie speaks, and where its days begin.
    Language {
        /// The language.
        language: Option<Language>,
        /// An IANA time zone.
        timezone: Option<String>,
    },
    /// `/queue`: what waits, longest first.
    Queue {
        /// Only this desk's.
        route: Option<Route>,
    },
    /// `/stats`: figures.
    Stats {
        /// Of which time.
        period: Period,
        /// Only this desk's.
        route: Option<Route>,
        /// Only this channel's.
        channel: Option<ChannelId>,
        /// For everybody to see.
        share: bool,
    },
    /// `/request`: all about one request.
    Request {
        /// Which.
        request: RequestRef,
    },
    /// `/history`: a member's requests.
    History {
        /// Whose.
        member: UserId,
    },
    /// `/why`: why this desk.
    Why {
        /// Which.
        request: RequestRef,
    },
}

/// What `/desk set` can change; what is absent stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeskChange {
    /// Which desk; required.
    pub route: Option<Route>,
    /// The internal channel.
    pub channel: Option<ChannelId>,
    /// The role to ping.
    pub role: Option<RoleId>,
    /// Opening hours as in the file; `always` for always open.
    pub hours: Option<String>,
    /// Holidays as in the file, separated by commas; `none` for none.
    pub holidays: Option<String>,
    /// Target for the first response; `none` for none. The next four alike.
    pub first_response: Option<String>,
    /// Target for the resolution.
    pub resolution: Option<String>,
    /// Unclaimed for so long: ping again.
    pub remind_after: Option<String>,
    /// Claimed but silent for so long: back to the desk.
    pub return_after: Option<String>,
    /// Above it, pings are bundled.
    pub max_pings_per_hour: Option<u32>,
    /// No public tag.
    pub discreet: Option<bool>,
    /// The role told when a target is about to be missed.
    pub escalate_to: Option<RoleId>,
    /// What whoever answers should keep to.
    pub guidelines: Option<String>,
}

/// How a person names a request: by its id (whole, or its last characters as shown) or by a message of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RequestRef {
    /// An id, or its last six characters.
    Id(String),
    /// A message that belongs to it.
    Message(MessageId),
}

/// The time that figures are about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Period {
    /// Since midnight in the community's time zone.
    Today,
    /// The last seven days, today included.
    #[default]
    SevenDays,
    /// The last thirty days, today included.
    ThirtyDays,
    /// This calendar month.
    Month,
    /// All that is stored.
    All,
}

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// Where.
    pub community: CommunityId,
    /// The community's name, for its first settings.
    pub community_name: String,
    /// Who.
    pub user: UserId,
    /// Their roles at this moment.
    pub roles: Vec<RoleId>,
    /// Whether they may manage the community (*Manage Server*) at this moment.
    pub is_administrator: bool,
}

/// What is said to who asked.
#[derive(Clone, Debug, PartialEq)]
pub struct Reply {
    /// What it is.
    pub tone: Tone,
    /// The headline.
    pub title: String,
    /// The lines below it.
    pub lines: Vec<Vec<Piece>>,
    /// Whether everybody in the channel sees it.
    pub is_shared: bool,
}

/// What a reply is: platforms colour it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Something was changed.
    Done,
    /// Something that was asked for.
    Facts,
    /// It was not possible; says why.
    Refused,
}

/// Who may run a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// *Manage Server*.
    Administrators,
    /// Holders of a desk's role or a staff role, and administrators.
    Employees,
}

impl Command {
    /// Who may run it.
    #[must_use]
    pub const fn audience(&self) -> Audience {
        match self {
            Self::WatchAdd { .. }
            | Self::WatchRemove { .. }
            | Self::WatchList
            | Self::DeskSet(_)
            | Self::DeskRemove { .. }
            | Self::DeskList
            | Self::RuleAdd { .. }
            | Self::RuleRemove { .. }
            | Self::RuleList
            | Self::StaffAdd { .. }
            | Self::StaffRemove { .. }
            | Self::StaffList
            | Self::ExpertSet { .. }
            | Self::ExpertRemove { .. }
            | Self::ExpertList
            | Self::Language { .. } => Audience::Administrators,
            Self::Queue { .. }
            | Self::Stats { .. }
            | Self::Request { .. }
            | Self::History { .. }
            | Self::Why { .. } => Audience::Employees,
        }
    }
}

impl Reply {
    /// It was not possible, and why.
    pub fn refused(why: impl Into<String>) -> Self {
        Self { tone: Tone::Refused, title: why.into(), lines: Vec::new(), is_shared: false }
    }

    /// Something was changed.
    pub fn done(title: impl Into<String>, lines: Vec<Vec<Piece>>) -> Self {
        Self { tone: Tone::Done, title: title.into(), lines, is_shared: false }
    }

    /// Something that was asked for.
    pub fn facts(title: impl Into<String>, lines: Vec<Vec<Piece>>) -> Self {
        Self { tone: Tone::Facts, title: title.into(), lines, is_shared: false }
    }
}
