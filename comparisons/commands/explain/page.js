"use strict";
// Walk through the steps: what is spoken of stands out, what is still to come is faint.
(() => {
  const stage = document.getElementById("stage");
  if (!stage) return;
  const count = Number(stage.dataset.count);
  const byId = (id) => document.getElementById(id);
  const [told, place, walk] = ["told", "place", "walk"].map(byId);
  const numbers = (text) => (text ? text.split(" ").map(Number) : []);
  const things = [...stage.querySelectorAll("[data-steps]")].map((thing) => [
    thing,
    numbers(thing.dataset.steps),
    numbers(thing.dataset.instead),
  ]);
  let at = 0; // 0: all at once

  const inView = (thing) => {
    const [box, inner] = [thing.closest(".scroll"), thing.getBoundingClientRect()];
    const outer = box.getBoundingClientRect(); // on a phone the picture is wider than the screen
    box.scrollLeft += inner.left + inner.width / 2 - outer.left - outer.width / 2;
  };

  const show = (step) => {
    at = Math.max(0, Math.min(count, step));
    const section = at ? byId(`step-${at}`) : null;
    stage.classList.toggle("walking", at > 0);
    for (const [thing, steps, instead] of things) {
      thing.classList.toggle("now", steps.includes(at));
      thing.classList.toggle("later", at > 0 && steps.every((other) => other > at));
      thing.classList.toggle("instead", instead.includes(at));
    }
    for (const figure of stage.querySelectorAll("figure"))
      figure.hidden = section !== null && !figure.classList.contains(section.dataset.pass);
    for (const other of document.querySelectorAll(".step"))
      other.classList.toggle("now", other === section);
    told.hidden = !section;
    told.replaceChildren(...(section ? [section.querySelector(".lesson").cloneNode(true)] : []));
    place.textContent = at ? place.dataset.told.replace("%", at) : "";
    byId("previous").disabled = at === 0;
    byId("next").disabled = at === count;
    byId("all").disabled = at === 0;
    if (at) stage.scrollIntoView({ block: "start" });
    for (const now of stage.querySelectorAll("figure:not([hidden]) .shape.now")) inView(now);
    history.replaceState(null, "", at ? `#at-${at}` : location.pathname + location.search);
  };

  const keys = {
    ArrowRight: () => at + 1,
    ArrowLeft: () => at - 1,
    PageDown: () => at + 1, // what a presenter's remote sends
    PageUp: () => at - 1,
    Home: () => 1,
    End: () => count,
    Escape: () => 0,
  };
  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || !(event.key in keys)) return;
    if (!at && event.key !== "ArrowRight") return; // the page still scrolls
    event.preventDefault();
    show(keys[event.key]());
  });
  byId("next").addEventListener("click", () => show(at + 1));
  byId("previous").addEventListener("click", () => show(at - 1));
  byId("all").addEventListener("click", () => show(0));
  addEventListener("hashchange", () => start());

  const start = () => {
    const asked = /^#at-([0-9]+)$/.exec(location.hash);
    show(asked ? Number(asked[1]) : 0);
  };
  walk.hidden = false;
  start();
})();
