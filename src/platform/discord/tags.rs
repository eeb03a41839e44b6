//! Puts a route's tag on the member's message: a reaction, or a tag on the forum post.
//!
//! A post shows five tags at most; where there is no room, where Vigie may not make the
//! tag, and in channels that are no forums, the reaction stands in.

use std::fmt::Write as _;

use reqwest::Method;
use serde::Deserialize;
use serde_json::{Value, json};

use super::rest::Rest;
use crate::domain::ids::ChannelId;
use crate::domain::label::Route;
use crate::domain::settings::{Language, Tag};
use crate::domain::words::Words;
use crate::platform::{MessagePlace, PlatformError};

/// How many tags a post takes.
const TAGS_OF_POST: usize = 5;
/// How many tags a forum offers.
const TAGS_OF_FORUM: usize = 20;

/// A channel, as far as tags go. The forum's own tags stay as Discord wrote them, so that nothing is lost when they
/// are written back.
#[derive(Debug, Deserialize)]
struct Tagged {
    #[serde(rename = "type")]
    kind: u8,
    #[serde(default)]
    available_tags: Vec<Value>,
    #[serde(default)]
    applied_tags: Vec<String>,
}

/// Puts the tag on.
pub(super) async fn put(
    rest: &Rest,
    place: &MessagePlace,
    tag: Tag,
    route: Route,
    language: Language,
) -> Result<(), PlatformError> {
    match (tag, &place.thread) {
        (Tag::None, _) => Ok(()),
        (Tag::ForumTag, Some(post)) => {
            if put_forum_tag(rest, &place.channel, post, route, language).await? {
                return Ok(());
            }
            react(rest, Method::PUT, place, route).await
        }
        (Tag::Reaction, _) | (Tag::ForumTag, None) => react(rest, Method::PUT, place, route).await,
    }
}

/// Takes the tag off, and the reaction that may have stood in for it.
pub(super) async fn take_off(
    rest: &Rest,
    place: &MessagePlace,
    tag: Tag,
    route: Route,
) -> Result<(), PlatformError> {
    match (tag, &place.thread) {
        (Tag::None, _) => Ok(()),
        (Tag::ForumTag, Some(post)) => {
            if take_off_forum_tag(rest, &place.channel, post, route).await? {
                return Ok(());
            }
            react(rest, Method::DELETE, place, route).await
        }
        (Tag::Reaction, _) | (Tag::ForumTag, None) => react(rest, Method::DELETE, place, route).await,
    }
}

async fn react(rest: &Rest, method: Method, place: &MessagePlace, route: Route) -> Result<(), PlatformError> {
    let channel = place.thread.as_ref().unwrap_or(&place.channel);
    let emoji = percent_encoded(Words::emoji(route));
    let path = format!("/channels/{channel}/messages/{}/reactions/{emoji}/@me", place.message);
    rest.tell(method, &path, None::<&()>).await
}

fn percent_encoded(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        write!(encoded, "%{byte:02X}").expect("a string takes everything");
    }
    encoded
}

/// Whether the post has the tag now; `false` where it cannot have one.
async fn put_forum_tag(
    rest: &Rest,
    forum: &ChannelId,
    post: &ChannelId,
    route: Route,
    language: Language,
) -> Result<bool, PlatformError> {
    let offered: Tagged = rest.get(&format!("/channels/{forum}")).await?;
    if !offered.is_forum() {
        return Ok(false);
    }
    let tagged: Tagged = rest.get(&format!("/channels/{post}")).await?;
    let mut applied = tagged.applied_tags;
    if offered.tag(route).is_some_and(|tag| applied.contains(&tag)) {
        return Ok(true);
    }
    if applied.len() >= TAGS_OF_POST {
        return Ok(false);
    }
    let tag = match offered.tag(route) {
        Some(tag) => tag,
        None if offered.available_tags.len() >= TAGS_OF_FORUM => return Ok(false),
        None => match make_tag(rest, forum, offered.available_tags, route, language).await {
            Ok(tag) => tag,
            // Making tags needs a permission that Vigie can do without.
            Err(error @ PlatformError::Blocked { .. }) => {
                tracing::warn!(%forum, %error, "discord.tags: a reaction stands in for the tag");
                return Ok(false);
            }
            Err(error) => return Err(error),
        },
    };
    applied.push(tag);
    apply(rest, post, &applied).await?;
    Ok(true)
}

/// Whether the post had the tag; it has not any more.
async fn take_off_forum_tag(
    rest: &Rest,
    forum: &ChannelId,
    post: &ChannelId,
    route: Route,
) -> Result<bool, PlatformError> {
    let offered: Tagged = rest.get(&format!("/channels/{forum}")).await?;
    let Some(tag) = offered.tag(route).filter(|_| offered.is_forum()) else { return Ok(false) };
    let mut applied = rest.get::<Tagged>(&format!("/channels/{post}")).await?.applied_tags;
    let before = applied.len();
    applied.retain(|one| *one != tag);
    if applied.len() == before {
        return Ok(false);
    }
    apply(rest, post, &applied).await?;
    Ok(true)
}

async fn make_tag(
    rest: &Rest,
    forum: &ChannelId,
    mut tags: Vec<Value>,
    route: Route,
    language: Language,
) -> Result<String, PlatformError> {
    tags.push(json!({"name": Words::new(language).route(route), "moderated": false}));
    let now: Tagged = rest.patch(&format!("/channels/{forum}"), &json!({"available_tags": tags})).await?;
    now.tag(route).ok_or_else(|| PlatformError::Retry {
        after: None,
        reason: format!("forum {forum} does not show the tag that was made"),
        perhaps_posted: false,
    })
}

async fn apply(rest: &Rest, post: &ChannelId, tags: &[String]) -> Result<(), PlatformError> {
    rest.tell(Method::PATCH, &format!("/channels/{post}"), Some(&json!({"applied_tags": tags}))).await
}

impl Tagged {
    fn is_forum(&self) -> bool {
        super::directory::is_forum(self.kind.into())
    }

    /// The id of the route's tag, whichever language it was named in.
    fn tag(&self, route: Route) -> Option<String> {
        let names = [Language::En, Language::Fr].map(|language| Words::new(language).route(route));
        let found = self.available_tags.iter().find(|tag| {
            tag["name"].as_str().is_some_and(|name| names.iter().any(|ours| ours.eq_ignore_ascii_case(name)))
        })?;
        Some(found["id"].as_str()?.to_owned())
    }
}
