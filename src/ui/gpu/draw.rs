//! From a scene to what the shader reads: textures, and a few numbers.

use std::sync::Arc;

use ndarray::ArrayView2;

use super::device::{Area, Texels, Uniform};
use super::frames::Part;
use super::programs::Form;
use super::{Gpu, GpuError, Target};
use crate::geometry::Size;
use crate::render::{Axis, Curve, OverlayStyle, Paint, PlacedMap, Sampling, Scene, Taps};
use crate::scan::Pixels;

/// A map by its numbers: maps are small, and the same numbers are the same map.
pub(super) type MapKey = ((usize, usize), Vec<u32>);

/// A map over a view, uploaded.
struct Over {
    rows: Axis,
    cols: Axis,
    map: MapKey,
    style: OverlayStyle,
}

impl Gpu {
    /// Draws a scene on the framebuffer that is bound. Leaves viewport, program, blending and bound textures as they
    /// then are.
    ///
    /// # Errors
    /// No memory for the values, or a refused shader: then nothing, or not all, is drawn.
    pub fn draw(&mut self, scene: &Scene<'_>, target: Target) -> Result<(), GpuError> {
        let sampling = Sampling::new(scene.picture, &scene.view);
        let (rows, cols) = (self.taps(sampling.rows)?, self.taps(sampling.cols)?);
        let parts = self.frames.ready(&mut self.device, scene.picture.frame(), &sampling, (&rows, &cols))?;
        if parts.is_empty() {
            return Ok(());
        }
        let over = match &scene.overlay {
            Some((placed, style)) => self.over(placed, style, scene.view.size)?,
            None => None,
        };
        let color = matches!(sampling.level, Pixels::Rgb(_));
        let form = Form::new(color, scene.view.smooth, over.is_some(), &scene.shader);
        self.programs.ready(&self.device, form)?;
        if let Some(colors) = scene.shader.colors().filter(|_| form.palette) {
            self.palettes.ready(&mut self.device, colors, |device, colors| {
                let table = colors.table();
                let texture =
                    device.upload(Texels::Rgb, Size::new(1, table.len()), table.len(), table.as_flattened())?;
                Ok(((), texture))
            })?;
        }
        self.run(form, scene, &sampling, over.as_ref(), (&parts, target));
        Ok(())
    }

    /// The taps of an axis, uploaded: for each screen pixel the first value and the share of the next; -1 beside the picture.
    fn taps(&mut self, axis: Axis) -> Result<Arc<Taps>, GpuError> {
        self.axes.ready(&mut self.device, axis, |device, axis| {
            let taps = axis.taps();
            let mut rows = vec![[-1.0_f32, 0.0]; axis.count.max(1)];
            for (row, tap) in rows.iter_mut().skip(taps.start).zip(&taps.taps) {
                // Whole numbers up to 2^24, more than a texture's side, are exact in 32 bits.
                *row = [tap.first as f32, tap.share];
            }
            let size = Size::new(1, rows.len());
            let texture = device.upload(Texels::Tap, size, rows.len(), bytemuck::cast_slice(&rows))?;
            Ok((Arc::new(taps), texture))
        })?;
        Ok(self.axes.get(&axis).map(|(taps, _)| taps.clone()).unwrap_or_default())
    }

    /// `None` where nothing is to be seen of the map.
    fn over(&mut self, placed: &PlacedMap<'_>, style: &OverlayStyle, size: Size) -> Result<Option<Over>, GpuError> {
        let Some((rows, cols)) = placed.axes(size) else { return Ok(None) };
        self.colors.ready(&mut self.device, *style, |device, style| {
            let paint = Paint::new(style);
            let colors = paint.coloring().colors;
            let texture =
                device.upload(Texels::Rgba, Size::new(1, colors.len()), colors.len(), colors.as_flattened())?;
            Ok((paint, texture))
        })?;
        if self.colors.get(style).is_none_or(|(paint, _)| paint.coloring().least == f32::INFINITY) {
            return Ok(None);
        }
        for axis in [rows, cols] {
            self.taps(axis)?;
        }
        let map = key(placed.values);
        self.maps.ready(&mut self.device, map.clone(), |device, ((rows, cols), bits)| {
            let texture = device.upload(Texels::Value, Size::new(*rows, *cols), *cols, bytemuck::cast_slice(bits))?;
            Ok(((), texture))
        })?;
        Ok(Some(Over { rows, cols, map, style: *style }))
    }

