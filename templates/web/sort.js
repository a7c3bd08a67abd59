"use strict";
// Without this the tables stand in the order that they were written in.
for (const table of document.querySelectorAll("table.sorts")) {
  const body = table.tBodies[0];
  const heads = [...table.tHead.rows[0].cells];
  if (body.rows.length < 2) continue;
  const key = (row, place) => {
    const value = row.cells[place].dataset.value;
    return value === undefined ? (place ? null : row.cells[place].textContent) : Number(value);
  };
  const compare = (a, b) =>
    typeof a === "string" ? a.localeCompare(b, undefined, { numeric: true }) : a - b;
  heads.forEach((head, place) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const before = head.getAttribute("aria-sort");
      const falls = before ? before === "ascending" : place > 0;
      for (const each of heads) each.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", falls ? "descending" : "ascending");
      const rows = [...body.rows].map((row) => [key(row, place), row]);
      const known = rows.filter((each) => each[0] !== null);
      known.sort((a, b) => (falls ? compare(b[0], a[0]) : compare(a[0], b[0])));
      body.append(...[...known, ...rows.filter((each) => each[0] === null)].map((each) => each[1]));
    });
  });
}
