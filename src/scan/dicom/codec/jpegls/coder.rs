//! The context model, Golomb codes and run mode of JPEG-LS (T.87 annex A).

use super::bits::BitReader;
use super::headers::Parameters;

/// Statistics of one context in regular mode (T.87 section A.2.1).
#[derive(Clone, Copy)]
struct Context {
    /// Sum of absolute errors.
    a: i32,
    /// Sum of errors, kept near zero.
    b: i32,
    /// Correction of the prediction.
    c: i32,
    /// Occurrences.
    n: i32,
}

/// Statistics of the sample that ends a run.
#[derive(Clone, Copy)]
struct RunContext {
    a: i32,
    n: i32,
    /// Negative errors.
    negative: i32,
    /// 1 where the samples left and above are alike.
    kind: i32,
}

/// Exponents of run segment lengths (T.87 section A.2.1).
const RUN_BITS: [u8; 32] =
    [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 9, 10, 11, 12, 13, 14, 15];

/// Two lines of one component with one sample of margin on each side: index 0 is left of the picture.
struct Lines {
    above: Vec<i32>,
    current: Vec<i32>,
    run_index: usize,
}

/// Decodes the lines of one scan.
pub(super) struct ScanDecoder<'a> {
    reader: BitReader<'a>,
    parameters: Parameters,
    contexts: Vec<Context>,
    run_contexts: [RunContext; 2],
    /// Quantised gradient by gradient + `most`.
    quantised: Vec<i8>,
    lines: Vec<Lines>,
    cols: usize,
}

impl<'a> ScanDecoder<'a> {
    pub fn new(data: &'a [u8], parameters: &Parameters, cols: usize, components: usize) -> Self {
        let a = ((parameters.range + 32) / 64).max(2);
        let lines =
            (0..components).map(|_| Lines { above: vec![0; cols + 2], current: vec![0; cols + 2], run_index: 0 });
        let quantised = (-parameters.most..=parameters.most).map(|gradient| quantise(gradient, parameters));
        Self {
            reader: BitReader::new(data),
            parameters: *parameters,
            contexts: vec![Context { a, b: 0, c: 0, n: 1 }; 365],
            run_contexts: [0, 1].map(|kind| RunContext { a, n: 1, negative: 0, kind }),
            quantised: quantised.collect(),
            lines: lines.collect(),
            cols,
        }
    }

    /// The line of `component` that was decoded last.
    pub fn decoded_line(&self, component: usize) -> &[i32] {
        self.lines.get(component).and_then(|lines| lines.current.get(1..self.cols + 1)).unwrap_or_default()
    }

    pub fn is_exhausted(&self) -> bool {
        self.reader.is_exhausted()
    }

    /// Bytes read, up to a few too many.
    pub fn position(&self) -> usize {
        self.reader.position().saturating_sub(8)
    }

    /// Decodes the next line of one component.
    pub fn line(&mut self, component: usize) {
        let Some(lines) = self.lines.get_mut(component) else { return };
        let Lines { mut above, mut current, mut run_index } =
            std::mem::replace(lines, Lines { above: Vec::new(), current: Vec::new(), run_index: 0 });
        std::mem::swap(&mut above, &mut current);
        set_margins(&mut above, &mut current, self.cols);
        self.fill_line(&above, &mut current, &mut run_index);
        if let Some(lines) = self.lines.get_mut(component) {
            *lines = Lines { above, current, run_index };
        }
    }

    fn fill_line(&mut self, above: &[i32], current: &mut [i32], run_index: &mut usize) {
        let cols = self.cols;
        // Indices below stay within cols + 2 entries of both lines by the loop's own bounds.
        let (Some(above), Some(current)) = (above.get(..cols + 2), current.get_mut(..cols + 2)) else { return };
        let mut x = 1;
        while x <= cols {
            let (a, b, c, d) = (current[x - 1], above[x], above[x - 1], above[x + 1]);
            let context = self.context(a, b, c, d);
            if context != 0 {
                current[x] = self.regular(context, a, b, c);
                x += 1;
                continue;
            }
            let length = self.run_length(cols + 1 - x, run_index);
            current[x..x + length].fill(a);
            x += length;
            if x <= cols {
                current[x] = self.run_interruption(a, above[x], *run_index);
                *run_index = run_index.saturating_sub(1);
                x += 1;
            }
        }
    }

