//! Iso-lines of a saliency map: marching squares (Lorensen and Cline 1987, in two dimensions) on the bilinear map.
//!
//! The lines follow the map as [`draw_overlay`](super::draw_overlay) draws it, not the straight pieces between its few
//! cell centres: the map is first sampled on a grid of about a pixel. They end where the map or the picture ends.

use std::collections::{HashMap, HashSet};

use ndarray::Array2;

use super::canvas::lay_over;
use super::overlay::{sample, usable_inverse};
use super::taps::Tap;
use super::{Canvas, PlacedMap};
use crate::geometry::Size;

/// Grid squares along an axis: enough for smooth lines on any screen.
const MOST_SQUARES: usize = 512;

/// A line at one level, in continuous picture coordinates `(x, y)`; a closed one ends at its first point.
#[derive(Clone, Debug, PartialEq)]
pub struct ContourLine {
    pub points: Vec<(f64, f64)>,
}

impl ContourLine {
    pub fn is_closed(&self) -> bool {
        self.points.len() > 2 && self.points.first() == self.points.last()
    }
}

/// Lines where the map `[rows, cols]` crosses `level` (its own units), within the picture of `size`. `image_from_map` as
/// for the overlay. Values equal to the level lie inside; squares with a corner that is no number have no line.
pub fn contours(placed: &PlacedMap<'_>, size: Size, level: f32) -> Vec<ContourLine> {
    let Some(grid) = Grid::new(placed, size) else { return Vec::new() };
    join(&grid.segments(level))
}

/// The map on a grid of points of the picture.
struct Grid {
    values: Array2<f32>,
    xs: Vec<f64>,
    ys: Vec<f64>,
}

/// A piece of line from one edge of the grid to another of the same square, larger values on its right.
struct Segment {
    from: (usize, (f64, f64)),
    to: (usize, (f64, f64)),
}

impl Grid {
    fn new(placed: &PlacedMap<'_>, size: Size) -> Option<Self> {
        let (map, image_from_map) = (placed.values, &placed.canvas_from_map);
        let (rows, cols) = map.dim();
        let seen = placed.seen.through(image_from_map);
        let back = usable_inverse(image_from_map)?;
        let xs = nodes(seen.x, cols, size.cols)?;
        let ys = nodes(seen.y, rows, size.rows)?;
        let (last_row, last_col) = (rows.checked_sub(1)?, cols.checked_sub(1)?);
        let col_taps: Vec<Tap> = xs.iter().map(|x| Tap::smooth(back.apply((*x, 0.0)).0, last_col)).collect();
        let values = ys.iter().flat_map(|y| {
            let row = Tap::smooth(back.apply((0.0, *y)).1, last_row);
            col_taps.iter().map(move |col| sample(map, row, *col).unwrap_or(f32::NAN))
        });
        let values = Array2::from_shape_vec((ys.len(), xs.len()), values.collect()).ok()?;
        Some(Self { values, xs, ys })
    }

    fn segments(&self, level: f32) -> Vec<Segment> {
        let mut found = Vec::new();
        for (row, ys) in self.ys.windows(2).enumerate() {
            for (col, xs) in self.xs.windows(2).enumerate() {
                if let (&[left, right], &[top, bottom]) = (xs, ys) {
                    self.square(level, (row, col), [left, right, top, bottom], &mut found);
                }
            }
        }
        found
    }

    fn square(
        &self,
        level: f32,
        (row, col): (usize, usize),
        [left, right, top, bottom]: [f64; 4],
        found: &mut Vec<Segment>,
    ) {
        let at = |row, col| self.values.get((row, col)).copied().unwrap_or(f32::NAN);
        let corners = [at(row, col), at(row, col + 1), at(row + 1, col + 1), at(row + 1, col)];
        if !corners.iter().all(|value| value.is_finite()) {
            return;
        }
        let [a, b, c, d] = corners;
        let case = corners.iter().rev().fold(0_u8, |bits, value| bits << 1 | u8::from(*value >= level));
        if case == 0 || case == 15 {
            return;
        }
        let width = self.xs.len();
        let cross = |from: f32, to: f32| f64::from((level - from) / (to - from));
        let north = || (2 * (row * width + col), (left + (right - left) * cross(a, b), top));
        let east = || (2 * (row * width + col + 1) + 1, (right, top + (bottom - top) * cross(b, c)));
        let south = || (2 * ((row + 1) * width + col), (left + (right - left) * cross(d, c), bottom));
        let west = || (2 * (row * width + col) + 1, (left, top + (bottom - top) * cross(a, d)));
        let mut push = |from, to| found.push(Segment { from, to });
        // Bits: a 1, b 2, c 4, d 8, clockwise from the top left corner.
        match case {
            1 => push(west(), north()),
            2 => push(north(), east()),
            3 => push(west(), east()),
            4 => push(east(), south()),
            6 => push(north(), south()),
            7 => push(west(), south()),
            8 => push(south(), west()),
            9 => push(south(), north()),
            11 => push(south(), east()),
            12 => push(east(), west()),
            13 => push(east(), north()),
            14 => push(north(), west()),
            // Two opposite corners inside: the middle decides whether they are one area.
            saddle => {
                let joined = (a + b + c + d) / 4.0 >= level;
                match (saddle, joined) {
                    (5, true) => (push(east(), north()), push(west(), south())),
                    (5, false) => (push(west(), north()), push(east(), south())),
                    (_, true) => (push(north(), west()), push(south(), east())),
                    (_, false) => (push(north(), east()), push(south(), west())),
                };
            }
        }
    }
}

