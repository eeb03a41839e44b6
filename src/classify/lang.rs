//! Tells French from English from anything else, by the small words that every sentence needs.
//!
//! Messages are short and misspelt, so there is no statistics of letters here: two or three words such as "est"
//! or "the" decide. What is written in another script, or with the small words of another language, is foreign.

use std::collections::HashMap;
use std::sync::OnceLock;

use crate::domain::verdict::Lang;

/// What a text looks like. Unlike [`Lang`] it keeps apart what is foreign and what is too short to tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guess {
    /// French.
    French,
    /// English.
    English,
    /// Another language.
    Foreign,
    /// Too little text, or none that belongs to a language.
    Unclear,
}

impl Guess {
    /// The same in the words of a verdict.
    #[must_use]
    pub const fn lang(self) -> Lang {
        match self {
            Self::French => Lang::Fr,
            Self::English => Lang::En,
            Self::Foreign | Self::Unclear => Lang::Other,
        }
    }
}

/// Words that are French and not English, with the short forms people type.
const FRENCH: &str = " le la les un une des du au aux de d l et est es suis sommes etes sont ai as a avez avons ont \
    j je tu il elle on nous vous ils elles c ce ca cette ces cet que qu qui quoi quel quelle quels quelles ne n pas plus \
    mon ma mes ton ta tes votre vos notre nos son sa ses leur y en dans sur sous avec sans pour par chez mais ou donc \
    car si comme tout tous toute toutes tres trop bien mal fait faire avoir etre peut peux pouvez puis veux voulez \
    bonjour bonsoir salut merci svp stp oui non jamais toujours depuis encore aussi alors quand comment pourquoi \
    combien quelqu qqn jour jours mois semaine hier demain ici voila bah ben mdr ptdr bjr slt slm jpp tjrs pk pq cest \
    jai ya dit dire moi toi lui eux meme autre rien chose probleme compte commande colis abonnement facture appli \
    forfait box marche idem pareil bravo dommage coucou carrement genial nul grave ";

/// Words that are English and not French.
const ENGLISH: &str = " the a an and or but if of to in on at by for with from about into is are was were be been am \
    i you he she it we they my your his her its our their me him us them this that these those not no yes do does did \
    don doesn didn can could will would should has have had what which who when where why how there here just so than \
    then too very really any some all every more most much many please thanks thank hello hey hi ok okay still never \
    always again since today tomorrow yesterday get got getting go going know think want need like good great bad new \
    im ive dont cant wont didnt doesnt isnt whats thats lol same one out up down after before only also because u ur \
    help order account refund working anyone someone nothing love nice awesome cool yeah yep nope sure sorry agreed \
    bug price app day time first last ";

/// Frequent words of neighbours (German, Spanish, Italian, Portuguese, Dutch) that are neither French nor English.
const OTHERS: &str = " der das und ist nicht ich sie wir ihr ein eine mit auf zu den dem auch wie warum wo kann mein \
    meine haben bitte danke hallo el los las una y por para con como pero mi tu su muy donde cuando gracias hola \
    esta estoy tengo puedo mas ya il lo gli della che non sono per una mio mia quando grazie ciao ho dove o os um \
    uma nao com meu minha voce obrigado obrigada quando het een en niet ik je wij zijn van voor met mijn wat waar \
    hoe dank ";

/// The language of `text`.
#[must_use]
pub fn detect(text: &str) -> Lang {
    guess(text).lang()
}

