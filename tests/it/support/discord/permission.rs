//! The permissions that matter to a bot like ours, with Discord's bits.

/// One permission of a role or a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permission {
    /// See the channel at all; without it every call there is 50001 Missing Access.
    ViewChannel,
    /// Post in the channel.
    SendMessages,
    /// Post in threads and forum posts.
    SendMessagesInThreads,
    /// Post embeds.
    EmbedLinks,
    /// Post files.
    AttachFiles,
    /// Read what was posted before.
    ReadMessageHistory,
    /// React.
    AddReactions,
    /// Ping everyone, and roles that are not mentionable.
    MentionEveryone,
    /// Delete what others posted.
    ManageMessages,
    /// Change and delete channels, and a forum's tags.
    ManageChannels,
    /// Change threads of others, and the tags of a forum post.
    ManageThreads,
    /// Make roles.
    ManageRoles,
    /// Start public threads.
    CreatePublicThreads,
    /// Change the server.
    ManageGuild,
    /// Everything.
    Administrator,
}

impl Permission {
    /// All of them.
    pub const ALL: [Self; 15] = [
        Self::ViewChannel,
        Self::SendMessages,
        Self::SendMessagesInThreads,
        Self::EmbedLinks,
        Self::AttachFiles,
        Self::ReadMessageHistory,
        Self::AddReactions,
        Self::MentionEveryone,
        Self::ManageMessages,
        Self::ManageChannels,
        Self::ManageThreads,
        Self::ManageRoles,
        Self::CreatePublicThreads,
        Self::ManageGuild,
        Self::Administrator,
    ];

    /// The permission's bit.
    pub fn bit(self) -> u64 {
        match self {
            Self::Administrator => 1 << 3,
            Self::ManageChannels => 1 << 4,
            Self::ManageGuild => 1 << 5,
            Self::AddReactions => 1 << 6,
            Self::ViewChannel => 1 << 10,
            Self::SendMessages => 1 << 11,
            Self::ManageMessages => 1 << 13,
            Self::EmbedLinks => 1 << 14,
            Self::AttachFiles => 1 << 15,
            Self::ReadMessageHistory => 1 << 16,
            Self::MentionEveryone => 1 << 17,
            Self::ManageRoles => 1 << 28,
            Self::ManageThreads => 1 << 34,
            Self::CreatePublicThreads => 1 << 35,
            Self::SendMessagesInThreads => 1 << 38,
        }
    }

    /// The bits of several.
    pub fn bits(permissions: &[Self]) -> u64 {
        permissions.iter().fold(0, |bits, permission| bits | permission.bit())
    }

    /// What everybody may: read, write, react.
    pub fn everyone() -> u64 {
        Self::bits(&[
            Self::ViewChannel,
            Self::SendMessages,
            Self::SendMessagesInThreads,
            Self::EmbedLinks,
            Self::AttachFiles,
            Self::ReadMessageHistory,
            Self::AddReactions,
            Self::CreatePublicThreads,
        ])
    }

    /// What the bot was invited with: everything but Administrator.
    pub fn bot() -> u64 {
        Self::bits(&Self::ALL) & !Self::Administrator.bit()
    }
}
