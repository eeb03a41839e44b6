//! What a platform or a text says outright: replies, mentions, names, threads, claims.

use super::*;

#[test]
fn a_platform_reply_answers_and_is_certain() {
    let (lea, tom) = (member("m1", 0, "Where is my refund?"), member("m2", 5, "The app crashes"));
    let waiting = [opens(&lea, "Léa"), opens(&tom, "Tom")];
    let mut reply = employee(400, "It left yesterday");
    reply.reply_to = Some(lea.id.clone());
    reply.mentions = vec![lea.author.clone()]; // platforms add the author of what is replied to
    let links = answers(&reply, &waiting, &heard(&[&lea, &tom]));
    assert_eq!(links, [waiting[0].link(LinkKind::Reply, 1.0)]);
}

#[test]
fn a_reply_to_somebody_else_or_to_something_unknown_answers_nobody() {
    let (lea, tom) = (member("m1", 0, "Where is my refund?"), member("m2", 5, "good morning"));
    let waiting = [opens(&lea, "Léa")];
    for replied in [tom.id.clone(), "long-ago".into()] {
        let mut reply = employee(10, "Good morning, my refund is a good one");
        reply.reply_to = Some(replied);
        assert_eq!(linked(&reply, &waiting, &[&lea, &tom]), []);
    }
}

#[test]
fn a_reply_to_another_message_of_the_member_counts_as_naming_them() {
    let (lea, again) = (member("m1", 0, "Where is my refund?"), member("m1", 600, "so sad"));
    let waiting = [opens(&lea, "Léa")];
    let mut reply = employee(700, "It left yesterday");
    reply.reply_to = Some(again.id.clone());
    assert_eq!(linked(&reply, &waiting, &[&lea, &again]), only(&waiting[0], LinkKind::Mention));
}

#[test]
fn a_mention_answers_however_late_and_each_member_named_is_answered() {
    let (lea, tom) = (member("m1", 0, "Where is my refund?"), member("m2", 5, "The app crashes"));
    let waiting = [opens(&lea, "Léa"), opens(&tom, "Tom")];
    let mut both = employee(4000, "we are on it");
    both.mentions = vec!["m2".into(), "m1".into()];
    let requests: Vec<_> =
        linked(&both, &waiting, &[&lea, &tom]).into_iter().map(|(request, _)| request).collect();
    assert_eq!(requests, ["R-m1-0", "R-m2-5"]);
    both.mentions = vec!["m2".into()];
    assert_eq!(linked(&both, &waiting, &[&lea, &tom]), only(&waiting[1], LinkKind::Mention));
}

#[test]
fn a_bare_name_calls_at_the_start_at_the_end_and_as_it_is_written() {
    let (lea, tom) = (member("m1", 0, "Where is my refund?"), member("m2", 5, "The app crashes"));
    let waiting = [opens(&lea, "Apeksha Rao"), opens(&tom, "Tom")];
    for text in [
        "apeksha: it left yesterday",
        "Apeksha, it left yesterday",
        "Hi apeksha it left yesterday",
        "it left yesterday, apeksha :-)",
        "I told Apeksha that it left",
        "apkesha: it left yesterday",
        "!refunds | Apeksha",
        "A\u{336}p\u{321}eksha: it left",
        "<@m1> it left yesterday",
    ] {
        assert_eq!(
            linked(&employee(4000, text), &waiting, &[]),
            only(&waiting[0], LinkKind::Mention),
            "{text}"
        );
    }
    for text in [
        "a customary apekshade of it",
        "there is the big tom cat in it",
        "tomorrow it will leave",
        "12: 34",
        "they told apeksha that it left",
    ] {
        let links = linked(&employee(4000, text), &waiting, &[]);
        assert!(links.iter().all(|(_, kind)| *kind == LinkKind::Context), "{text}: {links:?}");
    }
}

#[test]
fn numbers_are_never_taken_for_misspelt_names() {
    let asks = member("1100000000000000500", 0, "Where is my refund?");
    let waiting = [opens(&asks, "Rao")];
    assert_eq!(linked(&employee(4, "<@1100000000000000501> it left"), &waiting, &[&asks]), []);
}

#[test]
fn a_name_that_is_a_word_of_the_trade_calls_nobody() {
    let (one, two) =
        (member("m1", 0, "my suitcase is lost"), member("m2", 5, "is the suitcase insured, Roaming?"));
    let waiting = [opens(&one, "Suitcase"), opens(&two, "Tom")];
    let links = linked(&employee(9, "suitcase insurance is in the ticket"), &waiting, &[&one, &two]);
    assert!(links.iter().all(|(_, kind)| *kind == LinkKind::Context), "{links:?}");
    // Who signs with their name is still called by it.
    let signed = member("m3", 20, "Where is my refund? Regards, Marie");
    let waiting = [opens(&signed, "Marie")];
    assert_eq!(
        linked(&employee(900, "Marie, soon"), &waiting, &[&signed]),
        only(&waiting[0], LinkKind::Mention)
    );
}

