"use strict";

// Draws the lines whose points stand beside them in the page; the page has them as a table, too.

function draw(place) {
  const points = JSON.parse(place.dataset.points);
  // The style sheet says which; what it has in variables, a canvas cannot read.
  const { color: text, outlineColor: lines, caretColor: line } = getComputedStyle(place);
  const language = place.dataset.language;
  const day = new Intl.DateTimeFormat(language, { day: "numeric", month: "short", timeZone: "UTC" });
  const amount = new Intl.NumberFormat(language, { maximumFractionDigits: 4 });
  const axis = { stroke: text, grid: { stroke: lines, width: 1 }, ticks: { stroke: lines, width: 1 } };
  const options = {
    width: place.clientWidth,
    height: 220,
    tzDate: (ts) => uPlot.tzDate(new Date(ts * 1e3), "Etc/UTC"),
    legend: { show: false },
    cursor: { show: false },
    axes: [
      { ...axis, values: (_, ticks) => ticks.map((tick) => day.format(tick * 1e3)), space: 70 },
      { ...axis, values: (_, ticks) => ticks.map((tick) => amount.format(tick)), size: 64 },
    ],
    series: [
      {},
      {
        label: place.dataset.label,
        stroke: line,
        width: 2,
        points: { show: false },
        paths: uPlot.paths.stepped({ align: 1 }),
      },
    ],
  };
  const times = points.map(([on]) => Date.parse(`${on}T00:00:00Z`) / 1e3);
  const amounts = points.map(([, balance]) => Number(balance));
  place.replaceChildren();
  return new uPlot(options, [times, amounts], place);
}

function drawAll() {
  for (const place of document.querySelectorAll(".chart[data-points]")) draw(place);
}

document.addEventListener("DOMContentLoaded", drawAll);
addEventListener("resize", drawAll);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
