//! The promises about times in which nobody listened.

use vigie::clock::Ids;
use vigie::domain::gap::{Bound, Missed, Start};
use vigie::domain::ids::{ChannelId, MessageId};
use vigie::domain::label::Route;
use vigie::domain::message::IncomingMessage;
use vigie::domain::notice::Notice;
use vigie::domain::request::Step;
use vigie::domain::settings::{Acknowledge, Platform, Tag, Watch};
use vigie::store::{Incoming, LastWord};

use super::Database;
use super::contract::{asked, at, community, nothing_set, opened};
use crate::support::message::answer;

fn after(message: &str) -> Start {
    Start::After(message.into())
}

fn support() -> ChannelId {
    "support".into()
}

pub async fn a_gap_keeps_its_start_until_it_is_made_good(Database { store, .. }: Database) {
    let (community, support) = (community(), support());
    let open = async |after: &str, seconds: i64| {
        let starts = [(support.clone(), MessageId::from(after))];
        store.open_gaps(&community, &starts, at(seconds)).await.expect("stored");
        store.gaps(&community).await.expect("reads").remove(0)
    };
    let first = open("10", 0).await;
    let gap = first.clone();
    assert_eq!((gap.start, gap.is_owed, gap.reason), (after("10"), true, None));
    store.gap_stays(&community, &support, "Discord is away").await.expect("stored");
    let gap = open("20", 1).await;
    assert_eq!((&gap.start, gap.reason.as_deref()), (&after("10"), Some("Discord is away")));

    store.close_gap(&community, &first).await.expect("nothing to be closed");
    assert!(store.gaps(&community).await.expect("reads")[0].is_owed, "nobody listened once more since");
    store.close_gap(&community, &gap).await.expect("stored");
    store.gap_stays(&community, &support, "too late").await.expect("nothing is owed");
    let closed = store.gaps(&community).await.expect("reads").remove(0);
    assert_eq!((closed.start, closed.is_owed, closed.reason), (after("10"), false, None));
    assert_eq!(open("20", 2).await.start, after("20"));
}

pub async fn a_channel_is_watched_from_when_it_was_set_to_be(Database { store, .. }: Database) {
    let (support, ids) = (support(), Ids::default());
    let mut settings = nothing_set();
    let community = settings.community.id.clone();
    let watch = Watch { channel: support.clone(), tag: Tag::None, acknowledge: Acknowledge::Never };
    let version = store.save_settings(&settings, None, at(0)).await.expect("stored");
    settings.watches = vec![watch];
    let version = store.save_settings(&settings, Some(version), at(10)).await.expect("stored");
    settings.community.retention_days += 1;
    let version = store.save_settings(&settings, Some(version), at(20)).await.expect("stored");
    let gap = store.gaps(&community).await.expect("reads").remove(0);
    assert_eq!((gap.channel, gap.start, gap.is_owed), (support.clone(), Start::Watched(at(10)), false));

    let heard = Incoming::Posted(asked(&community, "m1", 25));
    store.receive(&ids.next(at(30)), &heard, at(30)).await.expect("stored");
    let last_seen = async || store.last_seen(&community, &support).await.expect("reads");
    assert_eq!(last_seen().await, Some("m1".into()));
    store.open_gaps(&community, &[(support.clone(), "m1".into())], at(35)).await.expect("stored");

    let watches = std::mem::take(&mut settings.watches);
    let version = store.save_settings(&settings, Some(version), at(40)).await.expect("stored");
    assert_eq!(store.gaps(&community).await.expect("reads"), []);
    settings.watches = watches;
    store.save_settings(&settings, Some(version), at(50)).await.expect("stored");
    let gap = store.gaps(&community).await.expect("reads").remove(0);
    assert_eq!((gap.start, gap.is_owed), (Start::Watched(at(50)), false));
    assert_eq!(last_seen().await, None, "what was heard when it was watched before does not count");
}

