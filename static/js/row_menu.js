// The menu of a row: adds what needs only the row's number, and sets the box beside its button, above whatever scrolls.

const GAP = 4;

function item(words, href) {
  const link = document.createElement("a");
  link.href = href;
  link.textContent = words;
  return link;
}

// The clipboard is there only over https, and on this machine itself.
function copyButton(words, text) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = words;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
  });
  return button;
}

// Of what the list says where each of these leads; what a person may not do it does not say.
function additions({ record, history, give }, id) {
  const found = [];
  if (record) {
    const tab = item("Open in new tab", record + id);
    tab.target = "_blank";
    tab.rel = "noopener";
    found.push(tab);
    if (navigator.clipboard) found.push(copyButton("Copy link", new URL(record + id, location.href).href));
  }
  if (navigator.clipboard) found.push(copyButton("Copy ID", id));
  if (give) found.push(item("Give to…", give + id));
  if (history) found.push(item("History", history + id));
  return found;
}

function fill(menu, box) {
  const region = menu.closest(".table-region");
  const last = box.querySelector("[data-danger]");
  for (const one of additions(region.dataset, menu.dataset.rowMenu)) box.insertBefore(one, last);
}

function place(menu, box) {
  box.dataset.placed = "";
  const button = menu.querySelector("summary").getBoundingClientRect();
  const { height, width } = box.getBoundingClientRect();
  const isAbove = button.bottom + GAP + height > innerHeight && button.top > height + GAP;
  box.style.top = `${isAbove ? button.top - GAP - height : button.bottom + GAP}px`;
  box.style.left = `${Math.max(GAP, button.right - width)}px`;
}

// "toggle" does not rise.
document.addEventListener(
  "toggle",
  (event) => {
    const menu = event.target;
    if (!menu.matches?.("[data-row-menu][open]")) return;
    const box = menu.querySelector(".dropdown__body");
    if (!("placed" in box.dataset)) fill(menu, box);
    place(menu, box);
  },
  { capture: true },
);

// The list may scroll beneath an open menu, also by the focus that has just come to its button.
function follow() {
  for (const menu of document.querySelectorAll("[data-row-menu][open]")) place(menu, menu.querySelector(".dropdown__body"));
}

document.addEventListener("scroll", follow, { capture: true, passive: true });
window.addEventListener("resize", follow);
