"""Print the line coverage of each package and fail below the floor."""

import json
import sys
from collections import defaultdict
from pathlib import Path

#: Per cent of the lines of the library (everything but the command line) that tests must reach.
FLOOR = 90.0

report = json.loads(Path(sys.argv[1]).read_text())
lines: dict[str, list[int]] = defaultdict(lambda: [0, 0])
for name, entry in report["files"].items():
    parts = Path(name).parts
    package = parts[parts.index("palier") + 1] if "palier" in parts else parts[0]
    package = package.removesuffix(".py")
    lines[package][0] += entry["summary"]["covered_lines"]
    lines[package][1] += entry["summary"]["num_statements"]
for package, (covered, total) in sorted(lines.items()):
    print(f"coverage {package:<12} {100 * covered / max(total, 1):5.1f} % of {total} lines")
library = [v for k, v in lines.items() if k not in {"cli", "__main__"}]
share = 100 * sum(c for c, _ in library) / max(1, sum(t for _, t in library))
print(f"coverage library      {share:5.1f} % (floor {FLOOR:g} %)")
sys.exit(share < FLOOR)
