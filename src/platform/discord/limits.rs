//! How many calls are left, as Discord's headers tell it, and five posts in five seconds a channel without them.
//!
//! Counted per method and route with its major parameter (the channel, the guild), which is what Discord's buckets
//! hang on. Interaction answers and webhooks have limits of their own, far away, and must never wait.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use reqwest::Method;
use reqwest::header::HeaderMap;
use tokio::time::Instant;

/// Discord takes five posts in five seconds a channel.
const POSTS: usize = 5;
/// In this time.
const POSTS_WINDOW: Duration = Duration::from_secs(5);
/// Above so many remembered routes, those whose window is over are forgotten.
const REMEMBERED: usize = 512;

/// How many calls are left.
#[derive(Debug, Default)]
pub(super) struct Limits(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    /// Nothing at all may be called before.
    closed_until: Option<Instant>,
    windows: HashMap<String, Window>,
    posts: HashMap<String, Posts>,
}

/// What the headers of a route's last answer said.
#[derive(Debug)]
struct Window {
    remaining: u32,
    reset: Instant,
}

/// The posts into one channel that Discord may still be counting.
#[derive(Debug, Default)]
struct Posts {
    under_way: usize,
    /// When the answers came: Discord has begun to count no later than that.
    answered: Vec<Instant>,
}

/// A call that may be made now.
#[derive(Debug)]
pub(super) struct Seat<'a> {
    limits: &'a Limits,
    /// The route; none for calls that are not counted.
    route: Option<String>,
    is_post: bool,
}

impl Limits {
    /// A seat for a call, or how long to wait for one.
    pub(super) fn take(&self, method: &Method, path: &str, now: Instant) -> Result<Seat<'_>, Duration> {
        if is_exempt(path) {
            return Ok(Seat { limits: self, route: None, is_post: false });
        }
        let route = route(method, path);
        let is_post = *method == Method::POST && is_channel_messages(path);
        let mut known = self.lock();
        if let Some(wait) = known.closed_until.and_then(|until| later(until, now)) {
            return Err(wait);
        }
        if let Some(window) = known.windows.get_mut(&route) {
            match later(window.reset, now) {
                Some(wait) if window.remaining == 0 => return Err(wait),
                Some(_) => window.remaining -= 1,
                None => {}
            }
        }
        if is_post {
            known.posts.entry(route.clone()).or_default().take(now)?;
        }
        Ok(Seat { limits: self, route: Some(route), is_post })
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Posts {
    /// Counts a post that starts now, or says how long to wait.
    fn take(&mut self, now: Instant) -> Result<(), Duration> {
        self.answered.retain(|at| *at + POSTS_WINDOW > now);
        if self.under_way + self.answered.len() < POSTS {
            self.under_way += 1;
            return Ok(());
        }
        // While all five are still under way their window has not even begun.
        Err(self.answered.first().map_or(POSTS_WINDOW, |first| *first + POSTS_WINDOW - now))
    }
}

impl Seat<'_> {
    /// Discord has answered: what its headers say counts from now on.
    pub(super) fn answered(&mut self, headers: &HeaderMap, now: Instant) {
        let Some(route) = &self.route else { return };
        let mut known = self.limits.lock();
        if self.is_post {
            self.is_post = false;
            let posts = known.posts.entry(route.clone()).or_default();
            posts.under_way = posts.under_way.saturating_sub(1);
            posts.answered.push(now);
        }
        let number = |name: &str| headers.get(name)?.to_str().ok()?.parse::<f64>().ok();
        let (Some(remaining), Some(after)) =
            (number("x-ratelimit-remaining"), number("x-ratelimit-reset-after"))
        else {
            return;
        };
        let Ok(after) = Duration::try_from_secs_f64(after) else { return };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a float cast saturates")]
        let mut remaining = remaining as u32;
        if let Some(window) = known.windows.get(route).filter(|window| window.reset > now) {
            // Calls that are still under way have been taken off already, and Discord does not know them yet.
            remaining = remaining.min(window.remaining);
        }
        known.windows.insert(route.clone(), Window { remaining, reset: now + after });
        known.forget(now);
    }

    /// Discord has refused the call as one too many.
    pub(super) fn refused(&self, is_global: bool, wait: Duration, now: Instant) {
        let mut known = self.limits.lock();
        if is_global {
            known.closed_until = Some(now + wait);
        } else if let Some(route) = &self.route {
            known.windows.insert(route.clone(), Window { remaining: 0, reset: now + wait });
        }
    }
}

