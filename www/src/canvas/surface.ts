/** A canvas with as many pixels as the screen has, drawn at most once a frame. */
export class Surface {
  readonly context: CanvasRenderingContext2D;
  widthPx = 0;
  heightPx = 0;
  readonly #canvas: HTMLCanvasElement;
  readonly #draw: () => void;
  #frame = 0;

  constructor(canvas: HTMLCanvasElement, draw: () => void) {
    const context = canvas.getContext("2d");
    if (!context) throw new Error("this browser draws no canvas");
    this.context = context;
    this.#canvas = canvas;
    this.#draw = draw;
  }

  resize(widthPx: number, heightPx: number): void {
    this.widthPx = Math.floor(widthPx);
    this.heightPx = Math.floor(heightPx);
    this.invalidate();
  }

  /** Asks for a new drawing with the next frame. */
  invalidate(): void {
    if (this.#frame !== 0) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#paint();
    });
  }

  destroy(): void {
    cancelAnimationFrame(this.#frame);
  }

  #paint(): void {
    const ratio = devicePixelRatio;
    const width = Math.round(this.widthPx * ratio);
    const height = Math.round(this.heightPx * ratio);
    if (this.#canvas.width !== width) this.#canvas.width = width;
    if (this.#canvas.height !== height) this.#canvas.height = height;
    this.context.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.context.clearRect(0, 0, this.widthPx, this.heightPx);
    if (width > 0 && height > 0) this.#draw();
  }
}
