"""Two processes in which rank 0 walks away after two steps; run by torchrun from test_distributed.py."""

import sys
from itertools import islice
from pathlib import Path

from frameloom.training.run import train

if __name__ == "__main__":
    recipe, folder = sys.argv[1:]
    steps = [report.step for report in islice(train(recipe, Path(folder)), 2)]
    sys.stdout.write(f"{steps}\n")  # one write: print's second one, of the line's end, may come after the other's line
