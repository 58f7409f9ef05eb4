//! [`Scan`]: an opened file, its frames decoded when asked for.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::detect::{Kind, recognise};
use super::{
    Format, Frame, Limits, Meta, Opened, ScanError, VoiLut, dicom, isolate, nifti, npy, picture, series, stack,
};
use crate::geometry::Size;

/// An opened file (or series of files). Cheap to clone, free to send between threads.
#[derive(Clone, Debug)]
pub struct Scan {
    /// The file; for a series its first file.
    pub path: PathBuf,
    pub format: Format,
    /// Rows and columns of every frame.
    pub size: Size,
    /// Frames: slices of a volume, of a series or of a multi-frame file, pages of a TIFF.
    pub frames: usize,
    pub meta: Arc<Meta>,
    source: Arc<Source>,
    limits: Limits,
}

/// What decodes the frames.
#[derive(Debug)]
enum Source {
    Dicom(Box<dicom::Source>),
    Series(series::Source),
    Nifti(Box<nifti::Source>),
    Picture(picture::Source),
    Npy(npy::Source),
    Stack(stack::Source),
}

/// Opens the file at `path`: reads its header, no pixels. Recognised by content.
///
/// # Errors
/// A sentence for a file that cannot be read, is none of the known formats, is damaged, is too large, or whose reader
/// broke or did not end in time.
pub fn open(path: &Path) -> Result<Scan, ScanError> {
    open_with(path, &Limits::default())
}

/// [`open`] with other bounds on memory and time; they hold for the frames too.
///
/// # Errors
/// As [`open`].
pub fn open_with(path: &Path, limits: &Limits) -> Result<Scan, ScanError> {
    let (owned_path, owned_limits) = (path.to_path_buf(), limits.clone());
    isolate::run(path, limits, move || open_here(&owned_path, &owned_limits))
}

/// Opens the DICOM files of one series as one scan: sorted by position along the slice normal, then Instance Number;
/// their frames one after the other. Pictures of one slice each (PNG, JPEG, TIFF, BMP, `.npy`) become one scan in the
/// order given. A single file of any format opens as [`open`] does.
///
/// # Errors
/// As [`open`], and a sentence naming the file that does not fit the others.
pub fn open_series(files: &[PathBuf]) -> Result<Scan, ScanError> {
    let limits = Limits::default();
    if let [file] = files {
        return open_with(file, &limits);
    }
    if let Some(first) = files.first().filter(|first| !series::is_dicom(first)) {
        let opened = stack::open(files, &limits)?;
        let format = opened.source.format();
        return Ok(Scan::new(first, format, opened, Source::Stack, &limits));
    }
    // Each file's header is read isolated on its own: a series may be long.
    let opened = series::open(files, &limits)?;
    let first = opened.source.first_path().to_path_buf();
    limits.check_frame(&first, opened.size, 3)?;
    Ok(Scan::new(&first, Format::Dicom, opened, Source::Series, &limits))
}

fn open_here(path: &Path, limits: &Limits) -> Result<Scan, ScanError> {
    let kind = recognise(path).map_err(|source| ScanError::Read { path: path.into(), source })?;
    let kind = kind.map_err(|hint| ScanError::UnknownFormat { path: path.into(), hint })?;
    match kind {
        Kind::Nifti => open_nifti(path, path, limits),
        Kind::NiftiImage => {
            let header = nifti::header_of_image(path).unwrap_or_else(|| path.to_path_buf());
            open_nifti(path, &header, limits)
        }
        Kind::Picture(format) => {
            let opened = picture::open(path, format, limits)?;
            Ok(Scan::new(path, format, opened, Source::Picture, limits))
        }
        Kind::Npy => Ok(Scan::new(path, Format::Npy, npy::open(path, limits)?, Source::Npy, limits)),
        Kind::Dicom => {
            let opened = dicom::open(path)?;
            limits.check_frame(path, opened.size, 3)?;
            Ok(Scan::new(path, Format::Dicom, opened, |source| Source::Dicom(Box::new(source)), limits))
        }
    }
}

