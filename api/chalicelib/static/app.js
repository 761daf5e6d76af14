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

// A text that is to be pasted elsewhere is copied by its button, which needs scripts.
document.addEventListener("DOMContentLoaded", () => {
  for (const button of document.querySelectorAll("[data-copy]")) button.hidden = false;
});
document.addEventListener("click", async (event) => {
  const button = event.target.closest && event.target.closest("[data-copy]");
  if (!button) return;
  const field = document.getElementById(button.dataset.copy);
  field.select();
  // Without TLS there is no clipboard: what is selected is copied by keys.
  if (!navigator.clipboard) return;
  await navigator.clipboard.writeText(field.value);
  button.textContent = button.dataset.copied;
});
