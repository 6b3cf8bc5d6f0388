// Leads through the rows of a list: up and down to the same place of the next row, left and right through the row. In the order of
// the Tab key a row has its box, its first link and its menu, as in every table (a grid, with one stop for all rows, would ask more
// of who hears it); the arrow keys reach the rest. The letters are for the row in which the focus is, or whose record is beside it.

const ROWS = "[data-listing] tbody tr";
const STOPS = "a[href], button, summary, input[type=checkbox]";
// What a menu holds is reached when it is open.
const RARE = `${ROWS} :is(.only, .peek-link, td a:not([data-dropdown] a))`;
// The record that stands beside the list: its row is meant where the focus is there.
const PEEKED = `${ROWS}[data-peeked]`;
const LAST = "row";

function isSeen(node) {
  return node.checkVisibility();
}

function stopsOf(row) {
  return [...row.querySelectorAll(STOPS)].filter((one) => isSeen(one) && !one.closest("[data-dropdown] > :not(summary)"));
}

function mainOf(row) {
  return row.querySelector("th a[href]") ?? stopsOf(row)[0];
}

function rows() {
  return [...document.querySelectorAll(ROWS)];
}

function rowOf(target) {
  return target.closest(ROWS) ?? (target.closest("#peek") && document.querySelector(PEEKED));
}

function focus(stop) {
  stop?.focus();
  stop?.closest("tr").scrollIntoView({ block: "nearest" });
  return stop;
}

// What stands beside the list goes along with the row.
function enter(stop) {
  focus(stop)?.closest("tr").dispatchEvent(new CustomEvent("rowchange", { bubbles: true }));
  return stop;
}

function rowBeside(row, by) {
  return row ? rows()[rows().indexOf(row) + by] : rows()[0];
}

function toRow(target, by) {
  const row = rowBeside(rowOf(target), by);
  return row && enter(mainOf(row));
}

// The same place in the row above or below; in a row that has it not, the first link.
function straight(target, by) {
  const here = rowOf(target);
  const row = rowBeside(here, by);
  return row && enter(stopsOf(row)[stopsOf(here).indexOf(target)] ?? mainOf(row));
}

function along(target, by) {
  const stops = stopsOf(target.closest(ROWS));
  return focus(stops[stops.indexOf(target) + by]);
}

// Where rows are only looked at, it is there and not seen.
function boxOf(row) {
  const box = row?.querySelector(".tick input");
  return box?.checkVisibility() && box;
}

const KEYS = {
  j: (row, target) => toRow(target, 1),
  k: (row, target) => row && toRow(target, -1),
  o: (row) => row?.querySelector("th a[href]"),
  e: (row) => row?.querySelector("[data-edit]"),
  u: (row) => row?.querySelector("td a.clip[href]"),
  x: boxOf,
  X: boxOf,
  " ": (_, target) => !target.matches("button, summary, input") && target.closest(ROWS)?.querySelector("[data-peek]"),
};

document.addEventListener("shortcut", (event) => {
  const { target, detail: key } = event;
  const found = KEYS[key]?.(rowOf(target), target);
  if (!found) return;
  event.preventDefault();
  if (key !== "j" && key !== "k") found.click();
});

const ARROWS = { ArrowUp: [straight, -1], ArrowDown: [straight, 1], ArrowLeft: [along, -1], ArrowRight: [along, 1] };

document.addEventListener("keydown", (event) => {
  const { target, key } = event;
  if (!(key in ARROWS) || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  const isDown = key === "ArrowDown" && target.matches("[data-search]");
  const isInRow = target.matches(STOPS) && target.closest(ROWS) && !target.closest("[data-dropdown][open], [data-cell-form]");
  const [step, by] = isDown ? [toRow, 1] : ARROWS[key];
  const isBeside = step === straight && target.closest("#peek") && !target.matches("input, textarea, select");
  if ((isDown || isInRow || isBeside) && step(target, by)) event.preventDefault();
});

// ---- where somebody was, for when the row is gone

document.addEventListener("click", (event) => {
  const row = event.target.closest(ROWS);
  if (row && event.target.closest("a[href]")) sessionStorage.setItem(LAST, rows().indexOf(row));
});

function goOnAtRow() {
  const last = sessionStorage.getItem(LAST);
  if (last === null || !document.querySelector("[data-listing]")) return;
  sessionStorage.removeItem(LAST);
  const isLost = document.activeElement === null || document.activeElement === document.body;
  if (!isLost || !document.querySelector(".banner") || location.hash) return;
  const row = rows()[Number(last)] ?? rows().at(-1);
  if (row) mainOf(row)?.focus();
}

// ---- each list that is drawn

function equip(root) {
  for (const one of root.querySelectorAll(RARE)) one.tabIndex = -1;
}

equip(document);
goOnAtRow();
document.addEventListener("htmx:load", (event) => equip(event.detail.elt));
