/**
 * The service worker: keeps the page for offline use, and gives its files the headers that a host may
 * not be able to. `scripts/dist.js` puts `FACTS` before it.
 *
 * It answers only for files of the page; everything else goes where it would without it. The files of
 * the version before stay, for tabs that still show it.
 */
"use strict";

const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));
const { version, files, later, headers } = FACTS;
const PREFIX = "interleave-";
const CACHE = `${PREFIX}${version}`;
/** In each version's cache: the headers of its files. */
const HEADERS = "headers.json";
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
  event.respondWith(Object.hasOwn(headers, file) ? answer(request, file) : ofEarlier(request, file));
});

async function keepAll() {
  const cache = await caches.open(CACHE);
  const wanted = files.map((file) => {
    // What is not named by its content may be an older one in the browser's own cache.
    const cache = file.startsWith("assets/") ? "default" : "reload";
    return new Request(new URL(file, scope), { cache });
  });
  await cache.put(new URL(HEADERS, scope), new Response(JSON.stringify(headers)));
  await cache.addAll(wanted);
}

/** Other versions' caches, oldest first. */
async function others() {
  return (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== CACHE);
}

/** All but the version before this one, which tabs may still show. */
async function forgetOlder() {
  for (const name of (await others()).slice(0, -1)) await caches.delete(name);
}

/**
 * A file that this version has not, for a tab that shows the one before.
 *
 * @param {Request} request
 * @param {string} file
 */
async function ofEarlier(request, file) {
  for (const name of (await others()).reverse()) {
    const cache = await caches.open(name);
    const [found, described] = [await cache.match(request), await cache.match(new URL(HEADERS, scope))];
    if (found && described) return withHeaders(found, (await described.json())[file]);
  }
  return fetch(request);
}

/**
 * The path of a file of this page, as it was built, or of one that is named by its content as those of
 * earlier versions are; `null` for anything else.
 *
 * @param {string} address
 */
function fileOf(address) {
  const url = new URL(address);
  if (url.origin !== scope.origin || !url.pathname.startsWith(scope.pathname)) return null;
  const path = url.pathname.slice(scope.pathname.length);
  const file = path === "" ? "index.html" : path;
  return Object.hasOwn(headers, file) || file.startsWith("assets/") ? file : null;
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
    return found ? withHeaders(found, headers[file]) : Response.error();
  }
  const found = await kept();
  if (found) return withHeaders(found, headers[file]);
  const fresh = await fetch(request);
  if (fresh.ok && LATER.test(file)) await cache.put(key, fresh.clone());
  return withHeaders(fresh, headers[file]);
}

/** @param {Request} request */
async function fromNetwork(request) {
  const response = await fetch(request);
  if (!response.ok) throw new Error(`the host answered ${response.status}`);
  return response;
}

/**
 * @param {Response} response
 * @param {Record<string, string> | undefined} added
 */
function withHeaders(response, added = {}) {
  if (response.status === 0) return response;
  const all = new Headers(response.headers);
  for (const [name, value] of Object.entries(added)) all.set(name, value);
  const { status, statusText } = response;
  return new Response(response.body, { status, statusText, headers: all });
}
