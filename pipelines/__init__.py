"""The house: a room a folder, in the order that ``[tool.importlinter]`` holds and docs/architecture.md draws.

In: delivered files. Out: a published audit with its worklist, and what people decide about it.
"""
