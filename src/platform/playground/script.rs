//! The made-up communities of the playground: who is there, and what happens on a busy morning.

use std::sync::OnceLock;

use serde::Deserialize;

use crate::domain::ids::CommunityId;
use crate::domain::label::{Label, Route};
use crate::domain::message::Standing;
use crate::domain::settings::{Acknowledge, Desk, Expert, Language, Platform, Settings, Tag, Watch};
use crate::domain::time::{Span, TimeZone};

/// The playground's only community.
pub const COMMUNITY: &str = "playground";

/// A made-up community and its morning.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Script {
    /// What the brand is called.
    pub community: String,
    /// What is spoken there.
    pub language: Language,
    /// The public channels.
    pub channels: Vec<Channel>,
    /// Members and employees.
    pub people: Vec<Person>,
    /// What happens, in the order of time.
    pub events: Vec<Event>,
}

/// A public channel.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Channel {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub name: String,
}

/// Somebody of the made-up community.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// Their id.
    pub id: String,
    /// Their name.
    pub name: String,
    /// What they are to the company.
    pub standing: Standing,
    /// The desk that they belong to.
    pub desk: Option<Route>,
}

/// Something that happens, so many seconds after the start.
#[derive(Debug, Deserialize)]
pub struct Event {
    /// Seconds since the start.
    pub after: i64,
    /// What happens.
    #[serde(flatten)]
    pub what: Happening,
}

/// What happens.
#[derive(Debug, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Happening {
    /// Somebody posts.
    Post {
        /// What later events call the message.
        key: String,
        /// Where.
        channel: String,
        /// Who.
        author: String,
        /// What.
        text: String,
        /// In reply to.
        reply_to: Option<String>,
    },
    /// An employee presses a button of the card of a message's request.
    Press {
        /// Who.
        #[serde(rename = "as")]
        by: String,
        /// Which: the word in the custom id.
        button: String,
        /// On which message's card.
        on: String,
        /// The desk chosen, for a re-route.
        value: Option<String>,
    },
    /// An employee says in a review list what a message is.
    Review {
        /// Who.
        #[serde(rename = "as")]
        by: String,
        /// Which message.
        on: String,
        /// What it is.
        label: Label,
    },
    /// Somebody changes their message.
    Edit {
        /// Which.
        key: String,
        /// What it says then.
        text: String,
    },
    /// Somebody deletes their message.
    Delete {
        /// Which.
        key: String,
    },
}

impl Script {
    /// The made-up community that speaks this language.
    ///
    /// # Panics
    /// Never: the scripts are compiled in and read by a test.
    #[must_use]
    pub fn of(language: Language) -> &'static Self {
        static EN: OnceLock<Script> = OnceLock::new();
        static FR: OnceLock<Script> = OnceLock::new();
        let (cell, text) = match language {
            Language::En => (&EN, include_str!("morning.en.json")),
            Language::Fr => (&FR, include_str!("morning.fr.json")),
        };
        cell.get_or_init(|| {
            serde_json::from_str(text).expect("the scripts are compiled in and read by a test")
        })
    }

    /// How long the morning lasts.
    #[must_use]
    pub fn length(&self) -> Span {
        Span::seconds(self.events.last().map_or(0, |event| event.after))
    }

    /// Somebody by their id.
    #[must_use]
    pub fn person(&self, id: &str) -> Option<&Person> {
        self.people.iter().find(|person| person.id == id)
    }

    /// Where its days begin.
    #[must_use]
    pub fn timezone(&self) -> TimeZone {
        let name = match self.language {
            Language::En => "Europe/London",
            Language::Fr => "Europe/Paris",
        };
        TimeZone::get(name).unwrap_or(TimeZone::UTC)
    }

    /// How this community has set Vigie up.
    #[must_use]
    pub fn settings(&self) -> Settings {
        let mut settings =
            Settings::new(Platform::Playground, CommunityId::from(COMMUNITY), self.community.clone());
        settings.community.language = self.language;
        settings.community.timezone = self.timezone();
        settings.watches = self
            .channels
            .iter()
            .map(|channel| Watch {
                channel: channel.id.as_str().into(),
                tag: Tag::Reaction,
                acknowledge: Acknowledge::Never,
            })
            .collect();
        settings.desks = Route::ALL.into_iter().map(desk).collect();
        settings.experts = self
            .people
            .iter()
            .filter(|person| person.desk == Some(Route::ProductExpert))
            .map(|person| Expert { user: person.id.as_str().into(), topics: topics(self.language) })
            .collect();
        settings
    }
}

