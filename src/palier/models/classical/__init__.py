"""Classical models: one file each, a function that makes an unfitted estimator."""
