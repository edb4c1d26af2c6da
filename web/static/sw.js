/* Shows a page of our own when the line is gone; nothing of the console itself is kept. */
"use strict";
const SHELF = `blangko ${self.location.search}`, PAGE = "/luring";

async function stock() {
  const shelf = await caches.open(SHELF), page = await fetch(PAGE, { cache: "reload", credentials: "omit" });
  if (!page.ok) throw new Error("no offline page");
  const named = [...(await page.clone().text()).matchAll(/(?:href|src)="(\/aset\/[^"]+)"/g)].map((found) => found[1].replaceAll("&amp;", "&"));
  await Promise.all([shelf.put(PAGE, page), ...named.map((name) => shelf.add(name))]);
}
async function clear() {
  for (const name of await caches.keys()) if (name.startsWith("blangko ") && name !== SHELF) await caches.delete(name);
}
async function offline() {
  const page = await (await caches.open(SHELF)).match(PAGE);
  return page ? new Response(await page.blob(), { status: 503, headers: page.headers }) : Response.error();
}

self.addEventListener("install", (event) => { self.skipWaiting(); event.waitUntil(stock()); });
self.addEventListener("activate", (event) => event.waitUntil(clear()));
self.addEventListener("fetch", (event) => {
  const asked = event.request;
  if (asked.mode === "navigate") event.respondWith(fetch(asked).catch(offline));
  else if (new URL(asked.url).pathname.startsWith("/aset/")) event.respondWith(fetch(asked).catch(async () => (await caches.match(asked)) || Response.error()));
});
