// The room's own script: sends presses, words, notes and forms without leaving the page, shows the
// answers, and follows the changes that the server streams. Everything also works without it.

const RELATIVE_EVERY = 15_000;
const REFRESH_AT_MOST_EVERY = 700;
const DISMISS_AFTER = 9_000;

const answers = document.getElementById("answers");
const live = document.getElementById("live");

// --- Sending -------------------------------------------------------------------------------------

// An id for one request. Not randomUUID: that needs https, and a desk on a local network may not
// have it.
function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function send(form, button) {
  const data = new FormData(form, button);
  data.set("nonce", newId());
  const body = new URLSearchParams(data);
  // The same request once more is answered the same, so a broken connection may be tried again.
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await fetch(form.action, {
        method: "POST",
        body,
        headers: { Accept: "text/html", "X-Wardroom-Fragment": "answer" },
        redirect: "error",
      });
    } catch (error) {
      if (attempt >= 1) throw error;
    }
  }
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.dataset.send) return;
  event.preventDefault();
  const button = event.submitter;
  if (form.getAttribute("aria-busy") === "true") return;
  form.setAttribute("aria-busy", "true");
  button?.setAttribute("aria-busy", "true");
  try {
    const response = await send(form, button);
    const html = await response.text();
    if (response.headers.get("X-Wardroom-Fragment") !== "answer") {
      // Signed out, or an error page: show it whole.
      if (response.status === 401) location.reload();
      else say("refused", "That did not work. Reload the page and try again.");
      return;
    }
    const answered = form.closest(".answer");
    if (answered) answered.remove();
    show(html);
    if (form.dataset.send === "words" || form.dataset.send === "note") clear(form);
    form.querySelectorAll("details.menu[open]").forEach((menu) => { menu.open = false; });
    refresh();
  } catch {
    say("refused", "The server cannot be reached. Nothing is lost: try again in a moment.");
  } finally {
    form.removeAttribute("aria-busy");
    button?.removeAttribute("aria-busy");
  }
});

function clear(form) {
  const words = form.querySelector("#words");
  if (words) remember(words.value);
  form.querySelectorAll("input[type=text], textarea").forEach((field) => { field.value = ""; });
  form.closest("details")?.removeAttribute("open");
}

// --- Answers -------------------------------------------------------------------------------------

function show(html) {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  const answer = holder.content.querySelector(".answer");
  if (!answer) return;
  // What was said before gives way; a question that waits stays.
  answers.querySelectorAll(".done, .refused").forEach((old) => old.remove());
  while (answers.children.length > 2) answers.firstElementChild.remove();
  answers.append(answer);
  const kind = answer.dataset.kind;
  if (kind === "done" || kind === "accepted") {
    fade(answer);
  } else {
    const first = answer.querySelector("input[type=text], textarea, .buttons button");
    (first ?? answer).focus({ preventScroll: true });
  }
}

// Short good news goes away by itself, unless somebody is reading it.
function fade(answer) {
  if (answer.textContent.length > 400) return;
  setTimeout(() => {
    if (answer.matches(":hover, :focus-within")) fade(answer);
    else answer.remove();
  }, DISMISS_AFTER);
}

function say(kind, text) {
  const answer = document.createElement("article");
  answer.className = `answer ${kind}`;
  answer.dataset.kind = kind;
  answer.tabIndex = -1;
  const words = document.createElement("p");
  words.className = "text";
  words.textContent = text;
  answer.append(words);
  answers.append(answer);
  setTimeout(() => answer.remove(), DISMISS_AFTER);
}

