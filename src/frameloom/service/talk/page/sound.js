// The page's clock, and the sound on it. Times are samples since the page began; sound and pictures go by the same ones.
//
//   sample / rate + offset = time of the audio context         what comes too late makes the clock wait, for both alike

const SOONEST_S = 0.01;
const FADE_S = 0.04; // as service/talk/timeline.py leaves for it
const SOONEST_FADE_S = 0.005;

export class Sound {
  constructor() {
    this.rate = 24000;
    this.context = null;
    this.offset = performance.now() / 1000;
    this.playing = new Set();
    this.late = 0;
  }

  // A browser lets a page sound once somebody has touched it.
  wake() {
    if (!this.context) {
      const context = new AudioContext({ sampleRate: this.rate, latencyHint: "interactive" });
      this.context = context;
      this.volume = context.createGain();
      this.volume.connect(context.destination);
      context.onstatechange = () => this.turn();
      this.turn();
    }
    if (this.context.state !== "running") this.context.resume();
  }

  // Go by the context's clock from when it runs, and let the samples go on from where they were.
  turn() {
    const runs = this.context.state === "running";
    if (runs === Boolean(this.runs)) return;
    const sample = this.now;
    this.runs = runs;
    this.offset += (this.now - sample) / this.rate;
  }

  get clock() {
    return this.runs ? this.context.currentTime : performance.now() / 1000;
  }

  // The sample that is being given out now.
  get now() {
    return (this.clock - this.offset) * this.rate;
  }

  // The sample that is heard now: what is given out takes its time to the ear.
  get heard() {
    const latency = this.runs ? this.context.outputLatency || this.context.baseLatency || 0 : 0;
    return this.now - latency * this.rate;
  }

  // Plays samples from one on; returns when that will be, by performance.now(), or nothing where no sound may be made.
  play(sample, numbers) {
    if (!this.runs) return null;
    const { context } = this;
    const buffer = context.createBuffer(1, numbers.length, this.rate);
    const values = buffer.getChannelData(0);
    for (let at = 0; at < numbers.length; at += 1) values[at] = numbers[at] / 32768;
    let when = sample / this.rate + this.offset;
    const short = context.currentTime + SOONEST_S / 2 - when;
    if (short > 0) {
      const wait = short + SOONEST_S / 2;
      this.offset += wait;
      when += wait;
      this.late += 1;
    }
    const source = context.createBufferSource();
    source.buffer = buffer;
    source.connect(this.volume);
    source.start(when);
    const one = { source, when, end: when + buffer.duration };
    this.playing.add(one);
    source.onended = () => this.playing.delete(one);
    return performance.now() + (when - context.currentTime) * 1000;
  }

  // Nothing that is there by now is heard from a sample on; it fades before.
  cut(sample) {
    if (!this.context) return;
    const now = this.context.currentTime;
    const time = Math.max(this.runs ? sample / this.rate + this.offset : now, now + SOONEST_FADE_S);
    const { gain } = this.volume;
    gain.setValueAtTime(1, Math.max(time - FADE_S, now));
    gain.linearRampToValueAtTime(0, time);
    gain.setValueAtTime(1, time);
    for (const { source, when, end } of this.playing) {
      if (end > time) source.stop(Math.max(time, when));
    }
  }
}
