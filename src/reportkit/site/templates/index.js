"use strict";
(() => {
  const source = document.getElementById("data");
  if (!source) return;
  const data = JSON.parse(source.textContent);
  const byId = (id) => document.getElementById(id);
  // A fact is what is known of a report: its place in `states`, the counts by severity, and so on.
  const [STATE, COUNTS, WAIVED, UNJUDGED, RULES, LINKS, FAILURE] = [0, 1, 2, 3, 4, 5, 6];
  const FILTERS = ["q", "year", "level", "below", "state", "rule", "sort"];
  const PAGE = 60;
  // States that the line below a government counts among the bodies below it.
  const TELLING = ["failed", "withheld", "error", "missing", "waiting", "warning"];
  const stateKeys = data.states.map(([key]) => key);
  const MISSING = stateKeys.indexOf("missing");
  const REVIEW = data.formats.findIndex(([, , review]) => review);
  // What is known of a year for which nobody expects a report.
  const NONE = [data.states.length, data.severities.map(() => 0), 0, 0, [], []];
  const collator = new Intl.Collator("zh-CN-u-co-pinyin", { numeric: true });

  const agencies = data.agencies.map(([id, name, short, initials, parent, level, contact, folder], place) => ({
    id, name, short, parent, level, contact, place,
    folder: folder ?? encodeURIComponent(id),
    text: `${name}\n${short}\n${id}`.toLowerCase(),
    initials: (initials.match(/\(\w+\)|\w/g) || []).map((letters) => letters.replace(/[()]/g, "")),
    depth: 0, end: place, below: [], facts: data.reports[place].map((fact) => data.facts[fact] || NONE),
  }));
  for (const agency of agencies) {
    if (agency.parent < 0) continue;
    const above = agencies[agency.parent];
    agency.depth = above.depth + 1;
    above.below.push(agency);
    for (let up = above; up; up = agencies[up.parent]) up.end = agency.place;
  }
  const places = new Map(agencies.map((agency) => [agency.id, agency.place]));

  // ------------------------------------------------------------ what is asked for, kept in the address

  let view = {};
  const opened = new Set();

  function readAddress() {
    const told = new URLSearchParams(location.hash.slice(1));
    view = { fold: new Set((told.get("fold") || "").split(",").filter((id) => places.has(id))) };
    view.governments = told.get("fold") === "all";
    for (const name of FILTERS) {
      const control = byId(name);
      control.value = told.get(name) || "";
      view[name] = control.value || (control.value = "");
    }
  }

  function writeAddress() {
    const told = new URLSearchParams();
    for (const name of FILTERS) if (view[name]) told.set(name, view[name]);
    if (view.governments) told.set("fold", "all");
    else if (view.fold.size) told.set("fold", [...view.fold].join(","));
    const hash = told.toString();
    history.replaceState(null, "", hash ? `#${hash}` : location.pathname + location.search);
  }

  // ------------------------------------------------------------------------------- which rows

  const years = () => (view.year ? [data.years.indexOf(Number(view.year))] : data.years.map((_, place) => place));

  function worstOf(agency, columns) {
    let worst = stateKeys.length, errors = 0, warnings = 0;
    for (const column of columns) {
      const fact = agency.facts[column];
      if (fact[STATE] < worst) worst = fact[STATE];
      errors += fact[COUNTS][0];
      warnings += fact[COUNTS][1];
    }
    return [worst, -errors, -warnings];
  }

  const compared = (one, other) => one[0] - other[0] || one[1] - other[1] || one[2] - other[2];

  function matches() {
    const words = view.q.toLowerCase().split(/\s+/).filter(Boolean);
    const columns = years();
    const state = stateKeys.indexOf(view.state), rule = data.rules.indexOf(view.rule);
    const body = view.below ? agencies[places.get(view.below)] : null;
    const counts = stateKeys.map(() => 0);
    const hits = new Set();
    let reports = 0;
    for (const agency of agencies) {
      if (body && (agency.place < body.place || agency.place > body.end)) continue;
      if (view.level && agency.level !== view.level) continue;
      if (!words.every((word) => agency.text.includes(word) || isInitialed(agency, word))) continue;
      for (const column of columns) {
        const fact = agency.facts[column];
        if (fact === NONE || (rule >= 0 && !fact[RULES].includes(rule))) continue;
        counts[fact[STATE]] += 1;
        if (state >= 0 && fact[STATE] !== state) continue;
        reports += 1;
        hits.add(agency.place);
      }
    }
    return { hits, counts, reports, columns, state, rule };
  }

  // Whether some characters in a row begin with these letters; of those read in several ways, in any of them.
  function isInitialed({ initials }, word) {
    for (let start = 0; start + word.length <= initials.length; start += 1) {
      let length = 0;
      while (length < word.length && initials[start + length].includes(word[length])) length += 1;
      if (length === word.length) return true;
    }
    return false;
  }

  function isHit(fact, found) {
    return (found.state < 0 || fact[STATE] === found.state) && (found.rule < 0 || fact[RULES].includes(found.rule));
  }

  function ordered(found) {
    const hits = [...found.hits].map((place) => agencies[place]);
    const byWorst = (columns) => {
      const worst = new Map(hits.map((agency) => [agency, worstOf(agency, columns)]));
      return hits.sort((one, other) => compared(worst.get(one), worst.get(other)) || one.place - other.place);
    };
    if (view.sort === "worst") return byWorst(found.columns).map(flat);
    if (view.sort === "name") return hits.sort((one, other) => collator.compare(one.name, other.name)).map(flat);
    if (view.sort === "id") return hits.sort((one, other) => (one.id < other.id ? -1 : 1)).map(flat);
    if (view.sort) return byWorst([data.years.indexOf(Number(view.sort))]).map(flat);
    return inTree(found);
  }

  const flat = (agency) => ({ agency, depth: 0, flat: true });

  // The agencies found under the bodies above them, which are shown even if they are not found themselves.
  function inTree(found) {
    const worst = new Map();
    for (let place = agencies.length - 1; place >= 0; place -= 1) {
      const agency = agencies[place];
      let own = found.hits.has(place) ? worstOf(agency, found.columns) : null;
      for (const one of agency.below) {
        const theirs = worst.get(one);
        if (!theirs) continue;
        own = own ? [Math.min(own[0], theirs[0]), own[1] + theirs[1], own[2] + theirs[2]] : theirs.slice();
      }
      if (own) worst.set(agency, own);
    }
    const narrowed = view.q || view.state || view.rule || view.level;
    const rows = [];
    const add = (siblings) => {
      const there = siblings.filter((agency) => worst.has(agency));
      there.sort((one, other) => compared(worst.get(one), worst.get(other)) || one.place - other.place);
      for (const agency of there) {
        if (view.governments && !agency.below.length && agency.parent >= 0 && !narrowed) continue;
        rows.push({ agency, depth: agency.depth, context: !found.hits.has(agency.place) });
        if (narrowed || !view.fold.has(agency.id)) add(agency.below);
      }
    };
    add(agencies.filter((agency) => agency.parent < 0));
    return rows;
  }

  // --------------------------------------------------------------------------------- in words

  const counted = (number) => number.toLocaleString("zh-CN");

  function told(fact) {
    const parts = fact[COUNTS].map((count, place) => (count ? `${data.severities[place]}${count}项` : "")).filter(Boolean);
    if (fact[WAIVED]) parts.push(`已豁免${fact[WAIVED]}项`);
    if (fact[UNJUDGED]) parts.push(`${fact[UNJUDGED]}条规则无法判断`);
    return parts.join("、");
  }

  function toldBelow(agency) {
    const counts = stateKeys.map(() => 0);
    const columns = years();
    for (let place = agency.place + 1; place <= agency.end; place += 1) {
      for (const column of columns) counts[agencies[place].facts[column][STATE]] += 1;
    }
    const parts = TELLING.map((key) => stateKeys.indexOf(key)).filter((state) => counts[state])
      .map((state) => `${data.states[state][1]}${counted(counts[state])}份`);
    return `下属${counted(agency.end - agency.place)}个机关${parts.length ? `：${parts.join("、")}` : ""}`;
  }

  function address(agency, column, format) {
    return `${data.years[column]}/${agency.folder}/${data.formats[format][0]}`;
  }

  // ------------------------------------------------------------------------------ the table

  const body = document.querySelector("#table tbody");
  let rows = [], shown = 0, found = null;

  function made(name, properties = {}, ...children) {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(properties)) {
      if (key in element) element[key] = value;
      else element.setAttribute(key, value);
    }
    element.append(...children.filter((child) => child !== null && child !== ""));
    return element;
  }

  function cell(agency, column) {
    const fact = agency.facts[column];
    if (fact === NONE) return made("td", { role: "gridcell", className: "cell empty" });
    const [key, word, sign] = data.states[fact[STATE]];
    const number = { error: fact[COUNTS][0], withheld: fact[COUNTS][0], warning: fact[COUNTS][1], info: fact[COUNTS][2],
      waived: fact[WAIVED] }[key];
    const content = [made("span", { className: "sign", "aria-hidden": "true" }, sign), " ",
      made("span", { className: "word" }, word), ...(number ? [" ", made("b", {}, String(number))] : [])];
    const link = fact[LINKS].includes(REVIEW) ? REVIEW : fact[LINKS][0];
    const title = `${data.years[column]}年度：${word}${told(fact) ? `（${told(fact)}）` : ""}`;
    let inner;
    if (link !== undefined) inner = made("a", { href: address(agency, column, link), title, tabIndex: -1 }, ...content);
    else if (key === "missing" || key === "waiting") inner = made("span", { title, tabIndex: -1 }, ...content);
    else inner = made("button", { type: "button", title, tabIndex: -1, className: "open" }, ...content);
    const dim = isHit(fact, found) ? "" : " dim";
    return made("td", { role: "gridcell", className: `cell ${key}${dim}` }, inner);
  }

  function row({ agency, depth, context, flat }, number) {
    const foldable = !flat && agency.below.length && !view.governments;
    const folded = view.fold.has(agency.id);
    const fold = foldable
      ? made("button", { type: "button", className: "fold", tabIndex: -1, "aria-expanded": String(!folded),
          "aria-label": `${folded ? "展开" : "收起"}${agency.name}的下属机关` }, folded ? "▸" : "▾")
      : flat ? null : made("span", { className: "no-fold" });
    const name = made("button", { type: "button", className: "agency", tabIndex: -1,
      "aria-expanded": String(opened.has(agency.id)) }, agency.name);
    const above = flat && agency.parent >= 0 ? agencies[agency.parent].name : "";
    const sub = agency.below.length ? toldBelow(agency) : above;
    const head = made("th", { role: "rowheader", scope: "row" }, made("div", { className: "who" }, fold,
      made("div", {}, name, sub ? made("span", { className: "sub" }, sub) : null)));
    head.style.setProperty("--depth", Math.min(depth, 4));
    const line = made("tr", { role: "row", "aria-rowindex": String(number + 2), className: context ? "context" : "" }, head,
      ...found.columns.map((column) => (context ? made("td", { role: "gridcell", className: "cell empty" }) : cell(agency, column))));
    line.dataset.place = agency.place;
    return opened.has(agency.id) ? [line, details(agency)] : [line];
  }

  function details(agency) {
    const facts = [`标识：${agency.id}`, `级别：${data.levels[agency.level] || agency.level}`];
    if (agency.parent >= 0) facts.push(`上级：${agencies[agency.parent].name}`);
    if (agency.contact) facts.push(agency.contact);
    const expected = data.years.map((year, column) => [year, column]).filter(([, column]) => agency.facts[column] !== NONE);
    const lines = expected.map(([year, column]) => {
      const fact = agency.facts[column];
      const [key, word, sign] = data.states[fact[STATE]];
      const links = fact[LINKS].map((format) => made("a", { href: address(agency, column, format) }, data.formats[format][1]));
      const rules = fact[RULES].map((rule) => made("a", { href: `help.html#${data.rules[rule]}` }, data.rules[rule]));
      const failed = fact[FAILURE] === undefined ? null
        : made("span", { className: "failure" }, `最近一次生成失败${links.length ? "，现有页面是此前生成的" : ""}：${fact[FAILURE]}`);
      return made("li", {}, made("strong", {}, `${year}年度`), made("span", { className: `state ${key}` }, `${sign} ${word}`),
        told(fact) ? made("span", {}, told(fact)) : null, ...links,
        rules.length ? made("span", {}, "规则：", ...rules.flatMap((rule, place) => (place ? ["、", rule] : [rule]))) : null, failed);
    });
    return made("tr", { role: "row", className: "details" },
      made("td", { role: "gridcell", colSpan: found.columns.length + 1 }, made("p", {}, facts.join("　")), made("ul", {}, ...lines)));
  }

  function showMore(number = PAGE) {
    const next = rows.slice(shown, shown + number);
    body.append(...next.flatMap((one, place) => row(one, shown + place)));
    shown += next.length;
    const left = rows.length - shown;
    byId("more").hidden = !left;
    byId("more").firstElementChild.textContent = `再显示一些（还有${counted(left)}个机关）`;
    if (!body.querySelector("[tabindex='0']")) stopAt(body.querySelector(".agency"));
  }

  function update() {
    found = matches();
    rows = ordered(found);
    shown = 0;
    body.textContent = "";
    const table = byId("table");
    table.style.setProperty("--years", found.columns.length);
    table.classList.toggle("several", found.columns.length > 3);
    table.classList.toggle("many", found.columns.length > 4);
    table.setAttribute("aria-rowcount", rows.length + 1);
    table.hidden = !rows.length;
    byId("none").hidden = Boolean(rows.length);
    for (const head of table.querySelectorAll("thead th")) {
      const name = head.querySelector("button").value;
      head.hidden = Boolean(view.year && head.dataset.year && head.dataset.year !== view.year);
      if (view.sort === name) head.setAttribute("aria-sort", name === "name" ? "ascending" : "descending");
      else head.removeAttribute("aria-sort");
    }
    for (const chip of byId("states").querySelectorAll("button")) {
      const count = found.counts[stateKeys.indexOf(chip.value)];
      chip.lastElementChild.textContent = counted(count);
      chip.classList.toggle("empty", !count);
      chip.setAttribute("aria-pressed", String(view.state === chip.value));
    }
    for (const name of FILTERS) byId(name).classList.toggle("set", Boolean(view[name]));
    byId("fold").hidden = Boolean(view.sort) || !agencies.some((agency) => agency.below.length);
    byId("fold").setAttribute("aria-pressed", String(view.governments));
    const narrowed = FILTERS.some((name) => name !== "sort" && view[name]);
    byId("clear").disabled = !FILTERS.some((name) => view[name]);
    byId("result").textContent =
      `${narrowed ? "符合条件的有" : "共"}${counted(found.hits.size)}个机关、${counted(found.reports)}份报告（含未报送）`;
    showMore();
    urge();
  }

  function change() {
    for (const name of FILTERS) view[name] = byId(name).value;
    writeAddress();
    update();
  }

  // ---------------------------------------------------------------------------------- 催报

  function urge() {
    const year = byId("urge-year").value;
    const column = data.years.indexOf(Number(year));
    const body = view.below ? agencies[places.get(view.below)] : null;
    const groups = new Map();
    let number = 0;
    for (const agency of agencies) {
      if (agency.facts[column][STATE] !== MISSING) continue;
      if (body && (agency.place < body.place || agency.place > body.end)) continue;
      if (view.level && agency.level !== view.level) continue;
      number += 1;
      if (!groups.has(agency.parent)) groups.set(agency.parent, []);
      groups.get(agency.parent).push(agency);
    }
    byId("urge-title").textContent = number ? `${year}年度有${counted(number)}个机关未报送` : `${year}年度全部已报送`;
    byId("copied").textContent = "";
    byId("copy").disabled = !number;
    if (!byId("urge").open) return;
    const today = new Date();
    const lines = number
      ? [`截至${today.getFullYear()}年${today.getMonth() + 1}月${today.getDate()}日，以下${number}个机关尚未报送${year}年度政府信息公开工作年度报告：`]
      : [`${year}年度全部已报送。`];
    for (const [parent, missing] of [...groups].sort(([one], [other]) => one - other)) {
      const heading = parent < 0 ? "无上级机关的" : agencies[parent].name;
      lines.push("", `${heading}（${missing.length}个）`, ...missing.map((agency) => agency.name));
    }
    byId("urge-text").value = lines.join("\n");
  }

  // Browsers offer the clipboard itself only to pages from a secure place; the old command works everywhere.
  function copy() {
    const text = byId("urge-text");
    text.focus();
    text.select();
    const done = document.execCommand("copy");
    byId("copied").textContent = done ? "已复制" : "没有复制成功，请按 Ctrl+C";
    if (done) byId("copy").focus();
  }

  // ------------------------------------------------------------------------------- keyboard

  // The table is one stop of the Tab key; arrow keys move inside it.
  const stops = (line) => [...line.querySelectorAll("[tabindex]")];

  function stopAt(element) {
    for (const other of body.querySelectorAll("[tabindex='0']")) other.tabIndex = -1;
    if (element) element.tabIndex = 0;
    return element;
  }

  function moved(event) {
    const line = event.target.closest("tr");
    if (!line || event.altKey || event.ctrlKey || event.metaKey) return;
    if (line.classList.contains("details")) return;
    const here = stops(line), place = here.indexOf(event.target);
    if (place < 0) return;
    const vertical = (next) => {
      while (next && next.classList.contains("details")) next = event.key === "ArrowUp" ? next.previousElementSibling : next.nextElementSibling;
      if (!next) return null;
      const column = event.target.closest("td, th").cellIndex;
      const target = next.children[column];
      return (target && (target.querySelector(event.target.className === "fold" ? ".fold" : ".agency, a, button, span[tabindex]") ||
        target.querySelector("[tabindex]"))) || next.querySelector(".agency");
    };
    let target = null;
    if (event.key === "ArrowRight") target = here[place + 1];
    else if (event.key === "ArrowLeft") target = here[place - 1];
    else if (event.key === "Home") target = here[0];
    else if (event.key === "End") target = here[here.length - 1];
    else if (event.key === "ArrowUp") target = vertical(line.previousElementSibling);
    else if (event.key === "ArrowDown") {
      if (!line.nextElementSibling) showMore();
      target = vertical(line.nextElementSibling);
    } else return;
    event.preventDefault();
    if (target) stopAt(target).focus();
  }

  function pressed(event) {
    const button = event.target.closest("button");
    const line = event.target.closest("tr");
    if (!button || !line) return;
    const agency = agencies[line.dataset.place];
    if (button.classList.contains("fold")) {
      if (!view.fold.delete(agency.id)) view.fold.add(agency.id);
      writeAddress();
      redraw(agency, ".fold");
    } else if (opened.has(agency.id)) {
      opened.delete(agency.id);
      line.nextElementSibling.remove();
      line.querySelector(".agency").setAttribute("aria-expanded", "false");
    } else {
      opened.add(agency.id);
      line.after(details(agency));
      line.querySelector(".agency").setAttribute("aria-expanded", "true");
    }
  }

  // Draw the rows anew, as many as there were, and return to where the reader was.
  function redraw(agency, control) {
    const before = shown;
    update();
    if (before > shown) showMore(before - shown);
    const line = body.querySelector(`tr[data-place="${agency.place}"]`);
    const target = line && line.querySelector(control);
    if (target) stopAt(target).focus();
  }

  // ----------------------------------------------------------------------------- beginning

  byId("filters").addEventListener("input", change);
  byId("filters").addEventListener("submit", (event) => event.preventDefault());
  byId("filters").addEventListener("reset", (event) => {
    event.preventDefault();
    for (const name of FILTERS) byId(name).value = "";
    change();
  });
  byId("none").firstElementChild.addEventListener("click", () => {
    byId("clear").click();
    byId("q").focus();
  });
  byId("states").addEventListener("click", (event) => {
    const chip = event.target.closest("button");
    if (!chip) return;
    byId("state").value = view.state === chip.value ? "" : chip.value;
    change();
  });
  byId("table").tHead.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    byId("sort").value = view.sort === button.value ? "" : button.value;
    change();
  });
  byId("fold").addEventListener("click", () => {
    view.governments = !view.governments;
    view.fold.clear();
    writeAddress();
    update();
  });
  byId("urge").addEventListener("toggle", urge);
  byId("urge-year").addEventListener("input", urge);
  byId("copy").addEventListener("click", copy);
  byId("more").firstElementChild.addEventListener("click", () => {
    const last = body.lastElementChild;
    showMore();
    const next = last.nextElementSibling;
    if (next) stopAt(next.querySelector(".agency")).focus();
  });
  document.querySelector(".skip").addEventListener("click", (event) => {
    event.preventDefault();
    const stop = body.querySelector("[tabindex='0']");
    if (stop) stop.focus();
  });
  body.addEventListener("keydown", moved);
  body.addEventListener("click", pressed);
  body.addEventListener("focusin", (event) => {
    if (event.target.matches("tr:not(.details) [tabindex]")) stopAt(event.target);
  });
  addEventListener("hashchange", () => {
    readAddress();
    update();
  });
  addEventListener("beforeprint", () => showMore(rows.length));
  new IntersectionObserver((entries) => {
    if (entries.some((entry) => entry.isIntersecting) && shown < rows.length) showMore();
  }, { rootMargin: "600px" }).observe(byId("more"));

  readAddress();
  byId("app").hidden = false;
  update();
})();
