use super::*;
use crate::classify::model::Model;

const SEEN: Seen = [40.0, 20.0, 40.0];

fn look(text: &str) -> Look<'_> {
    Model::shipped().look(text)
}

fn label(shares: [f64; 4]) -> Label {
    Label::ALL
        .into_iter()
        .max_by(|a, b| shares[a.index()].total_cmp(&shares[b.index()]))
        .expect("four labels")
}

#[test]
fn what_is_taught_again_and_again_is_learnt() {
    let mut known = Adaptation::default();
    let taught = [
        "are there tickets left for friday",
        "tickets for saturday still on sale?",
        "is the ticket shop open",
    ];
    for _ in 0..8 {
        for text in taught {
            known.learn(&look(text), Label::None, Zone::Ping, SEEN);
        }
    }
    assert_eq!(label(known.shares(&look("any tickets left for sunday"))), Label::None);
    let other = look("my parcel never arrived, please refund me");
    assert_eq!(label(known.shares(&other)), Label::CustomerService);
}

#[test]
fn nothing_taught_changes_nothing() {
    let text = look("where is my order");
    let shared = text.scores().probabilities(Prior::default());
    let own = Adaptation::default().shares(&text);
    assert!(shared.into_iter().zip(own).all(|(a, b)| (a - b).abs() < 1e-9), "{shared:?} {own:?}");
}

#[test]
fn bytes_give_back_what_was_taught() {
    let mut known = Adaptation::default();
    known.learn(&look("do you sell vinyl"), Label::ProductExpert, Zone::Review, SEEN);
    known.learn(&look("see you at the show"), Label::None, Zone::Quiet, SEEN);
    let bytes = known.to_bytes();
    assert_eq!(Adaptation::from_bytes(&bytes).as_ref(), Ok(&known));
    assert_eq!(Adaptation::from_bytes(&bytes[..bytes.len() - 3]), Err(Unreadable::Damaged));
    assert_eq!(Adaptation::from_bytes(b"something else"), Err(Unreadable::Damaged));
    let mut other = bytes;
    other[8] ^= 1;
    assert_eq!(Adaptation::from_bytes(&other), Err(Unreadable::Foreign));
}

#[test]
fn it_does_not_grow_without_end() {
    let mut known = Adaptation::default();
    for n in 0..1_500 {
        let text = format!("w{n}a w{n}b w{n}c w{n}d w{n}e w{n}f w{n}g w{n}h w{n}i w{n}j");
        let text = text.replace(|c: char| c.is_ascii_digit(), "x") + &"y".repeat(n % 40);
        known.learn(&look(&text), Label::None, Zone::Quiet, SEEN);
    }
    assert!(known.weights.len() <= KEPT);
}
