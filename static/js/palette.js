// Search everything over the page at hand: the search's own page, a part of which is fetched as one types. Nothing is kept in the
// browser. Without this file the box in the head leads to that page.

const WAIT = 150;
const COMMANDS = ">";
const UNREACHED = "The search could not be reached. Press Enter to try its own page.";

const dialog = document.querySelector("[data-palette]");
const box = document.querySelector("[data-everywhere]");

const ACTS = [
  ".page-head__actions :is(a[href], button:not([type=submit]))",
  ".tabs a:not([aria-current])",
  ".form--long a.form-foot__apart",
  // With rows that are selected.
  ".bulk-bar[data-ticked] .bulk-bar__actions button",
].join();

// What every page has: to sign out, and how it looks. Of the two ways to draw the navigation one is seen.
const ALWAYS = ".who button:not(.look__narrow, .look__wide)";
const WAYS = ".who :is(.look__narrow, .look__wide)";

function alwaysThere() {
  const ways = [...document.querySelectorAll(WAYS)].filter((one) => one.checkVisibility());
  return [...document.querySelectorAll(ALWAYS), ...ways];
}

// What can be done with what the page is about, by its words: the controls beside its heading, its other tabs, Delete, and
// what the selected rows are for.
function actsOf(words, further) {
  const controls = [...document.querySelectorAll(ACTS), ...further];
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  return controls.filter((one) => {
    const said = one.textContent.trim().toLowerCase();
    return said && wanted.every((word) => ` ${said}`.includes(` ${word}`));
  });
}