#[test]
fn of_two_requests_of_one_member_the_newest_is_meant() {
    let (first, second) =
        (member("m1", 0, "Where is my refund?"), member("m1", 900, "Is wifi free on board?"));
    let waiting = [opens(&first, "Lea"), opens(&second, "Lea")];
    let answer = employee(950, "lea: it is");
    assert_eq!(linked(&answer, &waiting, &[&first, &second]), only(&waiting[1], LinkKind::Mention));
}

#[test]
fn once_the_member_was_spoken_to_an_older_request_needs_its_own_words() {
    let (first, second) =
        (member("m1", 0, "Where is my refund for Lisbon?"), member("m1", 900, "Is wifi free?"));
    let mut answer = employee(950, "lea: it is");
    answer.mentions = vec!["m1".into()];
    let older = [opens(&first, "Lea")];
    let talk = [&first, &second, &answer];
    assert_eq!(linked(&employee(990, "lea: in every plane of ours"), &older, &talk), []);
    let about_it = employee(990, "lea: the refund for Lisbon left yesterday");
    assert_eq!(linked(&about_it, &older, &talk), only(&older[0], LinkKind::Mention));
}

#[test]
fn a_post_in_the_thread_of_a_request_answers_it() {
    let mut lea = member("m1", 0, "Where is my refund?");
    let in_channel = [opens(&lea, "Lea")];
    let mut answer = employee(90_000, "It left yesterday");
    answer.thread = Some(ChannelId::new(lea.id.as_str()));
    assert_eq!(linked(&answer, &in_channel, &[]), only(&in_channel[0], LinkKind::Thread));

    lea.thread = Some("forum-post".into());
    let in_post = [opens(&lea, "Lea")];
    answer.thread = Some("forum-post".into());
    assert_eq!(linked(&answer, &in_post, &[&lea]), only(&in_post[0], LinkKind::Thread));
    answer.thread = Some("another-post".into());
    assert_eq!(linked(&answer, &in_post, &[&lea]), []);
    answer.thread = None;
    assert_eq!(linked(&answer, &in_post, &[&lea]), []);
}

#[test]
fn a_word_to_a_colleague_inside_the_thread_answers_nobody() {
    let lea = member("m1", 0, "Where is my refund?");
    let mut aside = employee(60, "can you look at this?");
    aside.thread = Some(ChannelId::new(lea.id.as_str()));
    aside.mentions = vec!["e2".into()];
    assert_eq!(linked(&aside, &[opens(&lea, "Lea")], &[&lea]), []);
}

#[test]
fn the_claimers_next_message_answers_unless_it_is_for_somebody_else() {
    let (lea, tom) = (member("m1", 0, "Where is my refund?"), member("m2", 300, "hello all"));
    let mut waiting = [opens(&lea, "Lea")];
    waiting[0].claimed_by = Some("e1".into());
    let next = employee(4000, "It left yesterday");
    let other = says("m3", Standing::Member, 301, "hello");
    assert_eq!(linked(&next, &waiting, &[&lea, &tom, &other]), only(&waiting[0], LinkKind::Claim));
    let aside = employee(4000, "m2: hello");
    assert_eq!(linked(&aside, &waiting, &[&lea, &tom, &other]), []);
    waiting[0].claimed_by = Some("e2".into());
    assert_eq!(linked(&next, &waiting, &[&lea, &tom, &other]), []);
}

#[test]
fn named_in_a_thread_the_member_is_answered_there_and_not_on_a_newer_request() {
    let (first, second) =
        (member("m1", 0, "Where is my refund?"), member("m1", 900, "Is wifi free on board?"));
    let waiting = [opens(&first, "Lea"), opens(&second, "Lea")];
    let mut answer = employee(950, "lea: it left");
    answer.thread = Some(ChannelId::new(first.id.as_str()));
    assert_eq!(linked(&answer, &waiting, &[]), only(&waiting[0], LinkKind::Thread));
}

#[test]
fn a_name_said_in_another_place_needs_the_words_of_the_request_too() {
    let mut lea = member("m1", 0, "Where is my refund for Lisbon?");
    lea.thread = Some("forum-post".into());
    let waiting = [opens(&lea, "Lea")];
    assert_eq!(linked(&employee(50, "lea: welcome to this channel"), &waiting, &[]), []);
    let about_it = employee(50, "lea: the refund for Lisbon left yesterday");
    assert_eq!(linked(&about_it, &waiting, &[]), only(&waiting[0], LinkKind::Mention));
}
