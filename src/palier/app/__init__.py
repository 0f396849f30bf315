"""The application: one service per noun, what they need from outside (ports), and who may do what."""
