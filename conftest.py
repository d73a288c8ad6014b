"""What holds for every run of the tests, before any module of theirs is imported."""

import os
import sys

# Compiled modules are kept, also in containers whose environment says otherwise. Without them every process that runs
# tests, and every program that a test starts, compiles all modules and rewrites all assertions anew (13 s of 21 s of
# CPU time to collect the tests, and 1 to 3 s a program).
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
