//! An OpenGL context without a window, on whatever EGL finds: Mesa's software driver where there is no graphics card.

use std::ffi::CString;
use std::sync::Arc;

use eframe::glow;
use glutin::api::egl::context::PossiblyCurrentContext;
use glutin::api::egl::device::Device;
use glutin::api::egl::display::Display;
use glutin::config::ConfigTemplateBuilder;
use glutin::context::{ContextApi, ContextAttributesBuilder, Version};
use glutin::display::GlDisplay as _;

/// Current on the thread that made it, as long as it lives.
pub struct Offscreen {
    pub gl: Arc<glow::Context>,
    _context: PossiblyCurrentContext,
}

/// `None` where the system has no EGL that does without a window, or not this version of OpenGL.
pub fn offscreen(api: ContextApi) -> Option<Offscreen> {
    Device::query_devices().ok()?.find_map(|device| on(&device, api))
}

pub fn desktop(major: u8, minor: u8) -> ContextApi {
    ContextApi::OpenGl(Some(Version::new(major, minor)))
}

pub fn embedded(major: u8, minor: u8) -> ContextApi {
    ContextApi::Gles(Some(Version::new(major, minor)))
}

fn on(device: &Device, api: ContextApi) -> Option<Offscreen> {
    // SAFETY: no display of a window system is handed in that could be gone; each call is answered with an error where
    // the system cannot do it.
    unsafe {
        let display = Display::with_device(device, None).ok()?;
        let template = ConfigTemplateBuilder::new().with_surface_type(glutin::config::ConfigSurfaceTypes::PBUFFER);
        let config = display.find_configs(template.build()).ok()?.next()?;
        let attributes = ContextAttributesBuilder::new().with_context_api(api).build(None);
        let context = display.create_context(&config, &attributes).ok()?.make_current_surfaceless().ok()?;
        let load = |name: &str| CString::new(name).map_or(std::ptr::null(), |name| display.get_proc_address(&name));
        let gl = Arc::new(glow::Context::from_loader_function(load));
        Some(Offscreen { gl, _context: context })
    }
}
