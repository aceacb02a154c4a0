// How long it takes from Enter until something is heard and the mouth is seen to move; and how far both are apart.
//
//   key event (its own time stamp) --> server --> first sample's time          --> first moved mouth, after its paint

import { keep, Paint } from "./base/figures.js";

const KEPT = 300;
const MOVED = 0.04 * 65535;

export class Figures {
  constructor() {
    this.begun = new Map();
    this.firsts = new Map();
    this.sound = [];
    this.mouth = [];
    this.apart = [];
    this.worst = 0;
    this.paint = new Paint((latency) => keep(this.mouth, latency, KEPT));
  }

  asked(say, time) {
    this.begun.set(say, time);
  }

  // Sound that answers a line will be given out at a time of performance.now().
  heard(say, sample, time) {
    const began = this.begun.get(say);
    if (began === undefined) return;
    for (const number of this.begun.keys()) if (number <= say) this.begun.delete(number);
    this.firsts.clear(); // of a line that this one came in between
    if (time === null) return;
    this.firsts.set(say, { began, sample });
    keep(this.sound, time - began, KEPT);
  }

  // A picture is being drawn; reach is how long before its sound a mouth may move, lag how far it is from what is heard.
  drawn(picture, reach, lag, speaking) {
    for (const [say, { began, sample }] of this.firsts) {
      if (picture.sample < sample - reach || picture.mouth < MOVED) continue;
      this.firsts.delete(say);
      this.paint.since(began);
    }
    if (!speaking) return;
    keep(this.apart, lag, KEPT);
    this.worst = Math.max(this.worst, Math.abs(lag));
  }
}
