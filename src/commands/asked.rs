//! What commands are asked with: who asks, and the options that are more than a value.

use crate::domain::ids::{ChannelId, CommunityId, MessageId, RoleId, UserId};
use crate::domain::label::Route;
use crate::domain::request::Request;

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
#[derive(Clone, Debug)]
pub struct Caller {
    /// Where.
    pub community: CommunityId,
    /// The community's name, for its first settings.
    pub community_name: String,
    /// In which channel; for a thread, the channel that it belongs to.
    pub channel: ChannelId,
    /// Who.
    pub user: UserId,
    /// Their roles at this moment.
    pub roles: Vec<RoleId>,
    /// Whether they may manage the community (*Manage Server*) at this moment.
    pub is_administrator: bool,
    /// The address of a request's message on their platform.
    pub link: fn(&Request) -> String,
    /// How large a file that goes with a reply may be on their platform, in bytes.
    pub largest_file: usize,
}
