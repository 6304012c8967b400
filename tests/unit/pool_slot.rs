//! The protocol of the pool's slots: who gets which table, and who loses it.

use super::*;

/// A table that remembers who wrote to it last; 0 is an empty one.
struct Note(u32);

impl Pooled for Note {
    const EMPTY: Self = Note(0);
    const BYTES: usize = 0;

    fn is_empty(&self) -> bool {
        self.0 == 0
    }
}

/// One of which there may be no more than there are.
struct Rare(bool);

impl Pooled for Rare {
    const EMPTY: Self = Rare(false);
    const BYTES: usize = 0;

    fn is_empty(&self) -> bool {
        !self.0
    }

    fn can_be_made() -> bool {
        CAN_BE_MADE.load(Ordering::Relaxed)
    }
}

static CAN_BE_MADE: AtomicBool = AtomicBool::new(true);

/// One of which there may be too many.
struct Surplus(bool);

impl Pooled for Surplus {
    const EMPTY: Self = Surplus(false);
    const BYTES: usize = 0;

    fn is_empty(&self) -> bool {
        !self.0
    }

    fn is_too_much() -> bool {
        ARE_TOO_MANY.load(Ordering::Relaxed)
    }
}

static ARE_TOO_MANY: AtomicBool = AtomicBool::new(false);

/// Has a table for `who`, and puts it back.
fn acquire<const N: usize, const HOT: usize>(
    pool: &Pool<Note, N, HOT>,
    who: u32,
    least_idle: u32,
) -> Option<Lease> {
    let mut held = pool.acquire(least_idle, 1)?;
    held.0 = who;
    Some(held.put())
}

/// Never, in a test.
const LONG: u32 = 1 << 30;

#[test]
fn a_lease_is_good_for_one_use() {
    let pool = Pool::<Note, 4, 2>::new();
    let first = acquire(&pool, 7, LONG).unwrap();
    let held = pool.hold(first).unwrap();
    assert_eq!(held.0, 7);
    assert!(pool.hold(first).is_none(), "it is busy");
    let second = held.put();
    assert_ne!(first, second);
    assert!(pool.hold(first).is_none(), "it is the past");
    assert!(pool.hold(second).is_some());
    assert!(pool.hold(second).is_none(), "it was dropped");
}

#[test]
fn tables_are_reused_before_they_are_made_and_stolen_when_there_are_enough() {
    let pool = Pool::<Note, 4, 2>::new();
    let one = acquire(&pool, 1, LONG).unwrap();
    pool.release(one);
    let mut held = pool.acquire(LONG, 1).unwrap();
    assert_eq!(held.0, 1, "the one that is free");
    held.0 = 2;
    let two = held.put();
    let three = acquire(&pool, 3, LONG).unwrap();
    assert!(
        pool.acquire(LONG, 1).is_none(),
        "two are enough, and not idle for long"
    );
    let four = acquire(&pool, 4, 0).unwrap();
    assert!(
        pool.hold(two).is_none() != pool.hold(three).is_none(),
        "one of them was robbed"
    );
    assert!(pool.hold(four).is_some());
}

#[test]
fn tables_are_stolen_when_there_may_be_no_more() {
    let pool = Pool::<Rare, 4, 3>::new();
    let mut held = pool.acquire(LONG, 1).unwrap();
    held.0 = true;
    let lease = held.put();
    CAN_BE_MADE.store(false, Ordering::Relaxed);
    assert!(pool.acquire(LONG, 1).is_none(), "it is not forgotten");
    let held = pool.acquire(0, 1).unwrap();
    assert!(!held.is_empty(), "there is only one");
    assert!(pool.acquire(0, 1).is_none(), "and it is busy");
    drop(held);
    assert!(pool.hold(lease).is_none(), "it was taken from this stream");
}

#[test]
fn what_became_too_much_in_a_call_is_given_back_after_it() {
    let pool = Pool::<Surplus, 2, 2>::new();
    let mut held = pool.acquire(LONG, 1).unwrap();
    held.0 = true;
    let lease = held.put();
    let held = pool.hold(lease).unwrap();
    assert!(!held.is_empty());
    ARE_TOO_MANY.store(true, Ordering::Relaxed);
    pool.shrink(Surplus::is_too_much);
    assert!(!held.is_empty(), "not before");
    let lease = held.put();
    assert!(pool.hold(lease).is_none(), "it is gone");
    let empty = pool.acquire(LONG, 1).unwrap();
    assert!(empty.is_empty(), "and so is its memory");
}

#[test]
fn more_are_made_while_all_are_busy() {
    let pool = Pool::<Note, 3, 1>::new();
    let mut held: Vec<_> = (1..=3)
        .map(|who| {
            let mut held = pool.acquire(LONG, 1).unwrap();
            held.0 = who;
            held
        })
        .collect();
    assert!(pool.acquire(0, 1).is_none(), "there are three slots");
    let lease = held.pop().unwrap().put();
    assert!(pool.acquire(LONG, 1).is_none(), "one is not busy");
    assert!(pool.hold(lease).is_some());
}

#[test]
fn what_is_too_much_is_given_back_and_a_closed_pool_lends_nothing() {
    let pool = Pool::<Note, 4, 4>::new();
    let free = acquire(&pool, 1, LONG).unwrap();
    let idle = acquire(&pool, 2, LONG).unwrap();
    let busy = {
        let mut held = pool.acquire(LONG, 1).unwrap();
        held.0 = 3;
        held
    };
    pool.release(free);
    static LEFT: AtomicU32 = AtomicU32::new(1);
    pool.shrink(|| LEFT.swap(0, Ordering::Relaxed) != 0);
    assert_eq!(
        pool.hold(idle).unwrap().put().slot,
        idle.slot,
        "the free one went first"
    );
    pool.close();
    assert_eq!(busy.0, 3);
    assert!(pool.acquire(0, 1).is_none());
    let lease = busy.put();
    assert_eq!(pool.hold(lease).unwrap().0, 3, "what was busy stays");
}

#[test]
fn a_table_has_one_user_at_a_time() {
    static POOL: Pool<Note, 3, 2> = Pool::new();
    let users: Vec<_> = (1..=4)
        .map(|who| {
            std::thread::spawn(move || {
                let (mut lease, mut kept, mut lost) = (None, 0, 0);
                for _ in 0..20_000 {
                    let held = lease.take().and_then(|lease| POOL.hold(lease));
                    let held = match held {
                        Some(held) => {
                            assert_eq!(held.0, who, "it is as it was put");
                            kept += 1;
                            Some(held)
                        }
                        None => {
                            lost += 1;
                            POOL.acquire(0, 1)
                        }
                    };
                    lease = held.map(|mut held| {
                        held.0 = 1000 + who;
                        std::hint::spin_loop();
                        assert_eq!(held.0, 1000 + who, "nobody else writes to it");
                        held.0 = who;
                        held.put()
                    });
                }
                assert_eq!(kept + lost, 20_000);
            })
        })
        .collect();
    for user in users {
        user.join().unwrap();
    }
}
