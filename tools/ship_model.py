"""Put a trained model into the package: averaged weights in half precision, settings and card.

python tools/ship_model.py runs/mnist-gan --cost "one core" --history "One stretch at 7a093a3." --limits "Two digits."

The commit in config.json is that of the shipping; what trained the weights stands in the history.

Scores are added by `frameloom evaluate NAME --card`, which never changes the rest of the card.
"""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch

from frameloom.core.errors import ModelError
from frameloom.core.provenance import commit, version
from frameloom.data.degraded import Degraded, DegradedConfig
from frameloom.data.edits import EditsConfig
from frameloom.data.moving_mnist import MovingMnistConfig
from frameloom.data.robot_push.source import RobotPushConfig
from frameloom.data.source import DataConfig
from frameloom.data.speech import SpeechConfig
from frameloom.data.triplets import TripletsConfig
from frameloom.generation.export import export
from frameloom.generation.networks import INT8_NAME
from frameloom.generation.quantise import Inputs, quantise
from frameloom.models.store import SHIPPED, load_model, read_config, save_model, shipped
from frameloom.models.upscaler import Upscaler, moved
from frameloom.training.config import Recipe

DIGITS, EPISODES = "data/mnist", "data/robot-push"
"""Where `frameloom data get mnist` puts the full set, and `frameloom data make robot-push` its episodes."""
PICTURES, VIDEOS, STILLS, SPEECH = "data/pictures", "data/videos", "data/stills", "data/speech"
EXAMPLES, EXAMPLE_BATCH = 4, 8
"""Batches, and pairs in each, from which the ranges of 8 bits are told."""
PHOTOGRAPHERS = (
    "Aitzol Berasategi, Jakub Mede, Abhishek Mudgal and Trevor Freespace (CC BY 4.0), Sander Klootwijk, Bolly and "
    "Peter Nerlich (CC BY-SA 4.0), HEROBRINE7GAMER, Lukas Baubkus, Jasper Roks and Aury88 (CC BY-SA 3.0) and "
    "Clemens Engelhardt (CC0)"
)
LEARNED_FROM = (
    f"learned from pictures by {PHOTOGRAPHERS}; astronaut, chelsea, coffee and rocket of scikit-image (NASA, CC0); "
    "Big Buck Bunny, Blender Foundation, CC BY 3.0; example.mp4 of auto-editor, Unlicense; NASA, public domain. "
    "None of them is in the weights or the package"
)


def main() -> None:
    """Read the command line and ship the run."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run", type=Path, help="run folder")
    parser.add_argument("--limits", required=True, help="what the model cannot do")
    parser.add_argument(
        "--history", required=True, help="commits that trained it, stretches, what was chosen by which score"
    )
    parser.add_argument("--cost", required=True, help="machine and time, in words")
    options = parser.parse_args()
    settings = read_config(options.run)
    recipe: dict[str, Any] = {name: settings[name] for name in Recipe.model_fields if name in settings}
    learned_from = Recipe.model_validate(recipe).data
    if recipe["data"].get("digits"):
        recipe["data"]["digits"] = DIGITS
    if recipe["data"].get("folder"):
        recipe["data"]["folder"] = {"triplets": VIDEOS, "speech": SPEECH}.get(recipe["data"]["source"], PICTURES)
    if recipe["data"].get("stills"):
        recipe["data"]["stills"] = STILLS
    if recipe["data"].get("path"):
        recipe["data"]["path"] = EPISODES
    known = dict(shipped())  # of other donors only the name says something elsewhere, not where they lay
    start: dict[str, str] = recipe.get("start") or {}
    recipe["start"] = {
        part: donor if donor in known else f"runs/{read_config(Path(donor))['name']}" for part, donor in start.items()
    }
    checked = Recipe.model_validate(recipe)
    folder = SHIPPED / checked.name
    model = load_model(options.run)
    last = json.loads((options.run / "log.jsonl").read_text(encoding="utf-8").splitlines()[-1])
    step, minutes = int(last["step"]), float(last["elapsed_s"]) / 60
    parameters = sum(weights.numel() for weights in model.parameters())
    save_model(
        folder,
        model,
        card(checked, parameters, step, minutes, options.cost, options.history, options.limits),
        recipe=recipe,
    )
    kept = load_model(folder)
    path = export(kept, folder)
    if path is not None and isinstance(kept, Upscaler):
        quantise(path, folder / INT8_NAME, examples(kept, learned_from))
    print(f"{folder}: {parameters:,} parameters, {step:,} steps, {minutes:.0f} minutes")


@torch.no_grad()
def examples(model: Upscaler, data: DataConfig) -> Iterator[Inputs]:
    """Yield what an upscaler is given, of pictures that it was not trained on, in the size of its crops.

    Raises:
        ModelError: the data are of another kind.
    """
    if not isinstance(data, DegradedConfig):
        raise ModelError(f"{data.source}: no pictures for an upscaler; give a run on degraded ones")
    source = Degraded(data, "val")
    for number in range(EXAMPLES):
        batch = source.batch(number, EXAMPLE_BATCH)
        before = None
        for time in range(data.frames):
            luma = batch["low"][:, time]
            repeated = luma.repeat_interleave(model.scale, 2).repeat_interleave(model.scale, 3)
            given = {"luma": luma, "before": repeated if before is None else before}
            shares = {name: (values.numpy() + 1) / 2 for name, values in given.items() if name in known_inputs(model)}
            yield {**shares, "levels": batch["levels"].numpy()}
            if time + 1 < data.frames:
                before = moved(model.enlarge(luma, batch["levels"], before), batch["back"][:, time + 1])


def known_inputs(model: Upscaler) -> tuple[str, ...]:
    """Return the pictures that it takes."""
    return ("luma", "before") if model.past else ("luma",)


def card(recipe: Recipe, parameters: int, step: int, minutes: float, cost: str, history: str, limits: str) -> str:
    """Return the card without scores."""
    setting, what, licence, get = provenance(recipe.data)
    train = f"frameloom train {recipe.name} --set {setting}"
    resume = f"""{train} --set 'start={{"" = "{recipe.name}"}}' --minutes 60"""
    shipped_by = f"frameloom {version()}" + (f", commit {commit()}" if commit() else "")
    return f"""# {recipe.name}

