"""The card of a trained model: what it is, what it was trained on, at what cost, and how to make it again."""

import json

from frameloom.core.provenance import commit, version
from frameloom.training.config import Recipe
from frameloom.training.state import TrainingState


def card(recipe: Recipe, state: TrainingState, command: str) -> str:
    """Return the card as Markdown; its first paragraph is the model's summary."""
    model, data = recipe.model, recipe.data
    parameters = sum(weights.numel() for weights in state.model.parameters())
    settings = json.dumps(recipe.model_dump(mode="json", exclude={"summary"}), indent=2)
    made_by = f"frameloom {version()}" + (f", commit {commit()}" if commit() else "")
    return f"""# {recipe.name}

{recipe.summary or f"A {model.family} model trained on {data.source}."}

| | |
|---|---|
| Family | {model.family}, {parameters:,} parameters |
| Data | {data.source}, training split |
| Training | {state.step:,} steps, {state.step * recipe.training.batch:,} clips, {state.elapsed_s / 60:.1f} minutes |
| Machine | {state.model.device.type} |
| Made by | {made_by} |

To go on with the training: `{command}`

## Settings

```json
{settings}
```
"""
