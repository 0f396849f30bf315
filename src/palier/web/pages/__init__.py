"""One module or package per page, each with ``register(app, services)``. Pages do not know each other."""
