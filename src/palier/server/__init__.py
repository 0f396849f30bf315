"""The web process: API, pages and health on one port, and how it starts and stops."""
