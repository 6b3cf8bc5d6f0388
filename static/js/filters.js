// In the filter sheet: hides the value of a condition that needs none, and lets Escape close the sheet.

function update(operator) {
  const value = operator.closest("[data-filter]").querySelector("[data-filter-value]");
  value.hidden = operator.value.includes("=");
}

function updateAll(root) {
  root.querySelectorAll("[data-filter-operator]").forEach(update);
}

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-filter-operator]")) update(event.target);
});

document.addEventListener("keydown", (event) => {
  const sheet = event.key === "Escape" && !event.defaultPrevented && event.target.closest("details[data-sheet][open]");
  if (!sheet || event.target.matches("[aria-expanded='true']")) return;
  sheet.open = false;
  sheet.querySelector("summary").focus();
});

updateAll(document);
document.addEventListener("htmx:load", (event) => updateAll(event.detail.elt));
