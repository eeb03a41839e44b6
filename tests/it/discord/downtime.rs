//! The figure of a time away: thirty minutes, five hundred messages, none lost and none heard twice.

use std::collections::BTreeMap;

use super::*;

/// Messages written while Vigie is away.
const WRITTEN: usize = 500;
/// Questions among them.
const QUESTIONS: usize = 40;
/// Remarks that become questions by an edit: half of them written before, half of them meanwhile.
const EDITED: usize = 20;
/// Questions of before whose members delete them meanwhile.
const DELETED: usize = 20;
/// Questions that are answered meanwhile.
const ANSWERED: usize = 15;
/// Between two messages: five hundred of them take half an hour.
const STEP: SignedDuration = SignedDuration::from_millis(3600);

/// The desks, by the last digit of a question's name: one alone would get its cards too slowly for a test.
const DESKS: [(&str, &str, &str); 3] = [
    ("desk-service", "customer_service", "0-3"),
    ("desk-product", "product_expert", "4-6"),
    ("desk-pr", "pr", "7-9"),
];

/// Everything on the desks.
fn posts(discord: &Discord) -> Vec<Post> {
    DESKS.iter().flat_map(|(channel, ..)| discord.posts(channel)).collect()
}

/// Waits until so many posts read like this, or are there at all.
async fn until(discord: &Discord, count: usize, word: &str) {
    // Longer than one wait may take: each new one begins anew.
    for reached in 1..=count {
        discord
            .wait_for(|world| {
                let desks: Vec<_> = DESKS.iter().map(|(channel, ..)| world.channel(channel).id).collect();
                let shown = world.posts.values().filter(|post| desks.contains(&post.channel));
                let read = shown.filter(|post| world.read_aloud(post).contains(word));
                (read.count() >= reached).then_some(())
            })
            .await;
    }
}

/// What stands on the cards, by the name of the question.
fn cards(discord: &Discord) -> BTreeMap<String, Vec<Post>> {
    let mut cards = BTreeMap::<String, Vec<Post>>::new();
    for post in posts(discord) {
        // A card that was withdrawn says nothing any more; before that it did.
        let read = discord.look(|world| world.read_aloud(&post));
        let first = post.before.first().cloned().unwrap_or_default();
        let text = format!("{read}\n{first}");
        let name = text.split("question ").nth(1).and_then(|rest| rest.split_whitespace().next());
        cards.entry(name.unwrap_or("?").to_owned()).or_default().push(post);
    }
    cards
}

fn named(kind: &str, count: usize) -> impl Iterator<Item = String> {
    (0..count).map(move |n| format!("{kind}{n:02}"))
}

/// Half an hour in the life of a community.
struct Meanwhile<'a> {
    discord: &'a Discord,
    asked: Vec<(Post, String)>,
    remarks: Vec<Post>,
    written: usize,
}

impl Meanwhile<'_> {
    /// A question in the channel, in the other one, as a forum post or in a thread.
    fn ask(&mut self) {
        let n = self.asked.len();
        let (member, text) = (format!("q{n:02}"), format!("question q{n:02} where is my parcel?"));
        let place = match n % 4 {
            0 => "support".to_owned(),
            1 => "chat".to_owned(),
            2 => {
                let title = format!("post {n:02}");
                let post = self.discord.forum_post(&member, "questions", &title, &text);
                self.asked.push((post, title));
                return;
            }
            _ => {
                let name = format!("thread {n:02}");
                self.discord.start_thread(&member, "support", &name);
                name
            }
        };
        self.asked.push((self.discord.post(&member, &place, &text), place));
    }

    fn write(&mut self, deleted: &[Post]) {
        let n = self.written;
        if n.is_multiple_of(12) && self.asked.len() < QUESTIONS {
            self.ask();
        } else if n % 12 == 5 && n / 12 < ANSWERED {
            let (question, _) = &self.asked[n / 12];
            self.discord.reply("karim", question, "We have found it.");
        } else if n % 40 == 7 && self.remarks.len() < EDITED {
            let member = format!("e{:02}", self.remarks.len());
            self.remarks.push(self.discord.post(&member, "chat", "chatter, nothing more"));
        } else {
            let place = if n.is_multiple_of(3) { "support" } else { &self.asked[self.asked.len() - 1].1 };
            self.discord.post(&format!("talker{}", n % 5), place, "chatter between members");
        }
        self.written += 1;
        let turn = n / 24;
        if n % 24 == 11 && turn < DELETED {
            self.discord.delete(&deleted[turn]);
        }
        if n % 24 == 23 && turn < EDITED {
            let remark = &self.remarks[turn.min(self.remarks.len() - 1)];
            self.discord.edit(remark, &format!("question e{turn:02} where is my parcel?"));
        }
        self.discord.advance(STEP);
    }

    /// Every other thread and post falls asleep.
    fn archive(&self) {
        for (_, place) in self.asked.iter().filter(|(_, place)| place.contains(' ')).step_by(2) {
            self.discord.archive(place);
        }
    }
}