/// Positions along one axis of the picture, from edge to edge of what both the model saw (`seen`) and the picture's
/// `pixels` cover; `None` where they do not meet.
fn nodes(seen: [f64; 2], cells: usize, pixels: usize) -> Option<Vec<f64>> {
    let first = seen[0].max(0.0);
    let last = seen[1].min(pixels as f64);
    if first >= last {
        return None;
    }
    let squares = ((last - first).ceil() as usize).clamp(1, MOST_SQUARES.max(cells));
    Some((0..=squares).map(|i| first + (last - first) * i as f64 / squares as f64).collect())
}

/// Strings pieces together where they share an edge of the grid: open lines first, then rings.
fn join(segments: &[Segment]) -> Vec<ContourLine> {
    let by_start: HashMap<usize, usize> = segments.iter().enumerate().map(|(i, piece)| (piece.from.0, i)).collect();
    let ends: HashSet<usize> = segments.iter().map(|piece| piece.to.0).collect();
    let mut used = vec![false; segments.len()];
    let heads = segments.iter().enumerate().filter(|(_, piece)| !ends.contains(&piece.from.0));
    let mut lines = Vec::new();
    for (first, _) in heads.chain(segments.iter().enumerate()) {
        let mut points = Vec::new();
        let mut next = Some(first);
        while let Some(index) = next {
            let (Some(piece), Some(used)) = (segments.get(index), used.get_mut(index)) else { break };
            if std::mem::replace(used, true) {
                break;
            }
            if points.is_empty() {
                points.push(piece.from.1);
            }
            // A line through a node of the grid touches two of its edges in one point.
            if points.last() != Some(&piece.to.1) {
                points.push(piece.to.1);
            }
            next = by_start.get(&piece.to.0).copied();
        }
        if points.len() > 1 {
            lines.push(ContourLine { points });
        }
    }
    lines
}

/// Draws lines with smooth edges, `width` pixels wide.
pub fn draw_contours(canvas: &mut Canvas<'_>, lines: &[ContourLine], rgb: [u8; 3], width: f64) {
    let size = canvas.size();
    // Pieces of a line overlap at their ends: first the cover of all, then the colour once.
    let mut cover = vec![0_u8; canvas.pixels_mut().len()];
    for line in lines {
        for piece in line.points.windows(2) {
            if let &[from, to] = piece {
                cover_segment(&mut cover, size, from, to, width / 2.0);
            }
        }
    }
    for (pixel, cover) in canvas.pixels_mut().iter_mut().zip(cover) {
        if cover != 0 {
            lay_over(pixel, rgb, cover);
        }
    }
}

fn cover_segment(cover: &mut [u8], size: Size, from: (f64, f64), to: (f64, f64), radius: f64) {
    let reach = radius + 1.0;
    let span = |a: f64, b: f64, edge: usize| {
        let first = (a.min(b) - reach).max(0.0) as usize;
        first..((a.max(b) + reach).max(0.0).ceil() as usize).min(edge)
    };
    for row in span(from.1, to.1, size.rows) {
        for col in span(from.0, to.0, size.cols) {
            let away = distance((col as f64 + 0.5, row as f64 + 0.5), from, to);
            let share = (radius + 0.5 - away).clamp(0.0, 1.0);
            if let Some(cover) = cover.get_mut(row * size.cols + col) {
                *cover = (*cover).max((share * 255.0).round() as u8);
            }
        }
    }
}

