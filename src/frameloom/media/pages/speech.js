// Speech for the eye: a waveform, what the mouth is told, how far it opens, and the face, all at the time of the sound.
(async () => {
  const root = document.querySelector(".speech");
  const packed = Uint8Array.from(atob(root.querySelector("script").textContent.trim()), (c) => c.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  const told = JSON.parse(await new Response(stream).text());
  const sound = root.querySelector("audio");
  const [face, whole, near] = root.querySelectorAll("canvas");
  const [name, shares] = [root.querySelector(".now"), root.querySelector(".shares")];
  const seconds = told.loud.length / told.rate, span = 3;
  const tone = (viseme) => (viseme ? `hsl(${(viseme * 360) / told.names.length} 62% 66%)` : "hsl(0 0% 82%)");
  const bars = told.names.map((viseme, number) => {
    const bar = document.createElement("i");
    const label = document.createElement("span");
    label.textContent = viseme;
    bar.style.background = tone(number);
    shares.append(label, bar);
    return bar;
  });

  function paintFace(now) {
    const context = face.getContext("2d");
    const picture = Math.min(Math.floor(now * told.pictures_rate), told.pictures.length - 1);
    context.fillStyle = "#dfe3ea";
    context.fillRect(0, 0, face.width, face.height);
    if (told.behind) paintDrawing(context, told.behind);
    if (picture >= 0) paintDrawing(context, { ...told.frame, ...told.pictures[picture] });
  }

  function curve(context, values, first, stop, x, floor, height, color) {
    context.beginPath();
    for (let row = first; row < stop; row += 1) context.lineTo(x(row), floor - (height * values[row]) / 100);
    context.strokeStyle = color;
    context.lineWidth = 2;
    context.stroke();
  }

  function wave(context, first, stop, x, middle, height) {
    context.beginPath();
    for (let row = first; row < stop; row += 1) {
      const half = Math.max((height * told.wave[row]) / 100, 0.5);
      context.rect(x(row), middle - half, Math.max(x(row + 1) - x(row) - 0.25, 0.5), 2 * half);
    }
    context.fillStyle = "#7a8296";
    context.fill();
  }

  function strip(canvas, from, to, now, named) {
    const scale = devicePixelRatio || 1;
    const [width, height] = [canvas.clientWidth, Number(canvas.dataset.height)];
    [canvas.width, canvas.height] = [width * scale, height * scale];
    const context = canvas.getContext("2d");
    context.scale(scale, scale);
    const x = (row) => ((row / told.rate - from) / (to - from)) * width;
    const first = Math.max(Math.floor(from * told.rate), 0);
    const stop = Math.min(Math.ceil(to * told.rate) + 1, told.loud.length);
    const band = named ? 26 : 10;
    const room = height - band;
    wave(context, first, stop, x, room / 2, room / 2 - 4);
    for (let row = first; row < stop; ) {
      let end = row + 1;
      while (end < stop && told.labels[end] === told.labels[row]) end += 1;
      context.fillStyle = tone(told.labels[row]);
      context.fillRect(x(row), room, Math.max(x(end) - x(row) - (named ? 1 : 0), 1), band);
      const text = told.names[told.labels[row]];
      if (named && x(end) - x(row) > context.measureText(text).width + 2) {
        context.fillStyle = "#15151a";
        context.font = "12px sans-serif";
        context.fillText(text, Math.max(x(row), 0) + 3, room + 17);
      }
      row = end;
    }
    if (named) {
      curve(context, told.loud, first, stop, x, room - 2, room - 8, "#3d5afe");
      curve(context, told.open, first, stop, x, room - 2, room - 8, "#d9480f");
    }
    context.fillStyle = "#c22b3f";
    context.fillRect(x(now * told.rate) - 1, 0, 2, height);
  }

  let shown = -1;
  function draw() {
    const now = Math.min(sound.currentTime, seconds);
    const wide = `${now} ${whole.clientWidth}`;
    if (wide !== shown) {
      shown = wide;
      const row = Math.min(Math.floor(now * told.rate), told.labels.length - 1);
      name.textContent = told.names[told.labels[row]];
      told.weights[row].forEach((weight, number) => (bars[number].style.width = `${weight}%`));
      paintFace(now);
      strip(whole, 0, seconds, now, false);
      strip(near, now - span / 2, now + span / 2, now, true);
      root.dataset.shown = now.toFixed(3);
    }
    requestAnimationFrame(draw);
  }
  const seek = (canvas, place) => (event) => {
    if (event.type === "pointermove" && !event.buttons) return;
    const share = (event.clientX - canvas.getBoundingClientRect().left) / canvas.clientWidth;
    sound.currentTime = Math.min(Math.max(place(share), 0), seconds);
  };
  for (const kind of ["pointerdown", "pointermove"]) whole.addEventListener(kind, seek(whole, (share) => share * seconds));
  near.addEventListener("pointerdown", seek(near, (share) => sound.currentTime + (share - 0.5) * span));
  draw();
})();
