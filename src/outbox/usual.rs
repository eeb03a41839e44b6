//! How long a desk usually takes to answer, as members are told: worked out now and then, not for each of them.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::domain::ids::CommunityId;
use crate::domain::label::Route;
use crate::domain::settings::Settings;
use crate::domain::time::{Span, Timestamp};
use crate::stats::{self, Question};
use crate::store::{Store, StoreError};

/// Usual times are those of the last so many days …
const USUAL_DAYS: i64 = 30;
/// … and said only when so many were answered.
const USUAL_FROM: usize = 5;
/// For how long a usual time is said before it is worked out anew.
const FRESH: Span = Span::minutes(10);

/// The usual time of each desk.
#[derive(Debug, Default)]
pub(super) struct UsualTimes(Mutex<HashMap<(CommunityId, Route), Usual>>);

/// A usual time, if enough were answered to say, and when it was worked out.
#[derive(Clone, Copy, Debug)]
struct Usual {
    time: Option<Span>,
    at: Timestamp,
}

impl UsualTimes {
    /// The median of a desk's response times, in its opening hours; `None` when too few were answered to say.
    pub(super) async fn of(
        &self,
        store: &dyn Store,
        settings: &Settings,
        route: Route,
        now: Timestamp,
    ) -> Result<Option<Span>, StoreError> {
        let desk = (settings.community.id.clone(), route);
        let known = self.lock().get(&desk).copied();
        if let Some(Usual { time, at }) = known
            && Span::between(at, now) < FRESH
        {
            return Ok(time);
        }
        let from = Some(super::earlier(now, Span::minutes(USUAL_DAYS * 24 * 60)));
        let question = Question { from, route: Some(route), ..Question::default() };
        let figures = stats::answer(store, settings, &question, now).await?;
        let usual = figures.total.first_response.business.filter(|summary| summary.count >= USUAL_FROM);
        let time = usual.map(|summary| Span::seconds(summary.p50.max(60)));
        self.lock().insert(desk, Usual { time, at: now });
        Ok(time)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<(CommunityId, Route), Usual>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
