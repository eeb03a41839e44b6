//! The promises to processes that share out a connection: each shard is one process's, and soon another's when that one is
//! gone.

use std::collections::BTreeSet;
use std::sync::Arc;

use vigie::store::shards::{SHARD_LEASE, SHARD_PACE, SHARD_ROUND};
use vigie::store::{self, Store};

use super::Database;
use super::contract::at;

/// Longer than the pace, so that each round may take one.
const STEP: i64 = SHARD_PACE.as_seconds() + 1;

/// A process, with what it says at the end of each round to have.
struct Process {
    store: Arc<dyn Store>,
    own: BTreeSet<u32>,
}

impl Process {
    async fn of(database: &Database) -> Self {
        let store = store::connect(&database.address).await.expect("the database is there");
        Self { store, own: BTreeSet::new() }
    }

    async fn round(&mut self, total: u32, seconds: i64) {
        let own = self.store.share_shards(total, at(seconds)).await.expect("stored");
        self.own = own.into_iter().collect();
    }
}

/// Lets all of them take part again and again; whatever happens, no shard is two processes' at the end of a round.
async fn rounds(processes: &mut [Process], total: u32, seconds: std::ops::Range<i64>) {
    for second in seconds.step_by(usize::try_from(STEP).expect("some seconds")) {
        for process in &mut *processes {
            process.round(total, second).await;
        }
        let held: Vec<u32> = processes.iter().flat_map(|process| process.own.iter().copied()).collect();
        assert_eq!(held.iter().collect::<BTreeSet<_>>().len(), held.len(), "at {second}: {held:?}");
    }
}

fn shares(processes: &[Process]) -> Vec<usize> {
    processes.iter().map(|process| process.own.len()).collect()
}

pub async fn one_process_takes_all_shards_at_discords_pace(database: Database) {
    let mut process = Process::of(&database).await;
    process.round(3, 0).await;
    assert_eq!(process.own, BTreeSet::from([0]));
    process.round(3, SHARD_PACE.as_seconds() - 1).await;
    assert_eq!(process.own.len(), 1, "as long as the pace has not passed");
    process.round(3, STEP).await;
    process.round(3, 2 * STEP).await;
    assert_eq!(process.own, BTreeSet::from([0, 1, 2]));
    assert_eq!(process.store.shard_total(at(2 * STEP)).await.expect("reads"), Some(3));
}

pub async fn two_who_come_at_the_same_moment_keep_the_pace(database: Database) {
    let (mut one, mut other) = (Process::of(&database).await, Process::of(&database).await);
    for n in 1..=12 {
        let second = i64::from(n) * STEP;
        let before = one.own.len() + other.own.len();
        tokio::join!(one.round(24, second), other.round(24, second));
        assert_eq!(one.own.len() + other.own.len(), before + 1, "in round {n}");
    }
}

pub async fn whoever_comes_later_gets_a_share(database: Database) {
    let mut processes = vec![Process::of(&database).await];
    rounds(&mut processes, 5, 0..60).await;
    assert_eq!(shares(&processes), [5]);
    processes.push(Process::of(&database).await);
    rounds(&mut processes, 5, 60..120).await;
    assert_eq!(shares(&processes), [3, 2]);
    processes.push(Process::of(&database).await);
    rounds(&mut processes, 5, 120..180).await;
    assert_eq!(shares(&processes), [2, 2, 1]);
}

pub async fn who_has_no_share_stands_by(database: Database) {
    let mut processes = [Process::of(&database).await, Process::of(&database).await];
    rounds(&mut processes, 1, 0..60).await;
    assert_eq!(shares(&processes), [1, 0]);
}

pub async fn a_dead_processs_shards_are_taken_over(database: Database) {
    let mut processes = [Process::of(&database).await, Process::of(&database).await];
    rounds(&mut processes, 4, 0..60).await;
    assert_eq!(shares(&processes), [2, 2]);
    let [alive, dead] = &mut processes;
    let last_sign = 60;
    alive.round(4, last_sign).await;
    dead.round(4, last_sign).await;
    let lost = dead.own.clone();
    // One a round of the process that is left, the last round before they lapse included.
    let lapsed = last_sign + SHARD_LEASE.as_seconds();
    alive.round(4, lapsed - 1).await;
    assert_eq!(alive.own.len(), 2, "it may only be slow");
    alive.round(4, lapsed - 1 + SHARD_ROUND.as_seconds()).await;
    assert!(alive.own.contains(lost.first().expect("it had two")), "{:?}", alive.own);
    alive.round(4, lapsed - 1 + SHARD_ROUND.as_seconds() + STEP).await;
    assert_eq!(alive.own, BTreeSet::from([0, 1, 2, 3]));
    // It was only stopped: what it had is not its any more, and it gets a share anew.
    alive.round(4, 119).await;
    dead.round(4, 120).await;
    assert!(dead.own.is_empty(), "{:?}", dead.own);
    alive.round(4, 120).await;
    dead.round(4, 120 + STEP).await;
    assert_eq!((alive.own.len(), dead.own.len()), (2, 1));
}

pub async fn who_ends_in_peace_leaves_its_shards_at_once(database: Database) {
    let (mut one, mut other) = (Process::of(&database).await, Process::of(&database).await);
    one.round(1, 0).await;
    other.round(1, 0).await;
    one.store.leave().await.expect("stored");
    assert_eq!(one.store.shard_total(at(0)).await.expect("reads"), None);
    other.round(1, 0).await;
    assert_eq!(other.own, BTreeSet::from([0]));
    other.store.void_claims().await.expect("stored");
    one.round(1, 0).await;
    assert_eq!(one.own, BTreeSet::from([0]), "who knows that nobody else is there waits for nothing");
}

pub async fn shards_of_another_number_are_others(database: Database) {
    let (mut few, mut many) = (Process::of(&database).await, Process::of(&database).await);
    few.round(1, 0).await;
    many.round(2, STEP).await;
    assert_eq!((few.own, many.own), (BTreeSet::from([0]), BTreeSet::from([0])));
    assert_eq!(many.store.shard_total(at(STEP)).await.expect("reads"), Some(2));
}
