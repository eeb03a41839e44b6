//! What is said of a channel in which nothing can be posted.

use super::Words;
use super::commands::fill;
use crate::domain::card::Piece;
use crate::domain::ids::ChannelId;
use crate::domain::label::Route;
use crate::domain::settings::Language;

impl Words {
    /// Which channel, what the platform said, how many cards wait, and what to do about it.
    #[must_use]
    pub fn trouble(
        self,
        channel: &ChannelId,
        reason: &str,
        desks: &[Route],
        waiting: usize,
    ) -> Vec<Vec<Piece>> {
        let named: Vec<&str> = desks.iter().map(|route| self.route(*route)).collect();
        let of = if named.is_empty() { String::new() } else { format!(" ({})", named.join(", ")) };
        let title = match self.language {
            Language::En => format!("I cannot post in {{}}{of}."),
            Language::Fr => format!("Je ne peux rien publier dans {{}}{of}."),
        };
        let said = match self.language {
            Language::En => format!("The answer was: {reason}."),
            Language::Fr => format!("La réponse a été : {reason}."),
        };
        let mut lines = vec![fill(&title, [Piece::Channel(channel.clone())]), vec![Piece::text(said)]];
        if waiting > 0 {
            lines.push(vec![Piece::text(self.cards_wait(waiting))]);
        }
        lines.push(vec![Piece::text(self.how_to_mend_a_channel(!desks.is_empty()))]);
        lines
    }

    fn cards_wait(self, waiting: usize) -> String {
        match (self.language, waiting) {
            (Language::En, 1) => "1 card waits to be shown there; it is not lost.".to_owned(),
            (Language::En, n) => format!("{n} cards wait to be shown there; none is lost."),
            (Language::Fr, 1) => "1 carte attend d'y être affichée ; elle n'est pas perdue.".to_owned(),
            (Language::Fr, n) => format!("{n} cartes attendent d'y être affichées ; aucune n'est perdue."),
        }
    }

    const fn how_to_mend_a_channel(self, is_a_desks: bool) -> &'static str {
        if is_a_desks {
            self.pick(
                "Please give my role its permissions back in that channel: I try again at least every 15 minutes. Or choose another one with /desk set: then I post at once.",
                "Merci de rendre à mon rôle ses permissions dans ce salon : je réessaie au moins toutes les 15 minutes. Ou choisissez-en un autre avec /équipe définir : je publie alors aussitôt.",
            )
        } else {
            self.pick(
                "Please give my role its permissions back in that channel: I try again at least every 15 minutes. Or choose another one with /digest set: then I post at once.",
                "Merci de rendre à mon rôle ses permissions dans ce salon : je réessaie au moins toutes les 15 minutes. Ou choisissez-en un autre avec /bilan définir : je publie alors aussitôt.",
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(language: Language, desks: &[Route], waiting: usize) -> String {
        let reason = "Vigie cannot see channel 7: give its role the permission View Channels there";
        let lines = Words::new(language).trouble(&"7".into(), reason, desks, waiting);
        let text = |piece: &Piece| match piece {
            Piece::Text(text) => text.clone(),
            other => format!("{other:?}"),
        };
        lines.iter().map(|line| line.iter().map(text).collect::<String>()).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn a_closed_channel_is_told_with_what_waits_and_what_to_do() {
        insta::assert_snapshot!(said(Language::En, &[Route::CustomerService, Route::Pr], 3), @r#"
        I cannot post in Channel(ChannelId("7")) (Customer service, PR).
        The answer was: Vigie cannot see channel 7: give its role the permission View Channels there.
        3 cards wait to be shown there; none is lost.
        Please give my role its permissions back in that channel: I try again at least every 15 minutes. Or choose another one with /desk set: then I post at once.
        "#);
        insta::assert_snapshot!(said(Language::Fr, &[Route::CustomerService], 1), @r#"
        Je ne peux rien publier dans Channel(ChannelId("7")) (Service client).
        La réponse a été : Vigie cannot see channel 7: give its role the permission View Channels there.
        1 carte attend d'y être affichée ; elle n'est pas perdue.
        Merci de rendre à mon rôle ses permissions dans ce salon : je réessaie au moins toutes les 15 minutes. Ou choisissez-en un autre avec /équipe définir : je publie alors aussitôt.
        "#);
        insta::assert_snapshot!(said(Language::En, &[], 0), @r#"
        I cannot post in Channel(ChannelId("7")).
        The answer was: Vigie cannot see channel 7: give its role the permission View Channels there.
        Please give my role its permissions back in that channel: I try again at least every 15 minutes. Or choose another one with /digest set: then I post at once.
        "#);
    }
}
