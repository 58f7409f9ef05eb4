//! Files that hang together.

use std::collections::HashMap;

use super::{Cluster, LeakFile, Side};

/// Sets that grow together (R. E. Tarjan, Efficiency of a good but not linear set union algorithm, J. ACM 1975).
#[derive(Debug)]
pub(super) struct UnionFind {
    parents: Vec<usize>,
}

impl UnionFind {
    pub fn new(count: usize) -> Self {
        Self { parents: (0..count).collect() }
    }

    /// The set's smallest member.
    pub fn root(&mut self, mut of: usize) -> usize {
        while let Some(&parent) = self.parents.get(of) {
            if parent == of {
                break;
            }
            // Every second link is cut short on the way.
            let above = self.parents.get(parent).copied().unwrap_or(parent);
            if let Some(place) = self.parents.get_mut(of) {
                *place = above;
            }
            of = above;
        }
        of
    }

    pub fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        if let Some(place) = self.parents.get_mut(a.max(b)) {
            *place = a.min(b);
        }
    }

    /// Numbers the clusters in the order of their first file and tells each file its number.
    pub fn number(mut self, files: &mut [LeakFile]) -> Vec<Cluster> {
        let mut numbers: HashMap<usize, usize> = HashMap::new();
        let mut clusters: Vec<Cluster> = Vec::new();
        let mut labels: Vec<Option<String>> = Vec::new();
        for (index, file) in files.iter_mut().enumerate() {
            let number = *numbers.entry(self.root(index)).or_insert_with(|| {
                clusters.push(Cluster::default());
                labels.push(None);
                clusters.len() - 1
            });
            file.cluster = number;
            let (Some(cluster), Some(label)) = (clusters.get_mut(number), labels.get_mut(number)) else { continue };
            match file.side {
                Side::Inside => cluster.inside += 1,
                Side::Against => cluster.against += 1,
            }
            match (label.as_deref(), file.label.as_deref()) {
                (Some(known), Some(own)) => cluster.mixed_labels |= known != own,
                (None, Some(own)) => *label = Some(own.to_owned()),
                (_, None) => {}
            }
        }
        clusters
    }
}
