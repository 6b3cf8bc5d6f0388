// A button beside what is to be handed over that copies it. Without this file, or where copying is not allowed, it is there to select.

function addButton(input) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button";
  button.textContent = "Copy";
  const said = document.createElement("span");
  said.className = "visually-hidden";
  said.setAttribute("role", "status");

  const frame = document.createElement("div");
  frame.className = "password";
  input.replaceWith(frame);
  frame.append(input, button, said);
  input.addEventListener("focus", () => input.select());
  button.addEventListener("click", async () => {
    input.select();
    try {
      await navigator.clipboard.writeText(input.value);
      button.textContent = "Copied";
      said.textContent = "Copied";
    } catch {
      button.textContent = "Press Ctrl+C";
      said.textContent = "Selected. Press Ctrl+C to copy.";
    }
  });
}

// A link that copies where it leads, whole, so that it can be pasted into a ticket.
function copyInstead(link) {
  const said = document.createElement("span");
  said.className = "visually-hidden";
  said.setAttribute("role", "status");
  link.after(said);
  link.textContent = "Copy link";
  link.addEventListener("click", async (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    try {
      await navigator.clipboard.writeText(link.href);
      link.textContent = said.textContent = "Link copied";
    } catch {
      location.assign(link.href);
    }
  });
}

// Behind a record's number: a button that copies it, as a ticket or a colleague asks for it.
function copyId(place) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "short-link";
  button.textContent = "Copy ID";
  place.after(" ", button);
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(place.dataset.copyId);
      button.textContent = "ID copied";
    } catch {
      button.remove();
    }
  });
}

// The clipboard is there only over https, and on this machine itself.
if (navigator.clipboard) {
  document.querySelectorAll("input[data-copy]").forEach(addButton);
  document.querySelectorAll("a[data-copy-link]").forEach(copyInstead);
  document.querySelectorAll("[data-copy-id]").forEach(copyId);
}
