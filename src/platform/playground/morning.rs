//! Plays a busy morning: three hours of a made-up community in a quarter of a minute.
//!
//! What happens has the time stamps of the last three hours, so that response times come out as they would on a real
//! morning and the member who still waits at its end waits now.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use super::script::{Event, Happening, Script};
use super::{Morning, Playground, PlaygroundError};
use crate::domain::ids::MessageId;
use crate::domain::judgement::Zone;
use crate::domain::review::ReviewPress;
use crate::domain::time::{Span, Timestamp};

/// How long the whole morning takes to play.
const PLAYED_IN: Duration = Duration::from_secs(14);
/// How often a press waits for its card before it is left out.
const LOOKS: u32 = 200;
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// The channel and the id of each message that an event has named.
type Messages = HashMap<String, (String, String)>;

/// Plays the morning to its end.
pub async fn play(playground: &Arc<Playground>, script: &Script) {
    let of = script.events.len();
    let pause = PLAYED_IN / u32::try_from(of.max(1)).unwrap_or(u32::MAX);
    let start = before(playground.core.clock.now(), script.length());
    let mut messages = Messages::new();
    for (done, event) in script.events.iter().enumerate() {
        playground.morning_is(Morning { playing: true, done, of });
        let at = after(start, Span::seconds(event.after));
        if let Err(error) = happen(playground, event, at, &mut messages).await {
            tracing::warn!(%error, "playground.morning: an event was left out");
        }
        tokio::time::sleep(pause).await;
    }
    playground.morning_is(Morning { playing: false, done: of, of });
}

async fn happen(
    playground: &Playground,
    event: &Event,
    at: Timestamp,
    messages: &mut Messages,
) -> Result<(), PlaygroundError> {
    let named = |messages: &Messages, key: &str| {
        messages
            .get(key)
            .cloned()
            .ok_or(PlaygroundError::Wrong("the script names a message that is not there"))
    };
    match &event.what {
        Happening::Post { key, channel, author, text, reply_to } => {
            let reply_to = reply_to.as_deref().map(|to| named(messages, to)).transpose()?;
            let post = playground
                .post(channel, author, text, reply_to.as_ref().map(|(_, id)| id.as_str()), at)
                .await?;
            messages.insert(key.clone(), (post.channel, post.id));
        }
        Happening::Press { by, button, on, value } => {
            let (_, message) = named(messages, on)?;
            let request = request_of(playground, &MessageId::new(message)).await?;
            playground.act(by, &format!("vigie:{button}:{request}"), value.as_deref(), at).await?;
        }
        Happening::Review { by, on, label } => {
            let (_, message) = named(messages, on)?;
            let press = ReviewPress { message: MessageId::new(message), label: *label };
            until_listed(playground, &press.message).await?;
            playground.act(by, &press.custom_id(), None, at).await?;
        }
        Happening::Edit { key, text } => {
            let (channel, id) = named(messages, key)?;
            playground.edit(&channel, &id, text, at).await?;
        }
        Happening::Delete { key } => {
            let (channel, id) = named(messages, key)?;
            playground.delete(&channel, &id, at).await?;
        }
    }
    Ok(())
}

/// The request that a message opened; it is judged in the meantime, so this looks more than once.
async fn request_of(playground: &Playground, message: &MessageId) -> Result<String, PlaygroundError> {
    for _ in 0..LOOKS {
        if let Some(request) = playground.core.store.request_of(&playground.community, message).await? {
            return Ok(request.id.to_string());
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
    Err(PlaygroundError::Wrong("the message opened no request"))
}

/// Waits until a message is listed for review, as long as [`request_of`] does.
async fn until_listed(playground: &Playground, message: &MessageId) -> Result<(), PlaygroundError> {
    for _ in 0..LOOKS {
        let judged = playground.core.store.judged(&playground.community, message).await?;
        if judged.is_some_and(|judged| judged.judged.judgement.zone == Zone::Review) {
            return Ok(());
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
    Err(PlaygroundError::Wrong("the message is in no review list"))
}

fn before(at: Timestamp, span: Span) -> Timestamp {
    Timestamp::from_millisecond(at.as_millisecond() - span.as_milliseconds()).unwrap_or(at)
}

fn after(at: Timestamp, span: Span) -> Timestamp {
    Timestamp::from_millisecond(at.as_millisecond() + span.as_milliseconds()).unwrap_or(at)
}
