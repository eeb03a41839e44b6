//! What an endpoint can be asked for: endpoints that call themselves compatible are so in different degrees.
//!
//! The first call asks for everything; what an endpoint refuses is left out of the next one, down to plain text. Every
//! rung is held to the same answer ([`super::answer`]): a lower one only makes a usable answer less certain.

use serde_json::{Value, json};

use crate::domain::label::{Label, Route};

/// How the shape of an answer is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rung {
    /// By a JSON schema that the endpoint holds the model to.
    Schema,
    /// As some JSON object; which one is said in the prompt.
    Object,
    /// In the prompt alone.
    Plain,
}

impl Rung {
    /// The name of the rung, for people who run an endpoint.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Schema => "JSON schema",
            Self::Object => "JSON object",
            Self::Plain => "plain text",
        }
    }

    const fn below(self) -> Option<Self> {
        match self {
            Self::Schema => Some(Self::Object),
            Self::Object => Some(Self::Plain),
            Self::Plain => None,
        }
    }
}

/// How an endpoint is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Manner {
    /// How the shape of a label is asked for.
    pub rung: Rung,
    /// Whether the length is limited by the newer of two fields. Some models refuse the older one (`gpt-5` does),
    /// and many endpoints do not know the newer one.
    has_newer_limit: bool,
    /// Whether the temperature is said; some models refuse any but their own.
    has_temperature: bool,
}

impl Manner {
    /// How an endpoint is asked of which nothing is known.
    pub(super) const FIRST: Self = Self { rung: Rung::Schema, has_newer_limit: false, has_temperature: true };

    /// The body of a call. A label is asked for by a response format, a draft is not.
    pub(super) fn body(self, model: &str, system: &str, user: &str, wanted: Wanted) -> Value {
        let mut body = json!({
            "model": model,
            "messages": [{"role": "system", "content": system}, {"role": "user", "content": user}],
        });
        let limit = if self.has_newer_limit { "max_completion_tokens" } else { "max_tokens" };
        body[limit] = wanted.tokens().into();
        if self.has_temperature {
            body["temperature"] = 0.into();
        }
        match (wanted, self.rung) {
            (Wanted::Label, Rung::Schema) => body["response_format"] = schema(),
            (Wanted::Label, Rung::Object) => body["response_format"] = json!({"type": "json_object"}),
            (Wanted::Label, Rung::Plain) | (Wanted::Draft, _) => {}
        }
        body
    }

    /// How to ask after the endpoint has refused with that status and text; `None` when asking otherwise is no use.
    pub(super) fn after(self, status: u16, said: &str, wanted: Wanted) -> Option<Self> {
        let said = said.to_ascii_lowercase();
        let is_about_the_body = matches!(status, 400 | 422);
        if is_about_the_body && !self.has_newer_limit && said.contains("max_completion_tokens") {
            return Some(Self { has_newer_limit: true, ..self });
        }
        if is_about_the_body && self.has_temperature && said.contains("temperature") {
            return Some(Self { has_temperature: false, ..self });
        }
        let speaks_of_it = ["response_format", "json_schema", "json_object", "unsupported", "not supported"]
            .iter()
            .any(|word| said.contains(word));
        let is_the_format = is_about_the_body || (matches!(status, 404 | 415 | 501) && speaks_of_it);
        match wanted {
            Wanted::Label if is_the_format => self.rung.below().map(|rung| Self { rung, ..self }),
            Wanted::Label | Wanted::Draft => None,
        }
    }
}

/// What is wanted of the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// A label with a reason.
    Label,
    /// The draft of a reply.
    Draft,
}

impl Wanted {
    /// How many tokens the answer may have: about twice what it needs.
    const fn tokens(self) -> u32 {
        match self {
            Self::Label => 160,
            Self::Draft => 700,
        }
    }
}

/// The response format of a label, within what strict schemas may say.
fn schema() -> Value {
    let labels = Label::ALL.map(Label::as_str);
    let also: Vec<Value> =
        Route::ALL.iter().map(|route| route.as_str().into()).chain([Value::Null]).collect();
    json!({
        "type": "json_schema",
        "json_schema": {
            "name": "reading",
            "strict": true,
            "schema": {
                "type": "object",
                "properties": {
                    "label": {"type": "string", "enum": labels},
                    "also": {"type": ["string", "null"], "enum": also},
                    "reason": {"type": "string"},
                },
                "required": ["label", "also", "reason"],
                "additionalProperties": false,
            },
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_format_goes_down_one_rung_at_a_time() {
        let object = Manner::FIRST.after(400, "", Wanted::Label).expect("one below");
        assert_eq!(object.rung, Rung::Object);
        let plain = object.after(422, "x", Wanted::Label).expect("one below");
        assert_eq!(plain.rung, Rung::Plain);
        assert_eq!(plain.after(400, "response_format", Wanted::Label), None);
    }

    #[test]
    fn other_statuses_go_down_only_when_they_speak_of_the_format() {
        for status in [404, 415, 501] {
            assert!(Manner::FIRST.after(status, "json_schema is not known", Wanted::Label).is_some());
            assert_eq!(Manner::FIRST.after(status, "no such model", Wanted::Label), None);
        }
        for status in [401, 403, 429, 500, 503] {
            assert_eq!(Manner::FIRST.after(status, "response_format", Wanted::Label), None, "{status}");
        }
    }

    #[test]
    fn a_field_that_is_refused_is_left_out_and_the_rung_stays() {
        let said = "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.";
        let newer = Manner::FIRST.after(400, said, Wanted::Label).expect("another way");
        let body = newer.body("m", "s", "u", Wanted::Label);
        assert!(body.get("max_tokens").is_none() && body["max_completion_tokens"].is_u64());
        assert_eq!(newer.rung, Rung::Schema);
        let said = "'temperature' does not support 0 with this model";
        let without = newer.after(400, said, Wanted::Draft).expect("another way");
        assert!(without.body("m", "s", "u", Wanted::Draft).get("temperature").is_none());
        assert_eq!(without.after(400, said, Wanted::Draft), None, "a draft has no format to leave out");
    }
}
