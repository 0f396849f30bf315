"""Turn a recording into a diagnosis."""
