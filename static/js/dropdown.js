// What a button opened closes by Escape, by a click elsewhere and by the focus that leaves it. Arrows go through its links and buttons.

const OPEN = "[data-dropdown][open]";
const ITEMS = ":is(a[href], button)";

// What it opens is in it, or stands behind it under the id that it names.
function bodyOf(dropdown) {
  return document.getElementById(dropdown.dataset.dropdown) ?? dropdown.querySelector(".dropdown__body");
}

function holds(dropdown, node) {
  return dropdown.contains(node) || bodyOf(dropdown).contains(node);
}

function close(dropdown) {
  dropdown.open = false;
}

function closeOthers(node) {
  for (const one of document.querySelectorAll(OPEN)) if (!holds(one, node)) close(one);
}

function step(dropdown, by) {
  const items = [...bodyOf(dropdown).querySelectorAll(ITEMS)];
  const at = items.indexOf(document.activeElement);
  items.at(at < 0 && by < 0 ? -1 : (at + by) % items.length)?.focus();
}

document.addEventListener("click", (event) => closeOthers(event.target));
// A press on words in it puts the focus on the part of the page around it: that leaves nothing.
document.addEventListener("focusin", ({ target }) => {
  for (const one of document.querySelectorAll(OPEN)) if (!holds(one, target) && !target.contains(one)) close(one);
});

document.addEventListener("keydown", (event) => {
  const dropdown = [...document.querySelectorAll(OPEN)].findLast((one) => holds(one, event.target));
  if (!dropdown) return;
  // A picker in it closes first.
  if (event.key === "Escape" && !event.defaultPrevented && !event.target.matches("[aria-expanded='true']")) {
    close(dropdown);
    dropdown.querySelector("summary").focus();
    // It closes nothing else that is open.
    event.preventDefault();
  }
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!by || event.target.matches("input, select, textarea")) return;
  step(dropdown, by);
  event.preventDefault();
});
