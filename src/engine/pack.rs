//! Pictures `[rows, cols, channels]`, or volumes `[depth, rows, cols]`, to one block of memory in the model's layout.

use ndarray::{ArrayView3, Axis};

use super::backend::Batch;
use super::input_spec::batch_shape;
use crate::onnx::Layout;

/// Writes the pictures (all of one shape) into `batch`, reusing its memory. `length` pictures are written: where fewer
/// are given (a graph with a fixed batch) the rest is zero.
pub(super) fn pack(batch: &mut Batch, pictures: &[ArrayView3<'_, f32>], length: usize, layout: Layout) {
    let (rows, cols, channels) = pictures.first().map_or((0, 0, 0), |picture| picture.dim());
    batch.shape = batch_shape(layout, length, (rows, cols, channels));
    batch.data.clear();
    batch.data.reserve(length.saturating_mul(rows).saturating_mul(cols).saturating_mul(channels));
    for picture in pictures {
        match layout {
            // A volume's one channel may come first or last.
            Layout::Nhwc | Layout::Ncdhw | Layout::Ndhwc => match picture.as_slice() {
                Some(values) => batch.data.extend_from_slice(values),
                None => batch.data.extend(picture.iter()),
            },
            Layout::Nchw => {
                for plane in picture.axis_iter(Axis(2)) {
                    batch.data.extend(plane.iter());
                }
            }
            Layout::Ncwh => {
                for plane in picture.axis_iter(Axis(2)) {
                    batch.data.extend(plane.t().iter());
                }
            }
        }
    }
    let whole = batch.shape.iter().product();
    batch.data.resize(whole, 0.0);
}

#[cfg(test)]
mod tests {
    use ndarray::Array3;

    use super::*;

    #[test]
    fn nchw_is_a_transpose_and_never_a_reshape() {
        let picture = Array3::from_shape_fn((2, 3, 2), |(row, col, channel)| (100 * channel + 10 * row + col) as f32);
        let mut batch = Batch::default();
        pack(&mut batch, &[picture.view()], 1, Layout::Nchw);
        assert_eq!(batch.shape, [1, 2, 2, 3]);
        assert_eq!(batch.data, [0., 1., 2., 10., 11., 12., 100., 101., 102., 110., 111., 112.]);
        pack(&mut batch, &[picture.view()], 2, Layout::Nhwc);
        assert_eq!(batch.shape, [2, 2, 3, 2]);
        assert_eq!(batch.data[..6], [0., 100., 1., 101., 2., 102.]);
        assert_eq!(batch.data[12..], [0.0; 12]);
        pack(&mut batch, &[picture.view()], 1, Layout::Ncwh);
        assert_eq!(batch.shape, [1, 2, 3, 2]);
        assert_eq!(batch.data, [0., 10., 1., 11., 2., 12., 100., 110., 101., 111., 102., 112.]);
    }

    #[test]
    fn a_view_with_strides_packs_like_its_copy() {
        let picture = Array3::from_shape_fn((3, 4, 1), |(row, col, _)| (10 * row + col) as f32);
        let flipped = picture.slice(ndarray::s![..;-1, .., ..]);
        let (mut from_view, mut from_copy) = (Batch::default(), Batch::default());
        for layout in [Layout::Nchw, Layout::Nhwc] {
            pack(&mut from_view, &[flipped], 1, layout);
            pack(&mut from_copy, &[flipped.to_owned().view()], 1, layout);
            assert_eq!(from_view, from_copy);
            assert_eq!(from_view.data[0], 20.0);
        }
    }
}
