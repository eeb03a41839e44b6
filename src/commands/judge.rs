//! `/judge`: how right the judge was, what it has learnt, and the way to take it back.

use super::ask::Ask;
use super::{File, Image, Reply, ReplyButton};
use crate::domain::card::Piece;
use crate::domain::label::Route;
use crate::domain::lesson::Week;
use crate::domain::settings::Settings;
use crate::stats::chart::{Chart, Series};
use crate::stats::judging::{Hits, Judging, recall};
use crate::store::StoreError;
use crate::store::judge::Audit;

/// Weeks that are shown.
const WEEKS: i64 = 12;

impl Ask<'_> {
    /// `/judge`.
    pub(super) async fn judge(&self, settings: &Settings) -> Result<Reply, StoreError> {
        let (words, store, community) = (self.words, self.triage.store(), &self.caller.community);
        let zone = &settings.community.timezone;
        let this = Week::of(self.now, zone);
        let lessons = store.lessons(community, this.before(WEEKS - 1).begins(zone)).await?;
        let of_this_week: Vec<_> = lessons.iter().filter(|lesson| lesson.week == this).cloned().collect();
        let (all, week) = (Judging::of(&lessons), Judging::of(&of_this_week));

        let mut lines = vec![self.text(words.learnt_this_week(&week.sources))];
        if let (Some(own), Some(shared)) = (all.own, all.shared) {
            lines.push(self.text(words.accuracy_before_learning(all.labels, own, shared)));
            let known = self.triage.communities().of(community).await?;
            lines.extend(known.map(|known| self.text(words.trusted(known.judge.known().trust().weights))));
        }
        for route in Route::ALL {
            let hits = all.routes.get(&route).copied().unwrap_or_default();
            lines.push(self.text(words.hits(route, hits.precision(), hits.recall())));
            if route == Route::Pr && hits.right + hits.needless > 0 {
                lines.push(self.text(words.needless_press(hits.needless, hits.right + hits.needless)));
            }
        }
        let counts = store.zone_counts(community, this.before(1).begins(zone), self.now).await?;
        lines.push(self.text(words.zones(counts.ping, counts.review, counts.quiet)));
        let day = self.now.to_zoned(zone.clone()).date().saturating_sub(jiff::Span::new().days(6));
        let readings = store.readings(community, &day.to_string()).await?;
        if readings.asked > 0 {
            lines.push(self.text(words.second_readings(readings.asked, readings.unanswered)));
        }
        if let Some(audit) = store.last_audit(community).await? {
            lines.push(self.audited(settings, &audit).await?);
        }
        lines.push(self.text(words.judge_definitions().to_owned()));
        let mut reply = Reply::facts(words.judge_title(), lines);
        if !all.weeks.is_empty() {
            reply.file = Some(Box::new(File::Image(self.judge_chart(&all, this))));
        }
        if !of_this_week.is_empty() {
            reply.buttons.push(undo(words.undo_learning(), this, false));
        }
        Ok(reply)
    }

    /// Precision and recall by desk, one point a week.
    fn judge_chart(&self, judging: &Judging, this: Week) -> Image {
        let words = self.words;
        let first = judging.weeks.keys().next().copied().unwrap_or(this);
        let weeks: Vec<Week> = std::iter::successors(Some(first), |week| Some(week.next()))
            .take_while(|week| *week <= this)
            .collect();
        let of = |measure: fn(Hits) -> Option<f64>, route: Route| -> Vec<Option<f64>> {
            let hits = |week: &Week| judging.weeks.get(week)?.get(&route).copied();
            weeks.iter().map(|week| hits(week).and_then(measure)).collect()
        };
        let mut series = Vec::new();
        for route in Route::ALL {
            let lines = [
                (words.precision_of(route), of(Hits::precision, route)),
                (words.recall_of(route), of(Hits::recall, route)),
            ];
            // A desk about which nothing is known would only make the legend longer.
            let known = lines.into_iter().filter(|(_, points)| points.iter().any(Option::is_some));
            series.extend(known.map(|(name, points)| Series { name, points }));
        }
        let alt = words.judge_chart_alt(
            Route::ALL
                .map(|route| judging.routes.get(&route).copied().unwrap_or_default())
                .map(|hits| (hits.precision(), hits.recall())),
            weeks.len(),
        );
        let chart = Chart {
            title: words.judge_chart_title().to_owned(),
            alt: alt.clone(),
            language: words.language(),
            x: weeks.iter().map(|week| words.short_day(week.monday())).collect(),
            series,
        };
        Image { name: "judge.png", png: chart.png(), alt }
    }

    /// Takes back what was learnt in a week, once it is meant.
    pub(super) async fn judge_undo(&self, week: Week, is_meant: bool) -> Result<Reply, StoreError> {
        if is_meant {
            let undone = self.triage.undo_learning(&self.caller.community, week).await?;
            return Ok(Reply::done(self.words.learning_undone(undone), Vec::new()));
        }
        let mut reply = Reply::facts(self.words.undo_is_meant(week.monday()), Vec::new());
        reply.buttons.push(undo(self.words.undo_learning(), week, true));
        Ok(reply)
    }

    /// What the last audit says of its week.
    pub(super) async fn audited(&self, settings: &Settings, audit: &Audit) -> Result<Vec<Piece>, StoreError> {
        let zone = &settings.community.timezone;
        let (from, to) = (audit.week.begins(zone), audit.week.next().begins(zone));
        let counts = self.triage.store().zone_counts(&self.caller.community, from, to).await?;
        let labels = || audit.drawn.iter().filter_map(|drawn| drawn.label);
        let (judged, requests) = (labels().count(), crate::stats::judging::requests_among(labels()));
        let found = recall(counts.ping, 0, audit.drawn_from, judged as u64, requests as u64);
        Ok(self.text(self.words.audit_says(
            audit.week.monday(),
            (audit.drawn.len(), judged, requests),
            found.map(|recall| (recall.share, recall.interval)),
        )))
    }

    pub(super) fn text(&self, text: String) -> Vec<Piece> {
        let _ = self;
        vec![Piece::text(text)]
    }
}

/// The button that takes a week's learning back; `is_meant` for the second one, after the question.
fn undo(label: &'static str, week: Week, is_meant: bool) -> ReplyButton {
    let word = if is_meant { "undo!" } else { "undo" };
    ReplyButton { label, custom_id: format!("vigie:judge:{word}:{week}"), is_dangerous: true }
}
