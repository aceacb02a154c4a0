// A frame, out of the bytes that service/messages.py packs.

const HEADER = 24;

export function unpack(data) {
  const view = new DataView(data);
  const [serial, input, step, spent] = [0, 4, 8, 12].map((at) => view.getUint32(at, true));
  const [width, height] = [16, 18].map((at) => view.getUint16(at, true));
  const [channels, count] = [20, 21].map((at) => view.getUint8(at));
  const size = width * height * channels;
  const pictures = Array.from({ length: count }, (_, index) => new Uint8Array(data, HEADER + index * size, size));
  return { serial, input, step, spentMs: spent / 1000, width, height, channels, pictures };
}
