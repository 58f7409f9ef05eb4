//! The map of a volume: apart from slice to slice, and as the scan's own slices see it.

use std::sync::Arc;

use ndarray::{Array2, ArrayView3, Axis, Zip};

use super::saliency::SaliencyMap;
use crate::geometry::{Affine3, PlaneMap};
use crate::preprocess::VolumePlace;

/// One axis of the tensor, from cells of the map to places of the scan: `scan = scale * map + offset`.
#[derive(Clone, Copy)]
struct Line {
    /// Axis of the tensor: 0 depth, 1 rows, 2 columns.
    tensor_axis: usize,
    scale: f64,
    offset: f64,
}

impl SaliencyMap {
    /// `[depth, rows, cols]` along the network's own axes; `None` for a picture's map.
    pub fn volume(&self) -> Option<ArrayView3<'_, f32>> {
        let layer = self.layer.as_ref()?;
        let depth = layer.depth?.cells;
        let values = self.whole.as_ref().map_or(&self.values, |whole| &**whole);
        ArrayView3::from_shape((depth, layer.rows, layer.cols), values.as_slice()?).ok()
    }

    /// How the map runs along columns, rows and frames of the scan.
    fn lines(&self, place: &VolumePlace) -> Option<[Line; 3]> {
        let layer = self.layer.as_ref()?;
        let plane = &layer.model_from_map;
        let model_from_map =
            [layer.depth?.model_from_map, (plane.scale_y, plane.offset_y), (plane.scale_x, plane.offset_x)];
        let line = |scan_axis: usize| {
            let (tensor_axis, along) = place.along(scan_axis)?;
            let (scale, offset) = *model_from_map.get(tensor_axis)?;
            Some(Line { tensor_axis, scale: scale / along.scale, offset: along.to_scan(offset) })
        };
        Some([line(0)?, line(1)?, line(2)?])
    }

    /// From places in the map `(col, row, slice)` of [`volume`](Self::volume) to places `(col, row, frame)` of the scan,
    /// edges at whole numbers in both. `None` for a picture's map.
    pub fn scan_from_map(&self, place: &VolumePlace) -> Option<Affine3> {
        let mut rows = [[0.0; 4]; 3];
        for (row, line) in rows.iter_mut().zip(self.lines(place)?) {
            *row.get_mut(2 - line.tensor_axis)? = line.scale;
            row[3] = line.offset;
        }
        Some(Affine3(rows))
    }

    /// The map on one frame of the scan, in the frame's own orientation: between two of its slices in proportion, beyond
    /// the first and last as they are. Its place is the frame itself. `None` for a picture's map.
    pub fn on_frame(&self, place: &VolumePlace, frame: usize) -> Option<Self> {
        let volume = self.volume()?;
        let [across, down, through] = self.lines(place)?;
        let axis = Axis(through.tensor_axis);
        let last = volume.len_of(axis).checked_sub(1)?;
        // The frame's centre among the centres of the cells.
        let centre = ((frame as f64 + 0.5 - through.offset) / through.scale - 0.5).clamp(0.0, last as f64);
        let (first, share) = (centre.floor() as usize, centre.fract() as f32);
        let (a, b) = (volume.index_axis(axis, first.min(last)), volume.index_axis(axis, (first + 1).min(last)));
        let mut values = Array2::zeros(a.raw_dim());
        Zip::from(&mut values).and(a).and(b).for_each(|out, a, b| *out = (1.0 - share) * a + share * b);
        if across.tensor_axis < down.tensor_axis {
            values = values.reversed_axes();
        }
        let (rows, cols) = values.dim();
        // Where the network's axis runs against the scan's, the cells are turned over, so that the map's scale is positive.
        let mut along = |line: Line, cells: usize, axis: Axis| {
            if line.scale < 0.0 {
                values.invert_axis(axis);
                (-line.scale, line.offset + line.scale * cells as f64)
            } else {
                (line.scale, line.offset)
            }
        };
        let ((scale_y, offset_y), (scale_x, offset_x)) = (along(down, rows, Axis(0)), along(across, cols, Axis(1)));
        let values = values.as_standard_layout().into_owned();
        let whole = self.whole.clone().unwrap_or_else(|| Arc::new(self.values.clone()));
        let model_from_map = PlaneMap { scale_x, scale_y, offset_x, offset_y };
        Some(Self { values, model_from_map, whole: Some(whole), ..self.clone() })
    }

    /// The frame with the largest sum of positive evidence (the first of equals). `None` for a picture's map.
    pub fn frame_with_most_evidence(&self, place: &VolumePlace) -> Option<usize> {
        let mut best: Option<(usize, f64)> = None;
        for frame in 0..place.frames() {
            let values = self.on_frame(place, frame)?.values;
            let sum: f64 = values.iter().map(|value| f64::from(value.max(0.0))).sum();
            if best.is_none_or(|(_, most)| sum > most) {
                best = Some((frame, sum));
            }
        }
        best.map(|(frame, _)| frame)
    }
}
