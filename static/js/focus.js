// Puts the focus where the reader goes on: at the errors, at the row just saved, or at a list that was fetched anew.

function isLost() {
  return document.activeElement === null || document.activeElement === document.body;
}

const errors = document.querySelector("[data-focus]");
const marked = document.querySelector("tr[data-marked]");
// A page that asks one thing.
const first = document.querySelector("[data-first] :is(input:not([type=hidden], [hidden], .tomselected), textarea, select)");

if (errors) {
  errors.focus();
} else if (marked && !location.hash) {
  marked.scrollIntoView({ block: "nearest" });
  marked.querySelector("a")?.focus({ preventScroll: true });
} else {
  first?.focus();
}

document.addEventListener("htmx:afterSettle", (event) => {
  const list = event.detail.elt.closest?.("[data-listing]");
  if (!list) return;
  if (isLost()) list.querySelector("[data-listing-start]")?.focus({ preventScroll: true });
  if (list.getBoundingClientRect().top < 0) list.scrollIntoView({ block: "start" });
});
