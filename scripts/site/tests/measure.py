"""Prints how long 30 lessons take to build, and fails if it is over 3 seconds.

    python3 scripts/site/tests/measure.py [--profile]

The lessons are those of the course, over and over, until there are 30. What
counts is the processor's time, so that it does not matter who else is busy.
"""
import cProfile
import os
import pstats
import shutil
import sys
import tempfile
import time

from mkdocs.commands.build import build
from mkdocs.config import load_config

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "..", ".."))
LESSONS = 30
MOST = 3.0  # seconds


def course(root):
    """Makes a copy of the course with 30 lessons in a folder."""
    os.symlink(os.path.join(ROOT, "scripts"), os.path.join(root, "scripts"))
    shutil.copy(os.path.join(ROOT, "mkdocs.yml"), root)
    docs = os.path.join(root, "lessons")
    shutil.copytree(os.path.join(ROOT, "lessons"), docs)
    real = sorted(name for name in os.listdir(docs) if name[:2].isdigit())
    added = []
    for n in range(len(real), LESSONS):
        name = "%02d-again" % (n + 1)
        shutil.copytree(os.path.join(docs, real[n % len(real)]), os.path.join(docs, name))
        added.append("- [%s](%s/README.md)" % (name, name))
    with open(os.path.join(docs, "README.md"), "a", encoding="utf-8") as f:
        f.write("\n**9. Again.** The same.\n\n%s\n" % "\n".join(added))


with tempfile.TemporaryDirectory() as root:
    course(root)
    config = load_config(os.path.join(root, "mkdocs.yml"), strict=True)
    config["plugins"].run_event("startup", command="build", dirty=False)
    profile = cProfile.Profile()
    if "--profile" in sys.argv:
        profile.enable()
    wall, cpu = time.perf_counter(), time.process_time()
    build(config)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    profile.disable()
    print("%d lessons: %.2f s, of which %.2f s on a processor" % (LESSONS, wall, cpu))
    if "--profile" in sys.argv:
        pstats.Stats(profile).sort_stats("cumulative").print_stats(40)
    elif cpu > MOST:
        sys.exit("that is over %.0f s" % MOST)
