// The button of a deletion says all that will be done: "Delete user and keep 4 posts".

document.addEventListener("change", (event) => {
  const form = event.target.form;
  const button = form?.querySelector("[data-says]");
  if (!button) return;
  const chosen = [...form.querySelectorAll("input[data-said]:checked")].map((choice) => choice.dataset.said);
  button.textContent = [button.dataset.says, chosen.join(", ")].filter(Boolean).join(" ");
});
