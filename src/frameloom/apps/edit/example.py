"""An example timeline that renders at once, from nothing: titles, colours, transitions and a clip made by a model."""

from pathlib import Path

from frameloom.core.errors import OutputError
from frameloom.core.files import whole_file

EXAMPLE = """\
# A Frameloom timeline. Render it:   frameloom edit render {name} -o video.mp4
# Look at it first:                  frameloom edit preview {name}
# Items follow each other; a transition overlaps its neighbours. Times are seconds (2.5) or clock times ("1:02.5").

name = "An example"
width = 1280
height = 720
rate = 30                       # frames per second; "30000/1001" is exact too

[[tracks]]                      # the first track lies at the bottom
name = "pictures"

[[tracks.items]]
source = {{kind = "color", color = "#12304a"}}        # your own: source = "my-clip.mp4"
duration = 3
effects = [{{effect = "vignette"}}, {{effect = "grain"}}]

[[tracks.items]]
name = "circleopen"             # all of them: frameloom transitions
duration = 1
easing = "cubic"

[[tracks.items]]
source = {{kind = "model", model = "mnist-gan", classes = [3, 7], seed = 4}}
duration = 3
speed = 0.4                     # the model's clip is short

[[tracks.items]]
name = "dip"
color = "#ffb020"
duration = 0.8

[[tracks.items]]
source = {{kind = "color", color = "#4a1230"}}
duration = 3
fade_out = 0.7

[[tracks]]                      # drawn over the pictures
name = "titles"

[[tracks.items]]
source = {{design = "headline", text = "Frameloom", subtitle = "video, made here"}}
at = 0.4
duration = 2.4

[[tracks.items]]
source = {{design = "lower-third", name = "mnist-gan", role = "drew these digits a moment ago"}}
at = 3.2
duration = 2.2

[[tracks.items]]
source = {{design = "caption", text = "Your turn: change this file and render it again. 你好 · مرحبا · 👋"}}
at = 5.8
duration = 2
"""


def write_example(path: Path) -> Path:
    """Write the example and return its path.

    Raises:
        OutputError: there is a file already, or the place cannot be written.
    """
    if path.suffix.lower() != ".toml":
        raise OutputError(f"{path}: an example is a TOML file; give a name that ends in .toml")
    if path.exists():
        raise OutputError(f"{path}: there is a file already; give another name")
    with whole_file(path) as part:
        part.write_text(EXAMPLE.format(name=path), encoding="utf-8")
    return path