#[tokio::test]
async fn of_five_hundred_messages_in_thirty_minutes_away_none_is_lost_and_none_is_heard_twice() {
    let people = named("q", QUESTIONS).chain(named("e", EDITED)).chain(named("old", DELETED));
    let people = people.chain((0..5).map(|n| format!("talker{n}")));
    let builder = server(Discord::builder().at("2026-03-02T09:00:00Z").unlimited());
    let discord = people.fold(builder, |builder, name| builder.member(&name, &[])).start().await;
    let rules = DESKS.map(|(_, route, digits)| {
        format!("[[rule]]\nroute = \"{route}\"\npattern = '^(post \\d+\\s+)?question \\w+[{digits}] '\n")
    });
    let rules = format!("{}[[rule]]\nroute = \"none\"\npattern = '^chatter'\n", rules.concat());
    let watch = format!("[[watch]]\nchannel = \"{}\"\n", discord.channel_id("chat"));
    let config = config(&discord)
        .replace("first_response = \"30m\"", "")
        .replace("        role = ", "        max_pings_per_hour = 1000\n        role = ");
    let mut scene = Scene::with(discord, &format!("{config}\n{watch}\n{rules}")).await;

    let old = named("old", DELETED);
    let before = old.map(|name| scene.discord.post(&name, "support", &format!("question {name} where?")));
    let before: Vec<Post> = before.collect();
    let early = named("e", EDITED / 2).map(|name| scene.discord.post(&name, "chat", "chatter, early"));
    let early: Vec<Post> = early.collect();
    // What comes last is on its card: all before it was heard.
    scene.discord.post("ana", "chat", "question last0 before");
    until(&scene.discord, DELETED + 1, "").await;
    scene.bot.kill().await;

    let mut meanwhile = Meanwhile { discord: &scene.discord, asked: Vec::new(), remarks: early, written: 0 };
    let left_at = scene.discord.now();
    while meanwhile.written < WRITTEN {
        meanwhile.write(&before);
    }
    meanwhile.archive();
    let (asked, edited) = (meanwhile.asked.len(), meanwhile.remarks.len());
    let away = scene.discord.now().duration_since(left_at);
    let calls = scene.discord.look(|world| world.requests.len());

    scene.bot = scene.home.start(&[]);
    until(&scene.discord, DELETED + 1 + QUESTIONS + EDITED, "").await;
    // One more on each desk, after everything: whatever would come twice has come before it.
    for (n, (_, _, digits)) in DESKS.iter().enumerate() {
        let text = format!("question after{} of it all", &digits[..1]);
        scene.discord.post(&format!("talker{n}"), "support", &text);
    }
    until(&scene.discord, DELETED + 1 + QUESTIONS + EDITED + DESKS.len(), "").await;
    until(&scene.discord, DELETED, "· Dismissed").await;
    until(&scene.discord, ANSWERED, "· Answered").await;
    let cards = cards(&scene.discord);
    let expected: Vec<String> = named("q", QUESTIONS).chain(named("e", EDITED)).collect();
    let lost = expected.iter().filter(|name| !cards.contains_key(*name)).count();
    let twice = cards.values().filter(|posts| posts.len() > 1).count();
    // What was answered meanwhile calls nobody; everything else is called for once.
    let pings = |name: &String| {
        cards.get(name).into_iter().flatten().map(|post| scene.discord.pinged_by(post).len()).sum::<usize>()
    };
    let answered: Vec<String> = named("q", ANSWERED).collect();
    let needless = answered.iter().map(pings).sum::<usize>();
    let uncalled = expected.iter().filter(|name| !answered.contains(name) && pings(name) != 1).count();
    let reads = scene.discord.look(|world| {
        let calls = world.requests.iter().skip(calls).filter(|call| call.method == "GET");
        calls.filter(|call| call.path.ends_with("/messages") || call.path.contains("/threads/")).count()
    });
    println!(
        "away {} min: {WRITTEN} messages, {asked} questions, {edited} edits, {DELETED} deletions, {ANSWERED} answers: \
         {lost} lost, {twice} twice, {needless} called for in vain; {reads} calls to read it all back",
        away.as_secs() / 60
    );
    assert_eq!((lost, twice, needless, uncalled), (0, 0, 0, 0));
    let read = |word: &str| {
        let posts = posts(&scene.discord);
        scene.discord.look(|world| posts.iter().filter(|post| world.read_aloud(post).contains(word)).count())
    };
    assert_eq!((read("· Dismissed"), read("· Answered"), read("question old")), (DELETED, ANSWERED, 0));
    scene.end().await;
}
