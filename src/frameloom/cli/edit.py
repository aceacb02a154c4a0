"""Commands that edit: edit render, cut, join, tighten, preview, check, new; transitions."""

from pathlib import Path
from typing import Annotated

import typer

from frameloom.cli import show
from frameloom.cli.show import AsJson
