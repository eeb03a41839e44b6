//! What Discord answers when it does not do what was asked, with its numbers.

use serde_json::{Value, json};

/// An answer that is not the one hoped for.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// The HTTP status.
    pub status: u16,
    /// Discord's JSON error code.
    pub code: u32,
    /// What it says.
    pub message: String,
    /// What was wrong, if asking so was a mistake of the bot's: kept as a violation.
    pub violation: Option<String>,
}

impl Refusal {
    fn new(status: u16, code: u32, message: &str) -> Self {
        Self { status, code, message: message.to_owned(), violation: None }
    }

    /// No token, or a wrong one.
    pub fn unauthorized() -> Self {
        Self::new(401, 0, "401: Unauthorized")
    }

    /// There is no such route: nobody should have asked.
    pub fn unknown_route() -> Self {
        Self { violation: Some("there is no such route".to_owned()), ..Self::new(404, 0, "404: Not Found") }
    }

    /// The body is not what the route takes.
    pub fn form(reason: impl Into<String>) -> Self {
        Self { violation: Some(reason.into()), ..Self::new(400, 50035, "Invalid Form Body") }
    }

    /// A post without anything in it.
    pub fn empty_message() -> Self {
        let reason = Some("there is nothing in the message".to_owned());
        Self { violation: reason, ..Self::new(400, 50006, "Cannot send an empty message") }
    }

    /// The body is not JSON.
    pub fn not_json(reason: &str) -> Self {
        let message = "The request body contains invalid JSON.";
        Self { violation: Some(reason.to_owned()), ..Self::new(400, 50109, message) }
    }

    /// The bot does not see the channel.
    pub fn missing_access() -> Self {
        Self::new(403, 50001, "Missing Access")
    }

    /// The bot may not do that.
    pub fn missing_permissions() -> Self {
        Self::new(403, 50013, "Missing Permissions")
    }

    /// The message is somebody else's.
    pub fn not_the_author() -> Self {
        Self::new(403, 50005, "Cannot edit a message authored by another user")
    }

    /// The thread sleeps.
    pub fn thread_archived() -> Self {
        Self::new(400, 50083, "Thread is archived")
    }

    /// The channel does not take messages.
    pub fn wrong_channel_type() -> Self {
        let reason = Some("that kind of channel does not take this".to_owned());
        Self { violation: reason, ..Self::new(400, 50024, "Cannot execute action on this channel type") }
    }

    /// No such channel.
    pub fn unknown_channel() -> Self {
        Self::new(404, 10003, "Unknown Channel")
    }

    /// No such server.
    pub fn unknown_guild() -> Self {
        Self::new(404, 10004, "Unknown Guild")
    }

    /// No such member.
    pub fn unknown_member() -> Self {
        Self::new(404, 10007, "Unknown Member")
    }

    /// No such message.
    pub fn unknown_message() -> Self {
        Self::new(404, 10008, "Unknown Message")
    }

    /// No such emoji.
    pub fn unknown_emoji() -> Self {
        Self { violation: Some("no emoji".to_owned()), ..Self::new(400, 10014, "Unknown Emoji") }
    }

    /// A reply to a message that is gone.
    pub fn unknown_reference() -> Self {
        Self::new(400, 50035, "Invalid Form Body: message_reference: Unknown message")
    }

    /// A token of no interaction, or of one long over.
    pub fn unknown_webhook() -> Self {
        Self::new(404, 10015, "Unknown Webhook")
    }

    /// No such interaction, or one whose three seconds are over.
    pub fn unknown_interaction() -> Self {
        Self::new(404, 10062, "Unknown interaction")
    }

    /// The interaction has had its first answer.
    pub fn already_acknowledged() -> Self {
        let reason = Some("the interaction was answered twice".to_owned());
        Self { violation: reason, ..Self::new(400, 40060, "Interaction has already been acknowledged.") }
    }

    /// The token of an interaction after fifteen minutes.
    pub fn token_expired() -> Self {
        Self::new(401, 50027, "Invalid Webhook Token")
    }

    /// A status that a test asked for.
    pub fn injected(status: u16) -> Self {
        Self::new(status, 0, &format!("{status}: as the test asked"))
    }

    /// The JSON body.
    pub fn body(&self) -> Value {
        let mut body = json!({"message": self.message, "code": self.code});
        if let Some(reason) = &self.violation
            && self.code == 50035
        {
            body["errors"] = json!({"_errors": [{"code": "BASE_TYPE_BAD", "message": reason}]});
        }
        body
    }
}
