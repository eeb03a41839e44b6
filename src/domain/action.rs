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
}

impl Action {
    /// All of them, in the order in which a card shows them.
    pub const ALL: [Self; 6] =
        [Self::Claim, Self::Answered, Self::Draft, Self::Resolve, Self::Dismiss, Self::Reroute];

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
        }
    }

    /// The custom id for a request: `vigie:claim:ID`.
    #[must_use]
    pub fn custom_id(self, request: &RequestId) -> String {
        format!("vigie:{}:{request}", self.as_str())
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
}

impl Press {
    /// Reads a custom id and the values chosen; `None` when it is no press on a card of ours.
    #[must_use]
    pub fn parse(custom_id: &str, values: &[&str]) -> Option<Self> {
        let rest = custom_id.strip_prefix("vigie:")?;
        let (word, id) = rest.split_once(':')?;
        let action = Action::ALL.into_iter().find(|a| a.as_str() == word)?;
        let request = RequestId::parse(id)?;
        let to = match action {
            Action::Reroute => Some(values.first()?.parse().ok()?),
            Action::Claim | Action::Answered | Action::Resolve | Action::Dismiss | Action::Draft => None,
        };
        Some(Self { request, action, to })
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
            let press = Press::parse(&action.custom_id(&request), &["pr"]).expect("our own id");
            assert_eq!((press.action, &press.request), (action, &request));
            assert_eq!(press.to, (action == Action::Reroute).then_some(Route::Pr));
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
        fn no_text_makes_it_panic(text in ".{0,120}") {
            let _ = Press::parse(&text, &[&text]);
            let _ = Press::parse(&format!("vigie:claim:{text}"), &[]);
        }
    }
}
