//! What a worker has to do: urgent requests, each of which only a newer one of the same sender replaces, and a list for
//! when nothing is urgent.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// A worker's requests. Posting never waits.
#[derive(Debug)]
pub(super) struct Mailbox<J> {
    inside: Mutex<Inside<J>>,
    arrived: Condvar,
}

#[derive(Debug)]
struct Inside<J> {
    /// Before everything else, e.g. a new model.
    first: Option<J>,
    /// In the order they came, one for each sender.
    urgent: VecDeque<(u64, J)>,
    later: VecDeque<J>,
    /// Nothing new is taken, what is on the list is still done.
    finishing: bool,
    closed: bool,
}

impl<J> Mailbox<J> {
    pub fn new() -> Self {
        let inside =
            Inside { first: None, urgent: VecDeque::new(), later: VecDeque::new(), finishing: false, closed: false };
        Self { inside: Mutex::new(inside), arrived: Condvar::new() }
    }

    /// Replaces the request that goes before all others.
    pub fn post_first(&self, job: J) {
        self.lock().first = Some(job);
        self.arrived.notify_one();
    }

    /// Replaces the urgent request: the newest wins. For mailboxes with one sender.
    pub fn post_urgent(&self, job: J) {
        self.post_urgent_from(0, job);
    }

    /// Replaces this sender's urgent request, which keeps its turn; those of others stay.
    pub fn post_urgent_from(&self, sender: u64, job: J) {
        let mut inside = self.lock();
        match inside.urgent.iter_mut().find(|(known, _)| *known == sender) {
            Some((_, waiting)) => *waiting = job,
            None => inside.urgent.push_back((sender, job)),
        }
        drop(inside);
        self.arrived.notify_one();
    }

    /// Replaces the list; an empty one cancels what has not begun.
    pub fn post_later(&self, jobs: impl IntoIterator<Item = J>) {
        self.lock().later = jobs.into_iter().collect();
        self.arrived.notify_one();
    }

    /// Adds to the end of the list.
    pub fn post_last(&self, job: J) {
        self.lock().later.push_back(job);
        self.arrived.notify_one();
    }

    /// Ends the worker when everything that was posted is done.
    pub fn finish(&self) {
        self.lock().finishing = true;
        self.arrived.notify_all();
    }

    /// Drops everything and ends the worker.
    pub fn close(&self) {
        let mut inside = self.lock();
        *inside =
            Inside { first: None, urgent: VecDeque::new(), later: VecDeque::new(), finishing: true, closed: true };
        drop(inside);
        self.arrived.notify_all();
    }

    /// The next request, waiting for one; `None` once closed.
    pub fn take(&self) -> Option<J> {
        let mut inside = self.lock();
        loop {
            if inside.closed {
                return None;
            }
            if let Some(job) = inside.next() {
                return Some(job);
            }
            if inside.finishing {
                return None;
            }
            inside = self.arrived.wait(inside).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// The next request where there is one.
    pub fn try_take(&self) -> Option<J> {
        self.lock().next()
    }

    /// True where something goes before the list, or the worker is to end: a job that takes long should stop.
    pub fn is_waiting(&self) -> bool {
        let inside = self.lock();
        inside.closed || inside.first.is_some() || !inside.urgent.is_empty()
    }

    /// True where the worker is to end, or an urgent request of this sender is waiting for which `any` holds.
    pub fn holds(&self, sender: u64, any: impl Fn(&J) -> bool) -> bool {
        let inside = self.lock();
        inside.closed || inside.urgent.iter().any(|(own, job)| *own == sender && any(job))
    }

    fn lock(&self) -> MutexGuard<'_, Inside<J>> {
        // No job runs under the lock, so what is inside is whole even after a panic elsewhere.
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<J> Inside<J> {
    fn next(&mut self) -> Option<J> {
        let urgent = |inside: &mut Self| inside.urgent.pop_front().map(|(_, job)| job);
        self.first.take().or_else(|| urgent(self)).or_else(|| self.later.pop_front())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_urgent_request_wins_and_goes_before_the_list() {
        let mailbox = Mailbox::new();
        mailbox.post_later([10, 11]);
        mailbox.post_urgent(1);
        mailbox.post_urgent(2);
        mailbox.post_first(0);
        let order: Vec<i32> = std::iter::from_fn(|| mailbox.try_take()).collect();
        assert_eq!(order, [0, 2, 10, 11]);
    }

    #[test]
    fn senders_only_replace_their_own_requests_and_keep_their_turn() {
        let mailbox = Mailbox::new();
        mailbox.post_urgent_from(1, 10);
        mailbox.post_urgent_from(2, 20);
        mailbox.post_urgent_from(1, 11);
        assert!(mailbox.holds(2, |job| *job == 20) && !mailbox.holds(1, |job| *job != 11));
        let order: Vec<i32> = std::iter::from_fn(|| mailbox.try_take()).collect();
        assert_eq!(order, [11, 20]);
    }

    #[test]
    fn an_empty_list_cancels_and_closing_ends_the_worker() {
        let mailbox = Mailbox::new();
        mailbox.post_later([1, 2, 3]);
        mailbox.post_later([]);
        assert_eq!(mailbox.try_take(), None);
        mailbox.post_urgent(1);
        mailbox.close();
        assert_eq!(mailbox.take(), None);
    }

    #[test]
    fn finishing_does_what_was_posted() {
        let mailbox = Mailbox::new();
        mailbox.post_last(1);
        mailbox.post_last(2);
        mailbox.finish();
        assert_eq!([mailbox.take(), mailbox.take(), mailbox.take()], [Some(1), Some(2), None]);
    }
}
