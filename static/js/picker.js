// Turns an input that takes an ID or an email into a search for a record. Without this file the input still works.

const PAGE_MARGIN = 0.9;

function pageUrl(input, query, page) {
  const url = new URL(input.dataset.picker, location.href);
  url.searchParams.set("query", query);
  url.searchParams.set("page", page);
  return url.href;
}

async function answerTo(url) {
  try {
    const answer = await fetch(url, { headers: { Accept: "application/json" }, credentials: "same-origin" });
    return answer.ok ? await answer.json() : {};
  } catch {
    return {};
  }
}

// Answers are taken in the order of the questions: a slow one must not replace what was asked after it.
function load(picker, query, done) {
  const url = picker.getUrl(query);
  const before = picker.answered;
  const take = async () => {
    const { results, more } = await answerTo(url);
    await before;
    const page = Number(new URL(url).searchParams.get("page"));
    if (more && query === picker.lastValue) picker.setNextUrl(query, pageUrl(picker.input, query, page + 1));
    done(results);
  };
  picker.asked = query;
  picker.answered = take();
}

// Opened again after a search, it begins anew rather than with what that search found.
function askAgain(picker) {
  const query = picker.inputValue();
  if (picker.asked === undefined || picker.asked === query) return;
  picker.lastValue = query;
  picker.load(query);
}

const render = {
  option: ({ text, detail }, escape) =>
    `<div><span dir="auto">${escape(text)}</span>${detail ? `<small dir="auto">${escape(detail)}</small>` : ""}</div>`,
  item: ({ text }, escape) => `<div dir="auto">${escape(text)}</div>`,
  no_results: () => '<div class="no-results">No matches</div>',
  loading_more: () => '<div class="more">More…</div>',
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

function enhance(input) {
  if (input.tomselect) return;
  const { value } = input;
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
  picker.on("dropdown_open", () => askAgain(picker));
  // Tom Select leaves the name of an option that is no longer there.
  picker.on("dropdown_close", () => picker.control_input.removeAttribute("aria-activedescendant"));
  picker.wrapper.classList.toggle("invalid-choice", input.getAttribute("aria-invalid") === "true");
  for (const hint of input.parentElement.querySelectorAll("[data-picker-hint]")) hint.hidden = true;
}

function enhanceAll(root) {
  if (window.TomSelect) root.querySelectorAll("input[data-picker]").forEach(enhance);
}

enhanceAll(document);
document.addEventListener("htmx:load", (event) => enhanceAll(event.detail.elt));
