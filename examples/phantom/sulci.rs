//! The folds: lines of fluid that grow from the brain's surface inwards and keep clear of each other, so that grey
//! ribbons and white cores are left between them.

use super::anatomy::Anatomy;
use super::grid::{Point, point};
use super::random::Random;
use super::shapes::{Ellipse, Tube, mix};

/// Length of one step of growth, mm.
const STEP_MM: f32 = 0.9;
/// Folds stop this far from another fold, mm.
const CLEARANCE_MM: f32 = 6.8;

/// Every fold of the brain, the fissures first.
pub fn grow(anatomy: &Anatomy, random: &mut Random) -> Vec<Tube> {
    let mut folds = Folds { anatomy, tubes: Vec::new(), taken: Vec::new() };
    folds.fissures(random);
    let perimeter = |spacing_deg: f32, random: &mut Random| {
        let mut angles = Vec::new();
        let mut angle = random.range(0.0, spacing_deg);
        while angle < 360.0 - spacing_deg / 2.0 {
            angles.push(angle.to_radians());
            angle += spacing_deg * random.range(0.75, 1.3);
        }
        angles
    };
    for angle in perimeter(15.0, random) {
        let length = random.range(16.0, 28.0);
        folds.grow_inwards(angle, length, true, random);
    }
    for angle in perimeter(6.5, random) {
        let length = random.range(6.0, 14.0);
        folds.grow_inwards(angle, length, false, random);
    }
    folds.grow_from_fissure(random);
    // Whatever room is left.
    for angle in perimeter(4.0, random) {
        let length = random.range(8.0, 24.0);
        folds.grow_inwards(angle, length, true, random);
    }
    folds.tubes
}

struct Folds<'a> {
    anatomy: &'a Anatomy,
    tubes: Vec<Tube>,
    /// Places along the folds so far.
    taken: Vec<Point>,
}

