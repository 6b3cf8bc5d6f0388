// Changing fields of many records: who types into a field, or chooses a way of changing it, means it. Its box is ticked, and the
// way is chosen that the input belongs to. Without this file both are done by hand, and what is forgotten is said.

for (const type of ["input", "change"]) {
  document.addEventListener(type, (event) => {
    const control = event.target;
    const row = control.closest("[data-change]");
    if (!row || control.matches("[data-change-tick]") || control.value === "") return;
    row.querySelector("[data-change-tick]").checked = true;
    const way = control.closest("[data-change-way]")?.querySelector("input[type=radio]");
    if (way) way.checked = true;
  });
}
