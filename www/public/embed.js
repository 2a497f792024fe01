/**
 * `<evm-playground example="hot-counter">`: Interleave in any page. It has no dependencies, and loads
 * nothing until it is clicked.
 */
"use strict";
(() => {
  const script = /** @type {HTMLScriptElement | null} */ (document.currentScript);
  const OPTIONS = ["strategy", "runner", "workers", "seed", "unit", "hints", "shards"];
  const STYLE =
    ":host{display:block;font:14px/1.5 system-ui,sans-serif}" +
    "iframe{display:block;inline-size:100%;border:1px solid #8886;border-radius:6px;color-scheme:normal}" +
    "button{display:grid;gap:.5em;inline-size:100%;padding:1em;border:1px solid #8886;border-radius:6px;" +
    "background:none;color:inherit;font:inherit;text-align:start;cursor:pointer}" +
    "img{max-inline-size:100%}b{color:LinkText;text-decoration:underline}";

  class EvmPlayground extends HTMLElement {
    /** @type {HTMLIFrameElement | null} */
    #frame = null;
    #ready = false;
    /** What is to be said once the frame listens. @type {object[]} */
    #queue = [];
    #root = this.attachShadow({ mode: "open" });

    connectedCallback() {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(STYLE);
      this.#root.adoptedStyleSheets = [sheet];
      window.addEventListener("message", this.#hear);
      if (this.#frame || this.hasAttribute("autorun")) this.#load();
      else this.#offer();
    }

    disconnectedCallback() {
      window.removeEventListener("message", this.#hear);
      this.#frame = null;
      this.#ready = false;
    }

    /** Runs the script; loads the playground if need be. */
    run() {
      this.#say({ kind: "run" });
    }

    /** Puts a script into the editor. @param {string} text */
    setScript(text) {
      this.#say({ kind: "setScript", script: String(text) });
    }

    /** The folder of the playground. */
    get #base() {
      return new URL(this.getAttribute("base") ?? ".", script?.src || document.baseURI);
    }

    /** What the address of the playground says of what is run. */
    get #fragment() {
      const link = this.getAttribute("link");
      if (link !== null) return link.replace(/^[^#]*#/, "");
      const parts = [["example", this.getAttribute("example") ?? "hot-counter"]];
      for (const name of OPTIONS) {
        const value = this.getAttribute(name);
        if (value !== null) parts.push([name, value]);
      }
      return parts.map(([name, value]) => `${name}=${encodeURIComponent(value ?? "")}`).join("&");
    }

    #offer() {
      const button = document.createElement("button");
      const poster = this.getAttribute("poster");
      if (poster !== null) {
        const image = document.createElement("img");
        image.src = poster;
        image.alt = "";
        button.append(image);
      }
      const label = document.createElement("b");
      label.textContent = this.getAttribute("label") ?? "Open the playground here";
      button.append(label);
      button.onclick = () => this.#load();
      this.#root.replaceChildren(button);
    }

    #load() {
      const url = new URL("embed.html", this.#base);
      for (const name of ["views", "theme"]) {
        const value = this.getAttribute(name);
        if (value !== null) url.searchParams.set(name, value);
      }
      for (const name of ["readonly", "autorun"]) {
        if (this.hasAttribute(name)) url.searchParams.set(name, "1");
      }
      url.hash = this.#fragment;
      const frame = document.createElement("iframe");
      frame.title = "Interleave playground";
      frame.allow = "cross-origin-isolated; clipboard-write";
      frame.loading = "lazy";
      frame.style.height = `${parseInt(this.getAttribute("height") ?? "", 10) || 560}px`;
      frame.onload = () => this.#post({ kind: "hello" });
      frame.src = url.href;
      this.#frame = frame;
      this.#root.replaceChildren(frame);
    }

    /** @param {object} message */
    #say(message) {
      if (!this.#frame) this.#load();
      if (this.#ready) this.#post(message);
      else this.#queue.push(message);
    }

    /** @param {object} message */
    #post(message) {
      this.#frame?.contentWindow?.postMessage({ interleave: 1, ...message }, this.#base.origin);
    }

    /** @param {MessageEvent} event */
    #hear = ({ source, origin, data }) => {
      const frame = this.#frame;
      if (!frame || source !== frame.contentWindow || origin !== this.#base.origin) return;
      if (data?.interleave !== 1) return;
      if (data.kind === "size" && !this.hasAttribute("height")) {
        frame.style.height = `${Math.min(Math.max(Number(data.heightPx) || 0, 200), 4000) + 2}px`;
      }
      if (data.kind === "ready" && !this.#ready) {
        this.#ready = true;
        for (const message of this.#queue.splice(0)) this.#post(message);
      }
      if (["ready", "result", "error"].includes(data.kind)) {
        this.dispatchEvent(new CustomEvent(data.kind, { detail: data }));
      }
    };
  }

  customElements.get("evm-playground") ?? customElements.define("evm-playground", EvmPlayground);
})();
