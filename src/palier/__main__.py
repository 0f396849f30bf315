"""``python -m palier``."""

from palier.cli.main import main

__all__: list[str] = []

if __name__ == "__main__":
    main(prog_name="palier")
