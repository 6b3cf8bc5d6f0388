// Leads through the cells of a list that can be changed: they are one stop of the Tab key, and the arrow keys lead from one to the
// next. What is typed into one does not go away with the list. What opens them is cell.js.

const OPEN_YET = "Save or cancel the cell that you are changing first.";

const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

function beside(cell, [down, along]) {
  const row = cell.closest("[data-row]");
  if (along) {
    const inRow = [...row.querySelectorAll("[data-cell]")];
    return inRow[inRow.indexOf(cell) + along];
  }
  const rows = [...row.parentElement.querySelectorAll("[data-row]")];
  return rows[rows.indexOf(row) + down]?.querySelector(`[data-cell="${CSS.escape(cell.dataset.cell)}"]`);
}

document.addEventListener("keydown", (event) => {
  const { target, key } = event;
  if (!(key in STEPS) || !target.matches("[data-cell]") || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  beside(target, STEPS[key])?.focus();
});

document.addEventListener("focusin", (event) => {
  if (!event.target.matches("[data-cell]")) return;
  for (const one of event.target.closest("[data-cells]").querySelectorAll("[data-cell]")) {
    one.tabIndex = one === event.target ? 0 : -1;
  }
});

// ---- what is typed

for (const type of ["input", "change"]) {
  document.addEventListener(type, (event) => {
    const form = event.target.closest("[data-cell-form]");
    if (form) form.dataset.typed = "";
  });
}

document.addEventListener("htmx:beforeRequest", (event) => {
  if (!event.detail.target.querySelector("[data-cell-form][data-typed]")) return;
  event.preventDefault();
  event.detail.target.querySelector("[data-cell-note]").textContent = OPEN_YET;
});

window.addEventListener("beforeunload", (event) => {
  if (document.querySelector("[data-cell-form][data-typed]")) event.preventDefault();
});

// ---- each list that is drawn

function equip(root) {
  for (const region of root.querySelectorAll("[data-cells]")) {
    const hint = `${region.closest("[data-listing]").id}-cell-hint`;
    region.querySelectorAll("[data-cell]").forEach((cell, place) => {
      cell.tabIndex = place ? -1 : 0;
      cell.setAttribute("aria-describedby", hint);
    });
  }
}

equip(document);
document.addEventListener("htmx:load", (event) => equip(event.detail.elt));
