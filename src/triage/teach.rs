//! What people's decisions teach the judge.

use super::Triage;
use crate::classify::learn::{Adaptation, Seen};
use crate::classify::model::{Model, Prior};
use crate::domain::ids::{CommunityId, MessageId, RequestId, UserId};
use crate::domain::judgement::Zone;
use crate::domain::label::Label;
use crate::domain::lesson::{Lesson, Source, Week};
use crate::domain::request::{Request, Step};
use crate::domain::time::{Span, Timestamp};
use crate::domain::verdict::Stage;
use crate::store::StoreError;
use crate::store::judge::Taught;

/// How many earlier lessons are gone over with each new one.
const REHEARSED: u32 = 12;

/// Over how long it is counted how many messages come out in which zone.
const LATELY: Span = Span::minutes(7 * 24 * 60);

/// What somebody says of a message.
pub(super) struct Said<'a> {
    pub message: &'a MessageId,
    pub request: Option<&'a RequestId>,
    /// What it says; `None` when the text is gone.
    pub text: Option<&'a str>,
    pub label: Label,
    pub source: Source,
    pub zone: Zone,
    pub decided: Label,
    pub by: &'a UserId,
    pub at: Timestamp,
}

impl Triage {
    /// What a step that somebody takes with a request teaches.
    pub(super) async fn taught_by_step(
        &self,
        request: &Request,
        step: &Step,
        at: Timestamp,
    ) -> Result<Option<Taught>, StoreError> {
        let Some((label, source, by)) = lesson_of(request, step) else { return Ok(None) };
        let text = request.text();
        let by_person = request.verdict.stage == Stage::Given;
        let said = Said {
            message: &request.opener().id,
            request: Some(&request.id),
            text: Some(text.as_str()).filter(|text| !text.is_empty()),
            label,
            source,
            // What a person had sent there did not come out of the judge as a ping.
            zone: if by_person { Zone::Review } else { Zone::Ping },
            decided: if by_person {
                Label::None
            } else if request.reroutes == 0 {
                request.route.label()
            } else {
                request.verdict.label
            },
            by,
            at,
        };
        self.taught(&request.community, &said).await
    }

    /// The lesson, and what is known after it.
    pub(super) async fn taught(
        &self,
        community: &CommunityId,
        said: &Said<'_>,
    ) -> Result<Option<Taught>, StoreError> {
        let Some(known) = self.communities.of(community).await? else { return Ok(None) };
        let seen = self.seen(community, said.at).await?;
        let mut adaptation = known.judge.known().clone();
        let (shared, own) = if let Some(text) = said.text {
            let predicted = predicted(&adaptation, text);
            self.learn(community, &mut adaptation, said, text, seen).await?;
            predicted
        } else {
            adaptation.count(said.label, said.zone, seen);
            (None, None)
        };
        let lesson = Lesson {
            message: said.message.clone(),
            request: said.request.cloned(),
            at: said.at,
            by: said.by.clone(),
            source: said.source,
            zone: said.zone,
            label: said.label,
            decided: said.decided,
            shared,
            own,
            // By our clock: what is learnt last has to stand in the last week, whenever it was said.
            week: Week::of(self.clock.now(), &known.settings.community.timezone),
        };
        Ok(Some(Taught { lesson, state: adaptation.to_bytes(), learnt: known.versions.learnt }))
    }

    async fn learn(
        &self,
        community: &CommunityId,
        adaptation: &mut Adaptation,
        said: &Said<'_>,
        text: &str,
        seen: Seen,
    ) -> Result<(), StoreError> {
        let model = Model::shipped();
        adaptation.learn(&model.look(text), said.label, said.zone, seen);
        for (label, text) in self.store.lesson_texts(community, REHEARSED).await? {
            adaptation.rehearse(&model.look(&text), label);
        }
        Ok(())
    }

    #[expect(clippy::cast_precision_loss, reason = "counts of a week stay far below 2^52")]
    async fn seen(&self, community: &CommunityId, at: Timestamp) -> Result<Seen, StoreError> {
        let from = at.as_millisecond() - LATELY.as_milliseconds();
        let from = Timestamp::from_millisecond(from).unwrap_or(Timestamp::MIN);
        let counts = self.store.zone_counts(community, from, at).await?;
        Ok([counts.ping, counts.review, counts.quiet].map(|count| count as f64))
    }
}

/// What a step says of the request's message, and who says so.
fn lesson_of<'a>(request: &Request, step: &'a Step) -> Option<(Label, Source, &'a UserId)> {
    match step {
        Step::Reroute { by, to } => Some((to.label(), Source::Reroute, by)),
        Step::Dismiss { by } => Some((Label::None, Source::Dismiss, by)),
        Step::Answer { by, .. } => {
            let is_confirmed = request.first_claim.is_some()
                && request.first_response.is_none()
                && request.reroutes == 0
                && request.verdict.stage != Stage::Given;
            is_confirmed.then(|| (request.route.label(), Source::Confirm, by))
        }
        Step::Claim { .. }
        | Step::Correct { .. }
        | Step::Unanswer { .. }
        | Step::CommunityAnswer { .. }
        | Step::HandOver { .. }
        | Step::Snooze { .. }
        | Step::Urge { .. }
        | Step::FallDue { .. }
        | Step::Resolve { .. }
        | Step::Append { .. }
        | Step::Edit { .. }
        | Step::Delete { .. } => None,
    }
}

/// What the shared model says of a text, and what is said with all that was taught before.
fn predicted(known: &Adaptation, text: &str) -> (Option<Label>, Option<Label>) {
    let look = Model::shipped().look(text);
    let shared = look.verdict(look.scores().probabilities(Prior::default()), |_| [0.0; 4]).label;
    let own = look.verdict(known.shares(&look), |_| [0.0; 4]).label;
    (Some(shared), Some(own))
}
