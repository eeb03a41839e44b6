//! The promises about what is erased: it is gone, nothing brings it back, and every figure is as it was.

use std::collections::HashSet;

use vigie::clock::Ids;
use vigie::domain::ids::{ChannelId, CommunityId, UserId};
use vigie::domain::judgement::{Judged, Judgement, Zone};
use vigie::domain::label::{Label, Route};
use vigie::domain::message::{IncomingMessage, Standing};
use vigie::domain::notice::Notice;
use vigie::domain::request::{LinkKind, Request, Step};
use vigie::domain::settings::{Platform, Settings};
use vigie::domain::time::Timestamp;
use vigie::domain::verdict::{Lang, Verdict};
use vigie::store::privacy::{Bounds, KeptText};
use vigie::store::{
    Decided, Delivery, Incoming, Measures, PostedCard, RequestFilter, Sheet, Store, StoreError,
};

use super::Database;
use super::contract::{asked, at, community, nothing_set, opened};

const DAY: i64 = 86_400;
const MANY: u32 = 100;

async fn stored(store: &dyn Store, message: &IncomingMessage) -> Request {
    let change = opened(message, Route::Pr);
    let request = change.request.id.clone();
    store.apply(&message.community, &change.into(), None, message.at).await.expect("stored");
    store.request(&message.community, &request).await.expect("reads").expect("there")
}

async fn again(store: &dyn Store, request: &Request) -> Request {
    store.request(&request.community, &request.id).await.expect("reads").expect("there")
}

async fn step(store: &dyn Store, request: &Request, step: Step, seconds: i64) -> Request {
    let change = request.apply(step, at(seconds), &nothing_set()).expect("possible");
    store.apply(&request.community, &change.into(), None, at(seconds)).await.expect("stored");
    again(store, request).await
}

async fn measures(store: &dyn Store, community: &CommunityId) -> Measures {
    store.measures(community, &RequestFilter::default()).await.expect("reads")
}

fn answer(by: &str) -> Step {
    Step::Answer { by: by.into(), message: Some("a1".into()), link: LinkKind::Reply, confidence: 1.0 }
}

/// Sends what is due, as an outbox would.
async fn send_all(store: &dyn Store, community: &CommunityId, seconds: i64) -> Vec<Notice> {
    let mut sent = Vec::new();
    loop {
        let due = store.due_notices(at(seconds), 10_000, &Platform::ALL).await.expect("claims");
        if due.is_empty() {
            return sent;
        }
        for notice in due {
            assert_eq!(&notice.community, community);
            let delivery = match notice.notice {
                Notice::PostCard { .. } => {
                    let card = PostedCard { channel: "desk".into(), post: notice.id.as_str().into() };
                    Delivery::Posted { card, pinged: None, bundle_at: None }
                }
                _ => Delivery::Done(None),
            };
            store.record_delivery(&notice, &delivery, at(seconds)).await.expect("stored");
            sent.push(notice.notice);
        }
    }
}

pub async fn old_texts_go_the_oldest_first_and_the_figures_stay(Database { store, .. }: Database) {
    let (store, community) = (store.as_ref(), community());
    let old = stored(store, &asked(&community, "m1", 0)).await;
    let older = stored(store, &asked(&community, "m0", -DAY)).await;
    let young = stored(store, &asked(&community, "m2", 2 * DAY)).await;
    let before = measures(store, &community).await;
    assert_eq!(store.oldest_text(&community).await.expect("reads"), Some(at(-DAY)));

    let erased = store.erase_texts(&community, at(DAY), 1, at(3 * DAY)).await.expect("erased");
    assert_eq!((erased.count, erased.has_more), (1, true));
    assert_eq!(again(store, &older).await.messages[0].text, None);
    assert!(again(store, &old).await.messages[0].text.is_some());
    let erased = store.erase_texts(&community, at(DAY), MANY, at(3 * DAY)).await.expect("erased");
    assert_eq!((erased.count, erased.has_more), (1, false));
    assert_eq!(again(store, &old).await.messages[0].text, None);
    assert_eq!(again(store, &young).await, young);
    assert_eq!(store.oldest_text(&community).await.expect("reads"), Some(at(2 * DAY)));
    let erased = store.erase_texts(&community, at(DAY), MANY, at(3 * DAY)).await.expect("nothing left");
    assert_eq!((erased.count, erased.has_more), (0, false));
    assert_eq!(measures(store, &community).await, before);
}

