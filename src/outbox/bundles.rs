//! The one ping for many: for requests whose cards appeared without a ping, and for those of which somebody above the
//! desk was told without one.
//!
//! Within an hour the post that pinged shows what came since, instead of a further ping.

use super::notes::{BUDGET_TIME, above, channel_of, named};
use super::{LONGEST_CALL, Outbox, earlier};
use crate::communities::Known;
use crate::domain::card::Piece;
use crate::domain::ids::{ChannelId, RequestId, RoleId};
use crate::domain::label::Route;
use crate::domain::notice::{Notice, QueuedNotice};
use crate::domain::request::{Deadline, Request};
use crate::domain::time::Timestamp;
use crate::domain::words::Words;
use crate::platform::{Note, NoteButton, Platform, PlatformError};
use crate::store::{Bundle, Delivery, PostedCard, StoreError};

/// How many requests a bundle names.
const NAMED: usize = 20;

/// A bundle on its way to whom it concerns.
struct Errand<'a> {
    outbox: &'a Outbox,
    platform: &'a dyn Platform,
    notice: &'a QueuedNotice,
    role: &'a RoleId,
    channel: &'a ChannelId,
    /// The post of this hour.
    bundle: Option<Bundle>,
}

/// Pings a desk for all requests whose cards appeared without a ping.
pub(super) async fn cards(
    outbox: &Outbox,
    known: &Known,
    platform: &dyn Platform,
    notice: &QueuedNotice,
    route: Route,
) -> Result<Delivery, StoreError> {
    let Some(desk) = known.settings.desk(route) else { return Ok(Delivery::Done(None)) };
    if let Some(held) = held_while_closed(outbox, known, route) {
        return Ok(held);
    }
    let (community, role) = (&notice.community, &desk.role);
    let lately = earlier(outbox.clock.now(), BUDGET_TIME);
    let bundle = outbox.store.last_bundle(notice, role, &desk.channel, lately).await?;
    let waiting = outbox.store.held(community, route, bundle.as_ref().map(|bundle| &bundle.notice)).await?;
    if waiting.is_empty() {
        return Ok(Delivery::Done(None));
    }
    let pings = outbox.store.pings_since(community, role, lately).await?;
    let is_after_hours = bundle.is_none() && pings < u64::from(desk.max_pings_per_hour);
    let words = Words::new(known.settings.community.language);
    let note = listed(&waiting, platform, words, words.bundle(route, waiting.len(), is_after_hours));
    let requests = waiting.into_iter().map(|request| request.id).collect();
    Errand { outbox, platform, notice, role, channel: &desk.channel, bundle }.show(note, requests).await
}

/// Pings who is above a desk for all requests of which they were told without a ping, as far as that is still true.
pub(super) async fn rings(
    outbox: &Outbox,
    known: &Known,
    platform: &dyn Platform,
    notice: &QueuedNotice,
    route: Route,
    deadline: Deadline,
) -> Result<Delivery, StoreError> {
    let desk = known.settings.desk(route);
    let Some((desk, (role, is_coordinator))) =
        desk.and_then(|desk| above(known, desk, deadline).map(|above| (desk, above)))
    else {
        return Ok(Delivery::Done(None));
    };
    if let Some(held) = held_while_closed(outbox, known, route) {
        return Ok(held);
    }
    let channel = channel_of(known, desk, is_coordinator);
    let lately = earlier(outbox.clock.now(), BUDGET_TIME);
    let bundle = outbox.store.last_bundle(notice, &role, channel, lately).await?;
    let by = bundle.as_ref().map(|bundle| &bundle.notice);
    let held = outbox.store.held_rings(&notice.community, Notice::Ring { route, deadline }, by).await?;
    if held.is_empty() {
        return Ok(Delivery::Done(None));
    }
    let requests = held.iter().map(|(request, _)| request.id.clone()).collect();
    let is_true =
        |(request, told): &(Request, Deadline)| request.route == route && told.is_still_true(request);
    let waiting: Vec<Request> = held.into_iter().filter(is_true).map(|(request, _)| request).collect();
    if waiting.is_empty() {
        // Nothing is left to be told; what was held is done with.
        let by = bundle.map_or_else(|| notice.id.clone(), |bundle| bundle.notice);
        return Ok(Delivery::Bundled { by, post: None, role, requests });
    }
    let words = Words::new(known.settings.community.language);
    let note = Note {
        button: Some(NoteButton::figures(words)),
        ..listed(&waiting, platform, words, words.bundle_of_late(route, waiting.len()))
    };
    Errand { outbox, platform, notice, role: &role, channel, bundle }.show(note, requests).await
}

impl Errand<'_> {
    /// Adds to the post of this hour; posts when there is none, or when somebody has deleted it.
    async fn show(self, mut note: Note, requests: Vec<RequestId>) -> Result<Delivery, StoreError> {
        let Self { outbox, platform, notice, role, channel, bundle } = self;
        let role = role.clone();
        if let Some(Bundle { notice: by, post }) = bundle {
            match platform.edit_note(&notice.community, &post.channel, &post.post, &note).await {
                Err(PlatformError::Gone { .. }) => {}
                edited => {
                    let told = edited.map(|()| Delivery::Bundled { by, post: None, role, requests });
                    return Ok(outbox.outcome(notice, told));
                }
            }
        }
        let is_first = !outbox.may_have_been_sent(notice);
        note.role = Some(role.clone()).filter(|_| is_first);
        outbox.hold(notice, LONGEST_CALL).await?;
        let posted = platform.post_note(&notice.community, channel, &notice.id, &note).await;
        let told = posted.map(|post| {
            let post = Some(PostedCard { channel: channel.clone(), post });
            Delivery::Bundled { by: notice.id.clone(), post, role, requests }
        });
        Ok(outbox.outcome(notice, told))
    }
}

/// While the desk is closed nobody is pinged for it.
fn held_while_closed(outbox: &Outbox, known: &Known, route: Route) -> Option<Delivery> {
    let (clock, now) = (known.settings.clock(route), outbox.clock.now());
    let opens = || clock.next_opening(now).unwrap_or(Timestamp::MAX);
    (!clock.is_open(now)).then(|| Delivery::Held { bundle_at: opens() })
}

/// What a bundle says of the requests in it.
fn listed(waiting: &[Request], platform: &dyn Platform, words: Words, title: String) -> Note {
    let mut lines = vec![vec![Piece::text(title)]];
    for request in waiting.iter().take(NAMED) {
        let mut line = vec![Piece::text("• ")];
        line.extend(named(request, platform, words));
        lines.push(line);
    }
    if waiting.len() > NAMED {
        lines.push(vec![Piece::text(words.and_more(waiting.len() - NAMED))]);
    }
    Note { lines, ..Note::default() }
}
