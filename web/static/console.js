/* What a page does beyond HTML: scanning, one sending a form, focus after a swap, and keeping what was typed when the line fails.
   Every page works without it, but for the scanner's answers and the page shown offline. */
"use strict";
(() => {
  const body = document.body, here = location.pathname + location.search;
  const all = (what, within = document) => [...within.querySelectorAll(what)];
  const make = (name, className, ...inside) => { const it = document.createElement(name); it.className = className; it.append(...inside); return it; };
  const icon = (tone) => {
    const shapes = { good: "M5.500 10.500l3 3 6-6.500", warn: "M10 1.500 19 18H1zM10 7.500v4.500M10 14.500v1", bad: "M5 5l10 10M15 5L5 15" };
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg"), path = document.createElementNS(svg.namespaceURI, "path");
    svg.setAttribute("viewBox", "0 0 20 20"); svg.setAttribute("class", "icon"); svg.setAttribute("aria-hidden", "true"); path.setAttribute("d", shapes[tone]); svg.append(path);
    return svg;
  };

  /* Sound: short and unlike each other, so that nobody need look up. */
  const TONES = { good: [[880, .08]], warn: [[660, .1], [520, .14]], bad: [[196, .22], [147, .34]], complete: [[660, .09], [880, .09], [1320, .16]] };
  let speaker;
  const sound = (name) => {
    try {
      speaker ||= new AudioContext(); speaker.resume();
      let at = speaker.currentTime;
      for (const [pitch, long] of TONES[name]) {
        const tone = speaker.createOscillator(), loud = speaker.createGain();
        tone.type = name === "bad" ? "square" : "sine"; tone.frequency.value = pitch;
        loud.gain.setValueAtTime(.18, at); loud.gain.exponentialRampToValueAtTime(.001, at + long);
        tone.connect(loud).connect(speaker.destination); tone.start(at); tone.stop(at + long); at += long + .02;
      }
    } catch { /* a machine without sound still shows colour and words */ }
  };

  /* Scanning. A wrong number stops: nothing more is taken until it is acknowledged, and a scan is no acknowledgement. */
  function scanning(field) {
    if (field.dataset.ready) return;
    field.dataset.ready = "1";
    const say = field.dataset, find = (name) => field.querySelector(`[data-scan-${name}]`);
    const input = find("input"), last = find("last"), go = find("go"), undo = find("undo"), count = find("count"), progress = find("progress");
    const list = field.querySelector("textarea"), expected = Number(say.expected) || 0, allowed = say.allowed ? JSON.parse(say.allowed) : null;
    const waiting = [], idle = last.firstElementChild;
    let busy = false, stopped = false, typing = 0;
    const lines = () => list.value.split("\n").map((each) => each.trim()).filter(Boolean);
    const known = (number) => !allowed || allowed.some((one) => Array.isArray(one) ? number.length === one[0].length && number >= one[0] && number <= one[1] : number === one);
    const tell = (tone, number, text) => { last.className = `scan-last ${tone}`; last.replaceChildren(icon(tone), make("span", "", make("code", "", number), ` ${text}`)); };
    const tally = () => {
      const many = lines().length;
      count.textContent = many.toLocaleString(document.documentElement.lang); undo.disabled = !many; field.classList.toggle("full", expected > 0 && many === expected);
      if (progress) progress.value = Math.min(many, expected);
      return many;
    };
    const write = (numbers) => { list.value = numbers.join("\n"); list.scrollTop = list.scrollHeight; list.dispatchEvent(new Event("input", { bubbles: true })); };
    const stop = (number, text) => { stopped = true; tell("bad", number, text); sound("bad"); input.disabled = true; go.hidden = false; go.focus(); };
    const goOn = () => { stopped = false; go.hidden = true; input.disabled = false; last.className = "scan-last"; last.replaceChildren(idle); input.focus(); next(); };
    const take = (number, tone, text) => {
      write([...lines(), number]);
      const many = tally();
      if (expected && many > expected) { tell("warn", number, `${say.over}: ${many} / ${expected}`); sound("warn"); }
      else if (expected && many === expected && tone === "good") { tell("good", number, `${text}. ${say.complete}.`); sound("complete"); }
      else { tell(tone, number, text); sound(tone); }
    };
    async function next() {
      if (busy || stopped || !waiting.length) return;
      const number = waiting.shift();
      if (lines().includes(number)) return stop(number, say.twice);
      if (!known(number)) return stop(number, say.foreign);
      let tone = "good", text = say.added;
      if (say.check) {
        busy = true; last.className = "scan-last"; last.textContent = `${say.checking} ${number}…`;
        try {
          // In the body, never in the address: a person's number that was typed by mistake would stand in the logs on the way.
          const asked = new URLSearchParams({ _csrf: input.form.elements._csrf?.value || "", "/number": number });
          const store = input.form.elements["/store"]?.value; if (store) asked.set("/store", store);
          const answer = await fetch(say.check, { method: "POST", body: asked, signal: AbortSignal.timeout(8000) });
          const said = await answer.json();
          if (typeof said.ok !== "boolean") throw new TypeError("no answer");
          if (!said.ok) { busy = false; return stop(number, said.text); }
          text = said.text || text;
        } catch { tone = "warn"; text = say.unchecked; }
        busy = false;
      }
      take(number, tone, text); next();
    }
    input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.ctrlKey) return;
      event.preventDefault();
      const number = input.value.trim(); input.value = "";
      if (number) { waiting.push(number); next(); }
    });
    go.addEventListener("click", goOn);
    go.addEventListener("keydown", (event) => {
      const scanned = Date.now() - typing < 400;
      if (event.key === "Escape") { event.preventDefault(); return goOn(); }
      if (event.key.length === 1 && !event.ctrlKey && !event.metaKey) { if (event.key !== " " || scanned) { typing = Date.now(); event.preventDefault(); } }
      else if (event.key === "Enter" && scanned) { event.preventDefault(); typing = 0; sound("bad"); last.querySelector("span")?.append(make("small", "scan-held", say.locked)); }
    });
    undo.addEventListener("click", () => { const numbers = lines(), gone = numbers.pop(); write(numbers); tally(); tell("warn", gone, say.undone); sound("warn"); input.focus(); });
    list.addEventListener("input", tally);
    field.querySelector(".scan-live").hidden = false;
    tally();
    // A scanner types wherever the focus is: what is typed on nothing in particular belongs here.
    document.addEventListener("keydown", (event) => {
      if (event.key.length !== 1 || event.key === " " || event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select, [contenteditable], dialog")) return;
      if (input.offsetParent && event.target !== go) (stopped ? go : input).focus();
    });
    // Where scanning is the first thing to do, it can begin at once.
    if (!document.querySelector("[data-focus]") && field === field.closest("form")?.querySelector(".field") && field === document.querySelector("[data-scan]")) input.focus();
    field.closest("details")?.addEventListener("toggle", (event) => { if (event.target.open && !stopped) input.focus(); });
  }

  /* What was typed is kept in this tab alone until the server has answered; passwords and files never. */
  const SHELF = "blangko.typed", shelf = (value) => {
    try { if (value === undefined) return JSON.parse(sessionStorage.getItem(SHELF)); if (value) sessionStorage.setItem(SHELF, JSON.stringify(value)); else sessionStorage.removeItem(SHELF); } catch { /* no storage: the browser's own memory must do */ }
    return null;
  };
  const forms = () => !body.dataset.actor ? [] : all("form[method=post]:not(.one)", document.querySelector("main") || body);
  const inputs = (form) => [...form.elements].filter((each) => each.name && !each.closest("[data-private]") && !/password|file|submit|button/.test(each.type) && each.name !== "_csrf" && each.autocomplete !== "one-time-code");
  const typed = (form) => inputs(form).map((each) => [each.name, /checkbox|radio/.test(each.type) ? [each.value, each.checked] : each.value]);
  let touched = null, sent = false;
  const keep = (form, more) => shelf({ page: here, who: body.dataset.actor, form: forms().indexOf(form), title: document.title.split(" – ")[0], typed: typed(form), files: !!form.querySelector("[type=file]"), ...more });
  const message = (tone, text, ...more) => { const it = make("p", `message ${tone}`, text, ...more); document.querySelector(".messages")?.append(it); return it; };
  const throwAway = () => { const it = make("button", "secondary", body.dataset.discard); it.type = "button"; it.addEventListener("click", () => { shelf(null); touched = null; location.replace(here); }); return it; };
  const bringBack = (kept) => {
    const form = forms()[kept.form];
    if (!form) return shelf(null);
    const left = inputs(form);
    for (const [name, value] of kept.typed) {
      const at = left.findIndex((each) => each.name === name && (!Array.isArray(value) || each.value === value[0]));
      if (at < 0) continue;
      const [each] = left.splice(at, 1);
      if (Array.isArray(value)) each.checked = value[1]; else each.value = value;
      const fold = each.type !== "hidden" && value && value[1] !== false && each.closest("main details"); if (fold) fold.open = true;
      each.dispatchEvent(new Event("input", { bubbles: true }));
    }
    message("warn", `${body.dataset.kept} ${kept.files ? body.dataset.files : ""} `, throwAway());
  };
  function lookOnTheShelf() {
    const kept = shelf(), way = performance.getEntriesByType("navigation")[0]?.type;
    if (!kept) return;
    if ("offline" in body.dataset || !body.dataset.actor) {
      shelf({ ...kept, failed: true });
      const note = document.querySelector("[data-kept-note]");
      if (note) { note.hidden = false; note.querySelector("[data-kept-title]").textContent = kept.title; }
    } else if (kept.who !== body.dataset.actor) shelf(null);
    else if (kept.page === here && (kept.failed || way !== "navigate") && !document.querySelector("[aria-invalid=true], .summary")) bringBack(kept);
    else if (kept.failed && kept.page !== here && !document.querySelector("[autocomplete=one-time-code]")) {
      const link = make("a", "", body.dataset.open); link.href = kept.page; message("warn", `${body.dataset.waiting} `, link, throwAway());
    } else if (!kept.failed) shelf(null);
  }

  document.addEventListener("input", (event) => { const form = event.target.closest("form"); if (form && forms().includes(form)) touched = form; });
  addEventListener("pagehide", () => { if (touched && !sent) keep(touched); });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.matches("[data-leave]")) { touched = null; shelf(null); }
    if (form.method !== "post" || event.defaultPrevented || form.hasAttribute("hx-post")) return;
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "1"; sent = true;
    if (forms().includes(form)) keep(form);
    for (const each of all("button[type=submit], button:not([type])", form)) { each.dataset.said = each.textContent; each.setAttribute("aria-disabled", "true"); if (each === event.submitter) { each.setAttribute("aria-busy", "true"); each.textContent = body.dataset.sending; } }
  });
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    sent = false;
    for (const form of all("form[data-sent]")) { delete form.dataset.sent; for (const each of all("[data-said]", form)) { each.textContent = each.dataset.said; each.removeAttribute("aria-disabled"); each.removeAttribute("aria-busy"); } }
  });

  /* Menus close on Escape and on a click elsewhere; a filter shows the page as soon as something else is chosen. */
  document.addEventListener("click", (event) => { for (const each of all("details.user[open], details.rest[open]")) if (!each.contains(event.target)) each.open = false; });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") for (const each of all("details.user[open], details.rest[open]")) { each.open = false; each.querySelector("summary").focus(); } });
  document.addEventListener("change", (event) => { if (event.target.matches("[data-pick] select")) event.target.form.requestSubmit(); });
  for (const each of all("[data-again]")) each.addEventListener("click", () => location.assign(shelf()?.page || here));
  for (const each of all("[data-copy]")) {
    each.hidden = false;
    each.addEventListener("click", async () => {
      const from = document.getElementById(each.dataset.copy); from.select();
      try { await navigator.clipboard.writeText(from.value); } catch { document.execCommand("copy"); } // the first is there on HTTPS alone
      each.textContent = each.dataset.copied;
    });
  }
  for (const each of all("[data-print]")) { each.hidden = false; each.addEventListener("click", () => print()); }

  /* After a swap: new scan fields wake up, and focus that was lost goes to what came. */
  document.addEventListener("htmx:after:swap", (event) => {
    all("[data-scan]").forEach(scanning);
    if (document.activeElement === body) { const to = document.querySelector("[data-focus]") || event.target.closest?.("[tabindex]"); to?.focus(); }
  });

  /* A running sum of counted fields and listed numbers against what is expected. */
  for (const it of all("[data-sum]")) {
    const parts = it.dataset.sum.split(" ").map((id) => document.getElementById(id)).filter(Boolean), of = Number(it.dataset.of);
    const long = (line) => { const [first, last] = line.match(/\d+(?!\S)/g) || []; return last ? Math.max(Number(last) - Number(first), 0) + 1 : 1; };
    const many = (each) => each.matches("textarea") ? each.value.split("\n").filter((line) => line.trim()).reduce((total, line) => total + long(line), 0) : Number(each.value.replace(/[., ]/g, "")) || 0;
    const add = () => {
      const sum = parts.reduce((total, each) => total + many(each), 0), none = !parts.some((each) => each.value.trim());
      it.hidden = false; it.className = `sum ${none ? "" : sum === of ? "good" : sum > of ? "bad" : "warn"}`; it.querySelector("output").textContent = sum.toLocaleString(document.documentElement.lang);
      it.querySelector("span").textContent = sum === of ? it.dataset.whole : `${Math.abs(of - sum).toLocaleString(document.documentElement.lang)} ${sum > of ? it.dataset.over : it.dataset.short}`;
    };
    for (const each of parts) each.addEventListener("input", add);
    add();
  }

  all("[data-scan]").forEach(scanning);
  lookOnTheShelf();
  for (const each of all("details [aria-invalid=true]")) each.closest("details").open = true;
  document.querySelector("input[autofocus]")?.select(); // what is typed or scanned there takes the place of what stands there
  document.querySelector("[data-focus]")?.focus();
  /* Only once the page is whole: the worker fetches things of its own, and takes nothing over before the next page. */
  if ("serviceWorker" in navigator && isSecureContext) addEventListener("load", () => navigator.serviceWorker.register(`/sw.js?${document.documentElement.lang}-${new URL(document.querySelector("script[src*=console]").src).search.slice(3)}`).catch(() => {}));
})();
