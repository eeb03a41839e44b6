//! Why a value that somebody typed is not taken, and what is expected.

use super::Words;
use crate::domain::hours::HoursError;
use crate::domain::settings::Language;

/// What a value should have been.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// A length of time.
    Span,
    /// Days.
    Dates,
    /// A day.
    Day,
    /// A time zone.
    Timezone,
    /// A regular expression.
    Pattern,
    /// Topics.
    Topics,
    /// Pings an hour.
    Pings,
    /// Guidelines.
    Guidelines,
    /// How far back is read after a time away.
    BackfillAge,
    /// How many messages of a channel are read back.
    BackfillMessages,
}

impl Words {
    /// Why `text` is not what was expected; `reason` is the English sentence of whoever read it.
    #[must_use]
    pub fn wrong_value(self, expected: Expected, text: &str, reason: &str) -> String {
        let what = match (self.language, expected) {
            (Language::En, _) => return sentence(reason),
            (Language::Fr, Expected::Span) => "n'est pas une durée : écrivez par exemple 45s, 30m, 8h, 1h30m ou 2d (au moins 1s, au plus dix ans).".to_owned(),
            (Language::Fr, Expected::Dates) => "ne se lit pas comme des dates : écrivez par exemple 2026-12-25, 2027-01-01.".to_owned(),
            (Language::Fr, Expected::Day) => "n'est pas une date : écrivez par exemple 2026-12-25.".to_owned(),
            (Language::Fr, Expected::Timezone) => {
                "n'est pas un fuseau horaire : écrivez un nom IANA, par exemple Europe/Paris ou UTC.".to_owned()
            }
            // The reason itself comes from the regex crate, which only speaks English.
            (Language::Fr, Expected::Pattern) => {
                let detail = reason.rsplit_once("no regular expression: ").map_or(reason, |(_, detail)| detail);
                format!("n'est pas une expression régulière utilisable (détail technique, en anglais : {detail}).")
            }
            (Language::Fr, Expected::Topics) => {
                "ne donne pas de sujets : écrivez des mots que les membres emploient, séparés par des virgules, par exemple 5G, roaming (100 caractères au plus chacun).".to_owned()
            }
            (Language::Fr, Expected::Pings) => "est hors limites : écrivez un nombre de 1 à 10000.".to_owned(),
            (Language::Fr, Expected::BackfillAge) => {
                "n'est pas une durée possible : écrivez de 1m à 30d, par exemple 3d.".to_owned()
            }
            (Language::Fr, Expected::BackfillMessages) => {
                "est hors limites : écrivez un nombre de 100 à 100000.".to_owned()
            }
            (Language::Fr, Expected::Guidelines) => {
                return "Les consignes doivent avoir de 1 à 1000 caractères ; « none » les supprime.".to_owned();
            }
        };
        format!("{} {what}", self.quoted(text))
    }

    /// Why a text is not opening hours.
    #[must_use]
    pub fn wrong_hours(self, error: &HoursError) -> String {
        match (self.language, error) {
            (Language::En, error) => sentence(&error.to_string()),
            (Language::Fr, HoursError::Empty) => {
                "Aucun horaire n'est indiqué : écrivez par exemple mon-fri 09:00-18:00, sat 10:00-13:00, ou always.".to_owned()
            }
            (Language::Fr, HoursError::Long) => "Les horaires sont trop longs : 2000 caractères au plus.".to_owned(),
            (Language::Fr, HoursError::Entry(text)) => {
                format!("« {text} » n'indique pas des jours et des heures : écrivez par exemple mon-fri 09:00-18:00 ou sat 10:00-13:00, séparés par une virgule.")
            }
            (Language::Fr, HoursError::Day(text)) => {
                format!("« {text} » n'est pas un jour : écrivez mon, tue, wed, thu, fri, sat ou sun (lundi à dimanche), ou une suite comme mon-fri.")
            }
            (Language::Fr, HoursError::Time(text)) => {
                format!("« {text} » n'est pas une heure : écrivez de 00:00 à 23:59, ou 24:00 pour la fin de la journée.")
            }
            (Language::Fr, HoursError::Never(text)) => {
                format!("« {text} » n'est jamais ouvert : la fin est égale au début ; écrivez 00:00-24:00 pour la journée entière.")
            }
        }
    }
}

/// With a capital letter and a full stop.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    let stop = if text.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{first}{}{stop}", letters.as_str())
}
