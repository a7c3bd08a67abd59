"use strict";
// Every word must be somewhere in a row; the rows are in tickets.js, so that no server is needed.
const MOST = 200;
const input = document.getElementById("words");
const rows = document.getElementById("rows");
const number = document.getElementById("number");
const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
const texts = TICKETS.map((each) => fold(each.join("\n")));
const show = () => {
  const words = fold(input.value).split(/\s+/).filter(Boolean);
  const found = TICKETS.filter((_, place) => words.every((word) => texts[place].includes(word)));
  rows.replaceChildren(...found.slice(0, MOST).map((each) => {
    const row = document.createElement("tr");
    const head = document.createElement("th");
    const link = document.createElement("a");
    head.scope = "row";
    link.href = `tickets/${encodeURIComponent(each[0])}.html`;
    link.textContent = each[0];
    head.append(link);
    row.append(head, ...each.slice(1, 8).map((text) => {
      const cell = document.createElement("td");
      cell.dir = "auto";
      cell.textContent = text;
      return cell;
    }));
    return row;
  }));
  rows.parentElement.hidden = !found.length;
  const shown = Math.min(found.length, MOST);
  number.textContent = shown < found.length ? `${shown} of ${found.length} shown` : `${found.length} found`;
  history.replaceState(null, "", input.value ? `#q=${encodeURIComponent(input.value)}` : location.pathname);
};
input.value = new URLSearchParams(location.hash.slice(1)).get("q") ?? "";
input.addEventListener("input", show);
input.form.addEventListener("submit", (event) => event.preventDefault());
if (input.value) show();
