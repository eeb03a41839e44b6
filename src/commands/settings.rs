//! `/watch`, `/rule`, `/staff`, `/expert`, `/language`: the community's settings, one change at a time.

use super::Reply;
use super::ask::{Ask, Changed};
use crate::config::community::values;
use crate::domain::card::Piece;
use crate::domain::ids::{ChannelId, RoleId, UserId};
use crate::domain::label::Label;
use crate::domain::settings::{Acknowledge, Expert, Language, Rule, Settings, Tag, Watch};
use crate::domain::words::{Expected, Words};
use crate::store::RequestFilter;

impl Ask<'_> {
    /// `/watch add`.
    pub(super) async fn watch_add(
        &self,
        channel: &ChannelId,
        tag: Option<Tag>,
        acknowledge: Option<Acknowledge>,
    ) -> Reply {
        let words = self.words;
        self.change(|settings| {
            if let Some(desk) = settings.desks.iter().find(|desk| &desk.channel == channel) {
                return Err(words.is_a_desks_channel(desk.route));
            }
            let Some(watch) = settings.watches.iter_mut().find(|watch| &watch.channel == channel) else {
                let (tag, acknowledge) = (tag.unwrap_or_default(), acknowledge.unwrap_or_default());
                settings.watches.push(Watch { channel: channel.clone(), tag, acknowledge });
                let lines = vec![words.watching(channel), watch_line(words, tag, acknowledge)];
                return Ok(Changed::new(words.watch_added(), lines));
            };
            watch.tag = tag.unwrap_or(watch.tag);
            watch.acknowledge = acknowledge.unwrap_or(watch.acknowledge);
            Ok(Changed::new(words.watch_changed(), vec![watch_line(words, watch.tag, watch.acknowledge)]))
        })
        .await
    }

    /// `/watch remove`.
    pub(super) async fn watch_remove(&self, channel: &ChannelId) -> Reply {
        let words = self.words;
        let in_channel = RequestFilter { channel: Some(channel.clone()), ..RequestFilter::default() };
        let waiting = self.count_waiting(in_channel).await;
        self.change(|settings| {
            let before = settings.watches.len();
            settings.watches.retain(|watch| &watch.channel != channel);
            if settings.watches.len() == before {
                return Err(words.not_watched().to_owned());
            }
            let mut lines = vec![words.not_watching(channel)];
            if waiting > 0 {
                lines.push(vec![Piece::text(words.waiting_unwatched(waiting))]);
            }
            Ok(Changed::new(words.watch_removed(), lines))
        })
        .await
    }

    /// `/watch limits`: what is absent stays.
    pub(super) async fn watch_limits(&self, age: Option<&str>, messages: Option<i64>) -> Reply {
        let words = self.words;
        let checked = match age.map(values::backfill_age).transpose() {
            Ok(checked) => checked,
            Err(reason) => {
                let typed = age.unwrap_or_default();
                return Reply::refused(words.wrong_value(Expected::BackfillAge, typed, &reason));
            }
        };
        let number = match messages.map(values::backfill_messages).transpose() {
            Ok(number) => number,
            Err(reason) => {
                let typed = messages.unwrap_or_default().to_string();
                return Reply::refused(words.wrong_value(Expected::BackfillMessages, &typed, &reason));
            }
        };
        self.change(|settings| {
            let community = &mut settings.community;
            community.backfill_age = checked.unwrap_or(community.backfill_age);
            community.backfill_messages = number.unwrap_or(community.backfill_messages);
            let line = words.backfill_reads(community.backfill_age, community.backfill_messages);
            Ok(Changed::new(words.backfill_limits(), vec![vec![Piece::text(line)]]))
        })
        .await
    }

    /// `/rule add`.
    pub(super) async fn rule_add(&self, label: Label, pattern: &str, channel: Option<&ChannelId>) -> Reply {
        let words = self.words;
        let pattern = match values::pattern(pattern) {
            Ok(pattern) => pattern,
            Err(reason) => return Reply::refused(words.wrong_value(Expected::Pattern, pattern, &reason)),
        };
        self.change(|settings| {
            let rule = Rule { label, pattern: pattern.clone(), channel: channel.cloned() };
            if let Some(same) = settings.rules.iter().position(|known| known == &rule) {
                return Err(words.same_rule(same + 1));
            }
            let number = settings.rules.len() + 1;
            let mut lines = vec![words.rule(number, &rule), vec![Piece::text(words.rule_order(number))]];
            settings.rules.push(rule);
            if label.route().is_some_and(|route| settings.desk(route).is_none()) {
                lines.push(vec![Piece::text(words.rule_without_desk(label))]);
            }
            Ok(Changed::new(words.rule_added(number), lines))
        })
        .await
    }

    /// `/rule remove`.
    pub(super) async fn rule_remove(&self, number: usize) -> Reply {
        let words = self.words;
        self.change(|settings| {
            let count = settings.rules.len();
            if number == 0 || number > count {
                return Err(words.no_such_rule(number, count));
            }
            let rule = settings.rules.remove(number - 1);
            let mut lines = vec![words.rule(number, &rule)];
            if number < count {
                lines.push(vec![Piece::text(words.rules_moved_up())]);
            }
            Ok(Changed::new(words.rule_removed(number), lines))
        })
        .await
    }

    /// `/staff add`.
    pub(super) async fn staff_add(&self, role: &RoleId) -> Reply {
        let words = self.words;
        if self.is_everyone(role) {
            return Reply::refused(words.everyone_is_no_role());
        }
        self.change(|settings| {
            if settings.staff.contains(role) {
                return Err(words.is_staff_already().to_owned());
            }
            settings.staff.push(role.clone());
            Ok(Changed::new(words.staff_added(), vec![words.are_employees(role)]))
        })
        .await
    }

    /// `/staff remove`.
    pub(super) async fn staff_remove(&self, role: &RoleId) -> Reply {
        let words = self.words;
        self.change(|settings| {
            let desk = settings.desks.iter().find(|desk| &desk.role == role).map(|desk| desk.route);
            let before = settings.staff.len();
            settings.staff.retain(|known| known != role);
            match (settings.staff.len() == before, desk) {
                (true, _) => Err(words.not_staff().to_owned()),
                (false, Some(route)) => {
                    Ok(Changed::new(words.staff_removed(), vec![words.is_a_desks_role(role, route)]))
                }
                (false, None) => Ok(Changed::new(words.staff_removed(), vec![words.are_members(role)])),
            }
        })
        .await
    }

    /// `/expert set`.
    pub(super) async fn expert_set(&self, user: &UserId, topics: &str) -> Reply {
        let words = self.words;
        let topics = match values::topics(topics) {
            Ok(topics) => topics,
            Err(reason) => return Reply::refused(words.wrong_value(Expected::Topics, topics, &reason)),
        };
        self.change(|settings| {
            settings.experts.retain(|expert| &expert.user != user);
            settings.experts.push(Expert { user: user.clone(), topics: topics.clone() });
            let lines = vec![words.knows(user, &topics), vec![Piece::text(words.expert_is_named())]];
            Ok(Changed::new(words.expert_set(), lines))
        })
        .await
    }

    /// `/expert remove`.
    pub(super) async fn expert_remove(&self, user: &UserId) -> Reply {
        let words = self.words;
        self.change(|settings| {
            let Some(place) = settings.experts.iter().position(|expert| &expert.user == user) else {
                return Err(words.no_such_expert().to_owned());
            };
            let expert = settings.experts.remove(place);
            Ok(Changed::new(words.expert_removed(), vec![words.no_longer_named(user, &expert.topics)]))
        })
        .await
    }

    /// `/language`.
    pub(super) async fn language(&self, language: Option<Language>, timezone: Option<&str>) -> Reply {
        let zone = match timezone.map(values::timezone).transpose() {
            Ok(zone) => zone,
            Err(reason) => {
                let typed = timezone.unwrap_or_default();
                return Reply::refused(self.words.wrong_value(Expected::Timezone, typed, &reason));
            }
        };
        let now = self.now;
        self.change(|settings| {
            let community = &mut settings.community;
            community.language = language.unwrap_or(community.language);
            // What follows is said in the language that is spoken from now on.
            let words = Words::new(community.language);
            let mut lines = Vec::new();
            if language.is_some() {
                lines.push(vec![Piece::text(words.language_follows())]);
            }
            if let Some(zone) = &zone {
                community.timezone = zone.clone();
                let clock = now.to_zoned(zone.clone()).strftime("%H:%M").to_string();
                lines.push(vec![Piece::text(words.timezone_follows(&clock))]);
            }
            let name = vec![Piece::text(words.language_name(community.language))];
            lines.insert(0, words.fact(words.language_setting(), name));
            let zone = community.timezone.iana_name().unwrap_or("UTC").to_owned();
            lines.insert(1, words.fact(words.timezone_setting(), vec![Piece::text(zone)]));
            Ok(Changed::new(words.language_and_zone(), lines))
        })
        .await
    }

    /// `/watch list`.
    pub(super) fn watch_list(&self, settings: &Settings) -> Reply {
        let words = self.words;
        let watches = settings.watches.iter().map(|watch| {
            let mut line = vec![Piece::Channel(watch.channel.clone()), Piece::text(" · ")];
            line.extend(watch_line(words, watch.tag, watch.acknowledge));
            line
        });
        list(words.watched_channels(settings.watches.len()), words.no_watch(), watches)
    }

    /// `/rule list`.
    pub(super) fn rule_list(&self, settings: &Settings) -> Reply {
        let words = self.words;
        let rules = settings.rules.iter().zip(1..).map(|(rule, number)| words.rule(number, rule));
        list(words.rules(settings.rules.len()), words.no_rule(), rules)
    }

    /// `/staff list`.
    pub(super) fn staff_list(&self, settings: &Settings) -> Reply {
        let words = self.words;
        let desks = settings.desks.iter().map(|desk| words.is_a_desks_role(&desk.role, desk.route));
        let staff = settings.staff.iter().map(|role| words.are_employees(role));
        list(words.who_is_employee().to_owned(), words.no_staff(), desks.chain(staff))
    }

    /// `/expert list`.
    pub(super) fn expert_list(&self, settings: &Settings) -> Reply {
        let words = self.words;
        let experts = settings.experts.iter().map(|expert| words.knows(&expert.user, &expert.topics));
        list(words.experts(settings.experts.len()), words.no_expert(), experts)
    }
}

/// The lines under their headline, or the word that there are none.
fn list(title: String, empty: &str, lines: impl Iterator<Item = Vec<Piece>>) -> Reply {
    let lines: Vec<Vec<Piece>> = lines.collect();
    if lines.is_empty() { Reply::facts(empty, lines) } else { Reply::facts(title, lines) }
}

/// How a channel is watched.
fn watch_line(words: Words, tag: Tag, acknowledge: Acknowledge) -> Vec<Piece> {
    let mut line = words.fact(words.tag_name(), vec![Piece::text(words.tag(tag))]);
    line.push(Piece::text(" · "));
    line.extend(words.fact(words.acknowledge_name(), vec![Piece::text(words.acknowledge(acknowledge))]));
    line
}
