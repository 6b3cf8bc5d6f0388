// What a button opened closes by Escape, by a click elsewhere and by the focus that leaves it. Arrows go through its links and buttons.

const OPEN = "[data-dropdown][open]";
const ITEMS = ".dropdown__body :is(a[href], button)";

function close(dropdown) {
  dropdown.open = false;
}

function closeOthers(node) {
  for (const one of document.querySelectorAll(OPEN)) if (!one.contains(node)) close(one);
}

function step(dropdown, by) {
  const items = [...dropdown.querySelectorAll(ITEMS)];
  const at = items.indexOf(document.activeElement);
  items.at(at < 0 && by < 0 ? -1 : (at + by) % items.length)?.focus();
}

document.addEventListener("click", (event) => closeOthers(event.target));
// A press on words in it puts the focus on the part of the page around it: that leaves nothing.
document.addEventListener("focusin", ({ target }) => {
  for (const one of document.querySelectorAll(OPEN)) if (!one.contains(target) && !target.contains(one)) close(one);
});

document.addEventListener("keydown", (event) => {
  const dropdown = event.target.closest?.(OPEN);
  if (!dropdown) return;
  // A picker in it closes first.
  if (event.key === "Escape" && !event.defaultPrevented && !event.target.matches("[aria-expanded='true']")) {
    close(dropdown);
    dropdown.querySelector("summary").focus();
  }
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!by || event.target.matches("input, select, textarea")) return;
  step(dropdown, by);
  event.preventDefault();
});
