// Turns an input that takes an ID or an email into a search for a record. Without this file the input still works.

const PAGE_MARGIN = 0.9;
const ASK_AGAIN_EVERY = 5000;

const SIGNED_OUT = "You are signed out. Sign in in another tab; this list then tries again by itself.";
const UNREACHED = "The dashboard cannot be reached. This list tries again by itself.";
const BUSY = "The dashboard could not answer. This list tries again by itself.";
const REFUSED = "You can no longer look this up. Open the page again.";

function pageUrl(input, query, page) {
  const url = new URL(input.dataset.picker, location.href);
  url.searchParams.set("query", query);
  url.searchParams.set("page", page);
  return url.href;
}

async function answerTo(url) {
  try {
    const answer = await fetch(url, {
      headers: { Accept: "application/json" },
      credentials: "same-origin",
      // Who is signed out is led to the sign-in page, which is no answer to this.
      redirect: "manual",
    });
    if (answer.ok) return await answer.json();
    return { problem: answer.type === "opaqueredirect" ? SIGNED_OUT : answer.status < 500 ? REFUSED : BUSY };
  } catch {
    return { problem: UNREACHED };
  }
}

// Answers are taken in the order of the questions: a slow one must not replace what was asked after it.
function load(picker, query, done) {
  const url = picker.getUrl(query);
  const before = picker.answered;
  const take = async () => {
    const { results, more, hint, problem } = await answerTo(url);
    await before;
    const page = Number(new URL(url).searchParams.get("page"));
    picker.problem = problem;
    picker.hint = hint;
    if (more && query === picker.lastValue) picker.setNextUrl(query, pageUrl(picker.input, query, page + 1));
    if (problem && page > 1) picker.setNextUrl(query, url);
    // Who has chosen meanwhile, or has left, wants no list over what comes next.
    if (!picker.isOpen && picker.inputValue() !== query) picker.open = () => {};
    if (problem && page === 1) tell(picker, query);
    else done(results ?? []);
    delete picker.open;
  };
  picker.asked = query;
  picker.answered = take();
}

// What is said in place of an answer is none: Tom Select would keep it as what there is to choose from.
function tell(picker, query) {
  picker.loading = Math.max(picker.loading - 1, 0);
  picker.wrapper.classList.toggle(picker.settings.loadingClass, picker.loading > 0);
  picker.clearOptions();
  picker.refreshOptions(picker.isFocused && !picker.isInputHidden);
  if (picker.problem === REFUSED) return;
  setTimeout(() => {
    if (picker.problem && picker.isFocused && picker.inputValue() === query) picker.load(query);
  }, ASK_AGAIN_EVERY);
}

// Opened again after a search, it begins anew rather than with what that search found.
function askAgain(picker) {
  const query = picker.inputValue();
  if (picker.asked === undefined || picker.asked === query) return;
  picker.lastValue = query;
  picker.load(query);
}

function askForMissing(picker) {
  const isEmpty = Object.keys(picker.options).length <= picker.items.length;
  if (picker.asked !== undefined && !picker.loading && isEmpty) picker.load(picker.inputValue());
}

function said(words, kind) {
  return `<div class="${kind}">${words}</div>`;
}

const render = {
  option: ({ text, detail }, escape) =>
    `<div><span dir="auto">${escape(text)}</span>${detail ? `<small dir="auto">${escape(detail)}</small>` : ""}</div>`,
  item: ({ text }, escape) => `<div dir="auto">${escape(text)}</div>`,
  no_results(_, escape) {
    const words = this.hint ? `No matches. ${escape(this.hint)}` : "No matches";
    return said(this.problem ?? words, "no-results");
  },
  // Before anything is typed, nothing found is nothing to say.
  not_loading() {
    return this.problem ? said(this.problem, "no-results") : null;
  },
  loading_more() {
    return said(this.problem ?? "More…", "more");
  },
  no_more_results: () => null,
  loading: () => null,
};

// The label, and the error summary's link, lead to the control that can have the focus.
function adoptName(input, control) {
  const { id } = input;
  const label = document.querySelector(`label[for="${CSS.escape(control.id)}"]`);
  input.hidden = true;
  input.removeAttribute("id");
  control.id = id;
  if (label) label.htmlFor = id;
}

function part(tag, className, words) {
  const element = document.createElement(tag);
  element.className = className;
  element.dir = "auto";
  element.textContent = words;
  return element;
}

