//! Texts of which the shipped model is not sure, and the zones of others.
//!
//! Which texts are unsure changes whenever the model is trained anew, so tests ask for them here instead of naming
//! them: when there are too few left, they say so.

use vigie::classify::Judge;
use vigie::classify::context::Context;
use vigie::classify::learn::Adaptation;
use vigie::domain::judgement::{Judgement, Zone};
use vigie::domain::label::Route;

use super::message::message;

/// Texts that are half a request, for customer service.
const CANDIDATES: [&str; 26] = [
    "any news on the refunds",
    "my invoice looks odd",
    "I think my payment hangs",
    "the parcel went back to the depot",
    "refund took two weeks for me, now the second one hangs",
    "la livraison traîne un peu",
    "le suivi ne bouge plus",
    "they changed the price on my bill",
    "my subscription ended early",
    "my contract ends soon",
    "le paiement est passé deux fois je crois",
    "my refund",
    "my delivery",
    "my subscription",
    "your driver",
    "still waiting for the parcel like everybody I guess",
    "the app logs me out since this morning",
    "nobody answers the phone",
    "my parcel is a bit late I guess",
    "the order page is empty for me today",
    "not sure whether my order went through",
    "so my parcel",
    "it was billed again",
    "mon remboursement traîne",
    "my voucher is not there yet",
    "the courier came yesterday they say",
];

/// That many texts that the judge lists for customer service to decide.
pub fn unsure(count: usize) -> Vec<&'static str> {
    let is_listed = |text: &&str| {
        let judgement = judged(text, Context::default());
        (judgement.zone, judgement.route) == (Zone::Review, Route::CustomerService)
    };
    let found: Vec<_> = CANDIDATES.into_iter().filter(is_listed).take(count).collect();
    assert_eq!(found.len(), count, "the model is sure of most candidates by now: add some");
    found
}

/// The zone of a text that stands alone.
pub fn zone(text: &str) -> Zone {
    judged(text, Context::default()).zone
}

/// What the judge of the tests' community makes of a text.
pub fn judged(text: &str, context: Context) -> Judgement {
    let judge = Judge::new(&super::vigie::settings(), Adaptation::default());
    let message = message("ana", text).sent("m0", vigie::domain::time::Timestamp::UNIX_EPOCH);
    judge.judge(&message, text, context)
}
