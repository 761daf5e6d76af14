"use strict";

// What pages do beside htmx: the colours of the system, the time zone of the reader.

const darkness = matchMedia("(prefers-color-scheme: dark)");

function adoptColours() {
  document.documentElement.dataset.bsTheme = darkness.matches ? "dark" : "light";
}

function adoptTimeZone() {
  const form = { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" };
  for (const moment of document.querySelectorAll("time[datetime]")) {
    moment.textContent = new Date(moment.dateTime).toLocaleString(undefined, form);
  }
}

adoptColours();
darkness.addEventListener("change", adoptColours);
document.addEventListener("DOMContentLoaded", adoptTimeZone);

// A page out of the browser's memory shows an old state, and its form was used already.
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});
