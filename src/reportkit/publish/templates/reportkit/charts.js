"use strict";
// Each drawing is replaced by a chart that answers to the pointer; where that fails, it stays.
{
  const nothing = (address) => Promise.reject(new Error("not fetched: " + address));
  const loader = {
    load: nothing,
    http: nothing,
    file: nothing,
    sanitize: (address, how) =>
      how.context === "href" && /^(https?:\/\/|mailto:|#)/.test(address)
        ? Promise.resolve({ href: address, target: "_blank", rel: "noopener noreferrer" })
        : nothing(address),
  };
  // Expressions are interpreted, not compiled, so that the page need not allow eval.
  const options = { mode: "vega-lite", renderer: "svg", actions: false, ast: true, loader };
  for (const spec of document.querySelectorAll('script[type="application/json"]')) {
    const drawing = spec.previousElementSibling;
    const chart = document.createElement("div");
    chart.className = "drawing";
    drawing.after(chart);
    vegaEmbed(chart, JSON.parse(spec.textContent), options).then(
      () => drawing.remove(),
      (error) => { chart.remove(); console.warn(error.message); },
    );
  }
}
