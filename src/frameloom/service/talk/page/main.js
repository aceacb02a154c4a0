// The page: lines in, sound and pictures out, by one clock.

import { ranked } from "./base/figures.js";
import { Link } from "./base/link.js";
import { Drawing } from "./drawing.js";
import { Figures } from "./figures.js";
import { Sound } from "./sound.js";
import { Words } from "./words.js";

const SOUND = 1;
const BACKDROP = 3;
const HEADER = 16;
const TOLD_MS = 100;
const TYPED_MS = 1000;
const MOUTH_REACH_S = 0.1;
const MOST_FORMS = 128;
const MOST_PICTURES = 64;

const at = (name) => document.getElementById(name);
const sound = new Sound();
const figures = new Figures();
const words = new Words({ caption: at("words"), log: at("log"), rate: sound.rate, again: say });
const [behind, figure] = [new Drawing(at("behind"), { covers: true }), new Drawing(at("figure"))];
const forms = new Map();
const state = { says: 0, step: 960, pictures: [], shown: null, end: 0, voices: [], doing: "", typed: 0, drawn: 0, cut: { time: 0, say: 0 } };

const link = new Link({ path: "talk", onMessage: (message) => told[message.type]?.(message), onBytes: receive, onClose: closed });

const told = {
  hello({ step, longest, characters, voices, languages, moods }) {
    Object.assign(state, { step, voices, pictures: [], shown: null, end: 0, doing: "" });
    forms.clear();
    at("line").maxLength = longest;
    fill("character", characters.map(({ name, label }) => [name, label]));
    fill("mood", [["", "its own"], ...moods.map((mood) => [mood, mood])]);
    fill("language", Object.entries(languages));
    at("notice").textContent = "";
    at("line").focus();
    const { wanted } = state; // by hand, before the server was gone
    const isThere = (list, name) => list.some((one) => one.name === name);
    if (wanted && isThere(characters, wanted.character) && isThere(voices, wanted.voice) && wanted.language in languages) choose(wanted);
  },
  stage({ name, about, chosen, picture, ...box }) {
    at("name").textContent = name;
    at("about").textContent = about;
    document.title = `${name} – Frameloom talk`;
    at("line").placeholder = `Type a line for ${name}`;
    at("figure").setAttribute("aria-label", `${name}, a drawn character`);
    at("screen").style.backgroundImage = picture ? `url(${picture})` : "";
    figure.place(box);
    behind.place({ ...box, matrix: [1, 0, 0, 1, 0, 0] });
    for (const part of ["character", "mood", "language"]) at(part).value = chosen[part] ?? "";
    for (const part of ["words", "log", "line"]) at(part).lang = chosen.language;
    offer(chosen.language, chosen.voice);
    state.pictures = [];
  },
  form({ number, ...form }) {
    forms.set(number, form);
    if (forms.size > MOST_FORMS) forms.delete(forms.keys().next().value);
  },
  answer({ say, text }) {
    words.answered(say, text);
  },
  words({ words: given }) {
    words.add(given);
  },
  cut({ time, say }) {
    state.cut = { time, say };
    sound.cut(time);
    words.cut(time);
    state.end = Math.min(state.end, time);
  },
  state({ state: doing, say }) {
    if (say && say !== state.says) return;
    state.doing = doing;
    show();
  },
  fault({ say: number, text }) {
    at("notice").textContent = text;
    if (number) words.failed(number, text);
  },
};

function receive(data) {
  const view = new DataView(data);
  const [kind, mouth] = [view.getUint16(0, true), view.getUint16(2, true)];
  const [number, sample] = [view.getUint32(4, true), view.getFloat64(8, true)];
  const numbers = new Int16Array(data, HEADER);
  if (kind === SOUND) {
    if (number <= state.cut.say && sample >= state.cut.time) return;
    figures.heard(number, sample, sound.play(sample, numbers));
    state.end = sample + numbers.length;
    return;
  }
  const form = forms.get(number);
  forms.delete(number);
  forms.set(number, form);
  if (kind === BACKDROP) {
    behind.draw(form, numbers);
    return;
  }
  const { pictures } = state;
  while (pictures.length && pictures.at(-1).sample >= sample) pictures.pop();
  pictures.push({ sample, mouth, form, numbers });
  if (pictures.length > MOST_PICTURES) pictures.shift(); // a hidden page draws none
}

