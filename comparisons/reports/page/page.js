"use strict";
// Without this the page is whole: it adds buttons that copy, and opens what is folded for printing.
const told = document.getElementById("status");
const selected = (code) => {
  const range = document.createRange();
  range.selectNodeContents(code);
  const selection = window.getSelection();
  selection.removeAllRanges();
  selection.addRange(range);
  return document.execCommand("copy");
};
const copied = (code) =>
  navigator.clipboard
    ? navigator.clipboard.writeText(code.textContent).then(() => true, () => selected(code))
    : Promise.resolve(selected(code));
for (const code of document.querySelectorAll("[data-copy]")) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Copy";
  button.setAttribute("aria-label", `Copy: ${code.textContent}`);
  button.addEventListener("click", async () => {
    const done = await copied(code);
    button.textContent = done ? "Copied" : "Selected";
    told.textContent = done ? "Copied." : "Selected, to be copied by hand.";
    setTimeout(() => { button.textContent = "Copy"; told.textContent = ""; }, 2000);
  });
  code.after(button);
}
let opened = [];
addEventListener("beforeprint", () => {
  opened = [...document.querySelectorAll("details:not([open])")];
  for (const one of opened) one.open = true;
});
addEventListener("afterprint", () => {
  for (const one of opened) one.open = false;
});
