//! A small bot for the tests of the stand-in, in the client that ours is built on, and the server it lives in.

use serenity::all::{
    ActionRowComponent, ChannelId, Client, CommandOptionType, CommandType, ComponentInteraction, Context,
    CreateActionRow, CreateAllowedMentions, CreateAutocompleteResponse, CreateButton, CreateCommand,
    CreateCommandOption, CreateEmbed, CreateInputText, CreateInteractionResponse,
    CreateInteractionResponseFollowup, CreateInteractionResponseMessage, CreateMessage, CreateModal,
    CreateSelectMenu, CreateSelectMenuKind, CreateSelectMenuOption, EditInteractionResponse, EditMessage,
    EventHandler, GatewayIntents, GuildId, Http, HttpBuilder, InputTextStyle, Interaction, Message, Nonce,
    Permissions, ReactionType, Ready, RoleId,
};
use tokio::task::JoinHandle;

use crate::support::discord::{Discord, Permission};

/// A small bot that does what ours does, in the client that ours is built on.
struct Bot {
    desk: ChannelId,
    role: RoleId,
    guild: GuildId,
}

#[serenity::async_trait]
impl EventHandler for Bot {
    async fn ready(&self, ctx: Context, _: Ready) {
        let period = CreateCommandOption::new(CommandOptionType::String, "period", "How far back")
            .add_string_choice("Today", "today")
            .add_string_choice("Seven days", "7d");
        let topic =
            CreateCommandOption::new(CommandOptionType::String, "topic", "What about").set_autocomplete(true);
        let channel =
            CreateCommandOption::new(CommandOptionType::Channel, "channel", "Which channel").required(true);
        let add = CreateCommandOption::new(CommandOptionType::SubCommand, "add", "Watches a channel")
            .add_sub_option(channel);
        let commands = vec![
            CreateCommand::new("stats").description("Tells the figures").add_option(period).add_option(topic),
            CreateCommand::new("watch")
                .description("Says what is watched")
                .default_member_permissions(Permissions::MANAGE_GUILD)
                .add_option(add),
            CreateCommand::new("Why this desk?").kind(CommandType::Message),
        ];
        self.guild.set_commands(&ctx.http, commands).await.expect("the commands are taken");
    }

    async fn message(&self, ctx: Context, message: Message) {
        if message.author.bot {
            return;
        }
        let buttons = vec![
            CreateButton::new("vigie:claim:1").label("Claim"),
            CreateButton::new("vigie:note:1").label("Note"),
        ];
        let routes = vec![CreateSelectMenuOption::new("PR", "pr"), CreateSelectMenuOption::new("CS", "cs")];
        let select =
            CreateSelectMenu::new("vigie:reroute:1", CreateSelectMenuKind::String { options: routes });
        let card = CreateMessage::new()
            .content(format!("<@&{}> {}", self.role, message.content))
            .embed(CreateEmbed::new().title("Open").field("Author", message.author.name.clone(), true))
            .components(vec![CreateActionRow::Buttons(buttons), CreateActionRow::SelectMenu(select)])
            .allowed_mentions(CreateAllowedMentions::new().roles([self.role]))
            .nonce(Nonce::String(message.id.to_string()))
            .enforce_nonce(true);
        self.desk.send_message(&ctx.http, card).await.expect("the card is taken");
        message.react(&ctx.http, ReactionType::Unicode("🛎️".to_owned())).await.expect("the tag is taken");
    }

