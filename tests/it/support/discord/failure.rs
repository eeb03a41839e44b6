//! Failures that a test orders: Discord on a bad day.

use super::state::World;

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// Answered with this status, and not done.
    Status(u16),
    /// Answered 429, to be tried again after so many seconds, and not done.
    RateLimited(u32),
    /// Never answered, and not done.
    Hang,
    /// The connection breaks, and nothing was done.
    Cut,
    /// It is done, and the connection breaks before the answer is out.
    LoseAnswer,
}

/// A failure that waits for its call.
pub struct Injected {
    route: String,
    failure: Failure,
    times: usize,
}

impl World {
    /// The next `times` calls of `route` fail.
    pub fn inject(&mut self, route: &str, failure: Failure, times: usize) {
        let named = route.split('/').map(|segment| match segment.strip_prefix('#') {
            Some(name) => self.channel(name).id.to_string(),
            None => segment.to_owned(),
        });
        let route = named.collect::<Vec<_>>().join("/");
        self.failures.push(Injected { route, failure, times });
    }

    /// The failure that this call runs into, if any; counts it.
    pub fn failure_for(&mut self, method: &str, path: &str) -> Option<Failure> {
        let hit = self
            .failures
            .iter_mut()
            .find(|injected| injected.times > 0 && matches(&injected.route, method, path))?;
        hit.times -= 1;
        Some(hit.failure)
    }
}

/// Whether `METHOD /a/*/c` fits; a star takes one segment, and at the end all that follow.
fn matches(route: &str, method: &str, path: &str) -> bool {
    let Some((wanted, pattern)) = route.split_once(' ') else { return false };
    if wanted != "*" && wanted != method {
        return false;
    }
    let pattern: Vec<_> = pattern.split('/').filter(|segment| !segment.is_empty()).collect();
    let path: Vec<_> = path.split('/').filter(|segment| !segment.is_empty()).collect();
    let open_ended = pattern.last() == Some(&"*") && path.len() >= pattern.len();
    (open_ended || pattern.len() == path.len())
        && pattern.iter().zip(&path).all(|(wanted, segment)| *wanted == "*" || wanted == segment)
}
