// Paints what frameloom.media.canvas.packed() gives: shapes of cubic curves under a paint, in their order.
//   paintDrawing(canvas.getContext("2d"), drawing)       clears nothing: what is there stays behind
function paintDrawing(context, drawing) {
  const [a, b, c, d, e, f] = drawing.matrix;
  const clips = drawing.clips.map((outlines) => pathOf(outlines, true));
  context.save();
  context.scale(context.canvas.width / drawing.width, context.canvas.height / drawing.height);
  context.transform(a, b, c, d, e, f);
  context.lineCap = context.lineJoin = "round";
  for (const [outlines, paint, pen, clip] of drawing.shapes) {
    const style = styleOf(context, paint);
    const path = pathOf(outlines, !pen);
    if (clip >= 0) {
      context.save();
      context.clip(clips[clip]);
    }
    if (pen) {
      context.lineWidth = pen;
      context.strokeStyle = style;
      context.stroke(path);
    } else {
      context.fillStyle = style;
      context.fill(path);
    }
    if (clip >= 0) context.restore();
  }
  context.restore();
}

function pathOf(outlines, closed) {
  const path = new Path2D();
  for (const line of outlines) {
    path.moveTo(line[0], line[1]);
    for (let at = 2; at < line.length; at += 6) {
      path.bezierCurveTo(line[at], line[at + 1], line[at + 2], line[at + 3], line[at + 4], line[at + 5]);
    }
    if (closed) path.closePath();
  }
  return path;
}

function styleOf(context, paint) {
  const color = ([red, green, blue, alpha]) => `rgba(${red},${green},${blue},${alpha})`;
  if (typeof paint[0] === "number") return color(paint);
  const [kind, ...rest] = paint;
  const stops = rest.pop();
  const [x, y, x2, y2] = rest;
  const gradient =
    kind === "l" ? context.createLinearGradient(x, y, x2, y2) : context.createRadialGradient(x, y, 0, x, y, x2);
  for (const [place, tone] of stops) gradient.addColorStop(place, color(tone));
  return gradient;
}
