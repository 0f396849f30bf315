"""Models behind one interface, and the bundle that carries them."""
