/** The one engine of the page and its one Solidity compiler. */
import { Engine, type EngineStatus } from "../engine/client.ts";
import { startEngine as startWorker } from "../engine/scripts.ts";
import { Compiler } from "../solidity/compiler.ts";
import { app } from "./state.svelte.ts";

let heard: (status: EngineStatus) => void = () => undefined;

export const engine = new Engine((status) => heard(status), startWorker);

export const compiler = new Compiler((status) => {
  app.compiler = status;
});

/** Starts the engine; `listen` is told of every change of its status. */
export function startEngine(listen: (status: EngineStatus) => void): void {
  heard = listen;
  engine.start();
}
