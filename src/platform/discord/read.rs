//! Reads messages back from Discord: for the review list, the audit, and to try a rule on what was written lately.
//!
//! Nothing of what is read here is kept.

use serenity::model::channel::Message;
use serenity::model::id::{ChannelId as Channel, GuildId};

use super::directory::Place;
use super::events::{Membership, Said};
use super::{Discord, channel_of, guild_of};
use crate::domain::ids::{ChannelId, CommunityId};
use crate::domain::message::IncomingMessage;
use crate::domain::settings::Settings;
use crate::platform::{MessagePlace, PlatformError};

/// How many messages Discord gives at a time.
const PAGE: usize = 100;

impl Discord {
    /// A member's message as it is now; `None` when it is gone.
    pub(super) async fn read_message(
        &self,
        community: &CommunityId,
        place: &MessagePlace,
    ) -> Result<Option<IncomingMessage>, PlatformError> {
        let (Some(guild), Some(channel)) = (guild_of(community), channel_of(&place.channel)) else {
            return Ok(None);
        };
        let thread = place.thread.as_ref().and_then(channel_of);
        let path = format!("/channels/{}/messages/{}", thread.unwrap_or(channel), place.message);
        let message: Message = match self.rest.get(&path).await {
            Ok(message) => message,
            Err(PlatformError::Gone { .. }) => return Ok(None),
            Err(error) => return Err(error),
        };
        let known = self.triage.communities().of(community).await.map_err(busy)?;
        Ok(known.map(|known| said(&message, guild, &place_of(self, guild, channel, thread), &known.settings)))
    }

    /// The last messages of a watched channel, oldest first.
    pub(super) async fn recent_messages(
        &self,
        community: &CommunityId,
        channel: &ChannelId,
        limit: usize,
    ) -> Result<Vec<IncomingMessage>, PlatformError> {
        let (Some(guild), Some(channel)) = (guild_of(community), channel_of(channel)) else {
            return Ok(Vec::new());
        };
        let known = self.triage.communities().of(community).await.map_err(busy)?;
        let Some(known) = known else { return Ok(Vec::new()) };
        self.directory.check_own(&self.rest, guild, channel).await?;
        let path = format!("/channels/{channel}/messages?limit={}", limit.clamp(1, PAGE));
        let mut messages: Vec<Message> = self.rest.get(&path).await?;
        messages.reverse();
        let place = place_of(self, guild, channel, None);
        Ok(messages.iter().map(|message| said(message, guild, &place, &known.settings)).collect())
    }
}

/// The message as the domain has it. Who wrote it counts as a member: roles are not asked for to read a text.
fn said(message: &Message, guild: GuildId, place: &Place, settings: &Settings) -> IncomingMessage {
    Said::of(message, guild).message(place, &Membership::default(), settings)
}

fn place_of(discord: &Discord, guild: GuildId, channel: Channel, thread: Option<Channel>) -> Place {
    let known = discord.directory.known_place(guild, thread.unwrap_or(channel));
    known.unwrap_or(Place { channel, thread, title: None })
}

/// The settings cannot be read just now.
#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err takes")]
fn busy(error: crate::store::StoreError) -> PlatformError {
    PlatformError::Retry { after: None, reason: error.to_string(), perhaps_posted: false }
}
