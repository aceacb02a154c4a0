// What was measured on this page: frames drawn per second, and how long it takes from an input to its picture.
//
//   input event (its own time stamp) --> server --> frame that names the input --> drawn --> after the browser's paint

import { keep, Paint, ranked } from "./base/figures.js";

const SPAN_MS = 2000;
const KEPT = 300;
const KEPT_SPENT = 60;

export class Figures {
  constructor() {
    this.waiting = new Map();
    this.latencies = [];
    this.drawn = [];
    this.spent = [];
    this.count = 0;
    this.paint = new Paint((latency) => {
      keep(this.latencies, latency, KEPT);
      this.count += 1;
    });
  }

  begun(number, time) {
    this.waiting.set(number, time);
  }

  forget() {
    this.waiting.clear();
  }

  // Called while a frame is being drawn.
  shown(frame) {
    const now = performance.now();
    this.drawn.push(now);
    while (this.drawn[0] < now - SPAN_MS) this.drawn.shift();
    if (frame.step) keep(this.spent, frame.spentMs, KEPT_SPENT);
    for (const [number, time] of this.waiting) {
      if (number > frame.input) continue;
      this.paint.since(time);
      this.waiting.delete(number);
    }
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
