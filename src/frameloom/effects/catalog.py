"""All picture effects, as one closed union: `effect = "vignette"` in a settings file names its member."""

from typing import Annotated

from pydantic import Field

from frameloom.effects.blur import Blur, Denoise, Glow, Sharpen
from frameloom.effects.color import Adjust, ColorTableFile, Grade, Look, WhiteBalance
from frameloom.effects.film import Grain, OldFilm, Vignette
from frameloom.effects.framing import Border, RoundCorners, Shadow
from frameloom.effects.glitch import Glitch
from frameloom.effects.keying import ChromaKey, LumaKey, MatteBox
from frameloom.effects.match import Match
from frameloom.effects.motion import KenBurns, Mirror, Shake, Zoom
from frameloom.effects.privacy import Hide
from frameloom.effects.stabilise import Stabilise

Effect = Annotated[
    Adjust
    | WhiteBalance
    | Grade
    | ColorTableFile
    | Look
    | Match
    | Blur
    | Sharpen
    | Glow
    | Denoise
    | Hide
    | ChromaKey
    | LumaKey
    | MatteBox
    | Vignette
    | Grain
    | OldFilm
    | Glitch
    | Mirror
    | Zoom
    | KenBurns
    | Shake
    | Stabilise
    | Border
    | RoundCorners
    | Shadow,
    Field(discriminator="effect"),
]
"""Settings of one effect."""
