"use strict";

// In the frame: takes on the colours of the site around it, tells that how high it is, and keeps the
// state of a call up to date. The name of a frame stays when it goes on to its next page.

document.documentElement.dataset.theme = window.name.replace("ringback-", "");

function tellHeight() {
  // Only a number, which any page that may show us may know.
  const ringbackHeight = Math.ceil(document.body.getBoundingClientRect().height);
  if (parent !== window) parent.postMessage({ ringbackHeight }, "*");
}

async function refresh() {
  let failed = false;
  try {
    const response = await fetch(location.href, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const fresh = page.querySelector("main");
    const shown = document.querySelector("main");
    // What has not changed is not said again by a screen reader.
    if (fresh.innerHTML !== shown.innerHTML) shown.replaceWith(fresh);
  } catch {
    failed = true;
  }
  watch(failed ? 3000 : 1000);
}

function watch(pause) {
  if (document.querySelector("[data-live]")) setTimeout(refresh, pause);
}

document.addEventListener("DOMContentLoaded", () => {
  // Browsers do not heed autofocus in a frame of another site. Only pages ask for it that follow a form.
  document.querySelector("[data-focus]")?.focus();
  new ResizeObserver(tellHeight).observe(document.body);
  watch(1000);
});
