/** Makes one script of a module and all it imports, to be put into a page. */
import { fileURLToPath } from "node:url";
import { build } from "vite";

export async function bundle(path: string): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: "error",
    root: fileURLToPath(new URL("..", import.meta.url)),
    define: { "process.env.NODE_ENV": '"production"' },
    build: {
      write: false,
      target: "esnext",
      lib: { entry: path, formats: ["iife"], name: "bench" },
    },
  });
  const [bundled] = Array.isArray(built) ? built : [built];
  if (!bundled || !("output" in bundled)) throw new Error("vite built nothing");
  return bundled.output[0].code;
}
