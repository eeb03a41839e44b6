//! An administrator sets Vigie up: by the wizard, and what they are told when something is missing.

use serde_json::json;

use super::{LOST_PARCEL, Scene, brand, config, home_at, registered};
use crate::support::discord::Permission;

#[tokio::test]
async fn the_wizard_makes_channels_and_roles_and_the_first_card_arrives() {
    let discord = brand().await;
    let home = home_at(&discord);
    let bot = home.start(&[]);
    discord.identified().await;
    registered(&discord).await;

    let wizard = discord.run_command("boss", "setup", json!({}), "chat").await;
    assert!(wizard.is_ephemeral());
    let page = wizard.post();
    discord.press("boss", &page, "vigie:setup:create").await;
    discord.wait_until_reads(&page, "desk-pr").await;
    let made = discord.look(|world| {
        let roles = world.guilds.values().next().map_or(0, |guild| guild.roles.len());
        (world.channels.values().filter(|c| c.name.starts_with("desk-") && c.parent.is_some()).count(), roles)
    });
    assert_eq!(made.0, 3, "a private channel for each desk");
    discord.press("boss", &page, "vigie:setup:create").await;
    let again = discord.look(|world| {
        let roles = world.guilds.values().next().map_or(0, |guild| guild.roles.len());
        (world.channels.values().filter(|c| c.name.starts_with("desk-") && c.parent.is_some()).count(), roles)
    });
    assert_eq!(again, made, "pressed twice it makes nothing twice");

    discord.select("boss", &page, "vigie:setup:watch", &["support"]).await;
    discord.wait_until_reads(&page, "support").await;
    discord.post("ana", "support", LOST_PARCEL);
    let card = discord
        .wait_for(|world| {
            let mut posts = world.posts.values();
            posts
                .find(|p| p.author == world.bot && p.ephemeral_for.is_none() && !p.embeds.is_empty())
                .cloned()
        })
        .await;
    assert_eq!(discord.pinged_by(&card).len(), 1);
    assert!(bot.stop().await.success());
    discord.assert_clean();
}

#[tokio::test]
async fn the_wizard_is_for_administrators_and_speaks_both_languages() {
    let scene = Scene::open().await;
    let discord = &scene.discord;
    discord.run_command("ana", "setup", json!({}), "chat").await.until_says("Manage Server").await;
    let wizard = discord.run_command("boss", "setup", json!({}), "chat").await;
    let page = wizard.post();
    discord.press("boss", &page, "vigie:setup:fr").await;
    discord.wait_until_reads(&page, "Service client").await;
    discord.take_role("boss", "managers");
    discord.press("boss", &page, "vigie:setup:en").await;
    discord.wait_until_reads(&page, "Gérer le serveur").await;
    scene.end().await;
}

#[tokio::test]
async fn a_deleted_desk_channel_keeps_the_card_until_another_is_chosen() {
    let scene = Scene::open().await;
    let discord = &scene.discord;
    discord.delete_channel("desk-service");
    discord.post("ana", "support", LOST_PARCEL);
    discord.wait_for(|world| world.requests.iter().any(|r| r.status == 404).then_some(())).await;
    let doctor = scene.home.call(&["doctor"]).await;
    let said = String::from_utf8_lossy(&doctor.stdout).into_owned();
    assert!(said.contains("MEND") && said.contains("customer_service"), "{said}");
    let set = json!({ "route": "customer_service", "channel": "chat" });
    discord.run_command("boss", "desk set", set, "desk-pr").await;
    let card = discord.next_post_in("chat").await;
    assert_eq!(discord.pinged_by(&card), ["@advisers"]);
    let _ = discord.take_violations();
    assert!(scene.bot.stop().await.success());
}

#[tokio::test]
async fn a_deleted_role_is_named_by_the_doctor() {
    let scene = Scene::open().await;
    scene.discord.delete_role("press-office");
    let doctor = scene.home.call(&["doctor"]).await;
    let said = String::from_utf8_lossy(&doctor.stdout).into_owned();
    assert_eq!(doctor.status.code(), Some(1), "{said}");
    assert!(said.lines().any(|line| line.starts_with("MEND") && line.contains("role")), "{said}");
    scene.end().await;
}

#[tokio::test]
async fn the_doctor_names_a_missing_permission_and_the_invitation() {
    let discord = brand().await;
    let home = home_at(&discord);
    home.apply(&config(&discord)).await;
    let well = home.call(&["doctor"]).await;
    assert!(well.status.success(), "{}", String::from_utf8_lossy(&well.stdout));
    discord.forbid("desk-pr", Permission::EmbedLinks);
    let ill = home.call(&["doctor"]).await;
    let said = String::from_utf8_lossy(&ill.stdout).into_owned();
    assert_eq!(ill.status.code(), Some(1), "{said}");
    assert!(said.contains("Embed Links"), "{said}");
    discord.assert_clean();
}