/// A post that was given up under way may have arrived: it counts from now on.
impl Drop for Seat<'_> {
    fn drop(&mut self) {
        if let (true, Some(route)) = (self.is_post, &self.route) {
            let mut known = self.limits.lock();
            let posts = known.posts.entry(route.clone()).or_default();
            posts.under_way = posts.under_way.saturating_sub(1);
            posts.answered.push(Instant::now());
        }
    }
}

impl Known {
    fn forget(&mut self, now: Instant) {
        if self.windows.len() > REMEMBERED {
            self.windows.retain(|_, window| window.reset > now);
        }
        if self.posts.len() > REMEMBERED {
            self.posts.retain(|_, posts| {
                posts.under_way > 0 || posts.answered.iter().any(|at| *at + POSTS_WINDOW > now)
            });
        }
    }
}

/// How long it is until then; `None` when it is past.
fn later(then: Instant, now: Instant) -> Option<Duration> {
    then.checked_duration_since(now).filter(|wait| !wait.is_zero())
}

fn is_exempt(path: &str) -> bool {
    path.starts_with("/interactions/") || path.starts_with("/webhooks/")
}

fn is_channel_messages(path: &str) -> bool {
    path.strip_prefix("/channels/")
        .and_then(|rest| rest.strip_suffix("/messages"))
        .is_some_and(|id| !id.contains('/'))
}

/// The method and the route with its major parameter: every other id is left out, and so is the query.
fn route(method: &Method, path: &str) -> String {
    let mut route = method.as_str().to_owned();
    let path = path.split('?').next().unwrap_or_default();
    let mut before = "";
    for (place, part) in path.split('/').skip(1).enumerate() {
        let is_id = part.bytes().all(|b| b.is_ascii_digit()) || before == "reactions";
        let is_major = place == 1 && matches!(before, "channels" | "guilds");
        route.push('/');
        route.push_str(if is_id && !is_major { "{}" } else { part });
        before = part;
    }
    route
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const HERE: &str = "/channels/10/messages";

    fn headers(remaining: &str, after: &str) -> HeaderMap {
        let pairs = [("x-ratelimit-remaining", remaining), ("x-ratelimit-reset-after", after)];
        pairs
            .iter()
            .map(|(name, value)| (name.parse().expect("a name"), value.parse().expect("a value")))
            .collect()
    }

    #[test]
    fn a_route_keeps_its_channel_and_no_other_id() {
        let reaction = "/channels/10/messages/99/reactions/%F0%9F%94%A7/@me";
        assert_eq!(route(&Method::PUT, reaction), "PUT/channels/10/messages/{}/reactions/{}/@me");
        assert_eq!(route(&Method::GET, "/channels/10/messages?after=5"), "GET/channels/10/messages");
        assert_eq!(route(&Method::GET, "/guilds/7/members/5"), "GET/guilds/7/members/{}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_waits_for_the_reset_that_the_last_answer_named() {
        let limits = Limits::default();
        let now = Instant::now();
        limits.take(&Method::GET, HERE, now).expect("nothing is known").answered(&headers("0", "2.5"), now);
        let wait =
            limits.take(&Method::GET, HERE, now + Duration::from_secs(1)).expect_err("nothing is left");
        assert_eq!(wait, Duration::from_millis(1500));
        assert!(limits.take(&Method::GET, HERE, now + Duration::from_millis(2500)).is_ok());
        assert!(limits.take(&Method::GET, "/channels/11/messages", now).is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn a_global_limit_closes_every_route_but_interactions() {
        let limits = Limits::default();
        let now = Instant::now();
        limits.take(&Method::GET, HERE, now).expect("free").refused(true, Duration::from_secs(3), now);
        assert!(limits.take(&Method::GET, "/users/@me", now).is_err());
        assert!(limits.take(&Method::POST, "/interactions/1/t/callback", now).is_ok());
    }

    proptest! {
        /// Whatever the answers' delays, no window of five seconds on Discord's side sees six arrivals.
        #[test]
        fn discord_never_counts_six_posts_in_five_seconds(
            delays in proptest::collection::vec((0u64..3000, 0u64..3000, 0u64..2000), 1..60)
        ) {
            let limits = Limits::default();
            let start = Instant::now();
            let mut now = start;
            let mut arrivals = Vec::new();
            for (there, back, pause) in delays {
                now += Duration::from_millis(pause);
                let mut seat = loop {
                    match limits.take(&Method::POST, HERE, now) {
                        Ok(seat) => break seat,
                        Err(wait) => now += wait,
                    }
                };
                now += Duration::from_millis(there);
                arrivals.push(now);
                now += Duration::from_millis(back);
                seat.answered(&HeaderMap::new(), now);
            }
            for six in arrivals.windows(6) {
                prop_assert!(six[5] - six[0] >= POSTS_WINDOW);
            }
        }
    }
}