{recipe.summary}

| | |
|---|---|
| Family | {recipe.model.family}, {parameters:,} parameters, stored in half precision |
| Data | {what} |
| Training | {step:,} steps, {step * recipe.training.batch:,} clips, {minutes:.0f} minutes; {cost} |
| Shipped by | {shipped_by}; recipe `recipes/{recipe.name}.toml` |
| Licence | Apache-2.0 for the weights; {licence} |

{get}. `{train}` trains such a model
in one stretch; these very weights came about as the history says. Go on from them with

```
{resume}
```

## History

{history}

## Limits

{limits}
"""


def provenance(data: DataConfig) -> tuple[str, str, str, str]:
    """Return the setting that names the data, what it is, its licence, and how to get it.

    Raises:
        ModelError: nobody has said so yet for data of this kind.
    """
    match data:
        case MovingMnistConfig():
            return (
                f"data.digits={DIGITS}",
                f"Moving MNIST, preset {data.preset}, made while training from the 55,000 training digits of MNIST",
                "the digits are LeCun, Cortes and Burges's MNIST, CC BY-SA 3.0",
                "Get the digits with `frameloom data get mnist`",
            )
        case RobotPushConfig():
            return (
                f"data.path={EPISODES}",
                f"robot pushing of our own simulator, camera {data.camera}: a Sawyer arm of the package metaworld, "
                "drawn by MuJoCo",
                "the arm is of metaworld, MIT; objects, textures and light are drawn by dice",
                "Make the episodes with `frameloom data make robot-push`",
            )
        case DegradedConfig():
            return (
                f"data.folder={PICTURES}",
                "19 photographs of Debian's lomiri-wallpapers, four pictures of scikit-image, and every 25th frame of "
                "Big Buck Bunny, of a talk and of a film of NASA's; shrunk, spoilt and compressed by dice",
                LEARNED_FROM,
                f"Put pictures and videos of your own, or these, into `{PICTURES}`",
            )
        case TripletsConfig():
            return (
                f"data.folder={VIDEOS} --set data.stills={STILLS}",
                "triplets of pictures of Big Buck Bunny, of a talk and of a film of NASA's, and of 19 photographs of "
                "Debian's lomiri-wallpapers and four pictures of scikit-image, set in motion",
                LEARNED_FROM,
                f"Put videos of your own, or these, into `{VIDEOS}`, and pictures into `{STILLS}`",
            )
        case EditsConfig():
            return (
                f"data.folder={PICTURES}",
                "edits by the transitions of the editor, and mishaps that are none, of 19 photographs of Debian's "
                "lomiri-wallpapers and four pictures of scikit-image, set in motion, of Big Buck Bunny, a talk and a "
                "film of NASA's",
                LEARNED_FROM,
                f"Put videos and pictures of your own, or these, into `{PICTURES}`",
            )
        case SpeechConfig():
            return (
                f"data.folder={SPEECH}",
                "speech made for it with known times: espeak-ng 1.52 in 20 languages and 30 variants, the voice Joe of "
                "Piper, four people of Flite, and seven of Festival in five languages; played faster and slower, "
                "through other throats, rooms, noise, music and codecs by dice; hibari, on which it is tested, is not "
                "in it",
                "learned from sound that programs have made: espeak-ng and Piper (GPL-3; its voice Joe is CC0), Flite "
                "and Festival (BSD-like; of its voices some are under the GPL or LGPL). Neither they nor their sound "
                "is in the weights or the package",
                "Make the speech with `frameloom data make speech`",
            )
        case _:
            raise ModelError(f"{data.source}: models of such data have no licence line yet; add it to ship_model.py")


if __name__ == "__main__":
    main()
