/** The element that `evm-playground/element` defines: the playground in a frame. */
export interface EvmPlaygroundElement extends HTMLElement {
  /** Runs the script; loads the playground if need be. */
  run(): void;
  /** Puts a script into the editor. */
  setScript(text: string): void;
}

declare global {
  interface HTMLElementTagNameMap {
    "evm-playground": EvmPlaygroundElement;
  }
}
