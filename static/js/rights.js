// A level of a role's form ticks its single permissions, and these say which level they are. Without this file the server does
// it when the form is saved.

const boxes = (block) => [...block.querySelectorAll("input[type=checkbox]")];
const ticksOf = (option) => option.dataset.rightsTicks.split(" ").filter(Boolean);

function tickAs(block, option) {
  if (option.dataset.rightsTicks === "custom") {
    block.querySelector("details").open = true;
    return;
  }
  const wanted = new Set(ticksOf(option));
  for (const box of boxes(block)) box.checked = wanted.has(box.value);
}

function sayLevel(block, select) {
  const ticked = boxes(block).filter((box) => box.checked).map((box) => box.value).sort().join(" ");
  const options = [...select.options];
  const found = options.find((one) => ticksOf(one).join(" ") === ticked) ?? options.at(-1);
  select.value = found.value;
}

for (const block of document.querySelectorAll("[data-rights]")) {
  const select = block.querySelector("[data-rights-level]");
  block.addEventListener("change", ({ target }) => {
    if (target === select) tickAs(block, select.selectedOptions[0]);
    else if (target.type === "checkbox") sayLevel(block, select);
  });
}
