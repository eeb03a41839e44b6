//! What people ask of Vigie, platform-neutral: a platform reads a [`Command`] from a slash command or a line of text,
//! and shows the [`Reply`].

mod ask;
mod asked;
mod audit;
mod desk;
mod digest;
mod export;
mod file;
mod handover;
mod judge;
mod meaning;
mod privacy;
mod queue;
mod reply;
mod request;
mod rule_test;
mod settings;
mod stats;

use crate::domain::card::Piece;
use crate::domain::ids::{ChannelId, MessageId, RoleId, UserId};
use crate::domain::label::{Label, Route};
use crate::domain::lesson::Week;
use crate::domain::message::Standing;
use crate::domain::settings::{Acknowledge, Language, Settings, Tag};
use crate::domain::time::Timestamp;
use crate::domain::words::Words;
use crate::platform::Platform;
use crate::stats::export::Format;
use crate::store::StoreError;
use crate::triage::{Drafted, Triage};

pub use asked::{Caller, DeskChange, Period, RequestRef};
pub use file::{Document, File, Image};
pub use handover::accepted;
pub use meaning::meaning;
pub use reply::{Reply, ReplyButton, Tone};

use ask::Ask;
use export::Asked;
use stats::Wanted;

/// Something that a person asks of Vigie.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// `/watch add`: watch a channel, or change how it is watched.
    WatchAdd {
        /// The channel.
        channel: ChannelId,
        /// How requests are tagged; unchanged or the default when absent.
        tag: Option<Tag>,
        /// When members are told when to expect an answer.
        acknowledge: Option<Acknowledge>,
    },
    /// `/watch remove`.
    WatchRemove {
        /// The channel.
        channel: ChannelId,
    },
    /// `/watch list`.
    WatchList,
    /// `/watch limits`: how far back is read after a time away; what is absent stays.
    WatchLimits {
        /// A length of time, as it was typed.
        age: Option<String>,
        /// Messages of a channel.
        messages: Option<i64>,
    },
    /// `/desk set`: set up a desk or change what is given.
    DeskSet(Box<DeskChange>),
    /// `/desk remove`.
    DeskRemove {
        /// The desk.
        route: Route,
    },
    /// `/desk list`.
    DeskList,
    /// `/rule add`.
    RuleAdd {
        /// What a match means.
        label: Label,
        /// A regular expression.
        pattern: String,
        /// Only there.
        channel: Option<ChannelId>,
    },
    /// `/rule remove`.
    RuleRemove {
        /// Its number in `/rule list`, from 1.
        number: usize,
    },
    /// `/rule list`.
    RuleList,
    /// `/rule test`: what a rule would have done to what was written lately.
    RuleTest {
        /// What a match would mean.
        label: Label,
        /// A regular expression.
        pattern: String,
        /// Only there.
        channel: Option<ChannelId>,
    },
    /// `/judge`: how right the judge was, and what it has learnt.
    Judge,
    /// Takes back what was learnt in a week; asks first whether it is meant.
    JudgeUndo {
        /// The week.
        week: Week,
        /// Whether it is meant.
        is_meant: bool,
    },
    /// `/audit`: the next message of the weekly audit.
    Audit {
        /// The one that was shown last, to go on after it.
        after: Option<MessageId>,
    },
    /// Says what a message of the audit is, and shows the next one.
    AuditSay {
        /// The message.
        message: MessageId,
        /// What it is.
        label: Label,
    },
    /// `/staff add`.
    StaffAdd {
        /// The role.
        role: RoleId,
    },
    /// `/staff remove`.
    StaffRemove {
        /// The role.
        role: RoleId,
    },
    /// `/staff list`.
    StaffList,
    /// `/expert set`: who knows about what.
    ExpertSet {
        /// Who.
        user: UserId,
        /// Topics, separated by commas.
        topics: String,
    },
    /// `/expert remove`.
    ExpertRemove {
        /// Who.
        user: UserId,
    },
    /// `/expert list`.
    ExpertList,
    /// `/language`: what Vigie speaks, and where its days begin.
    Language {
        /// The language.
        language: Option<Language>,
        /// An IANA time zone.
        timezone: Option<String>,
    },
    /// `/export`: requests as a file.
    Export {
        /// The first day, as it was typed.
        from: Option<String>,
        /// The last day, as it was typed.
        to: Option<String>,
        /// How they are written down.
        format: Format,
        /// With what members wrote.
        texts: bool,
    },
    /// `/queue`: what waits, the one with the least time left to its target first.
    Queue {
        /// Only this desk's.
        route: Option<Route>,
    },
    /// `/stats`: figures.
    Stats {
        /// Of which time.
        period: Period,
        /// Only this desk's.
        route: Option<Route>,
        /// Only this channel's.
        channel: Option<ChannelId>,
        /// For everybody to see.
        share: bool,
    },
    /// `/request`: all about one request.
    Request {
        /// Which.
        request: RequestRef,
    },
    /// `/history`: a member's requests.
    History {
        /// Whose.
        member: UserId,
    },
    /// `/why`: why this desk.
    Why {
        /// Which.
        request: RequestRef,
    },
    /// `/handover`: offers a person's open claims to a colleague.
    Handover {
        /// Whose; the asker's own when absent.
        from: Option<UserId>,
        /// To whom.
        to: UserId,
    },
    /// The colleague accepts them.
    HandoverAccept {
        /// Whose.
        from: UserId,
        /// To whom they were offered.
        to: UserId,
    },
    /// *Last messages*: what members wrote in them.
    HandoverMessages {
        /// Whose.
        from: UserId,
    },
    /// `/privacy`: what is kept of whoever asks.
    Privacy,
    /// *Erase my data*; asks first whether it is meant.
    EraseMine {
        /// Whose button it is.
        member: UserId,
        /// Whether it is meant.
        is_meant: bool,
    },
    /// `/forget`: erases what is stored of a member; asks first whether it is meant.
    Forget {
        /// Who is forgotten.
        member: UserId,
        /// Whether it is meant.
        is_meant: bool,
    },
    /// `/digest show`: how last week went.
    Digest,
    /// `/digest set`: where it is posted and whom it pings; what is absent stays.
    DigestSet {
        /// The channel.
        channel: Option<ChannelId>,
        /// The coordinator's role.
        role: Option<RoleId>,
    },
}

