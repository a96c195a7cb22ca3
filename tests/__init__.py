"""The tests of plivo_async."""
