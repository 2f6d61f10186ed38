"""Style and script of the report page; both stand in the page itself, which asks the network for nothing."""

from __future__ import annotations

import base64
import hashlib
from typing import Final

STYLE: Final = """
:root { color-scheme: light dark; --back: #f7f8fa; --card: #fff; --text: #1b1f24; --faint: #5b6470;
  --line: #d9dee5; --good: #1c6fd1; --bad: #c2410c; --mark: #7c3aed; --soft: #cfe2f8; }
@media (prefers-color-scheme: dark) { :root { --back: #14171b; --card: #1d2126; --text: #e8ebef; --faint: #9aa4b0;
  --line: #343b44; --good: #6aaef7; --bad: #fb923c; --mark: #b794f6; --soft: #2a4566; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--back); color: var(--text); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 1120px; margin: 0 auto; padding: 16px; }
h1 { font-size: 1.5rem; margin: 8px 0 0; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; margin: 0 0 8px; }
h3 { font-size: 1rem; margin: 16px 0 6px; }
p { margin: 6px 0; max-width: 75ch; }
.faint, figcaption small { color: var(--faint); }
.path { overflow-wrap: anywhere; }
section { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 16px; margin: 16px 0; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(145px, 1fr)); gap: 10px; margin: 16px 0; }
.tile { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 10px 14px; }
.tile b { display: block; font-size: 1.5rem; font-weight: 600; font-variant-numeric: tabular-nums; }
.tile small { color: var(--faint); display: block; line-height: 1.3; }
.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 400px), 1fr)); gap: 8px 28px; }
.scroll { overflow-x: auto; max-width: 100%; }
.tall { max-height: 560px; overflow-y: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: 4px 8px; text-align: right; border-bottom: 1px solid var(--line); }
td { white-space: nowrap; }
th:first-child, td:first-child, td.text, th.text { text-align: left; white-space: normal; overflow-wrap: anywhere; }
td:first-child, td.text { min-width: 7em; }
thead th { position: sticky; top: 0; background: var(--card); font-weight: 600; }
th button { font: inherit; color: inherit; background: none; border: 0; padding: 0; cursor: pointer; }
th[aria-sort=ascending] button::after { content: " \\25B2"; }
th[aria-sort=descending] button::after { content: " \\25BC"; }
svg { display: block; font-family: inherit; }
svg text { fill: var(--text); }
.chart text { font-size: 11px; }
svg .faint { fill: var(--faint); }
.chart { width: 100%; max-width: 520px; height: auto; }
.grid { stroke: var(--line); stroke-width: 1; }
.diagonal { stroke: var(--faint); stroke-width: 1; stroke-dasharray: 4 4; }
.bar { fill: var(--soft); stroke: var(--good); stroke-width: 1; }
.mean { stroke: var(--text); stroke-width: 2; }
.count { fill: var(--line); }
.before { fill: var(--card); stroke: var(--bad); stroke-width: 2; }
.whisker { stroke: var(--good); stroke-width: 1.5; }
.point { fill: var(--good); }
.confidence { fill: none; stroke: var(--bad); stroke-width: 1.5; stroke-dasharray: 5 3; }
.mark { stroke: var(--mark); stroke-width: 2; stroke-dasharray: 2 3; }
.field { fill: none; stroke: var(--line); }
.hit { fill: var(--good); }
.miss { fill: var(--bad); }
.told { color: var(--faint); margin: 2px 0; }
.key { display: flex; flex-wrap: wrap; gap: 2px 16px; list-style: none; margin: 4px 0; padding: 0; font-size: .88rem; }
.key svg { display: inline; vertical-align: -3px; width: 22px; height: 16px; }
.gallery { display: grid; grid-template-columns: repeat(auto-fill, minmax(238px, 1fr)); gap: 12px; }
figure { margin: 0; border: 1px solid var(--line); border-radius: 8px; padding: 8px; }
figure > div { display: grid; grid-template-columns: 1fr 1fr; gap: 6px; }
img { width: 100%; aspect-ratio: 1; display: block; border-radius: 4px; }
img.lr { image-rendering: pixelated; }
figcaption { font-size: .88rem; line-height: 1.35; margin-top: 6px; overflow-wrap: anywhere; }
figcaption small { display: block; margin-top: 2px; }
.right { color: var(--good); } .wrong { color: var(--bad); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 2px 14px; margin: 8px 0; }
dt { color: var(--faint); } dd { margin: 0; overflow-wrap: anywhere; }
summary { cursor: pointer; }
@media print { section { break-inside: avoid; } .tall { max-height: none; } }
"""

SCRIPT: Final = """
"use strict";
for (const header of document.querySelectorAll("table.sortable th")) {
  header.firstElementChild.addEventListener("click", () => {
    const body = header.closest("table").tBodies[0];
    const up = header.getAttribute("aria-sort") !== "ascending";
    for (const other of header.parentElement.cells) other.removeAttribute("aria-sort");
    header.setAttribute("aria-sort", up ? "ascending" : "descending");
    const value = (row) => row.cells[header.cellIndex].dataset.value ?? row.cells[header.cellIndex].textContent;
    const order = (a, b) => {
      if (value(a) === "" || value(b) === "") return (value(a) === "") - (value(b) === "");
      return (up ? 1 : -1) * value(a).localeCompare(value(b), undefined, { numeric: true });
    };
    body.append(...[...body.rows].sort(order));
  });
}
for (const chart of document.querySelectorAll("svg[role=img]")) {
  chart.addEventListener("click", (event) => {
    const title = event.target.querySelector("title") ?? event.target.parentElement.querySelector(":scope > title");
    const told = chart.closest(".scroll, .charted").nextElementSibling;
    if (title) told.textContent = title.textContent;
  });
}
"""


def content_policy() -> str:
    """What a browser lets the page do: show its own pictures, use its own style, run this one script."""
    digest = base64.b64encode(hashlib.sha256(SCRIPT.encode("utf-8")).digest()).decode("ascii")
    return (
        "default-src 'none'; img-src data:; style-src 'unsafe-inline'; "
        f"script-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )
