//! How often a bot may call, told as Discord tells it.
//!
//! Five posts in five seconds a channel are counted, on the stand-in's clock; for the rest there is plenty, but the
//! headers are there.

use jiff::{SignedDuration, Timestamp};

use super::refusal::Refusal;
use super::state::{Id, World};

const POSTS: u32 = 5;
const WINDOW: SignedDuration = SignedDuration::from_secs(5);

/// What a call has left of its bucket.
pub struct Quota {
    /// Whether it had nothing left: it is not done.
    pub is_spent: bool,
    limit: u32,
    remaining: u32,
    now: Timestamp,
    reset: Timestamp,
    bucket: String,
}

impl Quota {
    /// Of a call that is not counted.
    pub fn plenty(now: Timestamp) -> Self {
        let reset = now + SignedDuration::from_secs(1);
        Self { is_spent: false, limit: 50, remaining: 49, now, reset, bucket: "plenty".to_owned() }
    }

    /// Of a call that a test wants to be one too many.
    pub fn spent(now: Timestamp, seconds: u32) -> Self {
        let reset = now + SignedDuration::from_secs(i64::from(seconds));
        Self { is_spent: true, remaining: 0, reset, ..Self::plenty(now) }
    }

    /// Counts the call.
    pub fn take(world: &mut World, method: &str, path: &str) -> Self {
        let now = world.now();
        let Some(channel) = posted_into(method, path).filter(|_| !world.settings.unlimited) else {
            return Self::plenty(now);
        };
        let window = world.windows.entry(channel).or_insert((now, 0));
        if now.duration_since(window.0) >= WINDOW {
            *window = (now, 0);
        }
        let is_spent = window.1 >= POSTS;
        window.1 = (window.1 + 1).min(POSTS);
        let remaining = POSTS - window.1;
        let bucket = format!("posts{channel:x}");
        Self { is_spent, limit: POSTS, remaining, now, reset: window.0 + WINDOW, bucket }
    }

    /// The seconds until there is more.
    pub fn reset_after(&self) -> f64 {
        self.reset.duration_since(self.now).as_secs_f64()
    }

    /// The answer to a call too many.
    pub fn refusal() -> Refusal {
        let message = "You are being rate limited.".to_owned();
        Refusal { status: 429, code: 0, message, violation: None }
    }

    /// Discord's headers.
    pub fn headers(&self) -> Vec<(&'static str, String)> {
        let after = self.reset_after();
        let mut headers = vec![
            ("x-ratelimit-limit", self.limit.to_string()),
            ("x-ratelimit-remaining", self.remaining.to_string()),
            (
                "x-ratelimit-reset",
                format!("{:.3}", self.reset.duration_since(Timestamp::UNIX_EPOCH).as_secs_f64()),
            ),
            ("x-ratelimit-reset-after", format!("{after:.3}")),
            ("x-ratelimit-bucket", self.bucket.clone()),
        ];
        if self.is_spent {
            headers.push(("x-ratelimit-scope", "user".to_owned()));
            headers.push(("retry-after", format!("{:.0}", after.ceil())));
        }
        headers
    }
}

/// The channel that a call posts into.
fn posted_into(method: &str, path: &str) -> Option<Id> {
    let channel = path.strip_prefix("/channels/")?.strip_suffix("/messages")?;
    channel.parse().ok().filter(|_| method == "POST")
}
