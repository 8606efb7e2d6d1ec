"""Benchmarks: ``python -m benchmarks [NAME]`` prints one JSON object a line on standard output.

Each makes its own data in an installation of its own and leaves nothing behind. What the figures
say, and what limits them, is in docs/performance.md.
"""
