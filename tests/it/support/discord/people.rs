//! What people do on Discord without asking the bot: they write, edit, delete, react, come and go.
//!
//! Texts are as people type them: `@bob`, `@advisers` and `#support` become mentions.

use std::time::Instant;

use jiff::SignedDuration;
use serde_json::json;

use super::mentions;
use super::permission::Permission;
use super::session::Out;
use super::state::{ChannelKind, Id, Member, Post, User, World};
use super::{Discord, Failure, wire};

impl Discord {
    /// Somebody writes into a channel or a thread.
    pub fn post(&self, member: &str, channel: &str, text: &str) -> Post {
        self.inner.change(|world| {
            let (author, channel) = (world.user(member).id, world.channel(channel).id);
            world.write(author, channel, text, None, None)
        })
    }

    /// Somebody answers a post, with Discord's reply.
    pub fn reply(&self, member: &str, to: impl Into<Id>, text: &str) -> Post {
        let to = to.into();
        self.inner.change(|world| {
            let (author, channel) = (world.user(member).id, world.post(to).channel);
            world.write(author, channel, text, Some(to), None)
        })
    }

    /// Somebody starts a thread in a channel; its name names it from here on.
    pub fn start_thread(&self, member: &str, channel: &str, name: &str) -> Id {
        self.inner.change(|world| {
            let (owner, parent) = (world.user(member).id, world.channel(channel).id);
            world.add_thread(parent, name, owner, None)
        })
    }

    /// Somebody starts a thread at a post.
    pub fn start_thread_at(&self, member: &str, post: impl Into<Id>, name: &str) -> Id {
        let post = post.into();
        self.inner.change(|world| {
            let (owner, parent) = (world.user(member).id, world.post(post).channel);
            world.add_thread(parent, name, owner, Some(post))
        })
    }

    /// Somebody opens a post in a forum: a thread with that title, and its first message.
    pub fn forum_post(&self, member: &str, forum: &str, title: &str, text: &str) -> Post {
        self.inner.change(|world| {
            let (author, forum) = (world.user(member).id, world.channel(forum).id);
            assert_eq!(
                world.channels[&forum].kind,
                ChannelKind::Forum,
                "only a forum takes posts with a title"
            );
            let thread = world.add_thread(forum, title, author, None);
            world.write(author, thread, text, None, Some(thread))
        })
    }

    /// The author changes what they wrote.
    pub fn edit(&self, post: impl Into<Id>, text: &str) {
        let id = post.into();
        self.inner.change(|world| {
            let (at, text) = (world.now(), world.typed(text));
            let post = world.post_mut(id);
            post.before.push(std::mem::replace(&mut post.content, text));
            post.edited = Some(at);
            let post = post.clone();
            world.tell_message("MESSAGE_UPDATE", &post);
        });
    }

    /// The author changes what they wrote while nobody is told: the bot finds it when it looks.
    pub fn rewrite(&self, post: impl Into<Id>, text: &str) {
        let id = post.into();
        self.inner.change(|world| {
            let text = world.typed(text);
            world.post_mut(id).content = text;
        });
    }

    /// The post disappears; whoever deleted it is not told.
    pub fn delete(&self, post: impl Into<Id>) {
        let id = post.into();
        self.inner.change(|world| world.remove_post(world.post(id).id));
    }

    /// Somebody reacts.
    pub fn react(&self, member: &str, post: impl Into<Id>, emoji: &str) {
        let id = post.into();
        self.inner.change(|world| world.add_reaction(id, world.user(member).id, emoji));
    }

    /// A channel or thread disappears with what was in it.
    pub fn delete_channel(&self, channel: &str) {
        self.inner.change(|world| {
            let id = world.channel(channel).id;
            world.remove_channel(id);
        });
    }

    /// A role disappears, and everybody loses it.
    pub fn delete_role(&self, role: &str) {
        self.inner.change(|world| {
            let id = world.role(role).id;
            for guild in world.guilds.keys().copied().collect::<Vec<_>>() {
                let here = world.guilds.get_mut(&guild).expect("its key was there");
                let had = here.roles.len();
                here.roles.retain(|role| role.id != id);
                if here.roles.len() == had {
                    continue;
                }
                here.members.values_mut().for_each(|member| member.roles.retain(|role| *role != id));
                let data = json!({"guild_id": guild.to_string(), "role_id": id.to_string()});
                world.tell_guild(guild, "GUILD_ROLE_DELETE", &data);
            }
        });
    }

    /// A channel gets another name.
    pub fn rename_channel(&self, channel: &str, name: &str) {
        self.inner.change(|world| {
            let id = world.channel(channel).id;
            let channel = world.channels.get_mut(&id).expect("it has just been found");
            name.clone_into(&mut channel.name);
            let channel = channel.clone();
            world.tell_channel("UPDATE", &channel);
        });
    }

