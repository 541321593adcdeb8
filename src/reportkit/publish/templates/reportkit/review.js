"use strict";
// Findings lead to the cells and the words they speak of, and these lead back. Without it the panel stays as it is.
{
  const make = (name, attributes, ...content) => {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.append(...content);
    return element;
  };

  // Blanks and signs of Markdown, which stand in a source and not on the page, or differ.
  const unread = /[\s*_`#]/;

  // The texts of the page without blanks and signs of Markdown, each character with the place where it stands.
  const places = (root) => {
    const found = [];
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode())
      [...node.data].reduce((at, character) => {
        if (!unread.test(character)) found.push({ character, node, at, end: at + character.length });
        return at + character.length;
      }, 0);
    return found;
  };

  // Puts the words into elements, as many as they are spread over; the first of them, or undefined if they are not there.
  const wrap = (root, words, before, element) => {
    const wanted = [...words].filter((character) => !unread.test(character));
    const all = places(root);
    let left = before;
    const from = all.findIndex(
      (_, at) => wanted.every((character, on) => all[at + on]?.character === character) && left-- === 0,
    );
    if (from < 0 || !wanted.length) return undefined;
    const pieces = new Map();
    for (const { node, at, end } of all.slice(from, from + wanted.length))
      pieces.set(node, [pieces.get(node)?.[0] ?? at, end]);
    let first;
    for (const [node, [start, end]] of pieces) {
      const range = document.createRange();
      range.setStart(node, start);
      range.setEnd(node, end);
      const wrapper = element();
      range.surroundContents(wrapper);
      first ??= wrapper;
    }
    return first;
  };

  const texts = [...document.querySelectorAll(".rk-text")];
  const inSection = (key) => texts.filter((text) => text.querySelector(`h2[id="${CSS.escape(key)}"]`));
  const preamble = texts.filter((text) => text.querySelector(".rk-agency"));

  for (const panel of document.querySelectorAll(".review-panel .rk-findings")) {
    const tables = [...document.querySelectorAll(`table[data-rk-report="${panel.dataset.rkReport}"]`)];
    const cell = (address) => tables.map((table) => table.querySelector(`td[id="${CSS.escape(address)}"]`)).find(Boolean);

    // ---- words that state a figure
    for (const claim of panel.querySelectorAll("[data-rk-quote]")) {
      const section = claim.dataset.rkSection;
      const roots = inSection(section).length ? inSection(section) : preamble;
      const said = claim.textContent;
      for (const root of roots) {
        const first = wrap(root, claim.dataset.rkQuote, Number(claim.dataset.rkBefore), () =>
          make("span", { class: "claim", title: said }));
        if (!first) continue;
        first.id = `claim-${[...claim.parentElement.children].indexOf(claim) + 1}`;
        claim.append("　", make("a", { href: `#${first.id}` }, "看原文"));
      }
    }

    // ---- rules, which the page of help beside the index explains
    const index = document.querySelector('.banner a[href$="/index.html"]');
    for (const rule of index ? panel.querySelectorAll("li code") : [])
      if (!rule.closest("a"))
        rule.replaceWith(make("a", { href: index.getAttribute("href").replace(/index\.html$/, `help.html#${rule.textContent}`) }, rule.cloneNode(true)));

    // ---- findings, their cells and words
    for (const finding of panel.querySelectorAll(".rk-finding")) {
      const number = finding.dataset.rkNumber;
      const said = finding.querySelector("p").textContent;
      const back = () => make("a", { href: `#${finding.id}`, class: "back", title: said, "aria-label": `问题${number}：${said}` }, number);
      for (const address of finding.dataset.rkCells.split(" ").filter(Boolean)) {
        const place = cell(address);
        if (!place) continue;
        place.title = [place.title, said].filter(Boolean).join("\n");
        place.append(back());
      }
      const quote = finding.querySelector("blockquote");
      if (quote) {
        const kind = [...finding.classList].find((name) => /^rk-(error|warning|info|waived)$/.test(name)) ?? "";
        for (const root of texts) {
          const first = wrap(root, quote.textContent, 0, () => make("mark", { class: kind, title: said }));
          if (!first) continue;
          first.id = `words-${number}`;
          first.after(back());
          quote.after(make("p", {}, make("a", { href: `#${first.id}` }, "看原文")));
          break;
        }
      }
      for (const code of finding.querySelectorAll("details pre")) {
        const button = make("button", { type: "button" }, "复制");
        button.addEventListener("click", async () => {
          try {
            await navigator.clipboard.writeText(code.textContent);
          } catch {
            getSelection().selectAllChildren(code);
            document.execCommand("copy");
          }
          button.textContent = "已复制";
        });
        code.before(button);
      }
    }

    // ---- what is shown
    const tools = make("p", { class: "tools", role: "group", "aria-label": "显示" });
    const toggle = (label, act) => {
      const button = make("button", { type: "button", "aria-pressed": "true" }, label);
      button.addEventListener("click", () => {
        const on = button.getAttribute("aria-pressed") !== "true";
        button.setAttribute("aria-pressed", String(on));
        act(on);
      });
      tools.append(button);
    };
    for (const heading of panel.querySelectorAll(":scope > h3")) {
      const list = heading.nextElementSibling;
      toggle(heading.textContent, (on) => { heading.hidden = list.hidden = !on; });
    }
    if (document.querySelector(".claim"))
      toggle("文字中的数字", (on) => document.documentElement.classList.toggle("no-claims", !on));
    panel.querySelector(".rk-summary")?.after(tools);
  }

  // What a link leads to is opened where it was hidden, and shown again if it is followed twice.
  const show = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (let parent = target?.parentElement; parent; parent = parent.parentElement) {
      if (parent.tagName === "DETAILS") parent.open = true;
      parent.hidden = false;
    }
    target?.scrollIntoView({ block: target.closest(".review-panel") ? "nearest" : "center" });
    if (target && !target.matches("a, button")) {
      target.tabIndex = -1;
      target.focus({ preventScroll: true });
    }
  };
  addEventListener("hashchange", show);
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.('a[href^="#"]');
    if (link && link.hash === location.hash) show();
  });
  show();
}
