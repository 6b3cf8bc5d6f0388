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

// The clipboard is there only over https, and on this machine itself.
if (navigator.clipboard) document.querySelectorAll("input[data-copy]").forEach(addButton);
