"""All picture effects, as one closed union: `effect = "vignette"` in a settings file names its member."""

from typing import Annotated

from pydantic import Field

from frameloom.effects.pictures.blur import Blur, Denoise, Glow, Sharpen
from frameloom.effects.pictures.color import Adjust, ColorTableFile, Grade, Look, WhiteBalance
from frameloom.effects.pictures.film import Grain, OldFilm, Vignette
from frameloom.effects.pictures.framing import Border, RoundCorners, Shadow
from frameloom.effects.pictures.glitch import Glitch
from frameloom.effects.pictures.keying import ChromaKey, LumaKey, MatteBox
from frameloom.effects.pictures.match import Match
from frameloom.effects.pictures.motion import KenBurns, Mirror, Shake, Zoom
from frameloom.effects.pictures.privacy import Hide
from frameloom.effects.pictures.stabilise import Stabilise

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
