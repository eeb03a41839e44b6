//! A command as somebody types it, held against what the bot registered.
//!
//! A name that is not registered, an option that is missing, unknown, of the wrong kind or out of bounds cannot be
//! sent by Discord's clients, so here it is a mistake of the test and panics.

use serde_json::{Map, Value, json};

use super::permission::Permission;
use super::state::{Id, World};
use super::wire;

/// A command with its options, ready to be sent.
pub struct Typed {
    /// The `data` of the interaction.
    pub data: Value,
}

impl World {
    /// The registered command with this name and type, in this server or everywhere.
    pub fn registered(&self, guild: Id, name: &str, kind: u64) -> Option<&Value> {
        let scopes = [self.commands.get(&Some(guild)), self.commands.get(&None)];
        let mut all = scopes.into_iter().flatten().flatten();
        all.find(|command| command["name"] == name && command["type"] == kind)
    }

    /// Whether a member's client shows the command at all.
    pub fn sees(&self, guild: Id, member: Id, command: &Value) -> bool {
        let Some(needed) = command["default_member_permissions"].as_str() else { return true };
        let needed: u64 = needed.parse().expect("we registered it so");
        let has = self.permissions_of(guild, member);
        let is_admin = has & Permission::Administrator.bit() != 0;
        is_admin || (needed != 0 && has & needed == needed)
    }

    /// Types `/desk add channel:support` out of `"desk add"` and `{"channel": "support"}`; `focused` is the option
    /// that is still being written.
    pub fn typed_command(&self, guild: Id, line: &str, options: &Value, focused: Option<&str>) -> Typed {
        let mut words = line.trim_start_matches('/').split_whitespace();
        let name = words.next().expect("a command has a name");
        let command = self.registered(guild, name, 1).unwrap_or_else(|| {
            let known: Vec<_> = self.commands.values().flatten().map(|command| &command["name"]).collect();
            panic!("no command /{name}; registered are {known:?}")
        });
        let mut resolved = json!({});
        let words: Vec<_> = words.collect();
        let options = self.typed_options(command, &words, options, focused, &mut resolved);
        let mut data = json!({"id": command["id"], "name": name, "type": 1, "options": options});
        if let Some(guild) = command.get("guild_id") {
            data["guild_id"] = guild.clone();
        }
        if resolved != json!({}) {
            data["resolved"] = resolved;
        }
        Typed { data }
    }

    fn typed_options(
        &self,
        of: &Value,
        words: &[&str],
        given: &Value,
        focused: Option<&str>,
        resolved: &mut Value,
    ) -> Value {
        let defined = of["options"].as_array().map_or(&[][..], Vec::as_slice);
        let name = of["name"].as_str().unwrap_or_default();
        if let [word, rest @ ..] = words {
            let sub =
                defined.iter().find(|option| option["name"] == **word && option["type"].as_u64() <= Some(2));
            let sub = sub.unwrap_or_else(|| panic!("{name} has no subcommand {word}"));
            let inner = self.typed_options(sub, rest, given, focused, resolved);
            return json!([{"name": word, "type": sub["type"], "options": inner}]);
        }
        let needs_sub = defined.iter().any(|option| option["type"].as_u64() <= Some(2));
        assert!(!needs_sub, "{name} is not run without one of its subcommands");
        let nothing = Map::new();
        let given = given.as_object().unwrap_or(&nothing);
        let knows = |name: &String| defined.iter().any(|option| option["name"] == **name);
        if let Some(unknown) = given.keys().find(|name| !knows(name)) {
            panic!("{name} has no option {unknown:?}");
        }
        let mut typed = Vec::new();
        for option in defined {
            let key = option["name"].as_str().unwrap_or_default();
            let is_focused = focused == Some(key);
            let Some(value) = given.get(key) else {
                assert!(option["required"] != true || focused.is_some(), "{name} needs the option {key:?}");
                continue;
            };
            let value = if is_focused { value.clone() } else { self.checked_value(option, value, resolved) };
            let mut one = json!({"name": key, "type": option["type"], "value": value});
            if is_focused {
                assert!(option["autocomplete"] == true, "{key:?} does not autocomplete");
                one["focused"] = json!(true);
            }
            typed.push(one);
        }
        json!(typed)
    }

    fn checked_value(&self, option: &Value, value: &Value, resolved: &mut Value) -> Value {
        let key = option["name"].as_str().unwrap_or_default();
        let kind = option["type"].as_u64().unwrap_or_default();
        let text = value.as_str().unwrap_or_default();
        let fits = match kind {
            3 | 6 | 7 | 8 | 9 => value.is_string(),
            4 => value.is_i64(),
            5 => value.is_boolean(),
            10 => value.is_number(),
            _ => false,
        };
        assert!(fits, "the option {key:?} of type {kind} does not take {value}");
        if let Some(choices) = option["choices"].as_array().filter(|choices| !choices.is_empty()) {
            let chosen = choices.iter().find(|choice| choice["value"] == *value || choice["name"] == *value);
            return chosen.unwrap_or_else(|| panic!("{key:?} does not offer {value}"))["value"].clone();
        }
        let within = |low: &str, high: &str, is: f64| {
            let low = option[low].as_f64().is_none_or(|low| is >= low);
            low && option[high].as_f64().is_none_or(|high| is <= high)
        };
        let length = f64::from(u32::try_from(text.chars().count()).expect("a short text"));
        let in_bounds = if kind == 3 {
            within("min_length", "max_length", length)
        } else {
            value.as_f64().is_none_or(|number| within("min_value", "max_value", number))
        };
        assert!(in_bounds, "{value} is out of the bounds of {key:?}");
        match kind {
            6 => self.resolve_user(text, resolved),
            7 => {
                let channel = self.channel(text);
                let types = option["channel_types"].as_array().filter(|types| !types.is_empty());
                let fits = types.is_none_or(|types| types.contains(&json!(channel.kind.number())));
                assert!(fits, "{key:?} does not take a channel such as {text}");
                let id = channel.id.to_string();
                resolved["channels"][&id] = self.partial_channel(channel.id, self.bot);
                json!(id)
            }
            8 => self.resolve_role(text, resolved),
            9 => {
                let is_role =
                    self.guilds.values().flat_map(|guild| &guild.roles).any(|role| role.name == text);
                if is_role { self.resolve_role(text, resolved) } else { self.resolve_user(text, resolved) }
            }
            _ => value.clone(),
        }
    }

    /// A user that an interaction names, with the membership, for its `resolved`.
    pub fn resolve_user(&self, name: &str, resolved: &mut Value) -> Value {
        let user = self.user(name);
        let id = user.id.to_string();
        resolved["users"][&id] = wire::user(user);
        if let Some(guild) = self.guilds.values().find(|guild| guild.members.contains_key(&user.id)) {
            resolved["members"][&id] = wire::partial_member(guild, user.id);
        }
        json!(id)
    }

    fn resolve_role(&self, name: &str, resolved: &mut Value) -> Value {
        let role = self.role(name);
        let id = role.id.to_string();
        resolved["roles"][&id] = wire::role(role);
        json!(id)
    }
}
