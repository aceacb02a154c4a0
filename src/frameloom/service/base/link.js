// A WebSocket to the server that gave this page out: JSON both ways, and bytes to the page. Where it ends, a veil over
// the picture says why, and a button on it opens it again.

const GONE = "The server is gone. Start it again, then connect.";

export class Link {
  constructor({ path, onMessage, onBytes, onClose }) {
    Object.assign(this, { path, onMessage, onBytes, onClose });
    [this.veil, this.reason, this.again] = ["veil", "reason", "again"].map((name) => document.getElementById(name));
    this.again.addEventListener("click", () => this.open());
    this.open();
  }

  open() {
    if (this.socket && this.socket.readyState !== WebSocket.CLOSED) return;
    const address = new URL(this.path, location.href);
    address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(address);
    socket.binaryType = "arraybuffer";
    socket.onmessage = ({ data }) => {
      if (typeof data === "string") this.take(JSON.parse(data));
      else this.onBytes(data);
    };
    socket.onclose = ({ reason }) => this.close(reason);
    this.socket = socket;
  }

  take(message) {
    this.veil.hidden = true;
    this.onMessage(message);
  }

  close(reason) {
    this.onClose?.();
    this.reason.textContent = reason || GONE;
    this.veil.hidden = false;
    this.again.focus();
  }

  get isOpen() {
    return this.socket.readyState === WebSocket.OPEN;
  }

  send(message) {
    if (this.isOpen) this.socket.send(JSON.stringify(message));
  }
}
