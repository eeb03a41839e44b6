//! `/export`.

use super::Words;
use super::figures::french;
use crate::domain::settings::Language;
use crate::domain::time::civil;

impl Words {
    /// The headline of a file of so many requests.
    #[must_use]
    pub fn exported(self, n: usize) -> String {
        self.many(
            n,
            ("1 request in the file", "{n} requests in the file"),
            ("{n} demande dans le fichier", "{n} demandes dans le fichier"),
        )
    }

    /// Which requests it holds: those opened on these days, in that time zone.
    #[must_use]
    pub fn opened_between(
        self,
        from: Option<civil::Date>,
        to: Option<civil::Date>,
        zone: Option<&str>,
    ) -> String {
        let zone = zone.unwrap_or("UTC");
        match (self.language(), from, to) {
            (Language::En, None, None) => "All requests so far.".to_owned(),
            (Language::Fr, None, None) => "Toutes les demandes à ce jour.".to_owned(),
            (Language::En, Some(from), None) => format!("Opened on {from} or later ({zone})."),
            (Language::Fr, Some(from), None) => {
                format!("Ouvertes à partir du {} ({zone}).", french(from))
            }
            (Language::En, None, Some(to)) => format!("Opened until the end of {to} ({zone})."),
            (Language::Fr, None, Some(to)) => format!("Ouvertes jusqu'au {} inclus ({zone}).", french(to)),
            (Language::En, Some(from), Some(to)) => {
                format!("Opened from {from} to the end of {to} ({zone}).")
            }
            (Language::Fr, Some(from), Some(to)) => {
                format!("Ouvertes du {} au {} inclus ({zone}).", french(from), french(to))
            }
        }
    }

    /// The file holds what members wrote.
    #[must_use]
    pub const fn export_has_texts(self) -> &'static str {
        self.pick(
            "It holds what members wrote: treat it as personal data. What is erased here later stays in the file.",
            "Il contient ce que les membres ont écrit : traitez-le comme des données personnelles. Ce qui sera effacé ici plus tard restera dans le fichier.",
        )
    }

    /// The first day comes after the last.
    #[must_use]
    pub fn days_in_wrong_order(self, from: civil::Date, to: civil::Date) -> String {
        match self.language() {
            Language::En => format!("{from} comes after {to}: give the earlier day as `from`."),
            Language::Fr => {
                format!(
                    "Le {} vient après le {} : donnez le premier jour dans « début ».",
                    french(from),
                    french(to)
                )
            }
        }
    }

    /// The file would be larger than what can be attached; the line below says what to call instead.
    #[must_use]
    pub fn export_too_large(self, largest: usize) -> String {
        let mebibytes = largest >> 20;
        match self.language() {
            Language::En => format!(
                "The file would be larger than {mebibytes} MiB, the most that can be attached here. Choose fewer days, or run this on the machine where Vigie is installed:"
            ),
            Language::Fr => format!(
                "Le fichier dépasserait {mebibytes} Mio, le maximum pour une pièce jointe ici. Choisissez moins de jours, ou lancez ceci sur la machine où Vigie est installée :"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_said_in_both_languages() {
        let (from, to) = (civil::date(2026, 3, 1), civil::date(2026, 3, 31));
        let said = |from, to| {
            [Language::En, Language::Fr].map(|l| Words::new(l).opened_between(from, to, Some("Europe/Paris")))
        };
        assert_eq!(
            said(Some(from), Some(to)),
            [
                "Opened from 2026-03-01 to the end of 2026-03-31 (Europe/Paris).",
                "Ouvertes du 01/03/2026 au 31/03/2026 inclus (Europe/Paris)."
            ]
        );
        assert_eq!(said(None, Some(to))[1], "Ouvertes jusqu'au 31/03/2026 inclus (Europe/Paris).");
        assert_eq!(said(Some(from), None)[1], "Ouvertes à partir du 01/03/2026 (Europe/Paris).");
        assert_eq!(said(None, None), ["All requests so far.", "Toutes les demandes à ce jour."]);
        assert_eq!(Words::new(Language::Fr).exported(0), "0 demande dans le fichier");
    }
}