    async fn interaction_create(&self, ctx: Context, interaction: Interaction) {
        match interaction {
            Interaction::Component(press) => self.component(&ctx, press).await,
            Interaction::Command(command) if command.data.kind == CommandType::Message => {
                let (_, target) = command.data.resolved.messages.iter().next().expect("a menu has a target");
                let text = format!("Because of {:?}", target.content);
                let message = CreateInteractionResponseMessage::new().content(text).ephemeral(true);
                let response = CreateInteractionResponse::Message(message);
                command.create_response(&ctx.http, response).await.expect("an answer");
            }
            Interaction::Command(command) => {
                command.defer_ephemeral(&ctx.http).await.expect("a deferral");
                let options = serde_json::to_string(&command.data.options).expect("options are JSON");
                let edit =
                    EditInteractionResponse::new().content(format!("/{} {options}", command.data.name));
                command.edit_response(&ctx.http, edit).await.expect("an edit");
            }
            Interaction::Autocomplete(asked) => {
                let choices = CreateAutocompleteResponse::new().add_string_choice("Billing", "billing");
                let response = CreateInteractionResponse::Autocomplete(choices);
                asked.create_response(&ctx.http, response).await.expect("choices");
            }
            Interaction::Modal(modal) => {
                let ActionRowComponent::InputText(input) = &modal.data.components[0].components[0] else {
                    panic!("the modal has an input");
                };
                let text = format!("Noted: {}", input.value.as_deref().unwrap_or_default());
                let message = CreateInteractionResponseMessage::new().content(text);
                let response = CreateInteractionResponse::UpdateMessage(message);
                modal.create_response(&ctx.http, response).await.expect("an update");
            }
            _ => panic!("no other interaction is sent"),
        }
    }
}

impl Bot {
    async fn component(&self, ctx: &Context, press: ComponentInteraction) {
        if press.data.custom_id.starts_with("vigie:note") {
            let input = CreateInputText::new(InputTextStyle::Short, "Note", "note");
            let modal = CreateModal::new("vigie:noted:1", "A note")
                .components(vec![CreateActionRow::InputText(input)]);
            return press
                .create_response(&ctx.http, CreateInteractionResponse::Modal(modal))
                .await
                .expect("a modal");
        }
        press.defer(&ctx.http).await.expect("an acknowledgement");
        let roles = press.member.as_ref().map_or(0, |member| member.roles.len());
        let content = format!("{} by {} with {roles} role", press.data.custom_id, press.user.name);
        let edit = EditMessage::new().content(content).components(vec![]);
        self.desk.edit_message(&ctx.http, press.message.id, edit).await.expect("an edit");
        let thanks = CreateInteractionResponseFollowup::new().content("Yours.").ephemeral(true);
        press.create_followup(&ctx.http, thanks).await.expect("a follow-up");
    }
}

/// A server with one watched channel, a forum and a desk.
pub async fn air_azur() -> Discord {
    Discord::builder()
        .guild("Air Azur")
        .channel("support")
        .forum("ideas", &["Bug"])
        .channel("desk")
        .role("advisers")
        .role_with("admins", &[Permission::ManageGuild])
        .member("alice", &[])
        .member("bob", &["advisers"])
        .member("carol", &["admins"])
        .start()
        .await
}

pub fn http(discord: &Discord) -> Http {
    let http = HttpBuilder::new(discord.token()).proxy(discord.url()).ratelimiter_disabled(true).build();
    http.set_application_id(discord.user_id("vigie").parse().expect("an id"));
    http
}

/// Starts the bot; it ends with the test.
pub async fn start(discord: &Discord, intents: GatewayIntents) -> JoinHandle<()> {
    let desk = discord.channel_id("desk").parse().expect("an id");
    let role = discord.role_id("advisers").parse().expect("an id");
    let guild = discord.guild_id().parse().expect("an id");
    let builder = serenity::client::ClientBuilder::new_with_http(http(discord), intents);
    let mut client: Client = builder.event_handler(Bot { desk, role, guild }).await.expect("a client");
    tokio::spawn(async move {
        // It ends with an error when the stand-in turns it away, which the tests look at from outside.
        let _ = client.start().await;
    })
}

pub fn all_intents() -> GatewayIntents {
    GatewayIntents::non_privileged() | GatewayIntents::MESSAGE_CONTENT
}
