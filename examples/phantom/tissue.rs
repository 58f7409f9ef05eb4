//! Signal of every tissue on the board, T1-like: fat and white matter bright, grey matter grey, fluid and bone dark.
//! 1 is the brightest white matter of an ideal scanner.

use super::anatomy::Anatomy;
use super::grid::{Grid, Point, point};
use super::random::Random;
use super::shapes::{Ellipse, Tube, carve, mix, paint_ellipse, paint_tube, smooth_min, smooth_step, tube_distance};
use super::sulci;

const FLUID: f32 = 0.16;
const CORTEX: f32 = 0.58;
const WHITE: f32 = 0.86;
const BONE: f32 = 0.07;

/// Lays out the whole head, upright and centred.
pub fn head(anatomy: &Anatomy, random: &mut Random) -> Grid {
    let noise = anatomy.noise;
    let inside = Grid::draw(|at| anatomy.inside_skull(at));
    let mut folds = Grid::draw(|_| 99.0);
    for tube in sulci::grow(anatomy, random) {
        carve(&mut folds, &tube, 7.5);
    }
    let mut signal = Grid::draw(|at| {
        let depth = inside.sample(at);
        if depth < 0.0 {
            return covering(anatomy, at, -depth);
        }
        let gap = anatomy.gap_mm * (1.0 + 0.35 * noise.at(at.x / 17.0 + 40.0, at.y / 17.0));
        brain(anatomy, at, smooth_min(depth - gap, folds.sample(at), 3.0))
    });
    covers(&mut signal, anatomy);
    for side in [-1.0, 1.0] {
        deep_grey(&mut signal, anatomy, side);
        medial_temporal(&mut signal, anatomy, side);
        ventricle(&mut signal, anatomy, side);
    }
    midline(&mut signal, anatomy);
    signal
}

/// Fluid, grey ribbon, white core at `depth` mm below the folded surface.
fn brain(anatomy: &Anatomy, at: Point, depth: f32) -> f32 {
    let noise = anatomy.noise;
    let cortex = CORTEX + 0.035 * noise.fractal(at.x / 3.0, at.y / 3.0);
    let near_core = smooth_step(70.0, 20.0, at.length());
    let white = WHITE + 0.035 * near_core + 0.025 * noise.fractal(at.x / 7.0, at.y / 7.0 + 90.0);
    let ribbon = anatomy.cortex_mm * (1.0 + 0.22 * noise.at(at.x / 9.0, at.y / 9.0 + 30.0));
    let grey = mix(FLUID, cortex, smooth_step(-0.45, 0.45, depth));
    mix(grey, white, smooth_step(ribbon - 0.7, ribbon + 0.7, depth))
}

/// Skull and scalp at `out` mm outside the skull's inner surface.
fn covering(anatomy: &Anatomy, at: Point, out: f32) -> f32 {
    if out > 26.0 {
        return 0.0;
    }
    let noise = anatomy.noise;
    let angle = at.y.atan2(at.x.abs());
    let temple = (-((angle + 0.42) / 0.36).powi(2)).exp();
    let towards = at * (1.0 / at.length().max(1.0));
    let skull =
        anatomy.skull_mm * (1.0 - 0.34 * temple) * (1.0 + 0.13 * noise.at(towards.x * 1.7 + 0.5, towards.y * 1.7));
    let muscle = 0.7 + 5.2 * temple;
    let fat = anatomy.fat_mm * (1.0 + 0.2 * noise.at(towards.x * 1.2 + 20.5, towards.y * 1.2)) * (1.0 - 0.3 * temple);
    let marrow = 0.50 + 0.17 * noise.fractal(at.x / 4.0, at.y / 4.0 + 60.0);
    let marrow = mix(marrow, BONE, 0.8 * temple);
    let flesh = 0.40 + 0.06 * noise.fractal(at.x / 2.5, at.y / 2.5);
    let lard = 0.93 + 0.12 * noise.fractal(at.x / 3.5 + 11.0, at.y / 3.5);
    let skin = 0.58;
    let layers =
        [(1.5, BONE), (skull - 3.0, marrow), (1.5, BONE), (muscle, flesh), (fat, lard), (1.5, skin), (f32::MAX, 0.0)];
    let (mut start, mut value) = (0.0, FLUID);
    for (thickness, layer) in layers {
        value = mix(value, layer, smooth_step(start - 0.4, start + 0.4, out));
        start += thickness;
    }
    value
}

