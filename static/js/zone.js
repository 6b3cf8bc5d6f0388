// On the account page: offers the browser's own time zone, where it is among those to choose from and not chosen.

function offer(form) {
  const select = form.querySelector("select");
  const button = form.querySelector("[data-zone-here]");
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  const isOffered = [...select.options].some((option) => option.value === timeZone);
  button.hidden = !isOffered || select.value === timeZone;
  button.textContent = `Use this browser's: ${timeZone}`;
  button.addEventListener("click", () => {
    select.value = timeZone;
    button.hidden = true;
    select.focus();
  });
}

document.querySelectorAll("form[data-zone]").forEach(offer);
