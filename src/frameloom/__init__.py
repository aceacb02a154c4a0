"""Frameloom makes video: it trains, evaluates and uses GAN, VAE and Seq2Seq models, and edits and mends footage.

    >>> import frameloom
    >>> "load" in dir(frameloom)
    True

The names below are the public interface; each is imported from its room when it is first used, so that
`import frameloom` is quick.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from frameloom.apps.compose.compose import compose
    from frameloom.apps.compose.ready import ComposeConfig
    from frameloom.apps.edit.automatic.auto import JoinConfig, join
    from frameloom.apps.edit.check import check
    from frameloom.apps.edit.interchange import read_timeline, write_timeline
    from frameloom.apps.edit.render import RenderConfig, render
    from frameloom.apps.edit.tighten import CutConfig, TightenConfig, cut, tighten
    from frameloom.apps.edit.timeline import Clip, Gap, Timeline, Track, Transition
    from frameloom.apps.enhance.config import EnhanceConfig
    from frameloom.apps.enhance.enhance import enhance
    from frameloom.apps.music import MusicJob, make_music
    from frameloom.apps.speak.hear import VisemesConfig, hear_visemes
    from frameloom.apps.speak.say import SayConfig, say
    from frameloom.apps.talk.film import TalkConfig, talk
    from frameloom.apps.talk.hearing import listening
    from frameloom.apps.talk.puppet.animate import animate
    from frameloom.apps.talk.puppet.config import PuppetConfig
    from frameloom.apps.talk.script import read_script
    from frameloom.apps.talk.store import load_character
    from frameloom.core.errors import FrameloomError
    from frameloom.data.source import open_source
    from frameloom.evaluation.compare import CompareConfig, compare
    from frameloom.evaluation.report import EvaluateConfig, evaluate
    from frameloom.generation.load import VideoModel, load
    from frameloom.generation.predict import PredictConfig, predict
    from frameloom.generation.sample import GenerateConfig, generate
    from frameloom.generation.stream import Stream
    from frameloom.media.files.probe import probe
    from frameloom.media.files.source import read_pictures, read_sound
    from frameloom.media.files.video import read_clip, write_clip
    from frameloom.models.base import Condition
    from frameloom.models.store import shipped
    from frameloom.service.serve import StreamConfig, serve
    from frameloom.training.config import Recipe, read_recipe
    from frameloom.training.run import train

__all__ = [
    "Clip",
    "CompareConfig",
    "ComposeConfig",
    "Condition",
    "CutConfig",
    "EnhanceConfig",
    "EvaluateConfig",
    "FrameloomError",
    "Gap",
    "GenerateConfig",
    "JoinConfig",
    "MusicJob",
    "PredictConfig",
    "PuppetConfig",
    "Recipe",
    "RenderConfig",
    "SayConfig",
    "Stream",
    "StreamConfig",
    "TalkConfig",
    "TightenConfig",
    "Timeline",
    "Track",
    "Transition",
    "VideoModel",
    "VisemesConfig",
    "animate",
    "check",
    "compare",
    "compose",
    "cut",
    "enhance",
    "evaluate",
    "generate",
    "hear_visemes",
    "join",
    "listening",
    "load",
    "load_character",
    "make_music",
    "open_source",
    "predict",
    "probe",
    "read_clip",
    "read_pictures",
    "read_recipe",
    "read_script",
    "read_sound",
    "read_timeline",
    "render",
    "say",
    "serve",
    "shipped",
    "talk",
    "tighten",
    "train",
    "write_clip",
    "write_timeline",
]

_ROOMS = {
    "frameloom.apps.compose.compose": ["compose"],
    "frameloom.apps.compose.ready": ["ComposeConfig"],
    "frameloom.apps.edit.automatic.auto": ["JoinConfig", "join"],
    "frameloom.apps.edit.check": ["check"],
    "frameloom.apps.edit.interchange": ["read_timeline", "write_timeline"],
    "frameloom.apps.edit.render": ["RenderConfig", "render"],
    "frameloom.apps.edit.tighten": ["CutConfig", "TightenConfig", "cut", "tighten"],
    "frameloom.apps.edit.timeline": ["Clip", "Gap", "Timeline", "Track", "Transition"],
    "frameloom.apps.enhance.config": ["EnhanceConfig"],
    "frameloom.apps.enhance.enhance": ["enhance"],
    "frameloom.apps.music": ["MusicJob", "make_music"],
    "frameloom.apps.speak.hear": ["VisemesConfig", "hear_visemes"],
    "frameloom.apps.speak.say": ["SayConfig", "say"],
    "frameloom.apps.talk.film": ["TalkConfig", "talk"],
    "frameloom.apps.talk.hearing": ["listening"],
    "frameloom.apps.talk.puppet.animate": ["animate"],
    "frameloom.apps.talk.puppet.config": ["PuppetConfig"],
    "frameloom.apps.talk.script": ["read_script"],
    "frameloom.apps.talk.store": ["load_character"],
    "frameloom.core.errors": ["FrameloomError"],
    "frameloom.data.source": ["open_source"],
    "frameloom.evaluation.compare": ["CompareConfig", "compare"],
    "frameloom.evaluation.report": ["EvaluateConfig", "evaluate"],
    "frameloom.generation.load": ["VideoModel", "load"],
    "frameloom.generation.predict": ["PredictConfig", "predict"],
    "frameloom.generation.sample": ["GenerateConfig", "generate"],
    "frameloom.generation.stream": ["Stream"],
    "frameloom.media.files.probe": ["probe"],
    "frameloom.media.files.source": ["read_pictures", "read_sound"],
    "frameloom.media.files.video": ["read_clip", "write_clip"],
    "frameloom.models.base": ["Condition"],
    "frameloom.models.store": ["shipped"],
    "frameloom.service.serve": ["StreamConfig", "serve"],
    "frameloom.training.config": ["Recipe", "read_recipe"],
    "frameloom.training.run": ["train"],
}
_HOME = {name: room for room, names in _ROOMS.items() for name in names}


def __getattr__(name: str) -> Any:
    """Import a public name from its room (PEP 562)."""
    if name not in _HOME:
        raise AttributeError(f"frameloom has no name {name!r}; public names: {', '.join(__all__)}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    """Return the public names beside the rooms that are loaded."""
    return sorted({*globals(), *__all__})
