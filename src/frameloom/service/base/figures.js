// What figures on all pages are made of: values ranked and kept, and the moment at which something was painted.

export function ranked(values, share) {
  if (!values.length) return null;
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.round(share * (sorted.length - 1))];
}

export function keep(values, value, most) {
  values.push(value);
  if (values.length > most) values.shift();
}

// Tells how long after a time the browser has painted what is being drawn: a message posted now arrives after it.
export class Paint {
  constructor(tell) {
    const channel = new MessageChannel();
    const begun = [];
    channel.port1.onmessage = () => begun.splice(0).forEach((time) => tell(performance.now() - time));
    this.since = (time) => {
      begun.push(time);
      channel.port2.postMessage(null);
    };
  }
}
