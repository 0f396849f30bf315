"""The pages people see: Dash on its Flask backend, which the server mounts last."""
