"""The heavy half of the use cases: one module per kind of job, run by workers."""