impl Folds<'_> {
    fn keep(&mut self, tube: Tube) {
        self.taken.extend(tube.iter().map(|(place, _)| *place));
        self.tubes.push(tube);
    }

    /// Half width of a fold `depth_mm` below its mouth.
    fn radius(&self, depth_mm: f32, share: f32) -> f32 {
        let open = mix(0.22, 1.0, self.anatomy.sulci) * share;
        open * (1.0 + 1.5 * (-depth_mm / 3.5).exp())
    }

    /// Interhemispheric fissure in front and behind, Sylvian fissure with the insula on both sides.
    fn fissures(&mut self, random: &mut Random) {
        let wide = mix(0.55, 2.1, self.anatomy.sulci);
        let half = self.anatomy.inner_half.y;
        let wobble = random.normal(0.5);
        self.keep(line(&[
            (wobble, -half, wide * 1.5),
            (0.3, -62.0, wide),
            (0.0, -50.0, wide * 0.8),
            (0.0, -41.0, wide),
        ]));
        self.keep(line(&[
            (0.0, 44.0, wide * 1.2),
            (wobble, 56.0, wide * 0.8),
            (-wobble, 68.0, wide),
            (0.0, half, wide * 1.7),
        ]));
        let wide = mix(0.5, 2.5, self.anatomy.sulci);
        for side in [-1.0, 1.0] {
            let x = |x: f32| x * side;
            let mouth = random.normal(2.0) - 6.0;
            let edge = self.anatomy.inner_half.x;
            self.keep(line(&[
                (x(edge), mouth, wide * 1.3),
                (x(53.0), mouth - 2.0 + random.normal(1.0), wide * 0.8),
                (x(45.0), mouth + 1.0, wide * 0.8),
                (x(39.5), -6.0, wide),
            ]));
            self.keep(line(&[
                (x(43.5), -27.0 + random.normal(1.0), wide * 0.6),
                (x(40.5), -19.0, wide * 0.9),
                (x(38.8), -7.0, wide),
                (x(39.4), 6.0, wide * 0.9),
                (x(43.0), 15.0, wide * 0.8),
                (x(48.0), 20.0 + random.normal(1.0), wide * 0.5),
            ]));
        }
    }

    /// A fold whose mouth is on the brain's surface at `angle`; `branches` gives it a fork at its tip.
    fn grow_inwards(&mut self, angle: f32, length_mm: f32, branches: bool, random: &mut Random) {
        let mouth = self.anatomy.surface(angle);
        if mouth.x.abs() < 6.5 {
            return;
        }
        let inwards = point(-mouth.x, -mouth.y * 0.72);
        let heading = inwards.y.atan2(inwards.x) + random.normal(0.28);
        let start = mouth - Point::heading(heading) * 2.0;
        let share = random.range(0.7, 1.35);
        let Some(tip) = self.grow_one(start, heading, length_mm, share, 0.0, random) else { return };
        if branches {
            for turn in [-1.0, 1.0] {
                let heading = tip.1 + turn * random.range(0.7, 1.2);
                let length = random.range(5.0, 11.0);
                self.grow_one(tip.0, heading, length, share * 0.85, 12.0, random);
            }
        }
    }

    /// Short folds to both sides of the interhemispheric fissure.
    fn grow_from_fissure(&mut self, random: &mut Random) {
        for side in [-1.0, 1.0] {
            for y in [-66.0, -55.0, -45.0, 50.0, 59.0, 69.0] {
                let start = point(0.0, y + random.normal(1.5));
                let heading = if side > 0.0 { 0.0 } else { std::f32::consts::PI } + random.normal(0.35);
                let length = random.range(8.0, 15.0);
                self.grow_one(start, heading, length, random.range(0.6, 1.0), 4.0, random);
            }
        }
    }

    /// Grows one fold from `start`, which counts as `depth_mm` below a surface, `share` times as wide as usual. Gives
    /// its tip and heading there, or nothing where there was no room.
    fn grow_one(
        &mut self,
        start: Point,
        mut heading: f32,
        length_mm: f32,
        share: f32,
        depth_mm: f32,
        random: &mut Random,
    ) -> Option<(Point, f32)> {
        let mut place = start;
        let mut bend = random.normal(0.03);
        let mut tube = vec![(place, self.radius(depth_mm, share))];
        let mut grown_mm = 0.0;
        while grown_mm < length_mm {
            bend = 0.85 * bend + random.normal(0.035);
            heading += bend;
            let next = place + Point::heading(heading) * STEP_MM;
            // No creeping along the surface: half of the way must lead inwards.
            let due_mm = (0.55 * (depth_mm + grown_mm) - 2.5).min(6.0);
            let leaves = self.anatomy.inside_skull(next) < self.anatomy.gap_mm + due_mm;
            // A branch leaves its parent, and a medial fold its fissure, before it keeps clear of them.
            let young = depth_mm > 0.0 && grown_mm < CLEARANCE_MM + 1.0;
            let near = |taken: &&Point| (**taken - next).length() < CLEARANCE_MM;
            let crowded =
                self.taken.iter().filter(near).any(|taken| !young || (*taken - start).length() > CLEARANCE_MM);
            if leaves || crowded || deep(next) {
                break;
            }
            place = next;
            grown_mm += STEP_MM;
            tube.push((place, self.radius(depth_mm + grown_mm, share)));
        }
        if grown_mm < 4.0 {
            return None;
        }
        self.keep(tube);
        Some((place, heading))
    }
}

/// Whether a place belongs to the core of the brain, where no fold goes.
fn deep(at: Point) -> bool {
    let core = Ellipse { center: point(0.0, -4.0), half: point(39.5, 39.5), turn: 0.0 };
    let atrium = Ellipse { center: point(26.0, 38.0), half: point(13.0, 21.0), turn: 0.15 };
    core.distance(at) < 0.0 || atrium.distance(point(at.x.abs(), at.y)) < 0.0
}

fn line(places: &[(f32, f32, f32)]) -> Tube {
    places.iter().map(|(x, y, radius)| (point(*x, *y), *radius)).collect()
}
