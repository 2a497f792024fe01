/**
 * The service worker: keeps the page for offline use, and gives its files the headers that a host may
 * not be able to. `scripts/dist.js` puts `FACTS` before it.
 *
 * It answers only for files of the page; everything else goes where it would without it.
 */
"use strict";

const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));
const { version, files, later, headers } = FACTS;
const CACHE = `interleave-${version}`;
const LATER = new RegExp(later);
const scope = new URL("./", location.href);

worker.addEventListener("install", (event) => {
  event.waitUntil(keepAll().then(() => worker.skipWaiting()));
});

worker.addEventListener("activate", (event) => {
  event.waitUntil(forgetOlder().then(() => worker.clients.claim()));
});

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const file = fileOf(request.url);
  if (request.method !== "GET" || file === null) return;
  event.respondWith(answer(request, file));
});

async function keepAll() {
  const cache = await caches.open(CACHE);
  const wanted = files.map((file) => {
    // What is not named by its content may be an older one in the browser's own cache.
    const cache = file.startsWith("assets/") ? "default" : "reload";
    return new Request(new URL(file, scope), { cache });
  });
  await cache.addAll(wanted);
}

async function forgetOlder() {
  for (const name of await caches.keys()) {
    if (name.startsWith("interleave-") && name !== CACHE) await caches.delete(name);
  }
}

/** The path of a file of this page, as it was built; `null` for anything else. @param {string} address */
function fileOf(address) {
  const url = new URL(address);
  if (url.origin !== scope.origin || !url.pathname.startsWith(scope.pathname)) return null;
  const path = url.pathname.slice(scope.pathname.length);
  const file = path === "" ? "index.html" : path;
  return Object.hasOwn(headers, file) ? file : null;
}

/**
 * Documents come from the network where there is one, so that a new version is seen; what they load
 * is named by its content, or is kept once it was used.
 *
 * @param {Request} request
 * @param {string} file
 */
async function answer(request, file) {
  const cache = await caches.open(CACHE);
  const key = new URL(file === "index.html" ? "" : file, scope).href;
  const kept = () => cache.match(key, { ignoreSearch: true });
  if (request.mode === "navigate") {
    const found = await fromNetwork(request).catch(kept);
    return found ? withHeaders(found, file) : Response.error();
  }
  const found = await kept();
  if (found) return withHeaders(found, file);
  const fresh = await fetch(request);
  if (fresh.ok && LATER.test(file)) await cache.put(key, fresh.clone());
  return withHeaders(fresh, file);
}

/** @param {Request} request */
async function fromNetwork(request) {
  const response = await fetch(request);
  if (!response.ok) throw new Error(`the host answered ${response.status}`);
  return response;
}

/**
 * @param {Response} response
 * @param {string} file
 */
function withHeaders(response, file) {
  if (response.status === 0) return response;
  const all = new Headers(response.headers);
  for (const [name, value] of Object.entries(headers[file] ?? {})) all.set(name, value);
  const { status, statusText } = response;
  return new Response(response.body, { status, statusText, headers: all });
}
