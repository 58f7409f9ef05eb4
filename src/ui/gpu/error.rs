//! Why the graphics card does not draw the picture. The processor then does, with the same pixels.

/// Each is a sentence for the log and the help sheet.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
pub enum GpuError {
    #[error("OVERREAD_RENDER={0} asks for it")]
    Asked(String),
    #[error("{name} is no graphics card but a program on the processor, which draws pictures faster by itself")]
    Software { name: String },
    #[error("the window has no OpenGL context")]
    NoContext,
    #[error("the graphics driver offers {version}; OpenGL 3.0 or OpenGL ES 3.0 is needed")]
    TooOld { version: String },
    #[error("the graphics driver does not accept the shader: {log}")]
    Shader { log: String },
    #[error("the graphics driver refused memory for {bytes} bytes of the picture ({code})")]
    Memory { bytes: usize, code: String },
    #[error("the graphics driver refused a picture of {what}")]
    Refused { what: String },
    #[error(
        "the graphics driver draws a test picture differently: {wrong} of {pixels} pixels, by up to {most} grey levels"
    )]
    Differs { wrong: usize, pixels: usize, most: u8 },
}
