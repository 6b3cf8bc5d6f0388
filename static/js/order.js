// Columns in a form: buttons move them up and down at once, and a pointer drags them; the numbers, which do the same without
// scripts, follow along.

function button(words, sign, label) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "button";
  made.setAttribute("aria-label", `${words}: ${label}`);
  made.textContent = sign;
  return made;
}

// From 1; a column that is fixed stands before the others.
const placeOf = (item) => [...item.parentElement.children].indexOf(item) + 1;

function renumber(list) {
  const items = [...list.querySelectorAll(":scope > [data-order-item]")];
  items.forEach((item, index) => {
    item.querySelector("[data-order-place] input").value = placeOf(item);
    const [up, down] = item.querySelectorAll("[data-order-place] button");
    up.disabled = index === 0;
    down.disabled = index === items.length - 1;
  });
}

function move(item, isUp) {
  const other = isUp ? item.previousElementSibling : item.nextElementSibling;
  if (isUp) other.before(item);
  else other.after(item);
  tell(item);
}

function tell(item) {
  const list = item.parentElement;
  renumber(list);
  const input = item.querySelector("[data-order-place] input");
  input.dispatchEvent(new Event("input", { bubbles: true }));
  const status = list.parentElement.querySelector("[data-order-status]");
  status.textContent = `${item.querySelector("label").textContent.trim()} is now column ${placeOf(item)}`;
}

// What is dragged, and where it stood.
let dragged = null;
let before = 0;

function drag(event) {
  dragged = event.currentTarget;
  before = placeOf(dragged);
  dragged.dataset.dragged = "";
  event.dataTransfer.effectAllowed = "move";
}

// It takes the place of the row that it is over, on the side from which it comes.
function dragOver(event) {
  const item = event.currentTarget;
  if (!dragged || dragged.parentElement !== item.parentElement) return;
  event.preventDefault();
  if (item === dragged) return;
  if (placeOf(dragged) < placeOf(item)) item.after(dragged);
  else item.before(dragged);
}

function dragEnd() {
  delete dragged.dataset.dragged;
  if (placeOf(dragged) !== before) tell(dragged);
  dragged = null;
}

function equip(item) {
  item.draggable = true;
  item.addEventListener("dragstart", drag);
  item.addEventListener("dragover", dragOver);
  item.addEventListener("dragend", dragEnd);

  const place = item.querySelector("[data-order-place]");
  const label = item.querySelector("label").textContent.trim();
  place.querySelector("input").hidden = true;
  const up = button("Move up", "↑", label);
  const down = button("Move down", "↓", label);
  for (const [one, isUp] of [[up, true], [down, false]]) {
    one.addEventListener("click", () => {
      move(item, isUp);
      // At either end the button that was pressed is off: the other one takes the focus.
      (one.disabled ? (isUp ? down : up) : one).focus();
    });
  }
  place.append(up, down);
}

function begin(root) {
  for (const list of root.querySelectorAll("[data-order]:not([data-equipped])")) {
    list.dataset.equipped = "";
    list.querySelectorAll(":scope > [data-order-item]").forEach(equip);
    renumber(list);
  }
}

begin(document);
document.addEventListener("htmx:load", (event) => begin(event.detail.elt));
