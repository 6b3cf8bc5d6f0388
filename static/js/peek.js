// Looks at a record beside its list without loading the list anew: by the row's own link, a click beside its words, or Space in
// the row. Escape closes it. Without this file the links load the page with the panel.

const BUSY = "a, button, input, label, select, textarea, summary, [data-editing], .peek";
// What a double click on a cell needs, which means something else.
const DOUBLE_CLICK = 300;

let waiting = 0;
// What was asked for last: an answer that comes later is of a row that somebody has left.
let asked = "";

function panel() {
  return document.getElementById("peek");
}

function isOpen() {
  return Boolean(panel()?.dataset.peekRow);
}

function rowOf(one) {
  return document.getElementById(one.dataset.peekRow ?? "");
}

function mark() {
  // Not by :has(), for which a browser works out the styles of the whole page anew after each change.
  document.body.classList.toggle("frame--peek", isOpen());
  for (const row of document.querySelectorAll("tr[data-peeked]")) delete row.dataset.peeked;
  const row = rowOf(panel());
  if (row) row.dataset.peeked = "";
  row?.scrollIntoView({ block: "nearest" });
}

async function fetched(url, follows) {
  // Rows that somebody only goes past do not count as opened.
  const headers = follows ? { "Peek-Passing": "1" } : {};
  const answer = await fetch(url, { credentials: "same-origin", headers });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return answer.ok ? page.getElementById("peek") : null;
}

async function show(url, { keeps = false, follows = false } = {}) {
  asked = url;
  try {
    const next = await fetched(url, follows);
    if (asked !== url) return;
    if (!next?.dataset.peekRow) throw new Error("no panel");
    if (!keeps) history[isOpen() ? "replaceState" : "pushState"](null, "", url);
    panel().replaceWith(next);
    mark();
    if (!follows) document.getElementById("peek-title").focus();
  } catch {
    // The sign-in page, an error: the browser goes there itself.
    location.assign(url);
  }
}

function close({ keeps = false } = {}) {
  asked = "";
  const row = rowOf(panel());
  const url = panel().querySelector("[data-peek-close]").href;
  const place = document.createElement("div");
  place.id = "peek";
  place.hidden = true;
  panel().replaceWith(place);
  mark();
  if (!keeps) history.pushState(null, "", url);
  (row?.querySelector("a.clip") ?? row?.querySelector("[data-peek]"))?.focus();
}

function isPlain(event) {
  return !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || event.button);
}

document.addEventListener("click", (event) => {
  if (!isPlain(event) || event.defaultPrevented || !panel()) return;
  const link = event.target.closest("a[data-peek]");
  if (link) {
    event.preventDefault();
    show(link.href);
  } else if (event.target.closest("a[data-peek-close]")) {
    event.preventDefault();
    close();
  }
});

document.addEventListener("click", (event) => {
  const row = event.target.closest("tbody tr");
  const link = row?.querySelector("a[data-peek]");
  clearTimeout(waiting);
  if (!link || !isPlain(event) || event.detail > 1 || event.target.closest(BUSY) || String(getSelection())) return;
  waiting = setTimeout(() => row.querySelector("[data-editing]") ?? show(link.href), DOUBLE_CLICK);
});

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || !isPlain(event)) return;
  if (event.key === " " && !event.target.closest("button, input, textarea, select, summary, [contenteditable]")) {
    const link = event.target.closest("tbody tr")?.querySelector("a[data-peek]");
    if (!link) return;
    event.preventDefault();
    show(link.href);
  } else if (event.key === "Escape" && isOpen() && !event.target.closest("dialog, [data-dropdown][open], input, textarea, select")) {
    close();
  }
});

document.addEventListener("rowchange", ({ target }) => {
  const link = target.querySelector("a[data-peek]");
  if (link && isOpen()) show(link.href, { follows: true });
});

// Who asks for another list waits for no row of this one.
document.addEventListener("htmx:beforeSend", (event) => {
  if (event.detail.target.matches("[data-listing]")) asked = "";
});

window.addEventListener("popstate", () => {
  if (!panel()) return;
  const key = new URL(location.href).searchParams.get("peek");
  if (key) show(location.href, { keeps: true });
  else if (isOpen()) close({ keeps: true });
});