/// From a point to the nearest point of a piece of line.
fn distance(point: (f64, f64), from: (f64, f64), to: (f64, f64)) -> f64 {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let length = dx * dx + dy * dy;
    let along = ((point.0 - from.0) * dx + (point.1 - from.1) * dy) / length;
    let along = if length > 0.0 { along.clamp(0.0, 1.0) } else { 0.0 };
    (point.0 - from.0 - along * dx).hypot(point.1 - from.1 - along * dy)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::PlaneMap;
    use ndarray::array;

    fn unit(size: Size, rows: usize, cols: usize) -> PlaneMap {
        PlaneMap {
            scale_x: size.cols as f64 / cols as f64,
            scale_y: size.rows as f64 / rows as f64,
            ..PlaneMap::IDENTITY
        }
    }

    #[test]
    fn a_ramp_is_crossed_by_one_straight_line_where_it_has_the_level() {
        let size = Size::new(176, 208);
        let map = array![[0.0, 1.0], [0.0, 1.0]];
        // Cell centres at 52 and 156: 0.25 of the way is at 78.
        let lines = contours(&PlacedMap::whole(map.view(), unit(size, 2, 2)), size, 0.25);
        assert_eq!(lines.len(), 1);
        let points = &lines[0].points;
        assert!(!lines[0].is_closed() && points.iter().all(|(x, _)| (x - 78.0).abs() < 1e-4), "{points:?}");
        let ends = [points[0].1, points[points.len() - 1].1];
        assert_eq!([ends[0].min(ends[1]), ends[0].max(ends[1])], [0.0, 176.0], "from edge to edge");
    }

    #[test]
    fn a_hill_has_one_ring_around_its_top_and_every_point_is_at_the_level() {
        let size = Size::new(130, 90);
        let mut map = Array2::zeros((7, 5));
        map[[2, 3]] = 1.0;
        let place = unit(size, 7, 5);
        let lines = contours(&PlacedMap::whole(map.view(), place), size, 0.5);
        assert_eq!(lines.len(), 1);
        assert!(lines[0].is_closed());
        for point in &lines[0].points {
            let value = super::super::evidence_at(&PlacedMap::whole(map.view(), place), *point).unwrap();
            assert!((value - 0.5).abs() < 0.01, "{value} at {point:?}");
        }
        let (cx, cy) = place.apply((3.5, 2.5));
        let turns: f64 = lines[0]
            .points
            .windows(2)
            .map(|pair| {
                let (a, b) = ((pair[0].0 - cx, pair[0].1 - cy), (pair[1].0 - cx, pair[1].1 - cy));
                (a.0 * b.1 - a.1 * b.0).atan2(a.0 * b.0 + a.1 * b.1)
            })
            .sum();
        assert!((turns.abs() - std::f64::consts::TAU).abs() < 1e-6, "goes round the top once");
    }

    #[test]
    fn two_diagonal_hills_are_joined_or_not_by_the_value_between_them() {
        let size = Size::new(2, 2);
        let corners = PlaneMap { offset_x: -0.5, offset_y: -0.5, scale_x: 1.5, scale_y: 1.5 };
        let map = array![[1.0, 0.0], [0.0, 1.0]];
        let lines = |level| contours(&PlacedMap::whole(map.view(), corners), size, level).len();
        assert_eq!([lines(0.4), lines(0.6)], [2, 2]);
        // 0.4 cuts off the two low corners, 0.6 the two high ones.
        let turned = |level: f32| {
            let all = contours(&PlacedMap::whole(map.view(), corners), size, level);
            all.iter().flat_map(|line| &line.points).any(|(x, y)| x + y < 0.8)
        };
        assert!(!turned(0.4) && turned(0.6));
    }

    #[test]
    fn lines_stay_on_the_picture_and_off_what_is_no_number() {
        let size = Size::new(20, 10);
        let letterbox = PlaneMap { scale_x: 5.0, scale_y: 5.0, offset_x: -5.0, offset_y: 0.0 };
        let map = Array2::from_shape_fn((4, 4), |(r, c)| (r + c) as f32);
        for line in contours(&PlacedMap::whole(map.view(), letterbox), size, 2.6) {
            assert!(line.points.iter().all(|(x, y)| (0.0..=10.0).contains(x) && (0.0..=20.0).contains(y)));
        }
        assert!(
            contours(&PlacedMap::whole(Array2::from_elem((3, 3), f32::NAN).view(), letterbox), size, 0.0).is_empty()
        );
        let outside = PlaneMap { offset_x: 100.0, ..letterbox };
        assert!(contours(&PlacedMap::whole(map.view(), outside), size, 2.6).is_empty());
        assert!(contours(&PlacedMap::whole(Array2::zeros((0, 0)).view(), letterbox), size, 2.6).is_empty());
    }

    #[test]
    fn a_drawn_line_covers_its_width_once() {
        let size = Size::new(5, 7);
        let mut rgba = [0, 0, 0, 255].repeat(35);
        let mut canvas = Canvas::new(&mut rgba, size).unwrap();
        let line = ContourLine { points: vec![(0.0, 2.5), (3.5, 2.5), (7.0, 2.5)] };
        draw_contours(&mut canvas, &[line], [200, 100, 0], 2.0);
        let column: Vec<u8> = (0..5).map(|row| rgba[(row * 7 + 3) * 4]).collect();
        assert_eq!(column, [0, 100, 200, 100, 0]);
    }
}
