"""What was said on one page, as chat models take it: who the character is, the last lines, and what answered them."""

from collections import deque

from frameloom.apps.talk.behaviour import MOODS
from frameloom.apps.talk.gestures import GESTURES
from frameloom.service.talk.answers import Asked

MOST_TURNS = 12
"""Lines and their answers that are remembered."""
LONGEST_PROMPT = 16_000
"""Characters."""
CUT = "\u2026"
"""Where an answer was stopped."""

Messages = list[dict[str, str]]

_WHO = "You are {name}. Answer in one to three short sentences."
_HOW = (
    "What you answer is spoken aloud: answer in the language with the code {language}, without lists, markup or emoji. "
    "A sentence may begin with a mood or a gesture in brackets, which is shown and not spoken: {cues}."
)
_STOPPED = f"Where an answer of yours ends in {CUT}, you were stopped: what came after it was not heard."
_CUES = " ".join(f"[{cue}]" for cue in (*MOODS, *GESTURES))


class Conversation:
    """One page's."""

    def __init__(self, prompt: str | None = None) -> None:
        """Begin; a prompt stands in place of who the character is and how much it says."""
        self._prompt = prompt
        self._turns: deque[tuple[Asked, str]] = deque(maxlen=MOST_TURNS)

    def messages(self, asked: Asked) -> Messages:
        """Return all that is to be known for the answer to a line, which comes last."""
        who = _WHO.format(name=asked.name) if self._prompt is None else self._prompt
        how = _HOW.format(language=asked.language, cues=_CUES)
        if any(answer.endswith(CUT) for _, answer in self._turns):
            how = f"{how} {_STOPPED}"
        messages = [{"role": "system", "content": f"{who}\n\n{how}"}]
        for before, answer in self._turns:
            messages += [{"role": "user", "content": before.line}, {"role": "assistant", "content": answer}]
        return [*messages, {"role": "user", "content": asked.line}]

    def keep(self, asked: Asked, answer: str) -> None:
        """Remember what came in answer to a line; nothing is not remembered."""
        if answer.strip():
            self._turns.append((asked, answer))

    def stopped(self, asked: Asked, heard: str) -> None:
        """Remember of the answer to a line what was heard of it, and that it was stopped there."""
        if self._turns and self._turns[-1][0] is asked:
            self._turns.pop()
        self._turns.append((asked, f"{heard.rstrip(CUT)} {CUT}".strip()))
