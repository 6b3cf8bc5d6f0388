// Columns in a form: buttons move them up and down at once; the numbers, which do the same without scripts, follow along.

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
  const list = item.parentElement;
  const other = isUp ? item.previousElementSibling : item.nextElementSibling;
  if (isUp) other.before(item);
  else other.after(item);
  renumber(list);
  const input = item.querySelector("[data-order-place] input");
  input.dispatchEvent(new Event("input", { bubbles: true }));
  const status = list.parentElement.querySelector("[data-order-status]");
  status.textContent = `${item.querySelector("label").textContent.trim()} is now column ${placeOf(item)}`;
}

function equip(item) {
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