    /// Everything is uploaded: sets the shader up once, then draws tile by tile.
    fn run(
        &self,
        form: Form,
        scene: &Scene<'_>,
        sampling: &Sampling<'_>,
        over: Option<&Over>,
        (parts, target): (&[Part], Target),
    ) {
        let axes = self.axes.get(&sampling.rows).zip(self.axes.get(&sampling.cols));
        let first = parts.first().and_then(|part| self.frames.get(&part.key));
        let (Some(program), Some(((_, rows), (_, cols))), Some(first)) = (self.programs.get(form), axes, first) else {
            return;
        };
        let mut samplers = vec![("u_values", first), ("u_rows", rows), ("u_cols", cols)];
        let mut uniforms = vec![
            // The window's rows count from below: the view's first one is its highest.
            ("u_origin", Uniform::Ints([target.left, target.height - 1 - target.top])),
            ("u_curve", Uniform::Floats(numbers(scene.shader.curve()))),
            ("u_invert", Uniform::Int(i32::from(scene.shader.inverts()))),
            ("u_transposed", Uniform::Int(i32::from(scene.transposed))),
        ];
        if let Some((_, palette)) = scene.shader.colors().and_then(|colors| self.palettes.get(&colors)) {
            samplers.push(("u_palette", palette));
        }
        if let Some(Over { rows, cols, map, style }) = over {
            let axes = self.axes.get(rows).zip(self.axes.get(cols));
            let tables = self.maps.get(map).zip(self.colors.get(style));
            let (Some(((_, rows), (_, cols))), Some(((_, map), (paint, colors)))) = (axes, tables) else { return };
            samplers.extend([("u_map", map), ("u_map_rows", rows), ("u_map_cols", cols), ("u_colors", colors)]);
            let coloring = paint.coloring();
            let evidence = [coloring.low, coloring.steps_per_unit, coloring.least, f32::MAX];
            uniforms.push(("u_evidence", Uniform::FourFloats(evidence)));
            uniforms.push(("u_signed", Uniform::Int(i32::from(coloring.signed))));
        }
        self.device.prepare(program, &samplers, &uniforms);
        for part in parts {
            let Some(tile) = self.frames.get(&part.key) else { continue };
            self.device.bind(0, tile);
            let [row, col] = part.first.map(|first| i32::try_from(first).unwrap_or(0));
            self.device.set(program, &[("u_tile", Uniform::Ints([col, row]))]);
            if let Some(area) = area(part, scene.transposed, target) {
                self.device.draw(area);
            }
        }
    }
}

fn key(map: ArrayView2<'_, f32>) -> MapKey {
    (map.dim(), map.iter().map(|value| value.to_bits()).collect())
}

fn numbers(curve: Curve) -> [f32; 3] {
    match curve {
        Curve::Ramp(ramp) => [ramp.from, ramp.levels_per_unit, ramp.at_from],
        Curve::Step { above } => [above, 0.0, 0.0],
        Curve::Sigmoid { center, width } => [center, width, 0.0],
    }
}

/// The pixels of a part on the framebuffer.
fn area(part: &Part, transposed: bool, target: Target) -> Option<Area> {
    let whole = |n: usize| i32::try_from(n).ok();
    let (across, down) = if transposed { (part.rows, part.cols) } else { (part.cols, part.rows) };
    let lower = whole(down.0 + down.1)?;
    Some(Area {
        left: target.left.checked_add(whole(across.0)?)?,
        bottom: target.height.checked_sub(target.top)?.checked_sub(lower)?,
        size: Size::new(down.1, across.1),
    })
}