/// The internal channel of a desk.
#[must_use]
pub fn desk_channel(route: Route) -> String {
    format!("desk-{route}")
}

fn desk(route: Route) -> Desk {
    let (channel, role) = (desk_channel(route), format!("role-{route}"));
    Desk {
        first_response: Some(Span::minutes(30)),
        resolution: Some(Span::minutes(8 * 60)),
        ..Desk::new(route, channel.as_str().into(), role.as_str().into())
    }
}

fn topics(language: Language) -> Vec<String> {
    let words: &[&str] = match language {
        Language::En => &["satellite", "eSIM", "5G", "Aurora", "battery", "roaming"],
        Language::Fr => &["bagage", "siège", "wifi", "application", "carte", "cabine"],
    };
    words.iter().map(|word| (*word).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::classify::Judge;
    use crate::classify::learn::Adaptation;
    use crate::domain::judgement::Zone;
    use std::collections::{HashMap, HashSet};

    #[test]
    fn both_mornings_hold_together() {
        for language in [Language::En, Language::Fr] {
            let script = Script::of(language);
            assert_eq!(script.language, language);
            crate::config::community::check(&script.settings()).expect("the settings hold together");
            let mut keys = HashSet::new();
            for (event, next) in script.events.iter().zip(script.events.iter().skip(1)) {
                assert!(event.after <= next.after, "{} comes before {}", event.after, next.after);
            }
            for event in &script.events {
                match &event.what {
                    Happening::Post { key, channel, author, reply_to, .. } => {
                        assert!(script.channels.iter().any(|c| &c.id == channel), "{channel}");
                        assert!(script.person(author).is_some(), "{author}");
                        assert!(reply_to.as_ref().is_none_or(|to| keys.contains(to)), "{reply_to:?}");
                        assert!(keys.insert(key.clone()), "{key} twice");
                    }
                    Happening::Press { by, on, .. } | Happening::Review { by, on, .. } => {
                        assert!(keys.contains(on), "{on}");
                        assert_eq!(script.person(by).map(|p| p.standing), Some(Standing::Employee), "{by}");
                    }
                    Happening::Edit { key, .. } | Happening::Delete { key } => {
                        assert!(keys.contains(key), "{key}");
                    }
                }
            }
        }
    }

    /// The judge learns anew now and then: this says which of its messages a morning has to replace.
    #[test]
    fn each_morning_leaves_messages_to_look_at_and_an_employee_settles_one() {
        for language in [Language::En, Language::Fr] {
            let script = Script::of(language);
            let judge = Judge::new(&script.settings(), Adaptation::default());
            let mut listed = HashMap::new();
            let mut settled = Vec::new();
            for event in &script.events {
                match &event.what {
                    Happening::Post { key, author, text, reply_to: None, .. } => {
                        let judgement = judge.text(text);
                        let is_member = script.person(author).is_some_and(|p| p.standing == Standing::Member);
                        if is_member && judgement.zone == Zone::Review {
                            listed.insert(key, judgement);
                        }
                    }
                    Happening::Review { on, label, .. } => settled.push((on, *label)),
                    Happening::Post { .. }
                    | Happening::Press { .. }
                    | Happening::Edit { .. }
                    | Happening::Delete { .. } => {}
                }
            }
            assert!(!settled.is_empty(), "{language:?}: nobody settles anything");
            for (on, label) in settled {
                let judgement = listed.remove(on).unwrap_or_else(|| {
                    panic!(
                        "{language:?}: the judge is sure of {on} now; choose a less certain message for it"
                    )
                });
                assert!(judgement.guesses().contains(&label), "{language:?}: {label} is no guess for {on}");
            }
            assert!(!listed.is_empty(), "{language:?}: no message is left to look at after the morning");
        }
    }
}