function entry(control) {
  const item = document.createElement("li");
  const link = item.appendChild(document.createElement("a"));
  link.href = control.href ?? "#";
  const title = link.appendChild(document.createElement("span"));
  title.className = "found__title";
  title.textContent = control.textContent.trim();
  link.addEventListener("click", (event) => {
    // A link to a part of this page opens nothing that would close the palette.
    if ((control.href && !control.hash) || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    dialog.close();
    control.click();
  });
  return item;
}

function actsGroup(controls) {
  const section = document.createElement("section");
  section.className = "found";
  const head = section.appendChild(document.createElement("div"));
  head.className = "found__head";
  const heading = head.appendChild(document.createElement("h2"));
  heading.textContent = "On this page";
  heading.id = "palette-acts";
  section.setAttribute("aria-labelledby", heading.id);
  section.appendChild(document.createElement("ul")).append(...controls.map(entry));
  return section;
}

class Palette {
  constructor() {
    this.form = dialog.querySelector("form");
    this.input = dialog.querySelector("input");
    this.found = dialog.querySelector("[data-palette-found]");
    this.words = dialog.querySelector("[data-palette-words]");
    this.tab = dialog.querySelector("[data-palette-completion]");
    dialog.addEventListener("keydown", (event) => this.press(event));
    dialog.addEventListener("click", (event) => this.click(event));
    this.input.addEventListener("input", () => this.wait());
    this.form.addEventListener("submit", (event) => this.submit(event));
  }

  open() {
    if (document.querySelector("dialog:modal")) return;
    this.input.value = box.value;
    dialog.showModal();
    this.input.focus();
    this.ask();
  }

  query() {
    return this.input.value.trim();
  }

  // A group's own link, "Show all posts", comes behind what was found of it.
  links() {
    const groups = [...this.found.querySelectorAll("section")];
    return groups.flatMap((one) => [...one.querySelectorAll("li a"), ...one.querySelectorAll(".found__head a")]);
  }

  // What Enter opens: what was found first, or the way to a list where that was too slow.
  first() {
    return this.found.querySelector("li a") ?? this.links()[0];
  }

  wait() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), WAIT);
  }

  // What was asked before and is still under way no longer matters.
  ask() {
    clearTimeout(this.timer);
    if (this.asked === this.query() && this.answer) return this.answer;
    this.under?.abort();
    this.under = new AbortController();
    this.asked = this.query();
    this.answer = this.fetch(this.asked, this.under.signal);
    return this.answer;
  }

  async fetch(query, signal) {
    const url = new URL(this.form.action);
    url.searchParams.set("q", query);
    url.searchParams.set("part", "found");
    try {
      // Who is signed out is led to the sign-in page, which is no answer to this.
      const answer = await fetch(url, { signal, credentials: "same-origin", redirect: "manual" });
      if (!answer.ok) throw new Error(answer.type);
      this.show(await answer.text());
    } catch {
      if (signal.aborted) return;
      this.answer = undefined;
      this.found.textContent = this.words.textContent = UNREACHED;
    }
  }

  show(html) {
    const part = new DOMParser().parseFromString(html, "text/html").querySelector("[data-words]");
    this.found.replaceChildren(...part.childNodes);
    this.found.scrollTop = 0;
    this.words.textContent = part.dataset.words;
    this.completion = part.dataset.completion ?? "";
    this.tab.hidden = !this.completion;
    this.tab.lastElementChild.textContent = `completes ${this.completion}`;
    this.addActs();
    if (this.query()) this.first()?.setAttribute("data-enter", "");
  }

  // Before anything is typed, and among commands: a word that is searched for is not to be taken for one.
  addActs() {
    const query = this.query();
    const isCommand = query.startsWith(COMMANDS);
    const controls = !query || isCommand ? actsOf(query.replace(COMMANDS, ""), isCommand ? alwaysThere() : []) : [];
    if (!controls.length) return;
    this.found.querySelector(".found__none")?.remove();
    // On a record's page they are what one came for; elsewhere the records that one opened last, which are few.
    const comeFirst = isCommand || document.querySelector("main .crumbs");
    this.found[comeFirst ? "prepend" : "append"](actsGroup(controls));
  }

  // Enter opens the first thing found, once it is found for what is typed; where there is none, the search's own page says so.
  async submit(event) {
    event.preventDefault();
    const query = this.query();
    if (query) await this.ask();
    if (query !== this.query()) return;
    const first = query && this.first();
    if (first) first.click();
    else this.form.submit();
  }

  async openBeside() {
    const query = this.query();
    await this.ask();
    const first = query && query === this.query() && this.first();
    if (first) window.open(first.href, "_blank", "noopener");
  }

  // The filter whose name is being typed: what was asked is what stands there, and the caret is at its end.
  complete() {
    const { value, selectionStart } = this.input;
    const last = value.slice(value.lastIndexOf(" ") + 1);
    if (!this.completion || !last || this.asked !== value.trim() || selectionStart !== value.length) return false;
    this.input.value = value.slice(0, value.length - last.length) + this.completion;
    this.completion = "";
    this.tab.hidden = true;
    this.wait();
    return true;
  }

  press(event) {
    const isTab = event.key === "Tab" && !event.shiftKey && event.target === this.input;
    if (isTab && this.complete()) event.preventDefault();
    if (event.key === "Escape") {
      event.preventDefault();
      dialog.close();
    } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target === this.input) {
      event.preventDefault();
      this.openBeside();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      this.move(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key.length === 1 && event.target.matches("a") && !event.ctrlKey && !event.metaKey && !event.altKey) {
      // What is typed on a link goes on with the search.
      this.input.focus();
    }
  }

  // The box comes before the first link and after the last one.
  move(step) {
    const stops = [this.input, ...this.links()];
    const here = Math.max(stops.indexOf(document.activeElement), 0);
    stops[(here + step + stops.length) % stops.length].focus();
  }

  click(event) {
    if (event.target === dialog || event.target.closest("[data-palette-close]")) dialog.close();
  }
}

if (dialog && box) {
  const palette = new Palette();
  box.addEventListener("click", () => palette.open());
  document.addEventListener("keydown", (event) => {
    const isK = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey;
    if (!isK) return;
    event.preventDefault();
    palette.open();
  });
}
