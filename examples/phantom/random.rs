//! Random numbers and smooth noise that stay the same for a seed on every machine.

/// xoshiro256** (Blackman and Vigna, 2018), seeded through SplitMix64.
pub struct Random([u64; 4]);

/// One step of SplitMix64, also used as a hash.
pub fn mix(value: u64) -> u64 {
    let mut z = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

impl Random {
    pub fn new(seed: u64) -> Self {
        let a = mix(seed);
        let b = mix(a);
        let c = mix(b);
        Self([a, b, c, mix(c)])
    }

    pub fn bits(&mut self) -> u64 {
        let [a, b, c, d] = self.0;
        let result = b.wrapping_mul(5).rotate_left(7).wrapping_mul(9);
        let (c, d) = (c ^ a, d ^ b);
        self.0 = [a ^ d, b ^ c, c ^ (b << 17), d.rotate_left(45)];
        result
    }

    /// Uniform in `low..high`.
    pub fn range(&mut self, low: f32, high: f32) -> f32 {
        let unit = (self.bits() >> 40) as f32 / (1u64 << 24) as f32;
        low + (high - low) * unit
    }

    /// Normal with mean 0 (Box and Muller, 1958).
    pub fn normal(&mut self, deviation: f32) -> f32 {
        let radius = (-2.0 * self.range(1e-7, 1.0).ln()).sqrt();
        deviation * radius * (std::f32::consts::TAU * self.range(0.0, 1.0)).cos()
    }

    pub fn noise(&mut self) -> Noise {
        Noise(self.bits())
    }
}

/// Smooth value noise over the plane, in -1..1.
#[derive(Clone, Copy)]
pub struct Noise(u64);

impl Noise {
    fn lattice(self, col: i32, row: i32) -> f32 {
        let key = (u64::from(col as u32) << 32) | u64::from(row as u32);
        (mix(self.0 ^ key) >> 40) as f32 / (1u64 << 23) as f32 - 1.0
    }

    /// One octave; neighbouring lattice points are 1 apart.
    pub fn at(self, x: f32, y: f32) -> f32 {
        let (x0, y0) = (x.floor(), y.floor());
        let (col, row) = (x0 as i32, y0 as i32);
        let ease = |t: f32| t * t * (3.0 - 2.0 * t);
        let (u, v) = (ease(x - x0), ease(y - y0));
        let top = self.lattice(col, row) * (1.0 - u) + self.lattice(col + 1, row) * u;
        let bottom = self.lattice(col, row + 1) * (1.0 - u) + self.lattice(col + 1, row + 1) * u;
        top * (1.0 - v) + bottom * v
    }

    /// Three octaves, each half as strong and twice as fine.
    pub fn fractal(self, x: f32, y: f32) -> f32 {
        let finer = Self(mix(self.0));
        let finest = Self(mix(finer.0));
        (self.at(x, y) + 0.5 * finer.at(2.0 * x, 2.0 * y) + 0.25 * finest.at(4.0 * x, 4.0 * y)) / 1.75
    }
}
