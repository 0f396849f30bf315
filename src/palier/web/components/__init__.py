"""Pieces that pages are made of; each shows what it is given and asks nobody."""
