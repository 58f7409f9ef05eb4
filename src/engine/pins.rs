//! The packages that this program installs, by system: name, platform tag, sha256 as published on the package index.

/// ONNX Runtime's version.
pub(super) const VERSION: &str = "1.31.1";

/// One package.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Pin {
    pub package: &'static str,
    os: &'static str,
    arch: &'static str,
    /// pip's platform tag of the wheel.
    pub platform: &'static str,
    /// Of the wheel for CPython 3.11.
    pub sha256: &'static str,
}

const PINS: &[Pin] = &[
    Pin {
        package: "onnxruntime",
        os: "linux",
        arch: "x86_64",
        platform: "manylinux_2_28_x86_64",
        sha256: "5752bd508126ae7c49894d3b9d2e83f0c3d487319246d04c444b393308d7ad7f",
    },
    Pin {
        package: "onnxruntime",
        os: "linux",
        arch: "aarch64",
        platform: "manylinux_2_28_aarch64",
        sha256: "da05378364c44d4407e463982d2bf8d5e4cfea873283757e48beeb41df97b7f3",
    },
    Pin {
        package: "onnxruntime",
        os: "macos",
        arch: "aarch64",
        platform: "macosx_14_0_arm64",
        sha256: "60b6b69bfe580eab576cacc5d132a0e9cf2a37fcfd18d46dd191042b1d1ed0d7",
    },
    Pin {
        package: "onnxruntime",
        os: "windows",
        arch: "x86_64",
        platform: "win_amd64",
        sha256: "c3d91b5de31e2fc82d71bd65b2b22bddee8b49057a3a36338e9a868e0ea90c05",
    },
    Pin {
        package: "onnxruntime",
        os: "windows",
        arch: "aarch64",
        platform: "win_arm64",
        sha256: "93800007a7023b3ab26ad72e6463d0d57d84ead49a2f6341954d91438e046bc0",
    },
    Pin {
        package: "onnxruntime-gpu",
        os: "linux",
        arch: "x86_64",
        platform: "manylinux_2_28_x86_64",
        sha256: "e26c475fe361b2015f45b4b824bd13f0bb20204e59b62814e6f0acd5f3d491a6",
    },
    Pin {
        package: "onnxruntime-gpu",
        os: "windows",
        arch: "x86_64",
        platform: "win_amd64",
        sha256: "fd98341ba71c093153f0dcfc53eb69d57f706866fb45e94e5b0cde5d97a50dbf",
    },
];

/// The package for a system; `None` where there is none.
pub(super) fn pin(gpu: bool, os: &str, arch: &str) -> Option<&'static Pin> {
    let package = if gpu { "onnxruntime-gpu" } else { "onnxruntime" };
    PINS.iter().find(|pin| pin.package == package && pin.os == os && pin.arch == arch)
}
