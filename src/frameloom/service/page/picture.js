// Pixels to the screen: a canvas as small as the picture, enlarged by the browser.

export class Picture {
  constructor(canvas) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d", { alpha: false });
  }

  draw(pixels, { width, height, channels }) {
    if (!this.image || this.image.width !== width || this.image.height !== height) {
      this.canvas.width = width;
      this.canvas.height = height;
      this.image = this.context.createImageData(width, height);
      this.image.data.fill(255);
    }
    const out = this.image.data;
    const green = channels === 3 ? 1 : 0;
    for (let from = 0, to = 0; from < pixels.length; from += channels, to += 4) {
      out[to] = pixels[from];
      out[to + 1] = pixels[from + green];
      out[to + 2] = pixels[from + 2 * green];
    }
    this.context.putImageData(this.image, 0, 0);
  }
}