fn open_nifti(path: &Path, header: &Path, limits: &Limits) -> Result<Scan, ScanError> {
    let (format, opened) = nifti::open(header, limits)?;
    Ok(Scan::new(path, format, opened, |source| Source::Nifti(Box::new(source)), limits))
}

impl Scan {
    fn new<S>(path: &Path, format: Format, opened: Opened<S>, source: fn(S) -> Source, limits: &Limits) -> Self {
        Self {
            path: path.into(),
            format,
            size: opened.size,
            frames: opened.frames,
            meta: Arc::new(opened.meta),
            source: Arc::new(source(opened.source)),
            limits: limits.clone(),
        }
    }

    /// Decodes frame `index`, counted from 0.
    ///
    /// # Errors
    /// A sentence when there is no such frame, its data is damaged, or its decoder broke or did not end in time.
    pub fn frame(&self, index: usize) -> Result<Frame, ScanError> {
        if index >= self.frames {
            return Err(ScanError::NoSuchFrame { path: self.path.clone(), frames: self.frames, index });
        }
        let scan = self.clone();
        isolate::run(&self.path, &self.limits, move || scan.frame_here(index))
    }

    /// Decodes frame `index` no larger than needed for `[rows, cols]` of at least `size`, and says what its sides were
    /// divided by (rounded up). Only JPEG pictures are read at a half, a quarter or an eighth, by Pillow's rule and in
    /// Pillow's numbers (`Image.draft(mode, size)`); everything else is read whole.
    ///
    /// # Errors
    /// As [`Scan::frame`].
    pub fn reduced_frame(&self, index: usize, size: Size) -> Result<(Frame, usize), ScanError> {
        let divisor = match self.source.as_ref() {
            Source::Picture(source) if index == 0 => source.divisor(size),
            _ => 1,
        };
        if divisor == 1 {
            return Ok((self.frame(index)?, 1));
        }
        let scan = self.clone();
        let frame = isolate::run(&self.path, &self.limits, move || match scan.source.as_ref() {
            Source::Picture(source) => source.reduced(&scan.path, divisor, &scan.limits),
            _ => scan.frame_here(index),
        })?;
        Ok((frame, divisor))
    }

    /// The VOI LUTs (0028,3010) that a DICOM header offers for frame `index`, the first one first: shown instead of a
    /// window. None for other formats. A series' file is opened for it.
    ///
    /// # Errors
    /// As [`Scan::frame`], though no pixels are decoded.
    pub fn voi_luts(&self, index: usize) -> Result<Vec<Arc<VoiLut>>, ScanError> {
        match self.source.as_ref() {
            _ if index >= self.frames => {
                Err(ScanError::NoSuchFrame { path: self.path.clone(), frames: self.frames, index })
            }
            Source::Dicom(source) => Ok(source.voi_luts(index)),
            Source::Series(_) => {
                let scan = self.clone();
                isolate::run(&self.path, &self.limits, move || match scan.source.as_ref() {
                    Source::Series(source) => source.voi_luts(index),
                    _ => Ok(Vec::new()),
                })
            }
            Source::Nifti(_) | Source::Picture(_) | Source::Npy(_) | Source::Stack(_) => Ok(Vec::new()),
        }
    }

    /// The file that holds frame `index`: of a series or a stack its own.
    pub fn file_of(&self, index: usize) -> &Path {
        let own = match self.source.as_ref() {
            Source::Series(source) => source.path(index),
            Source::Stack(source) => source.path(index),
            Source::Dicom(_) | Source::Nifti(_) | Source::Picture(_) | Source::Npy(_) => None,
        };
        own.unwrap_or(&self.path)
    }

    pub(super) fn frame_here(&self, index: usize) -> Result<Frame, ScanError> {
        match self.source.as_ref() {
            Source::Dicom(source) => source.frame(index),
            Source::Series(source) => source.frame(index),
            Source::Nifti(source) => source.frame(&self.path, index, &self.limits),
            Source::Picture(source) => source.frame(&self.path, index, &self.limits),
            Source::Npy(source) => source.frame(&self.path, index, &self.limits),
            Source::Stack(source) => source.frame(&self.path, index),
        }
    }
}
