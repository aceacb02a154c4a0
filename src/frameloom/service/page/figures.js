// What was measured on this page: frames drawn per second, and how long it takes from an input to its picture.
//
//   input event (its own time stamp) --> server --> frame that names the input --> drawn --> after the browser's paint

const SPAN_MS = 2000;
const KEPT = 300;

export class Figures {
  constructor() {
    this.waiting = new Map();
    this.latencies = [];
    this.drawn = [];
    this.spent = [];
    this.count = 0;
    const channel = new MessageChannel();
    this.afterPaint = channel.port2;
    this.painting = [];
    channel.port1.onmessage = () => this.painting.splice(0).forEach((began) => this.keep(performance.now() - began));
  }

  begun(number, time) {
    this.waiting.set(number, time);
  }

  forget() {
    this.waiting.clear();
  }

  // Called while a frame is being drawn; a message posted now arrives when the browser has painted it.
  shown(frame) {
    const now = performance.now();
    this.drawn.push(now);
    while (this.drawn[0] < now - SPAN_MS) this.drawn.shift();
    if (frame.step) this.spent.push(frame.spentMs);
    if (this.spent.length > 60) this.spent.shift();
    for (const [number, time] of this.waiting) {
      if (number > frame.input) continue;
      this.painting.push(time);
      this.waiting.delete(number);
    }
    if (this.painting.length) this.afterPaint.postMessage(null);
  }

  keep(latency) {
    this.latencies.push(latency);
    this.count += 1;
    if (this.latencies.length > KEPT) this.latencies.shift();
  }

  get rate() {
    const now = performance.now();
    const recent = this.drawn.filter((time) => time > now - SPAN_MS);
    return recent.length < 2 ? 0 : ((recent.length - 1) * 1000) / (recent.at(-1) - recent[0]);
  }

  percentile(share) {
    return ranked(this.latencies, share);
  }

  get spentMs() {
    return ranked(this.spent, 0.5);
  }
}

function ranked(values, share) {
  if (!values.length) return null;
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.round(share * (sorted.length - 1))];
}
