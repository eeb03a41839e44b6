//! What people do that the bot has to answer: buttons, selects, commands, menus, modals.
//!
//! Each waits for the first answer and gives what the person sees. Components are called by their custom id, the
//! beginning of it, or their label.

use serde_json::{Value, json};

use super::state::{Id, World};
use super::{Discord, Seen};

impl Discord {
    /// Somebody presses a button: `"Claim"`, `"vigie:claim"`.
    ///
    /// # Panics
    /// When they could not: the post is gone, or has no such button, or it is off.
    pub async fn press(&self, member: &str, post: impl Into<Id>, button: &str) -> Seen {
        let post = post.into();
        let id = self.inner.change(|world| {
            let component = world.component(member, post, button, |kind| kind == 2);
            let data = json!({"custom_id": component["custom_id"], "component_type": 2});
            let (by, channel) = (world.user(member).id, world.post(post).channel);
            world.begin(3, by, channel, Some(post), &data)
        });
        self.answered(id).await
    }

    /// Somebody sends a press of a button that the post does not have, as a modified client can.
    pub async fn forge_press(&self, member: &str, post: impl Into<Id>, custom_id: &str) -> Seen {
        let post = post.into();
        let id = self.inner.change(|world| {
            let data = json!({"custom_id": custom_id, "component_type": 2});
            let (by, channel) = (world.user(member).id, world.post(post).channel);
            world.begin(3, by, channel, Some(post), &data)
        });
        self.answered(id).await
    }

    /// Somebody chooses in a select: values or labels of a list; names for people, roles and channels.
    ///
    /// # Panics
    /// When they could not.
    pub async fn select(&self, member: &str, post: impl Into<Id>, select: &str, chosen: &[&str]) -> Seen {
        let post = post.into();
        let id = self.inner.change(|world| {
            let component = world.component(member, post, select, |kind| kind != 2);
            let data = world.chosen(&component, chosen);
            let (by, channel) = (world.user(member).id, world.post(post).channel);
            world.begin(3, by, channel, Some(post), &data)
        });
        self.answered(id).await
    }

    /// Somebody runs a command in a channel: `("bob", "stats", json!({"period": "7d"}), "desk")`. A subcommand is a
    /// second word of the name; people, roles and channels are given by name.
    ///
    /// # Panics
    /// When it is not registered, or not so.
    pub async fn run_command(&self, member: &str, line: &str, options: Value, channel: &str) -> Seen {
        let id = self.inner.change(|world| {
            let (by, place) = (world.user(member).id, world.channel(channel));
            let (channel, guild) = (place.id, place.guild);
            let typed = world.typed_command(guild, line, &options, None);
            world.begin(2, by, channel, None, &typed.data)
        });
        self.answered(id).await
    }

    /// Somebody is writing the option `focused`; what they are offered is in `choices`.
    ///
    /// # Panics
    /// When the option is not registered as one that autocompletes.
    pub async fn autocomplete(
        &self,
        member: &str,
        line: &str,
        options: Value,
        focused: &str,
        channel: &str,
    ) -> Seen {
        let id = self.inner.change(|world| {
            let (by, place) = (world.user(member).id, world.channel(channel));
            let (channel, guild) = (place.id, place.guild);
            let typed = world.typed_command(guild, line, &options, Some(focused));
            world.begin(4, by, channel, None, &typed.data)
        });
        self.answered(id).await
    }

    /// Somebody chooses an entry of a post's context menu.
    ///
    /// # Panics
    /// When no such entry is registered.
    pub async fn context_menu(&self, member: &str, entry: &str, target: impl Into<Id>) -> Seen {
        let target = target.into();
        let id = self.inner.change(|world| {
            let channel = world.post(target).channel;
            let guild = world.guild_of(channel).id;
            let command = world.registered(guild, entry, 3);
            let command = command.unwrap_or_else(|| panic!("no entry {entry:?} is registered for messages"));
            let target_id = target.to_string();
            let message = world.message(world.post(target));
            let data = json!({
                "id": command["id"], "name": entry, "type": 3, "target_id": target_id,
                "resolved": {"messages": {target_id.as_str(): message}},
            });
            world.begin(2, world.user(member).id, channel, None, &data)
        });
        self.answered(id).await
    }

    /// Somebody fills in the modal that they see, and sends it; `values` by the inputs' custom ids.
    ///
    /// # Panics
    /// When they see no modal, or it has no such input, or a text does not fit.
    pub async fn submit_modal(&self, member: &str, shown: &Seen, values: &[(&str, &str)]) -> Seen {
        let modal = shown.modal().expect("a modal is shown before it is sent");
        let id = self.inner.change(|world| {
            let before = &world.interactions[&shown.id()];
            let (channel, source) = (before.channel, before.source);
            let data = filled_in(&modal, values);
            world.begin(5, world.user(member).id, channel, source, &data)
        });
        self.answered(id).await
    }

