"""Overread beside the Python scripts people run today, in one run, as ratios.

    python3 benches/against_python.py PROGRAM SHARED [--python PYTHON] [--rounds 5] [--work DIR]

PROGRAM is the release binary, SHARED the folder with `peers/` (see its README for the packages PYTHON needs). Both
sides load the same ONNX Runtime library: the one inside PYTHON's `onnxruntime` package. Runs alternate, and medians
are compared, because times on shared machines drift; only the ratios count.
"""

import argparse
import csv
import glob
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time


def timed(command, env):
    """Wall seconds and peak resident MB of one process."""
    started = time.perf_counter()
    process = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    complaint = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit(f"{command} failed:\n{complaint.decode(errors='replace')}")
    return seconds, usage.ru_maxrss / 1024


def compare(name, python_command, own_command, env, rounds, images=1):
    """Alternate both commands; print medians and their ratio."""
    theirs, ours = [], []
    timed(python_command, env), timed(own_command, env)  # warm the file cache
    for _ in range(rounds):
        theirs.append(timed(python_command, env))
        ours.append(timed(own_command, env))
    their_s, our_s = (statistics.median(s for s, _ in runs) for runs in (theirs, ours))
    their_mb, our_mb = (max(mb for _, mb in runs) for runs in (theirs, ours))
    print(
        f"| {name} | {their_s:.2f} s, {images / their_s:.1f}/s, {their_mb:.0f} MB "
        f"| {our_s:.2f} s, {images / our_s:.1f}/s, {our_mb:.0f} MB "
        f"| {their_s / our_s:.2f} x | {our_mb / their_mb:.2f} |",
        flush=True,
    )


def model_folder(folder, model):
    """The peers' model with the steps of `batched_threads.py`."""
    os.makedirs(folder, exist_ok=True)
    shutil.copyfile(model, os.path.join(folder, "model.onnx"))
    steps = [
        {"step": "draft", "size": [256, 256]},
        {"step": "resize", "size": [256, 256], "filter": "bilinear", "as": "pillow"},
        {"step": "to_rgb", "as": "pillow"},
        {"step": "rescale", "factor": 1 / 255},
    ]
    with open(os.path.join(folder, "metadata.json"), "w") as out:
        json.dump({"name": "peers", "preprocess": steps}, out)
    return folder


def difference(table, command, env):
    """Largest difference between the scores in the script's CSV and those of our command."""
    theirs = {os.path.basename(row[0]): [float(score) for score in row[2:]] for row in csv.reader(open(table))}
    result = subprocess.run(command, env=env, check=True, capture_output=True, text=True).stdout
    most = 0.0
    for line in result.splitlines():
        case = json.loads(line)
        scores = theirs[os.path.basename(case["path"])]
        most = max(most, *(abs(a - b) for a, b in zip(scores, case["scores"].values(), strict=True)))
    return most


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("shared")
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--work", default=os.path.join(tempfile.gettempdir(), "overread-bench"))
    args = parser.parse_args()

    peers = os.path.abspath(os.path.join(args.shared, "peers"))
    model = os.path.join(peers, "mobilenetv2_256.onnx")
    folders = os.path.join(args.work, "folders")
    if not os.path.isdir(os.path.join(folders, "cxr200")):
        subprocess.run([args.python, os.path.join(peers, "make_folders.py"), folders], check=True)
    find = "import onnxruntime, os; print(os.path.dirname(onnxruntime.__file__))"
    package = subprocess.run([args.python, "-c", find], check=True, capture_output=True, text=True).stdout.strip()
    library = sorted(glob.glob(os.path.join(package, "capi", "libonnxruntime.so.*")))[0]
    env = dict(os.environ, ORT_DYLIB_PATH=library)
    print(f"ONNX Runtime: {os.path.basename(library)}; medians of {args.rounds} alternating runs; whole processes")
    print("| what | Python | Overread | Python time / Overread time | memory ratio |\n|---|---|---|---|---|")

    picture = os.path.join(folders, "mri500", "class1", "img0001.png")
    own = [args.program, "predict", "--engine", "onnxruntime", "--json", "--model", model]
    # The threaded script reads JPEG files at a reduced size (`Image.draft`): the same steps for both.
    reduced = [*own[:-1], model_folder(os.path.join(args.work, "reduced"), model)]
    cold = [args.python, os.path.join(peers, "cold_start.py"), model, picture, "256"]
    compare("process start to first prediction", cold, [*own, picture], env, args.rounds)
    for folder, images in (("mri500", 500), ("cxr200", 200)):
        where = os.path.join(folders, folder)
        out = os.path.join(args.work, "out.csv")
        batched = [args.python, os.path.join(peers, "batched_threads.py"), where, model, "256", "256", "nhwc", "unit", "8"]
        batched += ["pildraft", out, "2", "2"]
        compare(f"{folder}, batched_threads.py", batched, [*reduced, where], env, args.rounds, images)
        print(f"  largest difference of a score: {difference(out, [*reduced, where], env):.1e}")
        single = [args.python, os.path.join(peers, "one_by_one.py"), where, model, "256", "256", "nhwc", "unit", out]
        compare(f"{folder}, one_by_one.py", single, [*own, where], env, max(1, args.rounds // 2), images)


if __name__ == "__main__":
    main()
