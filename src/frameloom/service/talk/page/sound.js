// The page's clock, and the sound on it. Times are samples since the page began; sound and pictures go by the same ones.
//
//   sample / rate + offset = time of the audio context         what comes too late makes the clock wait, for both alike

const SOONEST_S = 0.01;
const FADE_S = 0.008;

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
    const [source, gain] = [context.createBufferSource(), context.createGain()];
    source.buffer = buffer;
    source.connect(gain).connect(context.destination);
    source.start(when);
    const one = { source, gain, when, end: when + buffer.duration };
    this.playing.add(one);
    source.onended = () => {
      this.playing.delete(one);
      gain.disconnect();
    };
    return performance.now() + (when - context.currentTime) * 1000;
  }

  // Nothing is heard from a sample on.
  cut(sample) {
    const time = sample / this.rate + this.offset;
    for (const { source, gain, when, end } of this.playing) {
      if (end <= time) continue;
      if (when < time) {
        gain.gain.setValueAtTime(1, Math.max(time - FADE_S, when));
        gain.gain.linearRampToValueAtTime(0, time);
      } else {
        gain.gain.value = 0;
      }
      source.stop(Math.max(time, when));
    }
  }
}
