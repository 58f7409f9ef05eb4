#!/usr/bin/env python3
"""Smoke test of the real window: start it under its own Xvfb, drop files by XDND, wait for the prediction, take a
screenshot.

    .ci/smoke_window.py BINARY [SCREENSHOT.png [MODEL SCAN]]

Without MODEL and SCAN the bundled demo's are taken.

Needs Xvfb, ImageMagick's `import`, Mesa's llvmpipe and python-xlib. Exits 0 on success, 1 with a sentence otherwise.
The program writes what it does to OVERREAD_SMOKE_STATUS as JSON lines (see src/ui/smoke.rs).
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

from Xlib import X, display
from Xlib.protocol import event

ROOT = Path(__file__).resolve().parent.parent
DEMO_MODEL, DEMO_SCAN = "models/phantom-brain-3grade", "assets/demo/grade-1/case-10.png"
LIMIT_S = float(os.environ.get("OVERREAD_SMOKE_LIMIT_S", "120"))


class Failed(Exception):
    pass


def wait_for(what, probe):
    """Polls until `probe` gives something."""
    end = time.monotonic() + LIMIT_S
    while time.monotonic() < end:
        found = probe()
        if found:
            return found
        time.sleep(0.05)
    raise Failed(f"gave up waiting for {what} after {LIMIT_S:.0f} s")


def start_server():
    """An Xvfb on a free display number, which it chooses itself."""
    read, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", "1280x800x24", "-nolisten", "tcp"],
        pass_fds=[write], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )
    os.close(write)
    with os.fdopen(read) as pipe:
        number = pipe.readline().strip()
    if not number:
        raise Failed("Xvfb did not start")
    return server, f":{number}"


def find_window(screen, title):
    """The top-level window with this title."""
    for window in screen.root.query_tree().children:
        try:
            if window.get_wm_name() == title and window.get_attributes().map_state == X.IsViewable:
                return window
        except Exception:  # a window may vanish between the two questions
            continue
    return None


class Drag:
    """The source side of XDND version 5, reduced to what one drop of files needs."""

    def __init__(self, server, target, paths):
        self.server, self.target = server, target
        self.root = server.screen().root
        self.source = self.root.create_window(0, 0, 1, 1, 0, X.CopyFromParent)
        self.data = "".join("file://" + quote(str(Path(p).resolve())) + "\r\n" for p in paths).encode()
        self.kind = self.atom("text/uri-list")

    def atom(self, name):
        return self.server.intern_atom(name)

    def send(self, name, data):
        message = event.ClientMessage(window=self.target, client_type=self.atom(name), data=(32, data))
        self.target.send_event(message, event_mask=0)
        self.server.flush()

    def drop(self, x, y):
        me = self.source.id
        self.source.set_selection_owner(self.atom("XdndSelection"), X.CurrentTime)
        self.send("XdndEnter", [me, 5 << 24, self.kind, 0, 0])
        self.send("XdndPosition", [me, 0, (x << 16) | y, X.CurrentTime, self.atom("XdndActionCopy")])
        self.answer_until("XdndStatus")
        self.send("XdndDrop", [me, 0, X.CurrentTime, 0, 0])
        self.answer_until("XdndFinished")

    def answer_until(self, name):
        """Serves the dropped data until the target sends `name`."""
        wanted = self.atom(name)

        def step():
            while self.server.pending_events():
                got = self.server.next_event()
                if got.type == X.SelectionRequest:
                    self.serve(got)
                elif got.type == X.ClientMessage and got.client_type == wanted:
                    return True
            return False

        wait_for(name, step)

    def serve(self, request):
        request.requestor.change_property(request.property, self.kind, 8, self.data)
        answer = event.SelectionNotify(
            time=request.time, requestor=request.requestor, selection=request.selection,
            target=request.target, property=request.property,
        )
        request.requestor.send_event(answer)
        self.server.flush()


def lines(path):
    try:
        return [json.loads(line) for line in path.read_text().splitlines()]
    except FileNotFoundError:
        return []
    except json.JSONDecodeError:  # the last line is being written
        return []


def run(binary, model, scan, screenshot):
    server, name = start_server()
    program = None
    with tempfile.TemporaryDirectory() as folder:
        status, log = Path(folder) / "status.jsonl", Path(folder) / "log"
        environment = {k: v for k, v in os.environ.items() if not k.startswith("WAYLAND")}
        environment |= {"DISPLAY": name, "OVERREAD_SMOKE_STATUS": str(status), "OVERREAD_LOG": "info"}
        try:
            with log.open("w") as log_file:
                program = subprocess.Popen([binary], env=environment, stdout=log_file, stderr=log_file)

            def alive():
                if program.poll() is not None:
                    raise Failed(f"the program ended with {program.returncode}:\n{log.read_text()}")

            def event_of(kind, **fields):
                def probe():
                    alive()
                    for line in lines(status):
                        if line.get("event") in (f"{kind}_failed", "scan_failed"):
                            raise Failed(f"the window says: {line}")
                        if line.get("event") == kind and all(line.get(k) == v for k, v in fields.items()):
                            return line
                    return None

                return wait_for(f"{kind} {fields or ''}", probe)

            x = display.Display(name)
            window = wait_for("the window", lambda: alive() or find_window(x.screen(), "Overread"))
            first = event_of("first_frame")
            place = window.get_geometry()
            Drag(x, window, [model]).drop(place.width // 2, place.height // 2)
            event_of("model", state="ready")
            Drag(x, window, [scan]).drop(place.width // 2, place.height // 2)
            event_of("scan_shown", name=Path(scan).name)
            prediction = event_of("prediction", name=Path(scan).name)
            time.sleep(0.5)  # lets the frame with the prediction reach the screen, for the picture only
            if screenshot:
                subprocess.run(["import", "-display", name, "-window", "root", screenshot], check=True)
            alive()
            print(f"first frame {first['ms']} ms after exec; {prediction['name']}: {prediction['class']} "
                  f"{prediction['score']:.3f} on {prediction['engine']}")
        finally:
            for process in (program, server):
                if process and process.poll() is None:
                    process.terminate()
                    process.wait()


def main():
    if len(sys.argv) not in (2, 3, 5):
        sys.exit(__doc__)
    screenshot = sys.argv[2] if len(sys.argv) > 2 else None
    model, scan = sys.argv[3:5] if len(sys.argv) == 5 else (ROOT / DEMO_MODEL, ROOT / DEMO_SCAN)
    try:
        run(sys.argv[1], model, scan, screenshot)
    except Failed as error:
        sys.exit(f"smoke test of the window: {error}")


if __name__ == "__main__":
    main()
