"use strict";

// What pages do beside htmx: the colours of the system.

const darkness = matchMedia("(prefers-color-scheme: dark)");

function adoptColours() {
  document.documentElement.dataset.bsTheme = darkness.matches ? "dark" : "light";
}

adoptColours();
darkness.addEventListener("change", adoptColours);

// A page out of the browser's memory shows an old state, and its form was used already.
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});

// A number that was typed is shown as its country writes it, once the reader has gone on.
document.addEventListener("change", (event) => {
  const hint = document.getElementById(`${event.target.id}-full`);
  const number = hint && hint.querySelector("[data-number]");
  if (number && /^[\d\s+().\/-]+$/.test(event.target.value)) {
    event.target.value = number.dataset.number;
  }
});