    /// A member is given a role.
    pub fn give_role(&self, member: &str, role: &str) {
        self.change_member(member, role, |member, role| member.roles.push(role));
    }

    /// A member loses a role.
    pub fn take_role(&self, member: &str, role: &str) {
        self.change_member(member, role, |member, role| member.roles.retain(|has| *has != role));
    }

    fn change_member(&self, name: &str, role: &str, act: impl FnOnce(&mut Member, Id)) {
        self.inner.change(|world| {
            let (user, role) = (world.user(name).id, world.role(role).id);
            let guild = world.guilds.values_mut().find(|guild| guild.roles.iter().any(|has| has.id == role));
            let guild = guild.expect("the role was found in a server");
            act(guild.members.get_mut(&user).expect("only members have roles"), role);
            let guild = guild.id;
            let mut data = world.member(&world.guilds[&guild], user);
            data["guild_id"] = json!(guild.to_string());
            world.tell_member(guild, "GUILD_MEMBER_UPDATE", &data);
        });
    }

    /// Somebody new joins the first server.
    pub fn join(&self, name: &str) {
        self.inner.change(|world| {
            let id = world.clock.snowflake();
            world
                .users
                .insert(id, User { id, name: name.to_owned(), bot: false, locale: "en-US".to_owned() });
            let guild = world.guilds.values_mut().next().expect("every story has a server");
            guild.members.insert(id, Member::default());
            let guild = guild.id;
            let mut data = world.member(&world.guilds[&guild], id);
            data["guild_id"] = json!(guild.to_string());
            world.tell_member(guild, "GUILD_MEMBER_ADD", &data);
        });
    }

    /// Somebody leaves every server; what they wrote stays.
    pub fn leave(&self, name: &str) {
        self.inner.change(|world| {
            let user = world.user(name).clone();
            for guild in world.guilds.keys().copied().collect::<Vec<_>>() {
                let here = world.guilds.get_mut(&guild).expect("its key was there");
                if here.members.remove(&user.id).is_some() {
                    let data = json!({"guild_id": guild.to_string(), "user": wire::user(&user)});
                    world.tell_member(guild, "GUILD_MEMBER_REMOVE", &data);
                }
            }
        });
    }

    /// An administrator takes a permission from the bot in a channel.
    pub fn forbid(&self, channel: &str, permission: Permission) {
        self.permit(channel, |denied| denied | permission.bit());
    }

    /// An administrator gives it back.
    pub fn allow(&self, channel: &str, permission: Permission) {
        self.permit(channel, |denied| denied & !permission.bit());
    }

    fn permit(&self, channel: &str, denied: impl FnOnce(u64) -> u64) {
        self.inner.change(|world| {
            let id = world.channel(channel).id;
            let channel = world.channels.get_mut(&id).expect("it has just been found");
            channel.denied = denied(channel.denied);
            let channel = channel.clone();
            world.tell_channel("UPDATE", &channel);
        });
    }

    /// An administrator takes a permission from the bot everywhere.
    pub fn forbid_everywhere(&self, permission: Permission) {
        self.inner.change(|world| {
            for role in world.guilds.values_mut().flat_map(|guild| &mut guild.roles) {
                role.permissions &= !permission.bit();
            }
        });
    }

    /// Time goes on.
    pub fn advance(&self, span: SignedDuration) {
        self.inner.change(|world| world.clock.advance(span));
    }

    /// The next `times` calls of `route` fail: `"POST /channels/#desk/messages"`, `"* /interactions/*"`.
    pub fn fail_next(&self, route: &str, failure: Failure, times: usize) {
        self.inner.change(|world| world.inject(route, failure, times));
    }

    /// What was ordered to fail works again.
    pub fn heal(&self) {
        self.inner.change(|world| world.failures.clear());
    }

    /// Discord is down: every call is answered 503, and the gateway neither talks nor listens.
    pub fn go_down(&self) {
        self.fail_next("* *", Failure::Status(503), usize::MAX);
        self.set_gateway_up(false);
        self.cut_gateway();
    }

    /// It is back; the sessions can be resumed.
    pub fn come_back(&self) {
        self.heal();
        self.set_gateway_up(true);
    }

    /// A thread falls asleep; a message wakes it.
    pub fn archive(&self, thread: &str) {
        self.inner.change(|world| {
            let id = world.channel(thread).id;
            world.set_archived(id, true);
        });
    }

