// What is said: word by word below the character, and line by line in the log.

const LINGERS_S = 0.5;
const MOST_LINES = 60;

export class Words {
  constructor({ caption, log, rate, again }) {
    Object.assign(this, { caption, log, rate, again });
    this.pieces = [];
    this.shown = null;
    this.asks = new Map();
    this.answers = new Map();
  }

  asked(say, text) {
    this.entry("you").textContent = text;
    this.asks.set(say, text);
    if (this.asks.size > MOST_LINES) this.asks.delete(this.asks.keys().next().value);
  }

  // A line was not answered, or not in full: why, and a button that sends it once more.
  failed(say, reason) {
    const text = this.asks.get(say);
    if (text === undefined) return;
    const entry = this.entry("fault");
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Send again";
    button.setAttribute("aria-label", `Send again: ${text}`);
    button.addEventListener("click", (event) => this.again(text, event.timeStamp));
    entry.append(reason, button);
    this.log.scrollTop = this.log.scrollHeight;
  }

  // A piece of an answer: its words, each with the samples from which to which it is heard.
  add(words) {
    if (words.length) this.pieces.push({ words, start: words[0][1], stop: words.at(-1)[2] });
  }

  // Some of an answer as it came.
  answered(say, text) {
    const entry = this.answers.get(say) ?? this.entry("them");
    this.answers.set(say, entry);
    if (this.answers.size > MOST_LINES) this.answers.delete(this.answers.keys().next().value);
    entry.textContent += text;
    this.log.scrollTop = this.log.scrollHeight;
  }

  cut(sample) {
    if (this.pieces.some(({ stop }) => stop > sample)) [...this.log.querySelectorAll(".them")].at(-1)?.classList.add("cut");
    for (const piece of this.pieces) {
      piece.words = piece.words.filter(([, start]) => start < sample);
      piece.stop = Math.min(piece.stop, sample);
    }
    this.pieces = this.pieces.filter(({ words }) => words.length);
    this.shown = null;
  }

  // Show what is being said at a sample.
  show(sample) {
    while (this.pieces.length > 1 && sample >= this.pieces[1].start - this.rate * 0.05) this.pieces.shift();
    if (this.pieces.length && sample > this.pieces[0].stop + LINGERS_S * this.rate) this.pieces.shift();
    const piece = this.pieces[0] && sample > this.pieces[0].start - this.rate * 0.2 ? this.pieces[0] : null;
    if (piece !== this.shown) {
      this.shown = piece;
      this.caption.hidden = !piece;
      const spans = (piece?.words ?? []).map(([text]) => {
        const span = document.createElement("span");
        span.textContent = text.trimEnd();
        return [span, text.slice(span.textContent.length)];
      });
      this.caption.replaceChildren(...spans.flat());
    }
    piece?.words.forEach(([, start, stop], number) => {
      const { classList } = this.caption.children[number];
      classList.toggle("said", sample >= start);
      classList.toggle("now", sample >= start && sample < stop);
    });
  }

  entry(kind) {
    const entry = document.createElement("li");
    entry.className = kind;
    this.log.append(entry);
    while (this.log.children.length > MOST_LINES) this.log.firstChild.remove();
    this.log.scrollTop = this.log.scrollHeight;
    return entry;
  }
}
