"""The benchmark: `python -m tests.benchmarks` measures plivo_async beside its peers in one run.

See docs/performance.md.
"""
