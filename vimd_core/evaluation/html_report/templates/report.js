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
