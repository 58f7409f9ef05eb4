//! Two questions that ort has no safe function for. The only `unsafe` of this room: calls into ONNX Runtime's C
//! interface with pointers that it hands out itself and keeps alive as long as the session (or until released).

use std::ffi::CStr;
use std::ptr;

use ort::AsPointer;

use super::Provider;

/// Names of the execution providers compiled into the loaded library, `CPUExecutionProvider` last. Call only after the
/// library was loaded.
pub(super) fn compiled_providers() -> Vec<String> {
    let api = ort::api();
    let mut names: *mut *mut std::ffi::c_char = ptr::null_mut();
    let mut count: std::ffi::c_int = 0;
    // SAFETY: both out-pointers are valid; on success the library owns `count` C strings until released below.
    unsafe {
        if ort::Error::result_from_status((api.GetAvailableProviders)(&mut names, &mut count)).is_err() {
            return Vec::new();
        }
        let found = (0..usize::try_from(count).unwrap_or(0)).map(|i| text(*names.add(i))).collect();
        drop(ort::Error::result_from_status((api.ReleaseAvailableProviders)(names, count)));
        found
    }
}

/// What the nodes of a session run on, as the library recorded it while it placed them. The session must have been
/// built with `session.record_ep_graph_assignment_info` = 1; `None` where the library has no record.
pub(super) fn assigned_provider(session: &ort::session::Session) -> Option<Provider> {
    let api = ort::api();
    let mut subgraphs = ptr::null();
    let mut count = 0usize;
    let (mut on_cuda, mut elsewhere) = (false, false);
    // SAFETY: the session is alive; the library keeps the subgraphs and their names as long as it is.
    unsafe {
        let status = (api.Session_GetEpGraphAssignmentInfo)(session.ptr(), &mut subgraphs, &mut count);
        ort::Error::result_from_status(status).ok()?;
        for i in 0..count {
            let mut name = ptr::null();
            ort::Error::result_from_status((api.EpAssignedSubgraph_GetEpName)(*subgraphs.add(i), &mut name)).ok()?;
            match text(name).as_str() {
                "CUDAExecutionProvider" => on_cuda = true,
                _ => elsewhere = true,
            }
        }
    }
    match (on_cuda, elsewhere) {
        (true, true) => Some(Provider::CudaAndCpu),
        (true, false) => Some(Provider::Cuda),
        (false, true) => Some(Provider::Cpu),
        (false, false) => None,
    }
}

/// # Safety
/// `pointer` is null or a C string.
unsafe fn text(pointer: *const std::ffi::c_char) -> String {
    if pointer.is_null() {
        return String::new();
    }
    // SAFETY: see above.
    unsafe { CStr::from_ptr(pointer) }.to_string_lossy().into_owned()
}
