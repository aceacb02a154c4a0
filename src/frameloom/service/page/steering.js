// What a person does, as one action: held keys, held buttons on the page, and a drag on the picture.
//
//   keys + buttons + drag --sum, limited to 1--> action [right, away, up, turn] --> onAction(action, time)

const MOVES = [
  { axis: 0, sign: -1, name: "Left", key: "A", codes: ["KeyA", "ArrowLeft"], pad: 0 },
  { axis: 1, sign: 1, name: "Away", key: "W", codes: ["KeyW", "ArrowUp"], pad: 0, top: true },
  { axis: 1, sign: -1, name: "Near", key: "S", codes: ["KeyS", "ArrowDown"], pad: 0 },
  { axis: 0, sign: 1, name: "Right", key: "D", codes: ["KeyD", "ArrowRight"], pad: 0 },
  { axis: 2, sign: 1, name: "Up", key: "R", codes: ["KeyR"], pad: 1, top: true },
  { axis: 3, sign: 1, name: "Turn ↻", key: "E", codes: ["KeyE"], pad: 1, top: true },
  { axis: 2, sign: -1, name: "Down", key: "F", codes: ["KeyF"], pad: 1 },
  { axis: 3, sign: -1, name: "Turn ↺", key: "Q", codes: ["KeyQ"], pad: 1 },
];
const REACH = 0.18; // of the picture's width: how far a drag is a full action

export class Steering {
  constructor({ screen, stick, keys, onAction }) {
    Object.assign(this, { screen, stick, keys, onAction });
    this.axes = 0;
    this.held = new Set();
    this.drag = null;
    this.last = "";
    window.addEventListener("keydown", (event) => this.key(event, true));
    window.addEventListener("keyup", (event) => this.key(event, false));
    window.addEventListener("blur", (event) => this.release(event.timeStamp));
    screen.addEventListener("pointerdown", (event) => this.press(event));
    screen.addEventListener("pointermove", (event) => this.move(event));
    for (const kind of ["pointerup", "pointercancel"]) screen.addEventListener(kind, (event) => this.lift(event));
  }

  begin(axes) {
    this.axes = axes;
    this.moves = MOVES.filter((move) => move.axis < axes);
    this.screen.classList.toggle("steered", axes > 0);
    this.keys.hidden = axes === 0;
    this.keys.replaceChildren(...[0, 1].map((pad) => this.pad(pad)).filter(Boolean));
    this.held.clear();
    this.drag = null;
    this.last = JSON.stringify(this.action());
  }

  pad(number) {
    const moves = this.moves.filter((move) => move.pad === number);
    if (!moves.length) return null;
    const pad = document.createElement("div");
    pad.className = "pad";
    pad.style.setProperty("--columns", number ? 2 : 3);
    for (const move of moves) pad.append(this.button(move));
    return pad;
  }

  button(move) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(move.name);
    const key = document.createElement("kbd");
    key.textContent = move.key;
    button.append(key);
    button.classList.toggle("top", Boolean(move.top));
    const set = (event, down) => {
      down ? this.held.add(move.name) : this.held.delete(move.name);
      this.tell(event.timeStamp);
    };
    button.addEventListener("pointerdown", (event) => {
      button.setPointerCapture(event.pointerId);
      set(event, true);
    });
    for (const kind of ["pointerup", "pointercancel"]) button.addEventListener(kind, (event) => set(event, false));
    // Enter and Space press a button that has the focus, as anywhere else.
    button.addEventListener("keydown", (event) => ["Enter", "Space"].includes(event.code) && set(event, true));
    button.addEventListener("keyup", (event) => ["Enter", "Space"].includes(event.code) && set(event, false));
    button.addEventListener("blur", (event) => set(event, false));
    button.addEventListener("contextmenu", (event) => event.preventDefault());
    move.button = button;
    return button;
  }

  key(event, down) {
    if (event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
    const move = this.axes ? this.moves.find(({ codes }) => codes.includes(event.code)) : null;
    const taken = event.target instanceof HTMLSelectElement;
    if (!move || (down && taken)) return;
    event.preventDefault();
    down ? this.held.add(event.code) : this.held.delete(event.code);
    this.tell(event.timeStamp);
  }

  press(event) {
    if (!this.axes || this.drag || event.button || event.target instanceof HTMLButtonElement) return;
    this.screen.setPointerCapture(event.pointerId);
    const box = this.screen.getBoundingClientRect();
    this.drag = { id: event.pointerId, x: event.clientX, y: event.clientY, reach: box.width * REACH, action: [0, 0] };
    this.stick.style.left = `${event.clientX - box.left}px`;
    this.stick.style.top = `${event.clientY - box.top}px`;
    this.stick.style.setProperty("--reach", `${2 * this.drag.reach}px`);
    this.stick.hidden = false;
    this.move(event);
  }

  move(event) {
    const { drag } = this;
    if (drag?.id !== event.pointerId) return;
    const [x, y] = [(event.clientX - drag.x) / drag.reach, (event.clientY - drag.y) / drag.reach];
    const shrink = 1 / Math.max(1, Math.hypot(x, y));
    this.stick.style.setProperty("--x", `${x * shrink * drag.reach}px`);
    this.stick.style.setProperty("--y", `${y * shrink * drag.reach}px`);
    drag.action = [x * shrink, -y * shrink].map((part) => Math.round(part * 100) / 100);
    this.tell(event.timeStamp);
  }

  lift(event) {
    if (this.drag?.id !== event.pointerId) return;
    this.drag = null;
    this.stick.hidden = true;
    this.tell(event.timeStamp);
  }

  release(time) {
    this.held.clear();
    this.drag = null;
    this.stick.hidden = true;
    this.tell(time);
  }

  isHeld({ name, codes }) {
    return this.held.has(name) || codes.some((code) => this.held.has(code));
  }

  action() {
    const action = new Array(this.axes).fill(0);
    for (const move of this.moves) if (this.isHeld(move)) action[move.axis] += move.sign;
    this.drag?.action.slice(0, this.axes).forEach((part, axis) => (action[axis] += part));
    return action.map((part) => Math.max(-1, Math.min(1, part)));
  }

  tell(time) {
    if (!this.axes) return;
    for (const move of this.moves) move.button.classList.toggle("pressed", this.isHeld(move));
    const action = this.action();
    const text = JSON.stringify(action);
    if (text === this.last) return;
    this.last = text;
    this.onAction(action, time);
  }
}
