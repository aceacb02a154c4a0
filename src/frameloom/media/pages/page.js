"use strict";
(() => {
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const theme = (name) => { root.dataset.theme = name; };
  theme(dark.matches ? "dark" : "light");
  dark.addEventListener("change", () => theme(dark.matches ? "dark" : "light"));
  document.getElementById("theme").addEventListener("click", () => theme(root.dataset.theme === "dark" ? "light" : "dark"));

  const play = document.getElementById("play");
  if (!play) return;
  const rate = Number(root.dataset.rate);
  const groups = [...document.querySelectorAll("[data-frames]")].map((element) => ({
    element,
    frames: Number(element.dataset.frames),
    given: Number(element.dataset.given),
    bar: element.querySelector(".time i"),
    label: element.querySelector(".time span"),
    clips: [...element.querySelectorAll("canvas")].map((canvas) => {
      const clip = { canvas, context: canvas.getContext("2d"), sheet: new Image() };
      clip.sheet.onload = () => draw();
      clip.sheet.src = canvas.dataset.sheet;
      return clip;
    }),
  }));

  // One clock for the whole page: every clip shows the same instant, so what is side by side can be compared.
  let now = 0, shown = -1, running = !matchMedia("(prefers-reduced-motion: reduce)").matches, speed = 1, before = 0;

  function draw() {
    shown = Math.floor(now);
    for (const { element, frames, given, bar, label, clips } of groups) {
      const at = ((shown % frames) + frames) % frames;
      for (const { canvas, context, sheet } of clips) {
        if (!sheet.naturalWidth) continue;
        const { width, height } = canvas;
        const across = sheet.naturalWidth / width;
        context.drawImage(sheet, (at % across) * width, Math.floor(at / across) * height, width, height, 0, 0, width, height);
      }
      const phase = given ? (at < given ? "given" : "predicted") : "";
      element.dataset.phase = phase;
      if (!bar) continue;
      bar.style.width = `${(100 * (at + 1)) / frames}%`;
      label.textContent = `frame ${at + 1} of ${frames}` + (phase && `, ${phase}`);
    }
  }
  function run(on) {
    running = on;
    play.textContent = on ? "Pause" : "Play";
    play.setAttribute("aria-pressed", String(on));
  }
  function step(by) {
    run(false);
    now = Math.floor(now) + by;
    draw();
  }
  function loop(time) {
    // A tab that slept goes on where it was.
    if (running) now += Math.min((time - before) / 1000, 0.25) * rate * speed;
    before = time;
    if (Math.floor(now) !== shown) draw();
    requestAnimationFrame(loop);
  }
  play.addEventListener("click", () => run(!running));
  document.getElementById("back").addEventListener("click", () => step(-1));
  document.getElementById("forward").addEventListener("click", () => step(1));
  document.getElementById("speed").addEventListener("change", (event) => { speed = Number(event.target.value); });
  document.addEventListener("keydown", (event) => {
    if (event.target !== document.body || event.ctrlKey || event.metaKey || event.altKey) return;
    const action = { " ": () => run(!running), ArrowLeft: () => step(-1), ArrowRight: () => step(1) }[event.key];
    if (action) { event.preventDefault(); action(); }
  });
  run(running);
  requestAnimationFrame((time) => { before = time; loop(time); });
})();
