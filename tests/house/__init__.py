"""The project itself: architecture, docs, reference, types, benchmarks."""
