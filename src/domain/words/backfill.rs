//! What is said about a time away: how far back is read, and what may have been missed all the same.

use super::Words;
use super::commands::fill;
use crate::domain::card::Piece;
use crate::domain::gap::{Bound, Missed};
use crate::domain::ids::ChannelId;
use crate::domain::settings::Language;
use crate::domain::time::{Span, TimeZone, Timestamp};

impl Words {
    /// The headline of how far back is read.
    #[must_use]
    pub const fn backfill_limits(self) -> &'static str {
        self.pick("After a time away", "Après une absence")
    }

    /// How far back is read.
    #[must_use]
    pub fn backfill_reads(self, age: Span, messages: u32) -> String {
        let age = self.limit(age);
        match self.language {
            Language::En => format!(
                "What was written meanwhile is read back: the last {age} of each channel, at most {messages} messages of a channel or thread. When that is not enough, the coordinator is told."
            ),
            Language::Fr => format!(
                "Ce qui a été écrit entre-temps est relu : {age} en arrière dans chaque salon, au plus {messages} messages par salon ou fil. Quand cela ne suffit pas, la coordination est prévenue."
            ),
        }
    }

    /// The first line of the note about what may have been missed.
    #[must_use]
    pub const fn missed_title(self) -> &'static str {
        self.pick(
            "I was away for longer than I read back, so I may have missed messages:",
            "Mon absence a dépassé ce que je relis ; des messages ont pu m'échapper :",
        )
    }

    /// What stands above the channels in which messages may have been missed lately.
    #[must_use]
    pub const fn missed_lately(self) -> &'static str {
        self.pick(
            "In the last seven days more was written while Vigie was away than it reads back. Please look through:",
            "Ces sept derniers jours, une absence a dépassé ce que Vigie relit. Merci de parcourir :",
        )
    }

    /// Where, from when to when, and by which limit messages may have been missed.
    #[must_use]
    pub fn missed(self, missed: &Missed, zone: &TimeZone) -> Vec<Piece> {
        let (from, to) = (self.minute(missed.from, zone), self.minute(missed.to, zone));
        let why = match missed.bound {
            Bound::Age => self.pick("longer ago than is read", "plus ancien que ce qui est relu"),
            Bound::Messages => {
                self.pick("more messages than are read", "plus de messages que ce qui est relu")
            }
        };
        let text = match self.language {
            Language::En => format!("{{}}: from {from} to {to} ({why})"),
            Language::Fr => format!("{{}} : du {from} au {to} ({why})"),
        };
        fill(&text, [Piece::Channel(missed.channel.clone())])
    }

    /// What to do about it.
    #[must_use]
    pub const fn missed_what_to_do(self) -> &'static str {
        self.pick(
            "Please look through them; “Send to a desk” in a message's menu makes it a request. /watch limits sets how far back is read.",
            "Merci de les parcourir ; « Envoyer à une équipe », dans le menu d'un message, en fait une demande. /surveiller limites règle jusqu'où je relis.",
        )
    }

    /// A channel in which something has yet to be read back, and why that did not work so far.
    #[must_use]
    pub fn not_read_yet(self, channel: &ChannelId, reason: &str) -> Vec<Piece> {
        let text = self.pick(
            "{}: what was written during a time away is not read yet: ",
            "{} : ce qui a été écrit pendant une absence n'est pas encore relu : ",
        );
        let mut line = fill(text, [Piece::Channel(channel.clone())]);
        line.push(Piece::text(reason));
        line
    }

    /// A day and a time, to the minute.
    fn minute(self, at: Timestamp, zone: &TimeZone) -> String {
        let at = at.to_zoned(zone.clone());
        let form = self.pick("%Y-%m-%d %H:%M", "%d/%m/%Y %H:%M");
        at.strftime(form).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_have_been_missed_is_said_in_the_communitys_time_and_language() {
        let at = |text: &str| text.parse::<Timestamp>().expect("a time");
        let missed = Missed {
            channel: "7".into(),
            from: at("2026-03-02T08:00:00Z"),
            to: at("2026-03-05T09:30:00Z"),
            bound: Bound::Messages,
        };
        let zone = TimeZone::get("Europe/Paris").expect("a zone");
        let said = |language| -> String {
            let pieces = Words::new(language).missed(&missed, &zone);
            let text = |piece: &Piece| match piece {
                Piece::Text(text) => text.clone(),
                other => format!("{other:?}"),
            };
            pieces.iter().map(text).collect()
        };
        assert_eq!(
            said(Language::En),
            "Channel(ChannelId(\"7\")): from 2026-03-02 09:00 to 2026-03-05 10:30 (more messages than are read)"
        );
        assert_eq!(
            said(Language::Fr),
            "Channel(ChannelId(\"7\")) : du 02/03/2026 09:00 au 05/03/2026 10:30 (plus de messages que ce qui est relu)"
        );
    }
}