document.addEventListener("click", (event) => {
  const dismiss = event.target.closest("[data-dismiss]");
  if (dismiss) {
    event.preventDefault();
    dismiss.closest(".answer").remove();
  }
  document.querySelectorAll("details.menu[open]").forEach((menu) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
});

// --- Keeping the page fresh ----------------------------------------------------------------------

let refreshing = false;
let isStale = false;
let lastRefresh = 0;

// Loads this page again and carries over what differs. One load at a time, and not one per change:
// a wave of two hundred reports is a handful of loads.
async function refresh() {
  isStale = true;
  if (refreshing) return;
  refreshing = true;
  try {
    while (isStale) {
      const wait = lastRefresh + REFRESH_AT_MOST_EVERY - performance.now();
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
      isStale = false;
      lastRefresh = performance.now();
      const address = new URL(location.href);
      address.searchParams.delete("answer");
      const response = await fetch(address, { headers: { Accept: "text/html" } });
      if (response.status === 401) return location.reload();
      if (response.ok) adopt(new DOMParser().parseFromString(await response.text(), "text/html"));
    }
  } catch {
    // The stream says when the server is back; it refreshes then.
  } finally {
    refreshing = false;
  }
}

function adopt(fresh) {
  for (const region of document.querySelectorAll("[data-live]")) {
    const newer = fresh.getElementById(region.id);
    if (newer) morph(region, newer);
  }
  tell();
}

// Makes `old` like `fresh` and touches nothing that is equal already, so that focus, half-typed
// text and the place in a long list stay.
function morph(old, fresh) {
  for (const { name, value } of fresh.attributes) {
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  for (const { name } of Array.from(old.attributes)) {
    const keeps = name === "open" && "keep" in old.dataset;
    const busy = name === "aria-busy";
    if (!fresh.hasAttribute(name) && !keeps && !busy) old.removeAttribute(name);
  }
  if (old.matches("textarea")) return;
  const known = new Map();
  for (const child of old.children) if (keyOf(child)) known.set(keyOf(child), child);
  let here = old.firstChild;
  for (const child of Array.from(fresh.childNodes)) {
    const same = known.get(keyOf(child)) ?? (isAlike(here, child) ? here : null);
    if (!same) {
      const added = document.importNode(child, true);
      if (added.id) added.classList.add("is-new");
      old.insertBefore(added, here);
      continue;
    }
    if (same !== here) old.insertBefore(same, here);
    else here = here.nextSibling;
    if (same.nodeType !== Node.ELEMENT_NODE) {
      if (same.data !== child.data) same.data = child.data;
    } else if (!same.isEqualNode(child)) {
      morph(same, child);
    }
  }
  while (here) {
    const next = here.nextSibling;
    here.remove();
    here = next;
  }
}

function keyOf(node) {
  return node.id || node.dataset?.key || null;
}

function isAlike(one, other) {
  return one && one.nodeType === other.nodeType && one.nodeName === other.nodeName
    && !keyOf(one) && !keyOf(other);
}

function follow() {
  const stream = new EventSource(`/room/events?after=${document.body.dataset.lastChange}`);
  stream.addEventListener("change", () => refresh());
  stream.addEventListener("open", () => { live.hidden = true; });
  stream.addEventListener("error", () => {
    live.hidden = false;
    live.textContent = "Connection lost; trying again";
    // Closed for good: signed out, or the server refuses. Look again as a person would.
    if (stream.readyState === EventSource.CLOSED) setTimeout(() => { refresh(); follow(); }, 5_000);
  });
}

// --- Times ---------------------------------------------------------------------------------------

function spanOf(seconds) {
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3_600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}

function tell() {
  const now = Date.now();
  for (const time of document.querySelectorAll("time[data-relative]")) {
    const ahead = (new Date(time.dateTime) - now) / 1000;
    let words = ahead > 0 ? `in ${spanOf(ahead)}` : `${spanOf(-ahead)} ago`;
    if (Math.abs(ahead) < 10) words = "now";
    if (time.textContent !== words) time.textContent = words;
  }
}

let isCountingDown = false;
setInterval(() => {
  const running = document.querySelectorAll("time[data-countdown]");
  for (const time of running) {
    const left = Math.ceil((new Date(time.dateTime) - Date.now()) / 1000);
    time.textContent = left > 0 ? `in ${left} s` : "now";
  }
  // When the last one has run out, the page shows what came of it even if no change arrives.
  if (isCountingDown && running.length === 0) refresh();
  isCountingDown = running.length > 0;
}, 1_000);
setInterval(tell, RELATIVE_EVERY);
// What no change tells: a part that stopped working, a stop on another replica.
setInterval(() => { if (!document.hidden) refresh(); }, 60_000);

// --- The command line ----------------------------------------------------------------------------

const past = [];
let place = 0;

function remember(words) {
  if (words && past.at(-1) !== words) past.push(words);
  place = past.length;
}

document.addEventListener("keydown", (event) => {
  const field = event.target.closest?.("input[type=text], textarea");
  if (field?.id === "words" && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
    place = Math.min(past.length, Math.max(0, place + (event.key === "ArrowUp" ? -1 : 1)));
    field.value = past[place] ?? "";
    event.preventDefault();
  } else if (field?.matches("textarea") && event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    field.form?.requestSubmit();
  } else if (event.key === "/" && !field && !event.ctrlKey && !event.metaKey) {
    document.getElementById("words").focus();
    event.preventDefault();
  } else if (event.key === "Escape") {
    answers.lastElementChild?.remove();
  }
});

document.querySelectorAll(".answers .answer").forEach(fade);
tell();
follow();
