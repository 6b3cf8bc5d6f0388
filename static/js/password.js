// A button beside each password that shows it, and hides it again. It is sent hidden, so that browsers still know it for a password.

function addButton(input) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button";
  button.setAttribute("aria-controls", input.id);

  const show = (isShown) => {
    input.type = isShown ? "text" : "password";
    button.textContent = isShown ? "Hide" : "Show";
    button.setAttribute("aria-label", isShown ? "Hide password" : "Show password");
  };

  const frame = document.createElement("div");
  frame.className = "password";
  input.replaceWith(frame);
  frame.append(input, button);
  show(false);
  button.addEventListener("click", () => show(input.type === "password"));
  input.form?.addEventListener("submit", () => show(false));
}

document.querySelectorAll("input[data-password]").forEach(addButton);