/// What `text` looks like.
#[must_use]
pub fn guess(text: &str) -> Guess {
    let (mut french, mut english, mut foreign, mut words, mut strange) = (0, 0, 0, 0, 0);
    for word in words_of(text) {
        words += 1;
        if word.chars().any(|c| c.is_alphabetic() && !is_western(c)) {
            strange += 1;
            continue;
        }
        // Accents and ligatures that French has and English has not; ñ, ß, ä and the like belong to neither.
        french += 2 * u32::from(word.contains(['é', 'è', 'ê', 'ç', 'à', 'ù', 'œ', 'î', 'û']));
        foreign += 2 * u32::from(
            word.contains(['ñ', 'ß', 'ä', 'ö', 'ü', 'ã', 'õ', 'ì', 'ò', 'ó', 'í', '¿', '¡', 'å', 'ø']),
        );
        let plain = plain(&word);
        let owners = small_words().get(plain.as_str()).copied().unwrap_or_default();
        french += u32::from(owners.french);
        english += u32::from(owners.english);
        foreign += u32::from(owners.other);
    }
    if strange * 2 > words || (foreign >= 2 && foreign > french.max(english)) {
        return Guess::Foreign;
    }
    match french.cmp(&english) {
        std::cmp::Ordering::Greater => Guess::French,
        std::cmp::Ordering::Less => Guess::English,
        std::cmp::Ordering::Equal => Guess::Unclear,
    }
}

/// Words as far as they tell anything: no links, no mentions, no numbers, and no more than a reader would need.
fn words_of(text: &str) -> impl Iterator<Item = String> {
    text.split_whitespace()
        .filter(|piece| !piece.starts_with(['@', '<', '#']) && !piece.contains("://"))
        .flat_map(|piece| piece.split(|c: char| !c.is_alphabetic()))
        .filter(|word| !word.is_empty())
        .take(120)
        .map(str::to_lowercase)
}

/// Whether a word is one of those that every sentence needs.
#[must_use]
pub fn is_small_word(word: &str) -> bool {
    small_words().contains_key(plain(word).as_str())
}

fn plain(word: &str) -> String {
    let mut plain = String::with_capacity(word.len());
    super::model::fold(word, &mut plain);
    plain
}

/// Which languages a small word belongs to.
#[derive(Clone, Copy, Default)]
struct Owners {
    french: bool,
    english: bool,
    other: bool,
}

fn small_words() -> &'static HashMap<&'static str, Owners> {
    static WORDS: OnceLock<HashMap<&'static str, Owners>> = OnceLock::new();
    WORDS.get_or_init(|| {
        let mut words: HashMap<&str, Owners> = HashMap::new();
        FRENCH.split_whitespace().for_each(|word| words.entry(word).or_default().french = true);
        ENGLISH.split_whitespace().for_each(|word| words.entry(word).or_default().english = true);
        OTHERS.split_whitespace().for_each(|word| words.entry(word).or_default().other = true);
        words
    })
}

const fn is_western(c: char) -> bool {
    matches!(c, '\0'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' | '\u{300}'..='\u{36f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_and_misspelt_messages_are_told_apart() {
        for (text, lang) in [
            ("j ai pas recu mon colis", Lang::Fr),
            ("prélevé 2x ce mois ci", Lang::Fr),
            ("cest quoi la difference", Lang::Fr),
            ("my parcel never came", Lang::En),
            ("wheres my order?? its been 2 weeks", Lang::En),
            ("haha same", Lang::En),
            ("merci !", Lang::Fr),
        ] {
            assert_eq!(detect(text), lang, "{text}");
        }
    }

    #[test]
    fn other_languages_are_foreign() {
        for text in [
            "Wo ist meine Bestellung? Ich warte seit zwei Wochen und niemand antwortet",
            "¿dónde está mi pedido? llevo dos semanas esperando y no responden",
            "il mio ordine non è arrivato, dove posso chiedere il rimborso per favore",
            "где мой заказ?",
            "私の注文はどこですか",
        ] {
            assert_eq!(guess(text), Guess::Foreign, "{text}");
        }
    }

    #[test]
    fn what_belongs_to_no_language_is_unclear() {
        for text in ["", "👍👍", "https://a.example/le/la/les", "@user @brand", "503", "PS5 HDMI"] {
            assert_eq!(guess(text), Guess::Unclear, "{text}");
        }
    }
}