/// Who may run a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// *Manage Server*.
    Administrators,
    /// Holders of a desk's role or a staff role, and administrators.
    Employees,
    /// Holders of the coordinator's role, and administrators.
    Auditors,
    /// Everybody, about themselves.
    Everybody,
}

impl Command {
    /// Who may run it.
    #[must_use]
    pub const fn audience(&self) -> Audience {
        match self {
            Self::WatchAdd { .. }
            | Self::WatchRemove { .. }
            | Self::WatchList
            | Self::WatchLimits { .. }
            | Self::DeskSet(_)
            | Self::DeskRemove { .. }
            | Self::DeskList
            | Self::RuleAdd { .. }
            | Self::RuleRemove { .. }
            | Self::RuleList
            | Self::RuleTest { .. }
            | Self::Judge
            | Self::JudgeUndo { .. }
            | Self::StaffAdd { .. }
            | Self::StaffRemove { .. }
            | Self::StaffList
            | Self::ExpertSet { .. }
            | Self::ExpertRemove { .. }
            | Self::ExpertList
            | Self::Digest
            | Self::DigestSet { .. }
            | Self::Language { .. }
            | Self::Forget { .. }
            | Self::Export { .. } => Audience::Administrators,
            Self::Queue { .. }
            | Self::Stats { .. }
            | Self::Request { .. }
            | Self::History { .. }
            | Self::Why { .. }
            | Self::Handover { .. }
            | Self::HandoverAccept { .. }
            | Self::HandoverMessages { .. } => Audience::Employees,
            Self::Audit { .. } | Self::AuditSay { .. } => Audience::Auditors,
            Self::Privacy | Self::EraseMine { .. } => Audience::Everybody,
        }
    }
}

/// Does what is asked for and says what came of it. Never fails: whoever asked is always told something.
pub async fn run(
    triage: &Triage,
    platform: &dyn Platform,
    caller: &Caller,
    command: Command,
    now: Timestamp,
) -> Reply {
    let mut ask = Ask { triage, platform, caller, words: Words::new(Language::En), now };
    let settings = match ask.settings().await {
        Ok(settings) => settings,
        Err(error) => return ask.failed(&error),
    };
    ask.words = Words::new(settings.community.language);
    if let Some(refusal) = refusal(caller, &settings, command.audience(), ask.words) {
        return refusal;
    }
    let mut reply = match answer(&ask, &settings, command).await {
        Ok(reply) => reply,
        Err(error) => ask.failed(&error),
    };
    reply.lines.iter_mut().for_each(|line| ask.words.name_erased(line));
    reply
}

