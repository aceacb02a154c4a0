// A WebSocket to the server that gave this page out: JSON both ways, and bytes to the page.

export class Link {
  constructor({ path, onMessage, onBytes, onClose }) {
    Object.assign(this, { path, onMessage, onBytes, onClose });
    this.open();
  }

  open() {
    const address = new URL(this.path, location.href);
    address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(address);
    socket.binaryType = "arraybuffer";
    socket.onmessage = ({ data }) => {
      if (typeof data === "string") this.onMessage(JSON.parse(data));
      else this.onBytes(data);
    };
    socket.onclose = ({ reason }) => this.onClose(reason);
    this.socket = socket;
  }

  send(message) {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }
}