    /// Whether a member's client shows the command.
    pub fn sees_command(&self, member: &str, name: &str) -> bool {
        self.inner.read(|world| {
            let member = world.user(member).id;
            let guild = world.guilds.values().next().expect("every story has a server").id;
            world.registered(guild, name, 1).is_some_and(|command| world.sees(guild, member, command))
        })
    }

    async fn answered(&self, id: Id) -> Seen {
        let seen = Seen::new(std::sync::Arc::clone(&self.inner), id);
        seen.answered().await;
        seen
    }
}

impl World {
    /// The component of a post that a member can use.
    fn component(&self, member: &str, post: Id, name: &str, wanted: impl Fn(u64) -> bool) -> Value {
        let post = self.post(post);
        let by = self.user(member).id;
        assert!(post.deleted.is_none(), "{member} cannot use {name:?}: the post is gone");
        assert!(
            post.ephemeral_for.is_none_or(|only| only == by),
            "{member} does not see the post with {name:?}"
        );
        let all =
            || post.components.iter().flat_map(|row| row["components"].as_array().into_iter().flatten());
        let of_kind = || all().filter(|component| component["type"].as_u64().is_some_and(&wanted));
        let exact = |component: &&Value| {
            ["custom_id", "label", "placeholder"].iter().any(|key| component[key] == name)
        };
        let begins =
            |component: &&Value| component["custom_id"].as_str().is_some_and(|id| id.starts_with(name));
        let found = of_kind().find(exact).or_else(|| of_kind().find(begins));
        let found = found.unwrap_or_else(|| panic!("no {name:?} on this post:\n{}", self.read_aloud(post)));
        assert!(found["disabled"] != true, "{name:?} is off");
        assert!(found["custom_id"].is_string(), "{name:?} is a link");
        found.clone()
    }

    fn chosen(&self, select: &Value, chosen: &[&str]) -> Value {
        let number = |key: &str| select[key].as_u64().unwrap_or(1);
        let count = u64::try_from(chosen.len()).expect("a few");
        assert!(
            (number("min_values")..=number("max_values")).contains(&count),
            "{count} values are not allowed"
        );
        let kind = select["type"].as_u64().unwrap_or_default();
        let mut resolved = json!({});
        let value = |name: &&str| match kind {
            3 => {
                let mut options = select["options"].as_array().into_iter().flatten();
                let option = options.find(|option| option["value"] == **name || option["label"] == **name);
                option.unwrap_or_else(|| panic!("the select does not offer {name:?}"))["value"].clone()
            }
            5 => self.resolve_user(name, &mut resolved),
            6 => {
                let role = self.role(name);
                resolved["roles"][role.id.to_string()] = super::wire::role(role);
                json!(role.id.to_string())
            }
            8 => {
                let channel = self.channel(name).id;
                resolved["channels"][channel.to_string()] = self.partial_channel(channel, self.bot);
                json!(channel.to_string())
            }
            other => panic!("the stand-in knows no select of type {other}"),
        };
        let values: Vec<Value> = chosen.iter().map(value).collect();
        let mut data = json!({"custom_id": select["custom_id"], "component_type": kind, "values": values});
        if resolved != json!({}) {
            data["resolved"] = resolved;
        }
        data
    }
}

/// The modal's data with what was typed; inputs that were not touched keep their value.
fn filled_in(modal: &Value, values: &[(&str, &str)]) -> Value {
    let mut rows = Vec::new();
    let mut known = Vec::new();
    for row in modal["components"].as_array().into_iter().flatten() {
        for input in row["components"].as_array().into_iter().flatten() {
            let id = input["custom_id"].as_str().unwrap_or_default();
            let typed = values.iter().find(|(name, _)| *name == id).map(|(_, text)| *text);
            let text = typed.or(input["value"].as_str()).unwrap_or_default();
            let length = u64::try_from(text.chars().count()).expect("a short text");
            let is_required = input["required"] != false;
            assert!(!(is_required && text.is_empty()), "the input {id:?} has to be filled in");
            let low = input["min_length"].as_u64().unwrap_or(0);
            let high = input["max_length"].as_u64().unwrap_or(4000);
            assert!(
                text.is_empty() || (low..=high).contains(&length),
                "{length} characters do not fit {id:?}"
            );
            rows.push(json!({"type": 1, "components": [{"type": 4, "custom_id": id, "value": text}]}));
            known.push(id);
        }
    }
    let unknown = values.iter().find(|(name, _)| !known.contains(name));
    assert!(unknown.is_none(), "the modal has no input {unknown:?}; it has {known:?}");
    json!({"custom_id": modal["custom_id"], "components": rows})
}
