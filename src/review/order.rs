//! Results as they arrive, handed over in the order of their items.

use std::collections::BTreeMap;

use super::batch::Control;
use super::{CaseError, Scored, SourceFacts};

/// Which case of which item; both from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub item: usize,
    pub part: usize,
}

pub(super) type Outcome = Result<Scored, CaseError>;

/// What decoders and lanes tell the caller's thread.
pub(super) enum Event {
    /// What is known of an item before its cases.
    Begin {
        item: usize,
        source: SourceFacts,
    },
    Case(Key, Box<Outcome>),
    /// An item has this many cases and no more.
    End {
        item: usize,
        parts: usize,
    },
}

/// Cases that are not yet handed over.
#[derive(Default)]
pub(super) struct Order {
    next: Option<Key>,
    waiting: BTreeMap<Key, Box<Outcome>>,
    parts: BTreeMap<usize, usize>,
    sources: BTreeMap<usize, SourceFacts>,
}

impl Order {
    pub fn put(&mut self, event: Event) {
        match event {
            Event::Begin { item, source } => {
                self.sources.insert(item, source);
            }
            Event::Case(key, outcome) => {
                self.waiting.insert(key, outcome);
            }
            Event::End { item, parts } => {
                self.parts.insert(item, parts);
            }
        }
    }

    /// Hands over every case whose turn it is, with its item's index and what is known of the item.
    pub fn hand_over(&mut self, take: &mut dyn FnMut((usize, Option<SourceFacts>, Outcome)) -> Control) -> Control {
        let mut next = self.next.unwrap_or(Key { item: 0, part: 0 });
        let control = loop {
            if let Some(outcome) = self.waiting.remove(&next) {
                next.part += 1;
                if take((next.item, self.sources.get(&next.item).cloned(), *outcome)) == Control::Stop {
                    break Control::Stop;
                }
            } else if self.parts.get(&next.item) == Some(&next.part) {
                self.parts.remove(&next.item);
                self.sources.remove(&next.item);
                next = Key { item: next.item + 1, part: 0 };
            } else {
                break Control::Continue;
            }
        };
        self.next = Some(next);
        control
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::engine::EngineError;

    fn outcome(what: &str) -> Box<Outcome> {
        let source = Box::new(EngineError::NoOutput { what: what.to_owned() });
        Box::new(Err(CaseError::Engine { path: PathBuf::new(), source }))
    }

    #[test]
    fn cases_come_in_order_whatever_arrives_first() {
        let mut order = Order::default();
        let mut seen = Vec::new();
        let key = |item, part| Key { item, part };
        let events = [
            Event::Case(key(2, 0), outcome("c")),
            Event::End { item: 1, parts: 0 }, // nothing in it
            Event::Case(key(0, 1), outcome("b")),
            Event::End { item: 0, parts: 2 },
            Event::Case(key(0, 0), outcome("a")),
            Event::End { item: 2, parts: 1 },
        ];
        let mut lengths = Vec::new();
        for event in events {
            order.put(event);
            let mut take = |(item, _, outcome): (usize, Option<SourceFacts>, Outcome)| {
                seen.push((item, outcome.unwrap_err().to_string()));
                Control::Continue
            };
            assert_eq!(order.hand_over(&mut take), Control::Continue);
            lengths.push(seen.len());
        }
        assert_eq!(lengths, [0, 0, 0, 0, 3, 3]);
        assert_eq!(seen.iter().map(|(item, _)| *item).collect::<Vec<_>>(), [0, 0, 2]);
        assert!(seen[0].1.contains('a') && seen[1].1.contains('b') && seen[2].1.contains('c'), "{seen:?}");
    }

    #[test]
    fn stopping_keeps_what_was_not_handed_over() {
        let mut order = Order::default();
        order.put(Event::Case(Key { item: 0, part: 0 }, outcome("a")));
        order.put(Event::Case(Key { item: 0, part: 1 }, outcome("b")));
        let mut taken = 0;
        let mut take = |_| {
            taken += 1;
            Control::Stop
        };
        assert_eq!(order.hand_over(&mut take), Control::Stop);
        assert_eq!(taken, 1);
    }
}
