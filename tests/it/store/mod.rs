//! What a store promises: one small test a promise, stamped on each database.

mod contract;
mod contract_clock;
mod contract_gaps;
mod contract_judge;
mod migrations;

use std::sync::Arc;

use tempfile::TempDir;
use vigie::store::{self, Store};

/// A database of the test's own.
pub struct Database {
    pub store: Arc<dyn Store>,
    _folder: Option<TempDir>,
}

async fn file() -> Database {
    let folder = TempDir::new().expect("a folder of our own");
    let address = format!("sqlite://{}", folder.path().join("vigie.db").display());
    let store = store::connect(&address).await.expect("SQLite makes the file");
    Database { store, _folder: Some(folder) }
}

async fn memory() -> Database {
    Database { store: store::in_memory().await.expect("SQLite in memory"), _folder: None }
}

/// An empty PostgreSQL database that `VIGIE_TEST_POSTGRES` names; every test keeps to communities of its own.
#[cfg(feature = "postgres")]
#[expect(clippy::disallowed_methods, reason = "tests have no configuration of their own")]
async fn postgres() -> Database {
    let address = std::env::var("VIGIE_TEST_POSTGRES").expect("VIGIE_TEST_POSTGRES names a database");
    Database { store: store::connect(&address).await.expect("the database is there"), _folder: None }
}

/// Stamps each promise on each database.
macro_rules! promises {
    ($contract:ident: $($promise:ident),* $(,)?) => {
        mod sqlite_file { $(#[tokio::test] async fn $promise() { crate::store::$contract::$promise(crate::store::file().await).await; })* }
        mod sqlite_memory { $(#[tokio::test] async fn $promise() { crate::store::$contract::$promise(crate::store::memory().await).await; })* }
        #[cfg(feature = "postgres")]
        mod postgres_server { $(
            #[tokio::test]
            #[ignore = "needs an empty PostgreSQL database in VIGIE_TEST_POSTGRES"]
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
        an_item_digested_elsewhere_changes_nothing,
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
        a_community_is_timed_until_its_settings_change,
        held_pings_wait_for_one_bundle_and_are_told_once,
        figures_of_whole_days_follow_every_change,
    }
}

mod gaps {
    promises! {
        contract_gaps:
        a_gap_keeps_its_start_until_it_is_made_good,
        the_last_word_about_each_message_is_known,
        what_is_heard_together_is_kept_together,
        what_is_not_settled_is_found_with_its_thread,
        what_was_left_unread_is_told_once_and_forgotten_later,
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
