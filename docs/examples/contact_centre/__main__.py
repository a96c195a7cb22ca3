"""The whole of it on this machine, against the emulator: `python docs/examples/contact_centre`."""

import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    from contact_centre.local import main

    main()
