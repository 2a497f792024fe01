/**
 * Starts the service worker of a hosted page: it works offline from the second visit, and where the host
 * cannot isolate the page, the service worker does, after one reload.
 */
import { startOffline } from "../engine/scripts.ts";
import { forTab, rememberForTab } from "../lib/storage.ts";

/** Noted before the one reload, so that there is never a second. */
const RELOADED = "reloaded";

/** In another site's page browsers may refuse it; then, as where there is none, the page works without. */
export async function keepOffline(): Promise<void> {
  if (import.meta.env.MODE !== "dist" || !("serviceWorker" in navigator)) return;
  if (window.top !== window) return;
  try {
    const { controller } = navigator.serviceWorker;
    await startOffline();
    if (self.crossOriginIsolated || controller !== null) return;
    if (forTab(RELOADED) !== null) return;
    await navigator.serviceWorker.ready;
    await controlled();
    rememberForTab(RELOADED, "once");
    // Where nothing can be noted, nobody could tell a loop.
    if (forTab(RELOADED) !== null) location.reload();
  } catch {
    // Refused.
  }
}

/** Waits until the service worker has the page. */
function controlled(): Promise<void> {
  return new Promise((resolve) => {
    if (navigator.serviceWorker.controller) resolve();
    else navigator.serviceWorker.addEventListener("controllerchange", () => resolve(), { once: true });
  });
}