/// Falx and the venous sinus behind.
fn covers(signal: &mut Grid, anatomy: &Anatomy) {
    let back = anatomy.inner_half.y;
    let falx: [Tube; 2] = [
        vec![(point(0.0, -back), 0.45), (point(0.0, -52.0), 0.2)],
        vec![(point(0.0, 48.0), 0.2), (point(0.0, back), 0.5)],
    ];
    for tube in &falx {
        paint_tube(signal, tube, 0.7, |_| 0.36);
    }
    let sinus: Tube = vec![(point(0.0, back - 4.5), 0.6), (point(0.0, back - 0.8), 3.0)];
    paint_tube(signal, &sinus, 1.0, |_| 0.42);
}

/// Half width of the frontal horn at its widest, mm.
fn horn_radius(anatomy: &Anatomy, side: f32) -> f32 {
    let grown = if side < 0.0 { anatomy.asymmetry[0] } else { anatomy.asymmetry[1] };
    mix(2.2, 7.2, anatomy.ventricles) * grown
}

/// Caudate, putamen, pallidum, claustrum, thalamus.
fn deep_grey(signal: &mut Grid, anatomy: &Anatomy, side: f32) {
    let noise = anatomy.noise;
    let grain = move |at: Point| 0.025 * noise.fractal(at.x / 3.0 + 70.0, at.y / 3.0);
    let horn = horn_radius(anatomy, side);
    let third = mix(0.9, 3.8, anatomy.ventricles);
    let shrunk = mix(1.0, 0.85, anatomy.ventricles);
    let claustrum: Tube = [(32.0, -16.0, 0.3), (34.0, -8.0, 0.55), (34.2, 2.0, 0.5), (33.0, 9.0, 0.2)]
        .map(|(x, y, radius)| (point(x, y).mirrored(side), radius))
        .to_vec();
    paint_tube(signal, &claustrum, 1.2, |at| 0.66 + grain(at));
    let ellipse = |x: f32, y: f32, half_x: f32, half_y: f32, turn: f32| {
        Ellipse { center: point(x, y), half: point(half_x, half_y), turn }.on(side)
    };
    let putamen = ellipse(26.5, -7.0, 4.6 * shrunk, 13.5, 0.14);
    paint_ellipse(signal, &putamen, 1.6, |at| 0.615 + grain(at));
    let pallidum = ellipse(20.8, -2.5, 3.4, 8.0, 0.33);
    paint_ellipse(signal, &pallidum, 1.8, |at| 0.74 + grain(at));
    let caudate = ellipse(6.5 + 1.25 * horn + 3.2, -22.5, 5.2 * shrunk, 8.4 * shrunk, -0.28);
    paint_ellipse(signal, &caudate, 1.5, |at| 0.605 + grain(at));
    let thalamus = ellipse(8.8 + third, 9.0, 7.8 * shrunk, 12.8 * shrunk, -0.36);
    paint_ellipse(signal, &thalamus, 2.6, |at| {
        let towards_capsule = smooth_step(6.0, 17.0, at.x.abs());
        mix(0.62, 0.74, towards_capsule) + grain(at)
    });
}

