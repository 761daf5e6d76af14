"use strict";

// Puts a button where this script stands; the button opens a frame with the widget below itself.
// data-label="…" is what it says, data-class="…" a class in the place of its own look, and
// data-theme="light" or "dark" the colours of the frame, where the page does not tell its color-scheme.
(() => {
  const script = document.currentScript;
  const page = {{ page | tojson }};
  const label = script.dataset.label || {{ _("Call me") | tojson }};
  const button = document.createElement("button");
  const frame = document.createElement("iframe");

  button.type = "button";
  button.textContent = label;
  button.setAttribute("aria-expanded", "false");
  if (script.dataset.class) {
    button.className = script.dataset.class;
  } else {
    Object.assign(button.style, {
      padding: "0.75em 1.5em", border: "0", borderRadius: "0.5em", background: "#066fd1", color: "#fff",
      font: "600 1rem system-ui, sans-serif", cursor: "pointer",
    });
  }
  const schemes = getComputedStyle(document.documentElement).colorScheme.split(" ");
  const both = schemes.includes("light") && schemes.includes("dark");
  const theme = script.dataset.theme || (both ? "" : schemes.includes("dark") ? "dark" : "light");
  frame.title = label;
  frame.name = `ringback-${theme}`;
  Object.assign(frame.style, {
    display: "none", width: "100%", maxWidth: "24rem", height: "20rem", marginTop: "0.5rem", border: "0",
    colorScheme: theme || "light dark",
  });

  button.addEventListener("click", () => {
    const opens = frame.style.display === "none";
    // Nothing is asked of us before somebody wants to be called.
    if (!frame.src) frame.src = page;
    frame.style.display = opens ? "block" : "none";
    button.setAttribute("aria-expanded", String(opens));
  });
  addEventListener("message", (event) => {
    const height = event.data && event.data.ringbackHeight;
    const isOurs = event.source === frame.contentWindow && event.origin === new URL(page).origin;
    if (isOurs && Number.isFinite(height)) frame.style.height = `${Math.min(Math.max(height, 100), 800)}px`;
  });
  script.after(button, frame);
})();
