//! What a store promises: one small test a promise, stamped on each database.

mod ages;
mod contract;
mod contract_claims;
mod contract_clock;
mod contract_gaps;
mod contract_judge;
mod contract_privacy;
mod contract_shards;
mod contract_troubles;
mod contract_watch;
mod migrations;
#[cfg(feature = "postgres")]
mod transfer;
#[cfg(feature = "postgres")]
mod waking;

use std::sync::Arc;

use tempfile::TempDir;
use vigie::store::{self, Store};

/// A database of the test's own.
pub struct Database {
    pub store: Arc<dyn Store>,
    /// Where another process finds it.
    pub address: String,
    _folder: Option<TempDir>,
}

async fn file() -> Database {
    let folder = TempDir::new().expect("a folder of our own");
    let address = format!("sqlite://{}", folder.path().join("vigie.db").display());
    let store = store::connect(&address).await.expect("SQLite makes the file");
    Database { store, address, _folder: Some(folder) }
}

async fn memory() -> Database {
    let store = store::in_memory().await.expect("SQLite in memory");
    Database { store, address: "sqlite::memory:".to_owned(), _folder: None }
}

/// A schema of the test's own on the PostgreSQL server of the tests.
#[cfg(feature = "postgres")]
async fn postgres() -> Database {
    let address = crate::support::postgres::empty().await;
    let store = store::connect(&address).await.expect("the database is there");
    Database { store, address, _folder: None }
}

/// Stamps each promise on each database.
macro_rules! promises {
    ($contract:ident: $($promise:ident),* $(,)?) => {
        mod sqlite_memory { $(#[tokio::test] async fn $promise() { crate::store::$contract::$promise(crate::store::memory().await).await; })* }
        shared_promises! { $contract: $($promise),* }
    };
}

/// Stamps each promise on each database that several processes can share.
macro_rules! shared_promises {
    ($contract:ident: $($promise:ident),* $(,)?) => {
        mod sqlite_file { $(#[tokio::test] async fn $promise() { crate::store::$contract::$promise(crate::store::file().await).await; })* }
        #[cfg(feature = "postgres")]
        mod postgres_server { $(
            #[tokio::test]
            #[ignore = "needs a PostgreSQL server: tests/postgres run cargo nextest run --run-ignored all"]
            async fn $promise() { crate::store::$contract::$promise(crate::store::postgres().await).await; }
        )* }
    };
}

mod road {
    promises! {
        contract:
        settings_are_given_back_and_changed_from_one_version_only,
        what_is_heard_twice_is_new_once,
        what_was_digested_is_gone_from_the_inbox_and_stays_in_the_talk,
        what_one_person_said_is_found_by_place_and_time,
        requests_are_counted_by_what_is_asked_for,
        an_item_digested_elsewhere_changes_nothing,
        a_card_that_waits_follows_its_desk,
        a_request_is_given_back_as_it_was_stored,
        of_two_changes_from_one_version_one_is_stored,
        a_conflict_stores_nothing_of_the_others,
        each_lane_gives_its_first_notice_and_then_the_next,
        a_delayed_notice_holds_up_its_own_lane_only,
        new_settings_make_what_waited_due,
        a_card_is_live_until_it_is_retired,
        requests_are_found_by_message_state_and_the_end_of_their_id,
        pages_of_requests_follow_on_each_other_even_within_one_moment,
        the_logs_of_several_requests_are_those_of_each,
        one_community_never_sees_anothers,
        an_erased_community_leaves_nothing,
    }
}

mod clock {
    promises! {
        contract_clock:
        what_falls_due_is_what_the_last_change_said,
        answers_and_deletions_are_unread_until_they_are_digested,
        a_community_is_timed_until_its_settings_change,
        held_pings_wait_for_one_bundle_and_are_told_once,
        the_first_try_that_may_have_arrived_is_kept,
        figures_of_whole_days_follow_every_change,
    }
}

mod gaps {
    promises! {
        contract_gaps:
        a_gap_keeps_its_start_until_it_is_made_good,
        a_channel_is_watched_from_when_it_was_set_to_be,
        the_last_word_about_each_message_is_known,
        what_is_heard_together_is_kept_together,
        what_is_not_settled_is_found_with_its_thread,
        what_was_left_unread_is_told_once_and_forgotten_later,
    }
}

mod troubles {
    shared_promises! {
        contract_troubles:
        a_closed_channel_is_told_once_until_something_was_posted_there,
        a_channel_that_the_desk_has_left_is_no_trouble,
    }
}

mod watch {
    promises! {
        contract_watch:
        what_waits_is_counted_with_its_oldest,
        a_check_of_a_healthy_store_goes_well,
    }
}

mod judge {
    promises! {
        contract_judge:
        a_judged_message_is_given_back_without_its_text,
        the_review_list_holds_the_oldest_open_ones_of_its_desk,
        what_became_of_a_message_is_kept_once_and_a_persons_word_stays,
        a_message_judged_anew_is_open_again,
        zones_are_counted_without_what_people_opened,
        lessons_are_given_back_in_their_order,
        of_two_lessons_learnt_from_the_same_knowledge_one_is_taken,
        undoing_a_week_gives_back_what_was_known_before,
        what_is_rehearsed_are_requests_whose_texts_are_there,
        an_audit_is_drawn_once_from_what_nobody_looked_at,
        an_audit_of_nothing_invites_nobody,
        second_readings_stop_at_the_days_budget,
        one_community_never_judges_with_anothers,
        an_erased_community_leaves_nothing_of_its_judge,
    }
}

mod shards {
    shared_promises! {
        contract_shards:
        one_process_takes_all_shards_at_discords_pace,
        two_who_come_at_the_same_moment_keep_the_pace,
        whoever_comes_later_gets_a_share,
        who_has_no_share_stands_by,
        a_dead_processs_shards_are_taken_over,
        who_ends_in_peace_leaves_its_shards_at_once,
        shards_of_another_number_are_others,
    }
}

mod privacy {
    promises! {
        contract_privacy:
        old_texts_go_the_oldest_first_and_the_figures_stay,
        what_is_kept_of_a_channel_or_thread_is_found,
        kept_texts_are_gone_through_from_the_newest_on,
        a_change_under_way_does_not_bring_an_erased_text_back,
        cards_that_show_an_erased_text_are_drawn_anew_some_at_a_time,
        a_forgotten_person_is_gone_and_every_figure_stays,
        what_is_known_of_a_forgotten_persons_messages_names_nobody,
        what_has_served_goes_and_the_mark_and_the_unjudged_stay,
        the_turn_of_a_community_comes_with_new_settings_or_when_it_was_put,
        a_member_is_told_what_is_kept_of_them_alone,
        one_community_never_forgets_anothers,
    }
}

mod claims {
    shared_promises! {
        contract_claims:
        a_process_without_a_platform_leaves_its_notices_to_others,
        a_notice_is_handed_out_once,
        what_is_held_while_its_bundle_is_under_way_gets_another,
        a_lapsed_claim_is_handed_out_again_and_shows_it,
        who_lost_a_claim_changes_nothing,
        a_claim_lasts_as_long_as_it_is_held,
        what_is_given_back_is_taken_at_once,
        a_lane_keeps_its_order_among_several,
        a_deadline_is_handed_to_one_until_its_claim_lapses,
        a_deadline_is_told_once_by_two_workers,
        what_is_heard_in_a_community_is_digested_by_one_at_a_time,
        who_leaves_leaves_their_own_claims,
        void_claims_are_nobodys,
        ten_thousand_notices_are_shared_out_each_once_and_in_order,
    }
}
