"""The process in which one case is measured: `python -m tests.benchmarks.child CASE`, started by `processes`.

A case is a JSON object; `measurement` names the module whose `case` function is to measure it. The figures are printed
as JSON.
"""

import json
import os
import sys
from importlib import import_module

from .meter import tell

if __name__ == "__main__":
    given = json.loads(sys.argv[1])
    tell(import_module(f"{__package__}.{given['measurement']}").case(given))
    os._exit(0)  # closing thousands of connections one by one is nobody's figure
