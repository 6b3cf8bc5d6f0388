// A file that is too large is not sent: the dashboard would refuse it unread, and the browser show a broken connection.

document.addEventListener(
  "submit",
  (event) => {
    const input = event.target.querySelector("input[type=file][data-largest]");
    if (!input) return;
    const isTooLarge = [...input.files].some((file) => file.size > Number(input.dataset.largest));
    event.target.querySelector("[data-too-large]").hidden = !isTooLarge;
    if (!isTooLarge) return;
    event.preventDefault();
    input.focus();
  },
  { capture: true },
);
