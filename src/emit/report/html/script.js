"use strict";
(() => {
  const form = document.querySelector("form.filter");
  const open = () => {
    const id = decodeURIComponent(location.hash.slice(1));
    const target = id && document.getElementById(id);
    if (target instanceof HTMLDetailsElement) target.open = true;
  };
  addEventListener("hashchange", open);
  open();
  addEventListener("beforeprint", () => {
    for (const details of document.querySelectorAll(".chart details")) details.open = true;
  });
  if (!form) return;

  const findings = [...document.querySelectorAll(".finding")].map((element) => ({
    element,
    severity: element.dataset.severity,
    source: element.dataset.source,
    rule: element.dataset.rule,
    text: [...element.querySelectorAll("h4, .about")].map((part) => part.textContent).join(" ").toLowerCase(),
    rows: [...element.querySelectorAll(".evidence tbody tr")].map((row) => ({
      row,
      text: row.textContent.toLowerCase(),
    })),
  }));
  const choices = ["severity", "source", "rule"];
  for (const name of choices) {
    const values = [...new Set(findings.map((finding) => finding[name]))];
    if (name !== "severity") values.sort();
    for (const value of values) form.elements[name].add(new Option(value, value));
  }
  const number = (n) => String(n).replace(/\B(?=(\d{3})+$)/g, ",");
  const output = form.querySelector("output");
  const groups = [...document.querySelectorAll(".severity")];

  const apply = () => {
    const needle = form.elements.text.value.trim().toLowerCase();
    let rows = 0, allRows = 0, shown = 0;
    for (const finding of findings) {
      const chosen = choices.every((name) => !form.elements[name].value || form.elements[name].value === finding[name]);
      const own = finding.text.includes(needle);
      let here = 0;
      for (const { row, text } of finding.rows) {
        const fits = own || text.includes(needle);
        row.hidden = !fits;
        if (fits) here += 1;
      }
      const fits = chosen && (own || here > 0);
      finding.element.hidden = !fits;
      allRows += finding.rows.length;
      if (fits) {
        shown += 1;
        rows += here;
      }
    }
    for (const group of groups) group.hidden = !group.querySelector(".finding:not([hidden])");
    output.value =
      `${number(rows)} of ${number(allRows)} listed rows, ${number(shown)} of ${number(findings.length)} findings`;
  };
  form.addEventListener("input", apply);
  form.addEventListener("reset", () => setTimeout(apply));
  form.addEventListener("submit", (event) => event.preventDefault());
  form.hidden = false;
  apply();
})();