/// A hippocampus-like grey body with the fluid that takes its place, medial to the atrium.
fn medial_temporal(signal: &mut Grid, anatomy: &Anatomy, side: f32) {
    let noise = anatomy.noise;
    let loss = anatomy.temporal;
    let space =
        Ellipse { center: point(25.5, 28.5), half: point(mix(4.4, 6.6, loss), mix(7.6, 9.8, loss)), turn: 0.75 }
            .on(side);
    paint_ellipse(signal, &space, 1.4, |_| FLUID);
    let body = Ellipse {
        center: point(mix(25.2, 23.6, loss), mix(28.2, 27.4, loss)),
        half: point(mix(4.1, 2.3, loss), mix(7.3, 4.8, loss)),
        turn: 0.75,
    }
    .on(side);
    paint_ellipse(signal, &body, 1.2, |at| 0.575 + 0.03 * noise.fractal(at.x / 2.5, at.y / 2.5 + 17.0));
    let fimbria: Tube = [(19.5, 21.5, 0.4), (22.5, 22.5, 0.55), (27.0, 24.0, 0.3)]
        .map(|(x, y, radius)| (point(x, y).mirrored(side), radius))
        .to_vec();
    paint_tube(signal, &fimbria, 1.0, |_| 0.78);
}

/// Frontal horn and atrium with its choroid plexus.
fn ventricle(signal: &mut Grid, anatomy: &Anatomy, side: f32) {
    let horn = horn_radius(anatomy, side);
    let grown = horn / mix(2.2, 7.2, anatomy.ventricles);
    // The septum stays in the middle: a wider horn moves outwards.
    let medial = |x: f32, radius: f32| x.max(0.9 + radius);
    let frontal: Tube =
        [(3.0, -11.0, 0.42), (4.0, -18.0, 0.72), (6.0, -26.0, 1.0), (9.5, -32.0, 0.92), (12.5, -36.0, 0.5)]
            .map(|(x, y, share)| (point(medial(x, share * horn), y).mirrored(side), share * horn))
            .to_vec();
    paint_tube(signal, &frontal, 1.2, |_| FLUID);
    let wide = mix(2.4, 7.8, anatomy.ventricles) * grown;
    let atrium: Tube =
        [(31.0, 28.0, 0.35), (30.0, 36.0, 0.95), (28.5, 43.0, 1.0), (25.0, 51.0, 0.7), (21.5, 58.0, 0.3)]
            .map(|(x, y, share)| (point(x, y).mirrored(side), share * wide))
            .to_vec();
    paint_tube(signal, &atrium, 1.2, |_| FLUID);
    let plexus = Ellipse {
        center: point(29.3, 38.0),
        half: point(mix(1.2, 2.5, anatomy.ventricles), mix(3.0, 4.4, anatomy.ventricles)),
        turn: 0.2,
    }
    .on(side);
    let noise = anatomy.noise;
    paint_ellipse(signal, &plexus, 1.6, |at| 0.40 + 0.12 * noise.fractal(at.x / 1.5, at.y / 1.5));
}

/// Third ventricle and the cistern behind it, with the pineal body; the septum.
fn midline(signal: &mut Grid, anatomy: &Anatomy) {
    let third = mix(0.9, 3.8, anatomy.ventricles);
    let slit: Tube = vec![(point(0.0, -6.0), third * 0.7), (point(0.0, 3.0), third), (point(0.0, 16.0), third * 0.75)];
    paint_tube(signal, &slit, 1.1, |_| FLUID);
    let cistern = mix(2.0, 4.2, anatomy.sulci);
    let behind: Tube = vec![
        (point(-15.5, 25.5), cistern * 0.3),
        (point(-7.0, 23.5), cistern * 0.6),
        (point(0.0, 24.0), cistern),
        (point(7.0, 23.5), cistern * 0.6),
        (point(15.5, 25.5), cistern * 0.3),
    ];
    paint_tube(signal, &behind, 1.2, |_| FLUID);
    let pineal = Ellipse { center: point(0.0, 22.0), half: point(1.8, 2.4), turn: 0.0 };
    paint_ellipse(signal, &pineal, 1.2, |_| 0.52);
    let septum: Tube = vec![(point(0.0, -34.0), 0.5), (point(0.0, -12.0), 0.6)];
    // A stretched septum is thinner and darker; its middle is a trace brighter than its edge.
    let horns = anatomy.ventricles;
    paint_tube(signal, &septum, 0.8, |at| mix(0.8, 0.72, horns) * (1.0 - 0.002 * tube_distance(at, &septum)));
}
