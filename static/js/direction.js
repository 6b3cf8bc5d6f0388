// Gives a text that has become long one direction: to find that of each paragraph takes a browser seconds for every key.

const LONG = 100_000;
const TO_THE_LEFT = /^[^\p{L}]*[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Nko}\p{Script=Syriac}\p{Script=Thaana}]/u;

document.addEventListener("input", ({ target }) => {
  if (!target.matches("textarea:not([dir])") || target.value.length <= LONG) return;
  target.dir = TO_THE_LEFT.test(target.value) ? "rtl" : "ltr";
});
