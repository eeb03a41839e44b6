//! A channel as text, for snapshots: what people would see, with names instead of ids.

use serde_json::Value;

use super::Discord;
use super::state::{Id, Post, World};

impl Discord {
    /// Everything in the channel, deleted posts too, oldest first.
    pub fn transcript(&self, channel: &str) -> String {
        self.inner.read(|world| {
            let channel = world.channel(channel).id;
            let posts =
                world.posts.values().filter(|post| post.channel == channel && post.ephemeral_for.is_none());
            posts.map(|post| world.read_aloud(post)).collect::<Vec<_>>().join("\n")
        })
    }
}

/// The words of a post: its text and its embeds'.
pub fn wording(post: &Post) -> String {
    let texts = std::iter::once(post.content.clone()).chain(post.embeds.iter().flat_map(embed_lines));
    texts.filter(|text| !text.is_empty()).collect::<Vec<_>>().join("\n")
}

impl World {
    /// A post as a few lines of text.
    pub fn read_aloud(&self, post: &Post) -> String {
        let mut lines = Vec::new();
        let time = post.at().strftime("%H:%M:%S");
        let author = &self.users[&post.author].name;
        let mut notes = Vec::new();
        if post.deleted.is_some() {
            notes.push(" (deleted)".to_owned());
        } else if post.edited.is_some() {
            notes.push(" (edited)".to_owned());
        }
        if let Some(original) = post.reply_to.and_then(|id| self.posts.get(&id)) {
            notes.push(format!(" (reply to {})", self.users[&original.author].name));
        }
        let mut text = post.content.lines();
        lines.push(
            format!("{time} {author}{}: {}", notes.concat(), text.next().unwrap_or_default())
                .trim_end()
                .to_owned(),
        );
        lines.extend(text.map(|line| format!("    {line}")));
        lines.extend(
            post.embeds
                .iter()
                .flat_map(embed_lines)
                .map(|line| format!("    | {line}").trim_end().to_owned()),
        );
        lines.extend(post.components.iter().map(|row| format!("    {}", row_line(row))));
        lines.extend(post.files.iter().map(|file| format!("    📎 {}", file.name)));
        for reaction in &post.reactions {
            let by: Vec<_> = reaction.by.iter().map(|id| self.users[id].name.as_str()).collect();
            lines.push(format!("    {} {}", reaction.emoji, by.join(", ")));
        }
        if !post.pings.is_empty() {
            lines.push(format!("    → pings {}", self.pinged(post).join(", ")));
        }
        self.with_names(&lines.join("\n"))
    }

    fn pinged(&self, post: &Post) -> Vec<String> {
        let everyone = post.pings.everyone.then(|| "@everyone".to_owned());
        let ids = post.pings.roles.iter().chain(&post.pings.users);
        everyone.into_iter().chain(ids.map(|id| self.spoken(*id))).collect()
    }

    /// The text with names where it mentions somebody or something.
    pub fn with_names(&self, text: &str) -> String {
        let mut read = String::new();
        let mut rest = text;
        while let Some(start) = rest.find('<') {
            read.push_str(&rest[..start]);
            rest = &rest[start..];
            let mention = rest.split_once('>').and_then(|(inside, after)| {
                let id: Id = inside[1..].trim_start_matches(['@', '&', '!', '#']).parse().ok()?;
                Some((self.spoken(id), after))
            });
            if let Some((name, after)) = mention {
                read.push_str(&name);
                rest = after;
            } else {
                read.push('<');
                rest = &rest[1..];
            }
        }
        read + rest
    }
}

fn embed_lines(embed: &Value) -> Vec<String> {
    let mut lines = Vec::new();
    let mut text = |text: &Value| lines.extend(text.as_str().unwrap_or_default().lines().map(str::to_owned));
    text(&embed["author"]["name"]);
    text(&embed["title"]);
    text(&embed["description"]);
    for field in embed["fields"].as_array().into_iter().flatten() {
        let (name, value) =
            (field["name"].as_str().unwrap_or_default(), field["value"].as_str().unwrap_or_default());
        text(&Value::String(format!("{name}: {value}")));
    }
    text(&embed["footer"]["text"]);
    lines
}

fn row_line(row: &Value) -> String {
    let components = row["components"].as_array().map_or(&[][..], Vec::as_slice);
    components.iter().map(component_text).collect::<Vec<_>>().join(" ")
}

fn component_text(component: &Value) -> String {
    let emoji = component["emoji"]["name"].as_str().map(|emoji| format!("{emoji} ")).unwrap_or_default();
    let label = component["label"].as_str().unwrap_or_default();
    let off = if component["disabled"] == true { " (off)" } else { "" };
    if component["type"] == 2 {
        let target = component["url"].as_str().map(|url| format!(" → {url}")).unwrap_or_default();
        return format!("[{emoji}{label}{target}{off}]");
    }
    let options = component["options"].as_array().into_iter().flatten();
    let labels: Vec<_> = options.filter_map(|option| option["label"].as_str()).collect();
    let placeholder = component["placeholder"].as_str().unwrap_or_default();
    format!("[{placeholder} ▾ {}{off}]", labels.join(" / "))
}
