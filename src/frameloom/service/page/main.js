// The page: frames in, actions out, and the controls around the picture.

import { Link } from "./base/link.js";
import { Figures } from "./figures.js";
import { unpack } from "./frame.js";
import { Picture } from "./picture.js";
import { Steering } from "./steering.js";

const at = (name) => document.getElementById(name);
const imagined = new Picture(at("imagined"));
const truth = new Picture(at("truth"));
const figures = new Figures();
const state = { inputs: 0, scene: 0, paused: false, recording: false, truth: false, latest: null, seen: 0 };

const link = new Link({
  path: "stream",
  onMessage: (message) => told[message.type]?.(message),
  onBytes: (data) => receive(unpack(data)),
});
const steering = new Steering({ screen: at("screen"), stick: at("stick"), keys: at("keys"), onAction: act });

const told = {
  hello({ model, size, axes, rate, no_truth: why }) {
    at("name").textContent = model;
    document.title = `${model} – Frameloom stream`;
    document.documentElement.style.setProperty("--aspect", `${size[0]} / ${size[1]}`);
    for (const name of ["latency", "slowest"]) at(name).hidden = axes.length === 0;
    at("how").textContent = axes.length
      ? "Hold the keys, or drag on the picture. What you see is the model's guess of what would happen."
      : "This model takes no actions: it goes on by itself from what it was shown.";
    steering.begin(axes.length);
    at("truth-on").disabled = Boolean(why);
    at("no-truth").textContent = why;
    at("no-truth").hidden = !why;
    Object.assign(state, { inputs: 0, paused: false, recording: false, truth: false });
    figures.forget();
    if (rate !== pace()) link.send({ type: "pace", rate: pace() });
    show();
  },
  scene({ number, name, truth: on }) {
    Object.assign(state, { scene: number, truth: on });
    at("about").textContent = name;
    at("beside").hidden = !on;
    show();
  },
  recording({ on, most }) {
    state.recording = on;
    at("notice").textContent = on ? `Recording, at most ${most} frames` : "Writing the recording";
    show();
  },
  saved({ url, name, frames }) {
    at("notice").textContent = "The recording is ready";
    const [item, anchor, count] = ["li", "a", "span"].map((tag) => document.createElement(tag));
    Object.assign(anchor, { href: url, download: name, textContent: name });
    count.textContent = `${frames} frames`;
    item.append(anchor, count);
    at("saved").prepend(item);
  },
  notice({ text }) {
    at("notice").textContent = text;
  },
};

function receive(frame) {
  if (!state.latest) requestAnimationFrame(draw);
  state.latest = frame;
}

function draw() {
  const frame = state.latest;
  state.latest = null;
  imagined.draw(frame.pictures[0], frame);
  if (frame.pictures[1]) truth.draw(frame.pictures[1], frame);
  link.send({ type: "seen", serial: frame.serial });
  state.step = frame.step;
  figures.shown(frame);
}

function act(action, time) {
  state.inputs += 1;
  if (!state.paused) figures.begun(state.inputs, time);
  link.send({ type: "input", number: state.inputs, action });
}

function pace() {
  return at("pace").value ? Number(at("pace").value) : null;
}

function show() {
  at("pause").setAttribute("aria-pressed", state.paused);
  at("pause").firstChild.textContent = state.paused ? "Go on " : "Pause ";
  at("record").setAttribute("aria-pressed", state.recording);
  at("record").querySelector("span").textContent = state.recording ? "Stop" : "Record";
  at("truth-on").setAttribute("aria-pressed", state.truth);
}

const commands = {
  new: () => link.send({ type: "begin", scene: state.scene + 1 }),
  same: () => link.send({ type: "begin", scene: state.scene }),
  pause() {
    state.paused = !state.paused;
    figures.forget();
    link.send({ type: "pause", on: state.paused });
    show();
  },
  record: () => link.send({ type: "record", on: !state.recording }),
  "truth-on": () => link.send({ type: "truth", on: !state.truth }),
};
for (const [name, command] of Object.entries(commands)) at(name).addEventListener("click", command);
at("pace").addEventListener("change", () => link.send({ type: "pace", rate: pace() }));
at("pixels").addEventListener("change", () => document.documentElement.style.setProperty("--pixels", at("pixels").value));

const shortcuts = { Space: "new", KeyB: "same", KeyP: "pause", KeyV: "record", KeyT: "truth-on" };
window.addEventListener("keydown", (event) => {
  const name = shortcuts[event.code];
  const isTyping = event.target instanceof HTMLSelectElement;
  const isButton = event.target instanceof HTMLButtonElement && event.code === "Space";
  if (!name || event.repeat || event.ctrlKey || event.metaKey || event.altKey || isTyping || isButton) return;
  event.preventDefault();
  if (!at(name).disabled) commands[name]();
});

function figure(name, value, unit, digits = 0) {
  const place = at(name);
  if (value === null) {
    place.textContent = "–";
    return;
  }
  const small = document.createElement("small");
  small.textContent = unit;
  place.replaceChildren(value.toFixed(digits), unit ? small : "");
}

setInterval(() => {
  figure("rate", figures.rate, "", 1);
  figure("p50", figures.percentile(0.5), "ms");
  figure("p95", figures.percentile(0.95), "ms");
  figure("spent", figures.spentMs, "ms", 1);
  figure("step", state.step ?? 0, "");
}, 250);

// What a benchmark or a test asks the page.
window.frameloom = { figures, state, link };