    /// Decodes the next line of all components, sample by sample; runs are common to all (T.87 section B.3).
    pub fn sample_interleaved_line(&mut self) {
        let cols = self.cols;
        let mut lines = std::mem::take(&mut self.lines);
        for line in &mut lines {
            std::mem::swap(&mut line.above, &mut line.current);
            set_margins(&mut line.above, &mut line.current, cols);
        }
        let mut run_index = lines.first().map_or(0, |line| line.run_index);
        let mut x = 1;
        while x <= cols {
            let context_of =
                |line: &Lines| self.context(line.current[x - 1], line.above[x], line.above[x - 1], line.above[x + 1]);
            if lines.iter().any(|line| context_of(line) != 0) {
                for line in &mut lines {
                    let (a, b, c, d) = (line.current[x - 1], line.above[x], line.above[x - 1], line.above[x + 1]);
                    let context = self.context(a, b, c, d);
                    line.current[x] = self.regular(context, a, b, c);
                }
                x += 1;
                continue;
            }
            let length = self.run_length(cols + 1 - x, &mut run_index);
            for line in &mut lines {
                let value = line.current[x - 1];
                line.current[x..x + length].fill(value);
            }
            x += length;
            if x <= cols {
                for line in &mut lines {
                    let (a, b) = (line.current[x - 1], line.above[x]);
                    line.current[x] = self.ended_run(0, a, b, run_index);
                }
                run_index = run_index.saturating_sub(1);
                x += 1;
            }
        }
        if let Some(first) = lines.first_mut() {
            first.run_index = run_index;
        }
        self.lines = lines;
    }

    /// The context of the local gradients, -364..=364; 0 means run mode (T.87 sections A.3, A.4).
    #[inline]
    fn context(&self, a: i32, b: i32, c: i32, d: i32) -> i32 {
        let quantised = |gradient: i32| {
            let at = gradient + self.parameters.most;
            i32::from(self.quantised.get(at as usize).copied().unwrap_or(0))
        };
        (quantised(d - b) * 9 + quantised(b - c)) * 9 + quantised(c - a)
    }

    /// One sample in regular mode (T.87 sections A.4 to A.6).
    #[inline]
    fn regular(&mut self, context: i32, a: i32, b: i32, c: i32) -> i32 {
        let Parameters { near, most, reset, range, plain_bits, limit, .. } = self.parameters;
        let negative = context < 0;
        let Some(statistics) = self.contexts.get_mut(context.unsigned_abs() as usize) else { return 0 };
        let correction = if negative { -statistics.c } else { statistics.c };
        let prediction = (median(a, b, c) + correction).clamp(0, most);
        let k = golomb_bits(statistics.a, statistics.n);
        // Only a damaged stream asks for more than the range; sums must not run over.
        let mapped = golomb(&mut self.reader, k, limit, plain_bits).min(2 * range as u32);
        let mut error = (mapped >> 1) as i32 ^ -((mapped & 1) as i32);
        if near == 0 && k == 0 && 2 * statistics.b <= -statistics.n {
            error = !error;
        }
        statistics.update(error, 2 * near + 1, reset);
        self.parameters.reconstruct(prediction, if negative { -error } else { error })
    }

    /// Samples in a run, at most `room` (T.87 section A.7.1).
    fn run_length(&mut self, room: usize, run_index: &mut usize) -> usize {
        let mut length = 0;
        while self.reader.take(1) == 1 {
            let segment = 1usize << run_bits(*run_index);
            let taken = segment.min(room - length);
            length += taken;
            if taken == segment && *run_index < 31 {
                *run_index += 1;
            }
            if length == room {
                return length;
            }
        }
        let rest = self.reader.take(run_bits(*run_index)) as usize;
        // A run that its own code says ends here must leave room for the sample that ends it.
        (length + rest).min(room.saturating_sub(1))
    }

    fn run_interruption(&mut self, a: i32, b: i32, run_index: usize) -> i32 {
        let kind = usize::from((a - b).abs() <= self.parameters.near);
        self.ended_run(kind, a, b, run_index)
    }

    /// The sample that ends a run (T.87 section A.7.2).
    fn ended_run(&mut self, kind: usize, a: i32, b: i32, run_index: usize) -> i32 {
        let Parameters { reset, range, plain_bits, limit, .. } = self.parameters;
        let Some(statistics) = self.run_contexts.get_mut(kind) else { return 0 };
        let sum = statistics.a + if kind == 1 { statistics.n >> 1 } else { 0 };
        let k = golomb_bits(sum, statistics.n);
        let limit = limit.saturating_sub(run_bits(run_index) + 1);
        let mapped = golomb(&mut self.reader, k, limit, plain_bits).min(2 * range as u32) as i32;
        let error = statistics.error(mapped, k);
        statistics.update(error, mapped, reset);
        let (prediction, error) = if kind == 1 { (a, error) } else { (b, if a > b { -error } else { error }) };
        self.parameters.reconstruct(prediction, error)
    }
}

