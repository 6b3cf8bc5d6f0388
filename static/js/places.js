// "/" goes to the list's search, where there is none to the search for everything. "g" and then a letter open a page of the
// navigation. "?" shows the keys over the page.

const WAIT = 1500;

let since = -WAIT;

function search() {
  const own = document.querySelector("[data-search]");
  const box = own ?? document.querySelector("[data-everywhere]");
  box?.focus();
  box?.select();
  if (!own) box?.click();
  return box;
}

function go(letter) {
  const link = document.querySelector(`[data-go="${CSS.escape(letter)}"]`);
  if (link) location.assign(link.href);
  return link;
}

async function showKeys() {
  const sheet = document.querySelector("[data-keys]");
  if (!sheet.querySelector("table")) {
    try {
      const answer = await fetch(sheet.dataset.keys, { credentials: "same-origin", redirect: "manual" });
      if (!answer.ok) throw new Error(answer.type);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      sheet.querySelector("[data-keys-here]").replaceChildren(...page.querySelector("[data-keys-table]").childNodes);
    } catch {
      location.assign(sheet.dataset.keys);
      return;
    }
  }
  if (!document.querySelector("dialog:modal")) sheet.showModal();
}

document.addEventListener("shortcut", (event) => {
  const { detail: key, timeStamp } = event;
  const isSecond = timeStamp - since < WAIT;
  since = key === "g" && !isSecond ? timeStamp : -WAIT;
  if (isSecond) {
    // What follows "g" is that letter and nothing else.
    event.stopImmediatePropagation();
    if (go(key)) event.preventDefault();
  } else if (key === "/" && search()) {
    event.preventDefault();
  } else if (key === "?" && document.querySelector("[data-keys]")) {
    event.preventDefault();
    showKeys();
  }
});

document.addEventListener("click", (event) => {
  const sheet = event.target.closest("[data-keys]");
  if (sheet && (event.target === sheet || event.target.closest("[data-keys-close]"))) sheet.close();
});
