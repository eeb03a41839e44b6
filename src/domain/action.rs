//! What a button says: the custom ids of CONTRACT.md, read and written in one place.
//!
//! Buttons carry their state, so that a card posted before a restart still works after it.

use super::ids::RequestId;
use super::label::Route;

/// What an employee can do with a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// I will answer.
    Claim,
    /// I have answered.
    Answered,
    /// Nothing is left to do.
    Resolve,
    /// It is no request.
    Dismiss,
    /// It belongs to another desk.
    Reroute,
    /// Show me a draft of an answer.
    Draft,
    /// What is chosen less often; see [`More`].
    More,
}

/// What is chosen less often: from a select of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum More {
    /// Leave me alone with it for so many minutes.
    Snooze {
        /// How many.
        minutes: u16,
    },
    /// Leave me alone with it until the desk opens again.
    SnoozeToOpening,
    /// It cannot wait: ping the desk at once, whatever its hours.
    Urgent,
    /// What was taken for the first response is none.
    NotAnswered,
}

impl More {
    /// All of them, in the order in which a card shows them.
    pub const ALL: [Self; 6] = [
        Self::Snooze { minutes: 30 },
        Self::Snooze { minutes: 120 },
        Self::Snooze { minutes: 24 * 60 },
        Self::SnoozeToOpening,
        Self::Urgent,
        Self::NotAnswered,
    ];

    /// The value of the choice.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Snooze { minutes: 30 } => "snooze_30",
            Self::Snooze { minutes: 120 } => "snooze_120",
            Self::Snooze { .. } => "snooze_1440",
            Self::SnoozeToOpening => "snooze_to_opening",
            Self::Urgent => "urgent",
            Self::NotAnswered => "not_answered",
        }
    }

    /// Reads the value of a choice.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|more| more.as_str() == word)
    }
}

impl Action {
    /// All of them, in the order in which a card shows them.
    pub const ALL: [Self; 7] =
        [Self::Claim, Self::Answered, Self::Draft, Self::Resolve, Self::Dismiss, Self::Reroute, Self::More];

    /// The word in the custom id.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Claim => "claim",
            Self::Answered => "answered",
            Self::Resolve => "resolve",
            Self::Dismiss => "dismiss",
            Self::Reroute => "reroute",
            Self::Draft => "draft",
            Self::More => "more",
        }
    }

    /// The custom id for a request: `vigie:claim:ID`.
    #[must_use]
    pub fn custom_id(self, request: &RequestId) -> String {
        format!("vigie:{}:{request}", self.as_str())
    }
}

/// The beginning of the custom id below a card.
const ON_CARD: &str = "vigie:figures:";

/// What explains the figures beside it, at a press; it changes nothing, and everybody may press it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Meaning {
    /// What each figure means: below cards, notes and answers that show one.
    Figures,
    /// What *usually* means: below what a member is told.
    Usual,
}

impl Meaning {
    /// The custom id.
    #[must_use]
    pub const fn custom_id(self) -> &'static str {
        match self {
            Self::Figures => "vigie:figures:mean",
            Self::Usual => "vigie:figures:usual",
        }
    }

    /// The custom id below a request's card, which ends like all of a card's with the request.
    #[must_use]
    pub fn on_card(request: &RequestId) -> String {
        format!("{ON_CARD}{request}")
    }

    /// Reads a custom id; `None` when it asks for something else.
    #[must_use]
    pub fn parse(custom_id: &str) -> Option<Self> {
        let is_on_card = custom_id.strip_prefix(ON_CARD).and_then(RequestId::parse).is_some();
        let mut all = [Self::Figures, Self::Usual].into_iter();
        all.find(|meaning| meaning.custom_id() == custom_id).or_else(|| is_on_card.then_some(Self::Figures))
    }
}

/// A press on a card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Press {
    /// On which request's card.
    pub request: RequestId,
    /// What was pressed.
    pub action: Action,
    /// The desk chosen, for a re-route.
    pub to: Option<Route>,
    /// What was chosen of what is chosen less often.
    pub more: Option<More>,
}

impl Press {
    /// Reads a custom id and the values chosen; `None` when it is no press on a card of ours.
    #[must_use]
    pub fn parse(custom_id: &str, values: &[&str]) -> Option<Self> {
        let rest = custom_id.strip_prefix("vigie:")?;
        let (word, id) = rest.split_once(':')?;
        let action = Action::ALL.into_iter().find(|a| a.as_str() == word)?;
        let request = RequestId::parse(id)?;
        let (to, more) = match action {
            Action::Reroute => (Some(values.first()?.parse().ok()?), None),
            Action::More => (None, Some(More::parse(values.first()?)?)),
            Action::Claim | Action::Answered | Action::Resolve | Action::Dismiss | Action::Draft => {
                (None, None)
            }
        };
        Some(Self { request, action, to, more })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_button_is_read_back() {
        let request = RequestId::new("01JABCDEFGHJKMNPQRSTVWXYZ0");
        for action in Action::ALL {
            let value = if action == Action::More { "urgent" } else { "pr" };
            let press = Press::parse(&action.custom_id(&request), &[value]).expect("our own id");
            assert_eq!(press.more, (action == Action::More).then_some(More::Urgent));
            assert_eq!((press.action, &press.request), (action, &request));
            assert_eq!(press.to, (action == Action::Reroute).then_some(Route::Pr));
        }
    }

    #[test]
    fn what_explains_figures_is_read_back() {
        let request = RequestId::new("01JABCDEFGHJKMNPQRSTVWXYZ0");
        for meaning in [Meaning::Figures, Meaning::Usual] {
            assert_eq!(Meaning::parse(meaning.custom_id()), Some(meaning));
        }
        assert_eq!(Meaning::parse(&Meaning::on_card(&request)), Some(Meaning::Figures));
        for other in ["vigie:figures:", "vigie:figures:x", "figures:mean", &Action::Claim.custom_id(&request)]
        {
            assert_eq!(Meaning::parse(other), None, "{other}");
        }
    }

    #[test]
    fn a_reroute_to_nowhere_is_no_press() {
        for values in [&[][..], &["none"], &["nowhere"]] {
            assert_eq!(Press::parse("vigie:reroute:01JABCDEFGHJKMNPQRSTVWXYZ0", values), None);
        }
    }

    proptest! {
        #[test]
        fn any_text_is_no_press_or_one_that_is_written_the_same(
            text in prop_oneof![any::<String>(), "vigie:(claim|answered|draft|resolve|dismiss|reroute|more|x)?:[0-9A-Za-zÀ: ]{24,28}"],
            value in prop_oneof![any::<String>(), Just("pr".to_owned()), Just("urgent".to_owned())],
        ) {
            if let Some(press) = Press::parse(&text, &[&value]) {
                prop_assert_eq!(press.action.custom_id(&press.request), text);
                prop_assert_eq!(press.to.is_some(), press.action == Action::Reroute);
                prop_assert_eq!(press.more.is_some(), press.action == Action::More);
                let chosen = press.to.map(Route::as_str).or(press.more.map(More::as_str));
                prop_assert!(chosen.is_none_or(|chosen| chosen == value));
            }
        }
    }
}
