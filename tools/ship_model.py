"""Put a trained model into the package: averaged weights in half precision, settings and card.

python tools/ship_model.py runs/mnist-gan --cost "one core" --history "One stretch at 7a093a3." --limits "Two digits."

The commit in config.json is that of the shipping; what trained the weights stands in the history.

Scores are added by `frameloom evaluate NAME --card`, which never changes the rest of the card.
"""

import argparse
import json
from pathlib import Path
from typing import Any

from frameloom.core.provenance import commit, version
from frameloom.models.store import SHIPPED, load_model, read_config, save_model
from frameloom.training.config import Recipe

DIGITS = "data/mnist"
"""Where `frameloom data get mnist` puts the full set."""


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
    if recipe["data"].get("digits"):
        recipe["data"]["digits"] = DIGITS
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
    print(f"{folder}: {parameters:,} parameters, {step:,} steps, {minutes:.0f} minutes")


def card(recipe: Recipe, parameters: int, step: int, minutes: float, cost: str, history: str, limits: str) -> str:
    """Return the card without scores."""
    train = f"frameloom train {recipe.name} --set data.digits={DIGITS}"
    resume = f"""{train} --set 'start={{"" = "{recipe.name}"}}' --minutes 60"""
    shipped_by = f"frameloom {version()}" + (f", commit {commit()}" if commit() else "")
    return f"""# {recipe.name}

{recipe.summary}

| | |
|---|---|
| Family | {recipe.model.family}, {parameters:,} parameters, stored in half precision |
| Data | Moving MNIST, preset {recipe.data.preset}, made while training from the 55,000 training digits of MNIST |
| Training | {step:,} steps, {step * recipe.training.batch:,} clips, {minutes:.0f} minutes; {cost} |
| Shipped by | {shipped_by}; recipe `recipes/{recipe.name}.toml` |
| Licence | Apache-2.0 for the weights; the digits are LeCun, Cortes and Burges's MNIST, CC BY-SA 3.0 |

Get the digits with `frameloom data get mnist`. `{train}` trains such a model
in one stretch; these very weights came about as the history says. Go on from them with

```
{resume}
```

## History

{history}

## Limits

{limits}
"""


if __name__ == "__main__":
    main()
