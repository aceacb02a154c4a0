// The WebSocket: JSON both ways, and frames as bytes. service/messages.py tells the form.

const HEADER = 24;

export class Link {
  constructor({ onMessage, onFrame, onClose }) {
    this.handlers = { onMessage, onFrame, onClose };
    this.open();
  }

  open() {
    const address = new URL("stream", location.href);
    address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(address);
    socket.binaryType = "arraybuffer";
    socket.onmessage = ({ data }) => {
      if (typeof data === "string") this.handlers.onMessage(JSON.parse(data));
      else this.handlers.onFrame(unpack(data));
    };
    socket.onclose = ({ reason }) => this.handlers.onClose(reason);
    this.socket = socket;
  }

  send(message) {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }
}

function unpack(data) {
  const view = new DataView(data);
  const [serial, input, step, spent] = [0, 4, 8, 12].map((at) => view.getUint32(at, true));
  const [width, height] = [16, 18].map((at) => view.getUint16(at, true));
  const [channels, count] = [20, 21].map((at) => view.getUint8(at));
  const size = width * height * channels;
  const pictures = Array.from({ length: count }, (_, index) => new Uint8Array(data, HEADER + index * size, size));
  return { serial, input, step, spentMs: spent / 1000, width, height, channels, pictures };
}
