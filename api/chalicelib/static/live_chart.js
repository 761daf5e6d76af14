"use strict";

// Draws the attempts and answers that stand beside each chart in the page; the page has them as a
// table, too. A chart that was refreshed goes on as it is, with other points.

const drawn = new Map();

function keyOf(place) {
  return place.parentElement.id;
}

function newPlot(place, points) {
  // The style sheet says which; what it has in variables, a canvas cannot read.
  const { color: text, outlineColor: lines, caretColor: first, columnRuleColor: second } = getComputedStyle(place);
  const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: "UTC" });
  const axis = { stroke: text, grid: { stroke: lines, width: 1 }, ticks: { stroke: lines, width: 1 } };
  const line = (stroke) => ({ stroke, width: 2, points: { show: false }, paths: uPlot.paths.stepped({ align: 1 }) });
  const options = {
    width: place.clientWidth,
    height: 160,
    tzDate: (ts) => uPlot.tzDate(new Date(ts * 1e3), "Etc/UTC"),
    legend: { show: false },
    cursor: { show: false },
    scales: { y: { range: (_, _least, most) => [0, Math.max(4, most * 1.1)] } },
    axes: [
      { ...axis, values: (_, ticks) => ticks.map((tick) => clock.format(tick * 1e3)), space: 60 },
      { ...axis, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 1e5], size: 44 },
    ],
    series: [{}, line(first), line(second)],
  };
  return new uPlot(options, points, place);
}

function drawCounts(place) {
  const points = JSON.parse(place.dataset.points);
  const plot = drawn.get(keyOf(place));
  if (plot) {
    place.replaceChildren(plot.root);
    plot.setData(points);
  } else {
    drawn.set(keyOf(place), newPlot(place, points));
  }
}

function drawAllCounts() {
  for (const plot of drawn.values()) plot.destroy();
  drawn.clear();
  for (const place of document.querySelectorAll(".live-chart")) drawCounts(place);
}

document.addEventListener("DOMContentLoaded", drawAllCounts);
document.addEventListener("htmx:oobAfterSwap", (event) => {
  for (const place of event.detail.target.querySelectorAll(".live-chart")) drawCounts(place);
});
addEventListener("resize", drawAllCounts);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAllCounts);
