// Names of colleagues below a note, while somebody types "@" and the beginning of one. Without this file a name is typed whole,
// and asked about where it is not clear.

const WAIT = 150;
const BEGUN = /(?:^|[^\w.@+/-])@([\p{L}\p{N}][\p{L}\p{N}.'’-]{0,40})$/u;

class Mentions {
  constructor(area) {
    this.area = area;
    this.list = area.parentElement.querySelector("[data-mentions-list]");
    this.said = area.parentElement.querySelector("[data-mentions-said]");
    area.addEventListener("input", () => this.wait());
    area.addEventListener("keydown", (event) => this.enter(event));
    this.list.addEventListener("keydown", (event) => this.move(event));
    this.list.addEventListener("click", (event) => this.take(event.target.closest("button")));
  }

  begun() {
    return this.area.value.slice(0, this.area.selectionEnd).match(BEGUN)?.[1] ?? "";
  }

  wait() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), WAIT);
  }

  async ask() {
    const begun = this.begun();
    const url = new URL(this.area.dataset.mentions, location.href);
    url.searchParams.set("who", begun);
    let names = [];
    try {
      // Who is signed out is led to the sign-in page, which is no answer to this.
      const answer = begun && (await fetch(url, { credentials: "same-origin", redirect: "manual" }));
      if (answer && answer.ok) names = (await answer.json()).names;
    } catch {
      names = [];
    }
    if (begun === this.begun()) this.show(names);
  }

  show(names) {
    this.list.replaceChildren(
      ...names.map((name) => {
        const item = document.createElement("li");
        const button = item.appendChild(document.createElement("button"));
        Object.assign(button, { type: "button", className: "dropdown__item", textContent: name, dir: "auto" });
        return item;
      }),
    );
    this.list.hidden = !names.length;
    this.said.textContent = names.length ? `${names.length === 1 ? "1 name" : `${names.length} names`}. The down arrow goes to them.` : "";
  }

  buttons() {
    return [...this.list.querySelectorAll("button")];
  }

  enter(event) {
    if (this.list.hidden) return;
    if (event.key === "ArrowDown") this.buttons()[0].focus();
    else if (event.key === "Escape") this.show([]);
    else return;
    event.preventDefault();
  }

  move(event) {
    const buttons = this.buttons();
    const at = buttons.indexOf(document.activeElement);
    if (event.key === "ArrowDown") buttons[Math.min(at + 1, buttons.length - 1)].focus();
    else if (event.key === "ArrowUp") (buttons[at - 1] ?? this.area).focus();
    else if (event.key === "Escape") {
      this.show([]);
      this.area.focus();
    } else return;
    event.preventDefault();
  }

  take(button) {
    if (!button) return;
    const end = this.area.selectionEnd;
    this.area.setRangeText(`${button.textContent} `, end - this.begun().length, end, "end");
    this.show([]);
    this.area.focus();
    this.area.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

for (const area of document.querySelectorAll("textarea[data-mentions]")) new Mentions(area);
