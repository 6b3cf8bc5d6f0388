// Tick boxes: the one in the head ticks the page, Shift ticks a range, and how many there are is said. Without this file they
// are boxes like any other.

// The box that was changed last, and whether Shift was held when the pointer or the space bar went down.
let last = null;
let isRange = false;

function boxesOf(form) {
  return [...form.elements].filter((one) => one.name === "tick");
}

function show(form) {
  const boxes = boxesOf(form);
  const number = boxes.filter((box) => box.checked).length;
  const label = form.closest("[data-listing]").querySelector("[data-tick-all]");
  const all = label.querySelector("input");
  label.hidden = false;
  all.checked = number === boxes.length;
  all.indeterminate = number > 0 && number < boxes.length;
  form.toggleAttribute("data-ticked", number > 0);
  form.querySelector("[data-ticks-count]").textContent = number > 0 ? `${number} selected` : "";
  // Pressed with nothing ticked they lead to a page that says so.
  for (const button of form.querySelectorAll("button")) button.disabled = number === 0;
  for (const link of form.querySelectorAll("[data-ticks-rest]")) link.hidden = number < boxes.length;
}

function tickRange(boxes, from, to) {
  const [first, end] = [boxes.indexOf(from), boxes.indexOf(to)].sort((a, b) => a - b);
  if (first < 0) return;
  for (const box of boxes.slice(first, end + 1)) box.checked = to.checked;
}

for (const type of ["pointerdown", "keydown"]) {
  document.addEventListener(type, (event) => {
    isRange = event.shiftKey;
  });
}

document.addEventListener("change", (event) => {
  const box = event.target;
  const form = box.form;
  if (!form?.matches("[data-ticks]")) return;
  const boxes = boxesOf(form);
  if (box.name !== "tick") for (const one of boxes) one.checked = box.checked;
  else if (isRange && last) tickRange(boxes, last, box);
  last = box.name === "tick" ? box : null;
  show(form);
});

function begin(root) {
  root.querySelectorAll("[data-ticks]").forEach(show);
}

begin(document);
document.addEventListener("htmx:load", (event) => begin(event.detail.elt));
// The browser may bring a page back with its boxes as they were left.
window.addEventListener("pageshow", () => begin(document));