pub async fn the_last_word_about_each_message_is_known(Database { store, .. }: Database) {
    let (community, ids, support) = (community(), Ids::default(), support());
    let posted = |id: &str| Incoming::Posted(asked(&community, id, 0));
    let edited = Incoming::Edited { message: asked(&community, "m2", 0), at: at(7) };
    let deleted = Incoming::Deleted {
        community: community.clone(),
        channel: support.clone(),
        message: "m3".into(),
        at: at(8),
    };
    for incoming in [posted("m1"), posted("m2"), edited, posted("m3"), deleted] {
        store.receive(&ids.next(at(0)), &incoming, at(0)).await.expect("stored");
    }
    let asked_for = ["m1", "m2", "m3", "m4"].map(MessageId::from);
    let words = store.last_words(&community, &support, &asked_for).await.expect("reads");
    let word = |id: &str| words.get(&MessageId::from(id)).copied();
    assert_eq!(word("m1"), Some(LastWord::Posted));
    assert_eq!(word("m2"), Some(LastWord::Edited(at(7))));
    assert_eq!(word("m3"), Some(LastWord::Deleted));
    assert_eq!(word("m4"), None);
}

pub async fn what_is_heard_together_is_kept_together(Database { store, .. }: Database) {
    let (community, ids) = (community(), Ids::default());
    let question = asked(&community, "m1", 0);
    let reply =
        IncomingMessage { community: community.clone(), ..answer("karim", "on its way").sent("m2", at(60)) };
    let heard: Vec<(String, Incoming)> = [question.clone(), reply, question]
        .map(|message| (ids.next(at(90)), Incoming::Posted(message)))
        .into();
    assert_eq!(store.receive_all(&heard, at(90)).await.expect("stored"), [true, true, false]);
    let may_be_answered =
        async |since| store.may_be_answered(&community, &support(), at(since)).await.expect("reads");
    assert!(may_be_answered(0).await);
    assert!(!may_be_answered(61).await, "what was written before answers nothing");
    assert_eq!(store.last_seen(&community, &support()).await.expect("reads"), Some("m2".into()));
}

pub async fn what_is_not_settled_is_found_with_its_thread(Database { store, .. }: Database) {
    let (community, ids, support) = (community(), Ids::default(), support());
    let in_thread = IncomingMessage { thread: Some("t".into()), ..asked(&community, "m2", 1) };
    let mut requests = Vec::new();
    for message in [asked(&community, "m1", 0), in_thread, asked(&community, "m3", 2)] {
        store.receive(&ids.next(at(0)), &Incoming::Posted(message.clone()), at(0)).await.expect("stored");
        let change = opened(&message, Route::Pr);
        requests.push(change.request.id.clone());
        store.apply(&community, &change.into(), None, at(0)).await.expect("stored");
    }
    let dismissed = store.request(&community, &requests[2]).await.expect("reads").expect("there");
    let change = dismissed.apply(Step::Dismiss { by: "karim".into() }, at(5), &nothing_set()).expect("open");
    store.apply(&community, &change.into(), None, at(5)).await.expect("stored");

    let unsettled = async |since| {
        let found = store.unsettled(&community, &support, at(since), at(since)).await.expect("reads");
        let mut found: Vec<_> = found.iter().map(|(place, m)| format!("{place} {m}")).collect();
        found.sort();
        found
    };
    assert_eq!(unsettled(0).await, ["support m1", "t m2"]);
    assert_eq!(unsettled(1).await, ["t m2"]);
}

pub async fn what_was_left_unread_is_told_once_and_forgotten_later(Database { store, .. }: Database) {
    let community = community();
    let missed = |to| Missed { channel: support(), from: at(0), to: at(to), bound: Bound::Messages };
    store.note_missed(&community, &missed(50)).await.expect("stored");
    store.note_missed(&community, &missed(90)).await.expect("the same gap, read again");
    assert!(store.tell_missed(&community, at(0), at(100)).await.expect("stored"));
    assert!(!store.tell_missed(&community, at(0), at(101)).await.expect("told already"));
    assert_eq!(store.missed(&community, at(100)).await.expect("reads"), [missed(90)]);
    let due = store.due_notices(at(200), 10_000, &Platform::ALL).await.expect("reads");
    let due: Vec<_> = due.into_iter().filter(|notice| notice.community == community).collect();
    assert_eq!(due.iter().map(|d| d.notice).collect::<Vec<_>>(), [Notice::Missed { told_at: at(100) }]);

    assert_eq!(store.missed_since(&community, at(100)).await.expect("reads"), [missed(90)]);
    assert_eq!(store.missed_since(&community, at(101)).await.expect("reads"), []);
    store.tell_missed(&community, at(101), at(300)).await.expect("stored");
    assert_eq!(store.missed(&community, at(100)).await.expect("reads"), [], "a week is enough");
}