    /// Closes the gateway's connections with this code, say 4000 or 1012; the sessions can be resumed.
    pub fn kick(&self, code: u16) {
        self.hang_up(|| Out::Close(code));
    }

    /// Breaks the gateway's connections without a word; the sessions can be resumed.
    pub fn cut_gateway(&self) {
        self.hang_up(|| Out::Cut);
    }

    fn hang_up(&self, how: impl Fn() -> Out) {
        self.inner.change(|world| {
            for line in world.sessions.iter_mut().filter_map(|session| session.line.take()) {
                // The other end may have gone already, which is what was wanted.
                let _ = line.send(how());
            }
        });
    }

    /// Asks the bot to reconnect, as Discord does before it restarts a server.
    pub fn ask_to_reconnect(&self) {
        let payload = json!({"op": 7, "s": null, "t": null, "d": null}).to_string();
        self.inner.change(|world| world.sessions.iter_mut().for_each(|session| session.say(payload.clone())));
    }

    /// Forgets the sessions that are not connected, after a `kick`: a bot that resumes has to identify again.
    pub fn forget_sessions(&self) {
        self.inner.change(|world| world.sessions.retain(|session| session.line.is_some()));
    }

    /// Whether the gateway takes connections.
    pub fn set_gateway_up(&self, up: bool) {
        self.inner.change(|world| world.settings.gateway_up = up);
    }

    /// Whether heartbeats are acknowledged; a bot whose are not has to reconnect.
    pub fn set_acknowledges(&self, acknowledges: bool) {
        self.inner.change(|world| world.settings.acknowledges = acknowledges);
    }
}

impl World {
    /// A person's post: kept, and told.
    fn write(&mut self, author: Id, channel: Id, text: &str, reply_to: Option<Id>, id: Option<Id>) -> Post {
        let content = self.typed(text);
        let pings = mentions::notified(self, channel, author, &content, None, reply_to);
        let post = Post {
            id: id.unwrap_or_else(|| self.clock.snowflake()),
            channel,
            author,
            content,
            embeds: vec![],
            components: vec![],
            files: vec![],
            flags: 0,
            reply_to,
            nonce: None,
            pings,
            edited: None,
            before: vec![],
            deleted: None,
            reactions: vec![],
            ephemeral_for: None,
            interaction: None,
            instant: Instant::now(),
        };
        if self.channels[&channel].archived {
            self.set_archived(channel, false);
        }
        self.posts.insert(post.id, post.clone());
        self.tell_message("MESSAGE_CREATE", &post);
        post
    }

    fn set_archived(&mut self, thread: Id, archived: bool) {
        let now = self.now();
        let thread = self.channels.get_mut(&thread).expect("the caller has found it");
        thread.set_archived(archived, now);
        let thread = thread.clone();
        self.tell_channel("UPDATE", &thread);
    }

    /// What the client makes of what somebody types: names become mentions, the longest first.
    fn typed(&self, text: &str) -> String {
        let users = self.users.values().map(|user| (format!("@{}", user.name), format!("<@{}>", user.id)));
        let roles = self.guilds.values().flat_map(|guild| &guild.roles);
        let roles = roles.map(|role| (format!("@{}", role.name), format!("<@&{}>", role.id)));
        let channels = self.channels.values();
        let channels = channels.map(|channel| (format!("#{}", channel.name), format!("<#{}>", channel.id)));
        let mut names: Vec<_> = users.chain(roles).chain(channels).collect();
        names.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
        names.iter().fold(text.to_owned(), |text, (name, mention)| text.replace(name, mention))
    }

    /// A channel and its threads disappear; what it looked like.
    pub fn remove_channel(&mut self, id: Id) -> serde_json::Value {
        let at = self.now();
        let channel = self.channels[&id].clone();
        let shown = self.channel_json(&channel);
        self.tell_channel("DELETE", &channel);
        let gone: Vec<Id> =
            self.channels.values().filter(|c| c.id == id || c.parent == Some(id)).map(|c| c.id).collect();
        for post in self.posts.values_mut().filter(|post| gone.contains(&post.channel)) {
            post.deleted.get_or_insert(at);
        }
        self.channels.retain(|id, _| !gone.contains(id));
        shown
    }

    /// A post that a test holds.
    ///
    /// # Panics
    /// When there never was one.
    pub fn post(&self, id: Id) -> &Post {
        self.posts.get(&id).unwrap_or_else(|| panic!("no post has the id {id}"))
    }

    fn post_mut(&mut self, id: Id) -> &mut Post {
        self.posts.get_mut(&id).unwrap_or_else(|| panic!("no post has the id {id}"))
    }
}

impl From<&Post> for Id {
    fn from(post: &Post) -> Self {
        post.id
    }
}
