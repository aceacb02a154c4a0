"""The sound of a film: narration, music that gives way to it, and marks, exactly as long as the pictures.

narration  |   ====   =====    ====  |
clips      |             ----====     |   ducked while something is said; music gives way to those that stand alone
music      |~~~____~~~_____~~~~____~~|   ducked, faded at both ends
marks      |^      ^        ^        |   at titles and cuts
"""

from collections.abc import Iterator
from fractions import Fraction
from functools import partial
from pathlib import Path

from frameloom.apps.compose.music import marks_of, opened
from frameloom.apps.compose.scenes.clips import Clip
from frameloom.apps.compose.timing import Laid, Placed, clip_of
from frameloom.effects.sound.ducking import Ducking
from frameloom.effects.sound.fades import NO_FADE, Fade
from frameloom.effects.sound.loudness import Adjustment, adjust, plan_for, target_of
from frameloom.effects.sound.mixing import Part, Track, mix_tracks
from frameloom.media.files.source import read_sound
from frameloom.media.sound import Sound, sample_at

_DUCKING = Ducking(amount_db=10, attack_s=0.2, hold_s=0.8, release_s=1.0, lookahead_s=0.25)
_FADE_IN_S, _FADE_OUT_S = Fraction(1, 2), Fraction(3, 2)
_CLIP_FADE_S = Fraction(1, 4)
_VOICE_DB = 0.0
_CODED_DB = 0.5
"""What AAC and its like may add to the highest peaks; 0.2 was measured."""


def has_sound(laid: Laid) -> bool:
    """Return whether anything is to be heard."""
    return laid.storyboard.music is not None or any(
        (placed.narration and placed.narration.sound) or _heard_clip(placed) for placed in laid.beats
    )


def sounding(laid: Laid, music: Path | None) -> Iterator[Sound]:
    """Yield the sound of a film, (N, 2), as it is mixed, with the music in a file.

    Raises:
        MediaError: a file cannot be read.
    """
    tracks = [Track(list(_narration(laid)), gain_db=_VOICE_DB)]
    tracks.append(Track(list(marks_of(laid))))
    tracks.append(Track(list(_clips(laid, under_words=False))))
    tracks.append(Track(list(_clips(laid, under_words=True)), ducking=_DUCKING, under=(0,)))
    own = laid.storyboard.music
    if own is not None and music is not None:
        tracks.append(_music(laid, music, own.volume, again=own.path is not None))
    return mix_tracks(tracks, sample_at(laid.duration))


def loudness_of(laid: Laid, music: Path | None) -> Adjustment:
    """Return what brings the sound of a film to its target: a pass over it."""
    target = target_of(laid.storyboard.loudness)
    target = target.model_copy(update={"peak_dbtp": target.peak_dbtp - _CODED_DB})
    return plan_for(lambda: sounding(laid, music), target)


def heard(laid: Laid, music: Path | None, adjustment: Adjustment) -> Iterator[Sound]:
    """Yield the sound of a film at its loudness."""
    return adjust(sounding(laid, music), adjustment)


def _narration(laid: Laid) -> Iterator[Part]:
    for placed in laid.beats:
        said = placed.narration
        if said is not None and said.sound is not None:
            start = sample_at(placed.first / laid.rate + placed.lead)
            yield Part(start, sample_at(said.duration), partial(read_sound, said.sound, channels=1))


def _heard_clip(placed: Placed) -> Clip | None:
    """Return the clip of a beat that is to be heard; None where there is none."""
    clip = clip_of(placed.scene)
    return clip if clip is not None and clip.sound else None


def _clips(laid: Laid, under_words: bool) -> Iterator[Part]:
    """Yield the sound of clips, of beats in which something is said or of the others, as long as they are shown."""
    for placed in laid.beats:
        clip = _heard_clip(placed)
        is_under = placed.narration is not None and placed.narration.sound is not None
        if clip is None or is_under != under_words:
            continue
        shown = min(clip.plays_s(laid.folder), placed.frames / laid.rate)
        samples = sample_at(shown)
        yield Part(
            sample_at(placed.first / laid.rate),
            samples,
            partial(read_sound, laid.folder / clip.path, clip.start, clip.start + shown),
            gain_db=clip.volume,
            fade_in=Fade(min(sample_at(placed.changing / laid.rate), samples // 4)),
            fade_out=Fade(min(sample_at(_CLIP_FADE_S), samples // 4)),
        )


def _music(laid: Laid, music: Path, volume_db: float, again: bool) -> Track:
    total = sample_at(laid.duration)
    part = Part(
        0,
        total,
        opened(music, again),
        gain_db=volume_db,
        fade_in=Fade(min(sample_at(_FADE_IN_S), total // 4)),
        fade_out=Fade(min(sample_at(_FADE_OUT_S), total // 2)) if again else NO_FADE,
    )
    return Track([part], ducking=_DUCKING, under=(0, 2))