/// Samples outside the picture (T.87 section A.2.1): left of a line stands the sample above its first one, right of
/// the line above its last one again.
fn set_margins(above: &mut [i32], current: &mut [i32], cols: usize) {
    let first_above = above.get(1).copied().unwrap_or(0);
    let last_above = above.get(cols).copied().unwrap_or(0);
    if let Some(left) = current.first_mut() {
        *left = first_above;
    }
    if let Some(right) = above.get_mut(cols + 1) {
        *right = last_above;
    }
}

fn run_bits(run_index: usize) -> u32 {
    RUN_BITS.get(run_index).copied().unwrap_or(15).into()
}

/// T.87 section A.3.3.
fn quantise(gradient: i32, parameters: &Parameters) -> i8 {
    let [t1, t2, t3] = parameters.thresholds;
    let size = match gradient.abs() {
        size if size >= t3 => 4,
        size if size >= t2 => 3,
        size if size >= t1 => 2,
        size if size > parameters.near => 1,
        _ => 0,
    };
    if gradient < 0 { -size } else { size }
}

/// The median edge detector (T.87 section A.4.1).
#[inline]
fn median(a: i32, b: i32, c: i32) -> i32 {
    let (low, high) = (a.min(b), a.max(b));
    if c >= high {
        low
    } else if c <= low {
        high
    } else {
        a + b - c
    }
}

/// The smallest k with n << k >= sum (T.87 section A.5.1).
#[inline]
fn golomb_bits(sum: i32, n: i32) -> u32 {
    let mut k = 0;
    while n << k < sum && k < 24 {
        k += 1;
    }
    k
}

/// A limited-length Golomb code (T.87 section A.5.3).
#[inline]
fn golomb(reader: &mut BitReader, k: u32, limit: u32, plain_bits: u32) -> u32 {
    let longest = limit.saturating_sub(plain_bits + 1);
    let mut zeros = reader.window().leading_zeros();
    if zeros < 32 && zeros < longest {
        reader.skip(zeros + 1);
        return zeros << k | reader.take(k);
    }
    zeros = 0;
    while zeros < longest && reader.take(1) == 0 {
        zeros += 1;
    }
    if zeros < longest {
        return zeros << k | reader.take(k);
    }
    // The one that ends the zeros is still to come where the limit was reached.
    reader.take(1);
    reader.take(plain_bits) + 1
}

impl Context {
    /// T.87 sections A.6.1, A.6.2.
    #[inline]
    fn update(&mut self, error: i32, step: i32, reset: i32) {
        self.b += error * step;
        self.a += error.abs();
        if self.n >= reset {
            self.a >>= 1;
            self.b >>= 1;
            self.n >>= 1;
        }
        self.n += 1;
        if self.b <= -self.n {
            self.b = (self.b + self.n).max(1 - self.n);
            self.c = (self.c - 1).max(-128);
        } else if self.b > 0 {
            self.b = (self.b - self.n).min(0);
            self.c = (self.c + 1).min(127);
        }
    }
}

impl RunContext {
    /// The error that a mapped value stands for (T.87 section A.7.2.2).
    fn error(&self, mapped: i32, k: u32) -> i32 {
        let sum = mapped + self.kind;
        let odd = sum & 1;
        let size = (sum + odd) / 2;
        let negative = (k != 0 || 2 * self.negative >= self.n) == (odd == 1);
        if negative { -size } else { size }
    }

    fn update(&mut self, error: i32, mapped: i32, reset: i32) {
        self.negative += i32::from(error < 0);
        self.a += (mapped + 1 - self.kind) >> 1;
        if self.n >= reset {
            self.a >>= 1;
            self.n >>= 1;
            self.negative >>= 1;
        }
        self.n += 1;
    }
}

impl Parameters {
    /// The sample from its prediction and quantised error, modulo the range (T.87 section A.4.5).
    #[inline]
    fn reconstruct(&self, prediction: i32, error: i32) -> i32 {
        let step = 2 * self.near + 1;
        let mut value = prediction + error * step;
        if value < -self.near {
            value += self.range * step;
        } else if value > self.most + self.near {
            value -= self.range * step;
        }
        value.clamp(0, self.most)
    }
}