/// What is said to who wanted a draft of an answer.
#[must_use]
pub fn drafted(words: Words, drafted: Drafted) -> Reply {
    match drafted {
        Drafted::Text(text) => Reply::facts(words.draft_title(), vec![vec![Piece::text(text)]]),
        Drafted::NotYours => Reply::refused(words.draft_is_for_the_claimer()),
        Drafted::Unknown => Reply::refused(words.no_such_request()),
        Drafted::NoReader => Reply::refused(words.no_reader()),
        Drafted::No(why) => Reply::refused(words.no_draft(why)),
    }
}

/// Why somebody may not run a command of that audience, if so.
fn refusal(caller: &Caller, settings: &Settings, audience: Audience, words: Words) -> Option<Reply> {
    let is_employee = settings.standing(&caller.roles) == Standing::Employee;
    match audience {
        Audience::Administrators if !caller.is_administrator => {
            Some(Reply::refused(words.administrators_only()))
        }
        Audience::Employees if !is_employee && !caller.is_administrator => {
            Some(Reply::refused(words.employees_only()))
        }
        Audience::Auditors
            if !settings.community.coordinator.as_ref().is_some_and(|role| caller.roles.contains(role))
                && !caller.is_administrator =>
        {
            Some(Reply::refused(words.auditors_only()))
        }
        Audience::Administrators | Audience::Employees | Audience::Auditors | Audience::Everybody => None,
    }
}

async fn answer(ask: &Ask<'_>, settings: &Settings, command: Command) -> Result<Reply, StoreError> {
    match &command {
        Command::WatchAdd { channel, tag, acknowledge } => {
            Ok(ask.watch_add(channel, *tag, *acknowledge).await)
        }
        Command::WatchRemove { channel } => Ok(ask.watch_remove(channel).await),
        Command::DeskSet(change) => Ok(ask.desk_set(change).await),
        Command::DeskRemove { route } => Ok(ask.desk_remove(*route).await),
        Command::DeskList => Ok(ask.desk_list(settings)),
        Command::RuleAdd { label, pattern, channel } => {
            Ok(ask.rule_add(*label, pattern, channel.as_ref()).await)
        }
        Command::RuleRemove { number } => Ok(ask.rule_remove(*number).await),
        Command::StaffAdd { role } => Ok(ask.staff_add(role).await),
        Command::StaffRemove { role } => Ok(ask.staff_remove(role).await),
        Command::ExpertSet { user, topics } => Ok(ask.expert_set(user, topics).await),
        Command::ExpertRemove { user } => Ok(ask.expert_remove(user).await),
        Command::Language { language, timezone } => Ok(ask.language(*language, timezone.as_deref()).await),
        Command::RuleTest { label, pattern, channel } => {
            ask.rule_test(settings, *label, pattern, channel.as_ref()).await
        }
        Command::Judge => ask.judge(settings).await,
        Command::JudgeUndo { week, is_meant } => ask.judge_undo(*week, *is_meant).await,
        Command::Audit { after } => ask.audit(settings, after.as_ref()).await,
        Command::AuditSay { message, label } => ask.audit_say(settings, message, *label).await,
        Command::WatchList => Ok(ask.watch_list(settings)),
        Command::WatchLimits { age, messages } => Ok(ask.watch_limits(age.as_deref(), *messages).await),
        Command::RuleList => Ok(ask.rule_list(settings)),
        Command::StaffList => Ok(ask.staff_list(settings)),
        Command::ExpertList => Ok(ask.expert_list(settings)),
        Command::Export { from, to, format, texts } => {
            let (from, to) = (from.as_deref(), to.as_deref());
            ask.export(settings, Asked { from, to, format: *format, texts: *texts }).await
        }
        Command::Queue { route } => ask.queue(settings, *route).await,
        Command::Stats { period, route, channel, share } => {
            let wanted = Wanted { period: *period, route: *route, channel: channel.as_ref(), share: *share };
            ask.stats(settings, wanted).await
        }
        Command::Request { request } => ask.request(request).await,
        Command::History { member } => ask.history(member).await,
        Command::Why { request } => ask.why(settings, request).await,
        Command::Handover { from, to } => ask.handover(settings, from.as_ref(), to).await,
        Command::HandoverAccept { from, to } => ask.handover_accept(settings, from, to).await,
        Command::HandoverMessages { from } => ask.last_messages(settings, from).await,
        Command::Privacy => ask.privacy(settings).await,
        Command::EraseMine { member, is_meant } => ask.erase_mine(member, *is_meant).await,
        Command::Forget { member, is_meant } => ask.forget(member, *is_meant).await,
        Command::Digest => ask.digest(settings).await,
        Command::DigestSet { channel, role } => Ok(ask.digest_set(channel.as_ref(), role.as_ref()).await),
    }
}
