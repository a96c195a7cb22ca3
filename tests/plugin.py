"""How a nested run of pytest gets this package's plugin."""

from importlib.metadata import entry_points

LOADED = (
    ()
    if any(one.name == "plivo_async" for one in entry_points(group="pytest11"))
    else (
        "-p",
        "plivo_async.pytest_plugin",
    )
)
"""Arguments for pytest: none where the package is installed as it is now, as then the plugin is loaded by itself."""
