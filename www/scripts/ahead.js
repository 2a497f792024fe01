/**
 * Lets the document name the scripts that the page asks for as soon as it is there, so that they come
 * beside its own and not after it; and lets none of them come before what the first paint needs.
 */

/** What asks for nothing but what everybody needs: the editor, and what shows a result. */
const SOON = /\/views\/(script-editor|result|graph)\.svelte$/;

/** @returns {import("vite").Plugin} */
export function ahead() {
  return {
    name: "ahead",
    transformIndexHtml: {
      order: "post",
      handler(html, { path, bundle, chunk }) {
        const found = new Set();
        /** @param {string} file */
        const add = (file) => {
          const it = bundle?.[file];
          if (it?.type !== "chunk" || it.fileName === chunk?.fileName || found.has(file)) return;
          found.add(file);
          it.imports.forEach(add);
        };
        for (const each of Object.values(bundle ?? {})) {
          // What is embedded need not have these parts.
          if (path.endsWith("/embed.html")) break;
          if (each.type === "chunk" && SOON.test(each.facadeModuleId ?? "")) add(each.fileName);
        }
        chunk?.imports.forEach((file) => found.delete(file));
        const tags = [...found].map((file) => ({
          tag: "link",
          attrs: { rel: "modulepreload", fetchpriority: "low", crossorigin: true, href: `./${file}` },
          injectTo: /** @type {const} */ ("head"),
        }));
        return { html: html.replaceAll('<script type="module"', '$& fetchpriority="low"'), tags };
      },
    },
  };
}