pub async fn what_is_kept_of_a_channel_or_thread_is_found(Database { store, .. }: Database) {
    let (store, community) = (store.as_ref(), community());
    let in_thread =
        |id: &str, seconds| IncomingMessage { thread: Some("t1".into()), ..asked(&community, id, seconds) };
    stored(store, &in_thread("m2", 20)).await;
    stored(store, &asked(&community, "m1", 10)).await;
    stored(store, &IncomingMessage { channel: "elsewhere".into(), ..asked(&community, "m3", 30) }).await;
    let gone = stored(store, &in_thread("m4", 40)).await;
    step(store, &gone, Step::Delete { message: "m4".into() }, 50).await;
    let texts_in = async |place: &str| {
        let found = store.texts_in(&community, &place.into()).await.expect("reads");
        found.into_iter().map(|message| message.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(texts_in("support").await, ["m1", "m2"]);
    assert_eq!(texts_in("t1").await, ["m2"]);
}

pub async fn kept_texts_are_gone_through_from_the_newest_on(Database { store, .. }: Database) {
    let (store, community) = (store.as_ref(), community());
    for (id, seconds) in [("m1", 10), ("m2", 20), ("m3", 20), ("m4", 30)] {
        stored(store, &asked(&community, id, seconds)).await;
    }
    let in_thread = IncomingMessage { thread: Some("t1".into()), ..asked(&community, "m5", 40) };
    let gone = stored(store, &in_thread).await;
    stored(store, &IncomingMessage { community: CommunityId::new("other"), ..in_thread }).await;
    let before = async |seconds| {
        let found = store.texts_before(&community, at(seconds)).await.expect("reads");
        let places = |text: &KeptText| text.places.iter().map(ToString::to_string).collect::<Vec<_>>();
        let named = |text: &KeptText| format!("{} {}", places(text).join("/"), text.message);
        found.iter().map(named).collect::<Vec<_>>()
    };
    assert_eq!(before(41).await, ["t1/support m5"]);
    assert_eq!(before(40).await, ["support m4"]);
    assert_eq!(before(30).await, ["support m2", "support m3"]);
    assert_eq!(before(20).await, ["support m1"]);
    assert!(before(10).await.is_empty());
    step(store, &gone, Step::Delete { message: "m5".into() }, 50).await;
    assert_eq!(before(41).await, ["support m4"]);
}

pub async fn a_change_under_way_does_not_bring_an_erased_text_back(Database { store, .. }: Database) {
    let (store, community) = (store.as_ref(), community());
    let request = stored(store, &asked(&community, "m1", 0)).await;
    let edit = Step::Edit { message: "m1".into(), text: "my two parcels".into() };
    let change = request.apply(edit.clone(), at(9), &nothing_set()).expect("its text is there");
    store.erase_texts(&community, at(DAY), MANY, at(2 * DAY)).await.expect("erased");
    let late = store.apply(&community, &change.into(), None, at(9)).await;
    assert!(matches!(late, Err(StoreError::Conflict)), "{late:?}");
    let now = again(store, &request).await;
    assert!(now.apply(edit, at(9), &nothing_set()).is_err(), "decided anew it is refused");
    let claimed = step(store, &now, Step::Claim { by: "karim".into() }, 10).await;
    assert_eq!(claimed.messages[0].text, None);
}

pub async fn cards_that_show_an_erased_text_are_drawn_anew_some_at_a_time(Database { store, .. }: Database) {
    let (store, community) = (store.as_ref(), community());
    for n in 0..3 {
        stored(store, &asked(&community, &format!("m{n}"), n)).await;
    }
    send_all(store, &community, 10).await;
    store.erase_texts(&community, at(DAY), MANY, at(2 * DAY)).await.expect("erased");
    assert_eq!(send_all(store, &community, 3 * DAY).await, [], "not before their turn");
    let edit = Notice::EditCard { route: Route::Pr };
    let first = store.redraw_erased(&community, 2, at(2 * DAY)).await.expect("stored");
    assert_eq!((first.count, first.has_more), (2, true));
    assert_eq!(send_all(store, &community, 3 * DAY).await, [edit, edit]);
    let last = store.redraw_erased(&community, 2, at(2 * DAY)).await.expect("stored");
    assert_eq!((last.count, last.has_more), (1, false));
    assert_eq!(send_all(store, &community, 3 * DAY).await, [edit]);
    assert_eq!(store.redraw_erased(&community, 2, at(2 * DAY)).await.expect("reads").count, 0);

    let on_its_way = stored(store, &asked(&community, "m9", 9)).await;
    store.erase_texts(&community, at(DAY), MANY, at(2 * DAY)).await.expect("erased");
    let sent = send_all(store, &community, 3 * DAY).await;
    assert!(sent.ends_with(&[edit]) || sent.contains(&edit), "a card on its way is followed: {sent:?}");
    assert_eq!(again(store, &on_its_way).await.messages[0].text, None);
}

pub async fn a_forgotten_person_is_gone_and_every_figure_stays(Database { store, .. }: Database) {
    let (store, community) = (store.as_ref(), community());
    let of_ana = stored(store, &asked(&community, "m1", 0)).await;
    let of_ana = step(store, &of_ana, Step::Claim { by: "karim".into() }, 10).await;
    let hand_over = Step::HandOver { by: "ines".into(), from: "karim".into(), to: "ines".into() };
    let of_ana = step(store, &of_ana, hand_over, 20).await;
    let helped = Step::CommunityAnswer { by: "tom".into(), message: "m7".into() };
    let of_ana = step(store, &of_ana, helped, 25).await;
    let of_ana = step(store, &of_ana, answer("karim"), 30).await;
    let of_bo = IncomingMessage {
        author: "bo".into(),
        author_name: "Bo".to_owned(),
        ..asked(&community, "m2", 2 * DAY)
    };
    let of_bo = stored(store, &of_bo).await;
    let of_bo = step(store, &of_bo, answer("ines"), 2 * DAY + 60).await;
    // Twice, so that the first day is packed with whom it names.
    measures(store, &community).await;
    let before = measures(store, &community).await;

    for person in ["ana", "karim", "ines", "tom"] {
        let marker = Ids::erased();
        store.forget(&community, &person.into(), &marker, at(3 * DAY)).await.expect("forgotten");
    }
    let after = measures(store, &community).await;
    assert!(after.rows().eq(before.rows()), "{after:?}");
    let people: HashSet<&UserId> = after.sheets.iter().flat_map(Sheet::people).collect();
    assert_eq!(people.len(), 2, "two people stay two: {people:?}");
    assert!(people.iter().all(|person| person.is_erased()), "{people:?}");

    let forgotten = again(store, &of_ana).await;
    assert!(forgotten.author.is_erased() && forgotten.author_name.is_empty());
    assert!(forgotten.messages.iter().all(|message| message.text.is_none()));
    assert!(forgotten.verdict.why.is_empty());
    let untouched = again(store, &of_bo).await;
    assert_eq!((&untouched.author, &untouched.messages), (&of_bo.author, &of_bo.messages));
    for request in [&forgotten, &untouched] {
        let log = store.events(&community, &request.id).await.expect("reads");
        let told = serde_json::to_string(&(log, &request.course)).expect("JSON") + &format!("{request:?}");
        for person in ["\"ana\"", "\"karim\"", "\"ines\"", "\"tom\""] {
            assert!(!told.contains(person), "{person} is in {told}");
        }
    }
}

pub async fn what_is_known_of_a_forgotten_persons_messages_names_nobody(Database { store, .. }: Database) {
    let (store, community, ids) = (store.as_ref(), community(), Ids::default());
    let said = [
        asked(&community, "m1", 0),
        IncomingMessage {
            author: "bo".into(),
            mentions: vec!["ana".into(), "bobo".into()],
            ..asked(&community, "m2", 1)
        },
    ];
    for message in &said {
        store
            .receive(&ids.next(message.at), &Incoming::Posted(message.clone()), message.at)
            .await
            .expect("new");
    }
    let pending = async || {
        let pending = store.pending(at(50), 10_000).await.expect("reads");
        pending.into_iter().filter(|item| item.incoming.place().0 == &community).collect::<Vec<_>>()
    };
    store.apply(&community, &judged(&said[0]), Some(&pending().await[0]), at(2)).await.expect("digested");
    let edit = Incoming::Edited { message: said[0].clone(), at: at(5) };
    store.receive(&ids.next(at(5)), &edit, at(5)).await.expect("new");

    let marker = Ids::erased();
    let forgotten = store.forget(&community, &"ana".into(), &marker, at(6)).await.expect("forgotten");
    assert_eq!((forgotten.judgements, forgotten.messages), (1, 1));
    let left: Vec<_> = pending().await.into_iter().map(|item| item.incoming).collect();
    assert_eq!(
        left,
        [Incoming::Posted(said[1].clone())],
        "what she changed goes unjudged, what bo wrote does not"
    );
    let talk = store.talk(&community, &"support".into(), at(9), 10).await.expect("reads");
    assert_eq!(talk[0].author, marker);
    assert_eq!(talk[1].mentions, [marker.clone(), "bobo".into()]);
    let judged = store.judged(&community, &"m1".into()).await.expect("reads").expect("it counts still");
    assert_eq!(judged.judged.author, marker);
    assert!(
        !store.receive(&ids.next(at(7)), &Incoming::Posted(said[0].clone()), at(7)).await.expect("known")
    );
}

fn judged(message: &IncomingMessage) -> Decided {
    let verdict = Verdict::given(Label::None, "test", Lang::En);
    let shares = [0.1, 0.1, 0.1, 0.7];
    let judgement = Judgement { verdict, shares, zone: Zone::Review, route: Route::Pr, earlier: Vec::new() };
    Decided { judged: Some(Judged::of(message, judgement)), ..Decided::default() }
}

pub async fn what_has_served_goes_and_the_mark_and_the_unjudged_stay(Database { store, .. }: Database) {
    let (store, community, ids) = (store.as_ref(), community(), Ids::default());
    let hear = async |id: &str, seconds: i64, is_digested: bool| {
        let message = asked(&community, id, seconds);
        store
            .receive(&ids.next(at(seconds)), &Incoming::Posted(message.clone()), at(seconds))
            .await
            .expect("new");
        if is_digested {
            let pending = store.pending(at(50), 10_000).await.expect("reads");
            let is_it = |item: &&vigie::store::InboxItem| item.incoming == Incoming::Posted(message.clone());
            let item = pending.iter().find(is_it).expect("it is pending");
            store.apply(&community, &judged(&message), Some(item), at(seconds)).await.expect("digested");
        }
    };
    hear("m1", 0, true).await;
    hear("m2", 10, false).await;
    hear("m3", 90, true).await;
    hear("m4", 100, true).await;
    stored(store, &asked(&community, "m5", 30)).await;
    send_all(store, &community, 40).await;
    let bounds = |texts: Timestamp| Bounds {
        texts,
        judgements: at(DAY),
        heard: at(DAY),
        sent: at(DAY),
        pings: at(DAY),
    };
    let prune =
        async |texts| store.prune(&community, &bounds(texts), MANY, at(2 * DAY)).await.expect("pruned");
    let support = ChannelId::from("support");
    store.open_gaps(&community, &[(support.clone(), "m0".into())], at(DAY)).await.expect("stored");
    let pruned = prune(at(-1)).await;
    // Three judgements, and the notices that were sent.
    assert_eq!((pruned.count, pruned.has_more), (5, false));
    let gap = store.gaps(&community).await.expect("reads").remove(0);
    store.close_gap(&community, &gap).await.expect("stored");
    assert_eq!(prune(at(-1)).await.count, 1, "m1 of the inbox, now that all is read back");
    let talk = async || {
        let talk = store.talk(&community, &support, at(199), 10).await.expect("reads");
        talk.into_iter().map(|heard| heard.id.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(talk().await, ["m2", "m3", "m4"]);
    assert_eq!(store.last_seen(&community, &support).await.expect("reads"), Some("m4".into()));
    let is_pending = async || {
        let pending = store.pending(at(50), 10_000).await.expect("reads");
        pending.iter().any(|item| item.incoming.place().0 == &community)
    };
    assert!(is_pending().await, "nobody has judged it yet");
    assert_eq!(prune(at(DAY)).await.count, 1, "older than any text is kept");
    assert!(!is_pending().await);
}

pub async fn the_turn_of_a_community_comes_with_new_settings_or_when_it_was_put(
    Database { store, .. }: Database,
) {
    let (store, settings) = (store.as_ref(), Settings::new(Platform::Playground, community(), "X"));
    let id = &settings.community.id;
    let due = async |seconds| {
        let due = store.erasures_due(at(seconds), 10_000).await.expect("reads");
        due.into_iter().find(|(community, _)| community == id).map(|(_, since)| since)
    };
    let version = store.save_settings(&settings, None, at(0)).await.expect("stored");
    let since = due(0).await.expect("at once");
    assert!(store.move_erasure(id, since, at(50)).await.expect("stored"));
    assert_eq!((due(49).await, due(50).await), (None, Some(at(50))));
    assert!(store.next_erasure(at(0)).await.expect("reads").is_some_and(|next| next <= at(50)));
    assert!(!store.move_erasure(id, since, at(90)).await.expect("stored"), "somebody else was faster");
    store.save_settings(&settings, Some(version), at(1)).await.expect("stored");
    let since = due(1).await.expect("with new settings");
    assert!(store.move_erasure(id, since, at(50)).await.expect("stored"));
    store.forget(id, &"nobody".into(), &Ids::erased(), at(2)).await.expect("nothing to do");
    assert!(due(2).await.is_some(), "cards may have to be drawn anew");
}

pub async fn a_member_is_told_what_is_kept_of_them_alone(Database { store, .. }: Database) {
    let (store, community) = (store.as_ref(), community());
    stored(store, &asked(&community, "m1", 0)).await;
    let second = stored(store, &asked(&community, "m2", 60)).await;
    step(store, &second, Step::Delete { message: "m2".into() }, 61).await;
    stored(store, &IncomingMessage { author: "bo".into(), ..asked(&community, "m3", -60) }).await;
    let kept = store.kept_of(&community, &"ana".into()).await.expect("reads");
    assert_eq!((kept.requests, kept.texts), (2, 1));
    assert_eq!((kept.oldest, kept.oldest_text), (Some(at(0)), Some(at(0))));
    let nothing = store.kept_of(&community, &"nobody".into()).await.expect("reads");
    assert_eq!((nothing.requests, nothing.oldest), (0, None));
}

pub async fn one_community_never_forgets_anothers(Database { store, .. }: Database) {
    let (store, here, there) = (store.as_ref(), community(), community());
    stored(store, &asked(&here, "m1", 0)).await;
    let elsewhere = stored(store, &asked(&there, "m1", 0)).await;
    let ids = Ids::default();
    let said = IncomingMessage { standing: Standing::Member, ..asked(&there, "m5", 5) };
    store.receive(&ids.next(at(5)), &Incoming::Posted(said), at(5)).await.expect("new");
    store.forget(&here, &"ana".into(), &Ids::erased(), at(9)).await.expect("forgotten");
    store.erase_texts(&here, at(DAY), MANY, at(DAY)).await.expect("erased");
    let bounds =
        Bounds { texts: at(DAY), judgements: at(DAY), heard: at(DAY), sent: at(DAY), pings: at(DAY) };
    store.prune(&here, &bounds, MANY, at(DAY)).await.expect("pruned");
    assert_eq!(again(store, &elsewhere).await, elsewhere);
    let talk = store.talk(&there, &"support".into(), at(9), 10).await.expect("reads");
    assert_eq!(talk[0].author.as_str(), "ana");
}
