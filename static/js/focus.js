// Puts the focus where the reader goes on: at the errors, at the row just saved, or at a list that was fetched anew.

function isLost() {
  return document.activeElement === null || document.activeElement === document.body;
}

// The browser marks it as the target only later.
function rowInAddress() {
  const place = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  return place?.matches?.("tr") ? place : null;
}

function goTo(row) {
  row.scrollIntoView({ block: "nearest" });
  row.querySelector("a")?.focus({ preventScroll: true });
}

const errors = document.querySelector("[data-focus]");
const marked = document.querySelector("tr[data-marked]") ?? rowInAddress();
// A page that asks one thing.
const first = document.querySelector("[data-first] :is(input:not([type=hidden], [hidden], .tomselected), textarea, select)");

if (errors) {
  errors.focus();
} else if (marked && (!location.hash || marked === rowInAddress())) {
  goTo(marked);
  // Going to the part of the page takes the focus away again, as a row has none of its own.
  addEventListener("load", () => setTimeout(() => isLost() && goTo(marked)));
} else {
  first?.focus();
}

// Whoever points sees where they are: a ring around a whole table, which takes the focus of a link that is gone, is for keys.
document.addEventListener("pointerdown", () => document.documentElement.setAttribute("data-pointing", ""), { capture: true });
document.addEventListener("keydown", () => document.documentElement.removeAttribute("data-pointing"), { capture: true });

document.addEventListener("htmx:afterSettle", (event) => {
  const list = event.detail.elt.closest?.("[data-listing]");
  if (!list) return;
  if (isLost()) list.querySelector("[data-listing-start]")?.focus({ preventScroll: true });
  if (list.getBoundingClientRect().top < 0) list.scrollIntoView({ block: "start" });
});
