// Drawings to a canvas: a form says what the numbers of a picture are; service/talk/pictures.py takes drawings apart.

const LINEAR = 1;
const RADIAL = 2;

export class Drawing {
  constructor(canvas, { covers = false } = {}) {
    Object.assign(this, { canvas, covers });
    this.context = canvas.getContext("2d");
    this.last = null;
    new ResizeObserver(() => this.fit()).observe(canvas);
  }

  // Where drawings stand: the middle of a box that is as high as the canvas, or covers it.
  place({ width, height, matrix }) {
    this.box = { width, height, matrix };
  }

  fit() {
    const { clientWidth, clientHeight } = this.canvas;
    const dense = Math.min(window.devicePixelRatio || 1, 2);
    this.canvas.width = Math.max(1, Math.round(clientWidth * dense));
    this.canvas.height = Math.max(1, Math.round(clientHeight * dense));
    if (this.last) this.draw(...this.last);
  }

  clear() {
    this.last = null;
    this.context.setTransform(1, 0, 0, 1, 0, 0);
    this.context.clearRect(0, 0, this.canvas.width, this.canvas.height);
  }

  draw(form, numbers) {
    this.clear();
    this.last = [form, numbers];
    const { context, canvas, box } = this;
    const scale = Math.max(canvas.height / box.height, this.covers ? canvas.width / box.width : 0);
    context.setTransform(scale, 0, 0, scale, (canvas.width - box.width * scale) / 2, canvas.height - box.height * scale);
    context.transform(...box.matrix);
    context.scale(0.1, 0.1);
    context.lineCap = context.lineJoin = "round";
    const reader = { numbers, at: 0 };
    const clips = form.clips.map((counts) => outlines(reader, counts, true));
    let clipped = -1;
    for (const [counts, kind, stops, clip] of form.shapes) {
      if (clip !== clipped) {
        if (clipped >= 0) context.restore();
        if (clip >= 0) {
          context.save();
          context.clip(clips[clip]);
        }
        clipped = clip;
      }
      const paint = this.paint(reader, kind, stops);
      const pen = numbers[reader.at++];
      const path = outlines(reader, counts, !pen);
      if (pen) {
        context.strokeStyle = paint;
        context.lineWidth = pen;
        context.stroke(path);
      } else {
        context.fillStyle = paint;
        context.fill(path);
      }
    }
    if (clipped >= 0) context.restore();
  }

  paint(reader, kind, stops) {
    const { numbers } = reader;
    if (!kind) return color(reader);
    const size = kind === LINEAR ? 4 : 3;
    const [x, y, z, w] = numbers.subarray(reader.at, reader.at + size);
    reader.at += size;
    const made = kind === RADIAL ? this.context.createRadialGradient(x, y, 0, x, y, Math.max(z, 0)) : this.context.createLinearGradient(x, y, z, w);
    for (let stop = 0; stop < stops; stop += 1) {
      const share = numbers[reader.at++] / 2550;
      made.addColorStop(Math.min(Math.max(share, 0), 1), color(reader));
    }
    return made;
  }
}

function color(reader) {
  const { numbers, at } = reader;
  reader.at += 4;
  return `rgba(${numbers[at] / 10}, ${numbers[at + 1] / 10}, ${numbers[at + 2] / 10}, ${numbers[at + 3] / 2550})`;
}

function outlines(reader, counts, closed) {
  const path = new Path2D();
  const { numbers } = reader;
  for (const count of counts) {
    const end = reader.at + count;
    path.moveTo(numbers[reader.at], numbers[reader.at + 1]);
    for (let at = reader.at + 2; at < end; at += 6) {
      path.bezierCurveTo(numbers[at], numbers[at + 1], numbers[at + 2], numbers[at + 3], numbers[at + 4], numbers[at + 5]);
    }
    if (closed) path.closePath();
    reader.at = end;
  }
  return path;
}
