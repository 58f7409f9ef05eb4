#!/usr/bin/env python3
"""Takes the screenshots of this folder: the real window under Xvfb, over the bundled phantoms, in both languages.

    docs/screenshots/make.py BINARY [ONNXRUNTIME_LIBRARY]

Needs Xvfb, xdotool and ImageMagick. No person's scan is ever opened here.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
SCANS, MODEL = ROOT / "assets/demo/grade-2", ROOT / "models/phantom-brain-3grade"
SIZE = (1280, 720)
LIMIT_S = 120

# Name, keys pressed since the one before, seconds until everything has come.
SHOTS = [
    ("read", [], 2),
    ("heatmap", ["h"], 4),
    ("compare", ["c"], 6),
    ("keys", ["F1"], 2),
]


def start_server():
    read, write = os.pipe()
    screen = f"{SIZE[0]}x{SIZE[1]}x24"
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", screen, "-nolisten", "tcp"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    server = subprocess.Popen(command, pass_fds=[write], **quiet)
    os.close(write)
    with os.fdopen(read) as pipe:
        return server, ":" + pipe.readline().strip()


def take(binary, language, folder):
    server, display = start_server()
    status = folder / "status.jsonl"
    status.unlink(missing_ok=True)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("WAYLAND")}
    environment |= {"DISPLAY": display, "OVERREAD_LANGUAGE": language, "OVERREAD_SMOKE_STATUS": str(status)}
    program = subprocess.Popen([binary, str(SCANS), "--model", str(MODEL)], env=environment)
    tool = lambda *words: subprocess.run(["xdotool", *map(str, words)], env=environment, check=True, capture_output=True)
    try:
        end = time.monotonic() + LIMIT_S
        while not (status.exists() and '"prediction"' in status.read_text()):
            if time.monotonic() > end or program.poll() is not None:
                raise SystemExit("the window showed no prediction")
            time.sleep(0.1)
        window = tool("search", "--name", "^Overread$").stdout.decode().split()[-1]
        tool("windowsize", window, *SIZE)
        tool("windowmove", window, 0, 0)
        tool("windowfocus", window)
        # Clear of the picture, so that no cursor reading stands in its corner.
        tool("mousemove", 640, 20)
        for name, keys, seconds in SHOTS:
            for key in keys:
                tool("key", key)
            time.sleep(seconds)
            picture = ROOT / f"docs/screenshots/{name}-{language}.png"
            subprocess.run(["import", "-display", display, "-window", "root", str(picture)], check=True)
            subprocess.run(["mogrify", "-strip", "-colors", "256", "-define", "png:compression-level=9", str(picture)], check=True)
            print(picture.relative_to(ROOT))
    finally:
        for process in (program, server):
            process.terminate()
            process.wait()


def main():
    if len(sys.argv) > 2:
        os.environ["ORT_DYLIB_PATH"] = sys.argv[2]
    with tempfile.TemporaryDirectory() as folder:
        for language in ("en", "ko"):
            take(sys.argv[1], language, Path(folder))


if __name__ == "__main__":
    main()