function draw() {
  requestAnimationFrame(draw);
  const { heard } = sound;
  const { pictures } = state;
  while (pictures.length > 1 && pictures[1].sample <= heard + state.step / 2) pictures.shift();
  const [next] = pictures;
  if (next && next !== state.shown && next.sample <= heard + state.step / 2) {
    figure.draw(next.form, next.numbers);
    state.shown = next;
    state.drawn += 1;
  }
  if (state.shown) figures.drawn(state.shown, MOUTH_REACH_S * sound.rate, (state.shown.sample - heard) / sound.rate, heard < state.end);
  words.show(heard);
  const speaking = heard < state.end;
  if (speaking !== state.speaking) {
    state.speaking = speaking;
    show();
  }
}

function show() {
  const doing = { thinking: "thinking", warming: "getting the voice ready" }[state.doing];
  at("doing").hidden = !doing || state.speaking;
  at("doing").textContent = doing ?? "";
  at("stop").hidden = !state.speaking && state.doing !== "thinking";
  const [first, mouth] = [ranked(figures.sound, 0.5), ranked(figures.mouth, 0.5)];
  at("latency").hidden = first === null;
  if (first !== null) {
    at("latency").textContent = `From Enter to the first sound ${first.toFixed(0)} ms` + (mouth === null ? "" : `, to the first moved mouth ${mouth.toFixed(0)} ms`);
  }
}

const time = () => Math.max(0, Math.round(sound.now));

at("ask").addEventListener("submit", (event) => {
  event.preventDefault();
  if (say(at("line").value, state.entered ?? event.timeStamp)) at("line").value = "";
});

// Sends a line, typed or once more; returns whether it went.
function say(line, began) {
  const text = line.trim();
  if (!link.isOpen) link.again.focus();
  if (!text || !link.isOpen) return false;
  sound.wake();
  state.says += 1;
  figures.asked(state.says, began);
  state.entered = undefined;
  at("notice").textContent = "";
  words.asked(state.says, text);
  link.send({ type: "say", number: state.says, text, time: time() });
  return true;
}

at("line").addEventListener("keydown", (event) => {
  sound.wake();
  if (event.key === "Enter") state.entered = event.timeStamp;
});
at("line").addEventListener("input", () => {
  const now = performance.now();
  if (now - state.typed < TYPED_MS) return;
  state.typed = now;
  link.send({ type: "typing", time: time() });
});
window.addEventListener("pointerdown", () => sound.wake());
window.addEventListener("keydown", (event) => {
  if (event.key === "Escape") hush();
});
at("stop").addEventListener("click", () => {
  hush();
  at("line").focus();
});

function hush() {
  link.send({ type: "hush", time: time() });
}

for (const part of ["character", "mood", "language", "voice"]) {
  at(part).addEventListener("change", () => {
    if (part === "language") offer(at("language").value, at("voice").value);
    state.wanted = { character: at("character").value, voice: at("voice").value, language: at("language").value, mood: at("mood").value || null };
    at("notice").textContent = "";
    choose(state.wanted);
  });
}

function choose(wanted) {
  link.send({ type: "choose", ...wanted, time: time() });
}

// The voices that speak a language; the one before, if it does.
function offer(language, voice) {
  const english = language.toLowerCase().split("-")[0] === "en";
  const speaking = state.voices.filter(({ english_only: only }) => english || !only);
  fill("voice", speaking.map(({ name, label }) => [name, label]));
  at("voice").value = speaking.some(({ name }) => name === voice) ? voice : "auto";
}

function fill(name, options) {
  at(name).replaceChildren(...options.map(([value, label]) => new Option(label, value)));
}

function closed() {
  sound.cut(0);
  words.cut(0);
  Object.assign(state, { doing: "", end: 0 });
  show();
}

setInterval(() => link.send({ type: "playing", time: time() }), TOLD_MS);
requestAnimationFrame(draw);

// What a benchmark or a test asks the page.
window.frameloom = { figures, state, link, sound };