// The line below names what is chosen as the page's own does what was held: which of two of one name it is.
function tellChosen(input, picker) {
  const field = input.closest(".field");
  if (!field) return;
  const held = field.querySelector(".picked:not([data-chosen])");
  picker.on("change", (chosen) => {
    field.querySelector("[data-chosen]")?.remove();
    const isHeld = chosen === input.defaultValue;
    if (held) held.hidden = !isHeld;
    const { text, detail } = picker.options[chosen] ?? {};
    if (isHeld || !text) return;
    const line = part("p", "picked", "");
    line.dataset.chosen = "";
    line.append(part("bdi", "", text), " ", part("span", "faint", detail ?? ""));
    field.append(line);
  });
}

// Where several are linked, what is chosen becomes a box like those that are there, and the input takes the next.
function collect(links, input, picker) {
  picker.on("item_add", (chosen) => {
    const { text, detail } = picker.options[chosen] ?? {};
    const boxes = [...links.querySelectorAll("input[type=checkbox]")];
    const there = boxes.find((box) => box.value === chosen);
    const row = there ? null : links.querySelector("template").content.firstElementChild.cloneNode(true);
    const box = there ?? row.querySelector("input");
    if (row) {
      box.value = chosen;
      box.defaultChecked = false;
      box.id = `${box.id}-${chosen}`;
      const label = row.querySelector("label");
      label.htmlFor = box.id;
      label.replaceChildren(part("bdi", "", text), " ", part("span", "faint", detail === text ? "" : (detail ?? "")));
      links.querySelector("[data-linked]").append(row);
    }
    box.checked = true;
    picker.clear(true);
    box.dispatchEvent(new Event("change", { bubbles: true }));
  });
}

function enhance(input) {
  if (input.tomselect) return;
  const links = input.closest("[data-links]");
  // What was typed without a meaning is no record that could be chosen.
  if (links && input.value) return;
  const { value } = input;
  const isFocused = document.activeElement === input;
  const plugins = { virtual_scroll: {} };
  if ("optional" in input.dataset) {
    plugins.clear_button = { html: () => '<button type="button" class="clear-button" aria-label="Clear">&times;</button>' };
  }
  const picker = new window.TomSelect(input, {
    plugins,
    render,
    maxItems: 1,
    maxOptions: null,
    create: false,
    hideSelected: true,
    delimiter: "\u0000",
    valueField: "id",
    labelField: "text",
    searchField: [],
    preload: "focus",
    loadThrottle: 250,
    options: [],
    items: [],
    firstUrl: (query) => pageUrl(input, query, 1),
    shouldLoadMore() {
      const { clientHeight, scrollHeight, scrollTop } = this.dropdown_content;
      return (scrollTop + clientHeight) / scrollHeight > PAGE_MARGIN;
    },
    load(query, done) {
      load(this, query, done);
    },
  });
  if (value) {
    // Given to the constructor, it would stand among the results of every search.
    picker.addOption({ id: value, text: input.dataset.pickedLabel || value });
    picker.addItem(value, true);
  }
  adoptName(input, picker.control_input);
  for (const name of ["aria-describedby", "aria-invalid"]) {
    if (input.hasAttribute(name)) picker.control_input.setAttribute(name, input.getAttribute(name));
  }
  if (links) collect(links, input, picker);
  else tellChosen(input, picker);
  picker.on("dropdown_open", () => askAgain(picker));
  picker.on("focus", () => askForMissing(picker));
  // What was typed just before a choice is not looked for any more: the list would open again over what comes next.
  picker.on("item_add", () => clearTimeout(picker.refreshTimeout));
  // Tom Select leaves the name of an option that is no longer there.
  picker.on("dropdown_close", () => picker.control_input.removeAttribute("aria-activedescendant"));
  picker.wrapper.classList.toggle("invalid-choice", input.getAttribute("aria-invalid") === "true");
  // Tom Select refuses what is pasted while the chosen one stands over the input.
  picker.onPaste = () => {};
  if (isFocused) picker.focus();
  for (const hint of input.parentElement.querySelectorAll("[data-picker-hint]")) hint.hidden = true;
}

// What a closed menu holds waits until somebody opens it: Tom Select asks how the input is drawn, and the browser would lay
// out the whole page before it draws it for the first time.
function enhanceOnceSeen(input) {
  const closed = input.closest("details:not([open])");
  if (closed) closed.addEventListener("toggle", () => enhanceOnceSeen(input), { once: true });
  else enhance(input);
}

function enhanceAll(root) {
  if (window.TomSelect) root.querySelectorAll("input[data-picker]").forEach(enhanceOnceSeen);
}

enhanceAll(document);
document.addEventListener("htmx:load", (event) => enhanceAll(event.detail.elt));
