//! Where the pixels of a screen row or column take their values from. Worked out here alone, in f64, so that the
//! processor and a graphics card mix the very same neighbours in the very same shares.

use std::ops::Range;

/// An axis of a view: `count` screen pixels laid over `values` values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Axis {
    pub count: usize,
    /// Continuous screen coordinate to picture coordinate: `screen * scale + offset`.
    pub scale: f64,
    pub offset: f64,
    /// What there is of the picture, in its own coordinates.
    pub edge: [f64; 2],
    /// Picture pixels that one value covers.
    pub factor: f64,
    pub values: usize,
    /// Bilinear between centres; else the nearest value.
    pub smooth: bool,
}

/// Where one screen row or column takes its values from: two neighbours and the share of the second.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tap {
    pub first: usize,
    /// `first` or the next one.
    pub second: usize,
    /// 0..=1.
    pub share: f32,
}

impl Tap {
    /// Between the centres of the two pixels around `position` (edges at whole numbers), of pixels `0..=last`; the
    /// outer half of an edge pixel has its value.
    pub(super) fn smooth(position: f64, last: usize) -> Self {
        let center = (position - 0.5).max(0.0);
        let first = (center as usize).min(last);
        Self { first, second: (first + 1).min(last), share: (center - first as f64) as f32 }
    }
}

/// The screen pixels along an axis that lie on the picture: where they begin, and where each takes its values from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Taps {
    pub start: usize,
    pub taps: Vec<Tap>,
}

impl Axis {
    /// The taps of the pixels that lie on the picture, one run of the screen's.
    pub fn taps(&self) -> Taps {
        let last = self.values.saturating_sub(1);
        let image = |i: usize| (i as f64 + 0.5) * self.scale + self.offset;
        let on_picture = |i: &usize| (self.edge[0]..self.edge[1]).contains(&image(*i));
        let tap = |i: usize| {
            let level = image(i) / self.factor;
            if !self.smooth {
                let nearest = (level as usize).min(last);
                return Tap { first: nearest, second: nearest, share: 0.0 };
            }
            Tap::smooth(level, last)
        };
        // The map grows or falls all along, so the pixels on the picture are one run.
        let start = (0..self.count).find(|i| on_picture(i)).unwrap_or(self.count);
        Taps { start, taps: (start..self.count).take_while(on_picture).map(tap).collect() }
    }
}

impl Taps {
    /// The values that are taken, and the taps counted from the first of them.
    pub(super) fn within_used(&self) -> (Range<usize>, Self) {
        let first = self.taps.iter().map(|tap| tap.first).min().unwrap_or(0);
        let end = self.taps.iter().map(|tap| tap.second + 1).max().unwrap_or(first);
        let shifted = |tap: &Tap| Tap { first: tap.first - first, second: tap.second - first, share: tap.share };
        (first..end, Self { start: self.start, taps: self.taps.iter().map(shifted).collect() })
    }
}
