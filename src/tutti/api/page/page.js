"use strict";
// Sends a file to be planned, shows what is wrong with it or how its job goes on, and leads to the plan. The fragment
// of the address is the job's id. Addresses are relative: the page may stand below any path.
(() => {
  const at = (id) => document.getElementById(id);
  const [form, file, limit, job] = ["start", "file", "limit", "job"].map(at);
  const AGAIN_MS = 3000;
  const AWAY = "The service can't be reached.";
  const ENDED = ["completed", "failed", "cancelled"];
  let shown = ""; // the id of the job on the page
  let stream = null;
  let last = "0"; // the last event of the job that came
  let timer = 0;
  let key = ""; // sent with a file, so that sending it again after a lost answer makes no second job
  let warnings = [];

  // No request is made by an address with a name and password in it, as that of the page may have them.
  const here = (address) => new URL(address, location.origin + location.pathname);
  const place = (id, part = "") => `v1/jobs/${encodeURIComponent(id)}${part}`;
  const count = (number, one, many) => `${number} ${number === 1 ? one : many}`;

  function trouble(text) {
    if (at("trouble").textContent !== text) at("trouble").textContent = text;
    at("trouble").hidden = !text;
  }

  function fill(list, texts) {
    list.replaceChildren(...texts.map((parts) => {
      const item = document.createElement("li");
      if (parts.path) {
        const where = document.createElement("b");
        where.textContent = `${parts.path}: `;
        item.append(where);
      }
      item.append(parts.message);
      return item;
    }));
  }

  // The answer and the JSON in it. Throws a sentence for people if there is none, or if it is no answer of the service.
  async function ask(address, request = {}) {
    let answer;
    try {
      answer = await fetch(here(address), request);
    } catch {
      throw new Error(AWAY);
    }
    const content = await answer.json().catch(() => null);
    if (content === null) throw new Error(`${AWAY} Something before it answered ${answer.status}.`);
    return { answer, content };
  }

  // A file.

  function newKey() {
    key = [...crypto.getRandomValues(new Uint32Array(4))].map((part) => part.toString(36)).join("-");
  }

  async function send() {
    const chosen = file.files[0];
    const isJson = /^[[{]/.test((await chosen.slice(0, 1000).text()).trim());
    const options = limit.value ? { time_limit_s: Number(limit.value) } : {};
    const { answer, content } = await ask(`v1/jobs?options=${encodeURIComponent(JSON.stringify(options))}`, {
      method: "POST",
      headers: { "Content-Type": isJson ? "application/json" : "text/csv", "Idempotency-Key": key },
      body: chosen,
    });
    if (!answer.ok) return refuse(chosen.name, content);
    warnings = (content.warnings || []).map((message) => ({ message }));
    newKey();
    location.hash = content.id;
  }

  function refuse(name, problem) {
    const findings = problem.errors || [{ message: problem.detail }];
    at("wrong-title").textContent = problem.errors
      ? `${count(findings.length, "problem", "problems")} in ${name}`
      : `${name} was not taken`;
    fill(at("findings"), findings);
    at("wrong").hidden = false;
    at("wrong-title").focus();
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    at("wrong").hidden = true;
    at("plan").disabled = true;
    trouble("");
    try {
      await send();
    } catch (error) {
      trouble(error.message.startsWith(AWAY) ? `${error.message} Press Plan again: it makes no second job.`
        : "The file can't be read. Was it changed? Choose it again.");
    }
    at("plan").disabled = false;
  });
  form.addEventListener("input", newKey);

  // A job.

  function percentage(share) {
    return share > 0 && share < 0.001 ? "less than 0.1 %" : `${(100 * share).toFixed(1)} %`;
  }

  function figure(name, value, least) {
    const [group, term, text] = ["div", "dt", "dd"].map((tag) => document.createElement(tag));
    term.textContent = name;
    text.textContent = value;
    if (least !== null && least !== undefined) {
      const note = document.createElement("small");
      note.textContent = least;
      text.append(note);
    }
    group.append(term, text);
    return group;
  }

  function showProgress(progress) {
    at("percent").value = progress.percent;
    const least = (bound, unit = "") => (Number.isFinite(bound) ? `at least ${bound.toLocaleString("en")}${unit}` : null);
    const known = [
      ["Cost", progress.cost, "", least(progress.bound_cost)],
      ["Buses", progress.buses, "", least(progress.bound_buses)],
      ["Deadhead", progress.deadhead_min, " min", least(progress.bound_deadhead_min, " min")],
    ].filter(([, value]) => Number.isFinite(value));
    const rows = known.map(([name, value, unit, note]) => figure(name, value.toLocaleString("en") + unit, note));
    if (Number.isFinite(progress.gap)) rows.push(figure("Open gap", percentage(progress.gap)));
    if (Number.isFinite(progress.seconds)) rows.push(figure("Solving", `${progress.seconds.toFixed(1)} s`));
    at("figures").replaceChildren(...rows);
    if (Number.isFinite(progress.buses)) say(`Planning: ${count(progress.buses, "bus", "buses")} so far`);
  }

  function say(text) {
    if (at("job-title").textContent === text) return; // a screen reader would say it again
    at("job-title").textContent = text;
    document.title = `${text} - Tutti`;
  }

  function ending({ status, stopped, progress, error }) {
    if (status === "failed") return `Failed: ${error.message}`;
    if (status === "cancelled") return "Cancelled";
    const buses = progress && Number.isFinite(progress.buses) ? count(progress.buses, "bus", "buses") : "Planned";
    return stopped ? `${buses}, stopped early` : buses;
  }

  function proven({ certificate: { status, reasons = [] }, proof }) {
    const claim = status === "optimal" ? ["Proven: no plan is better."]
      : ["Not everything is proven, the page of the plan says what is.", ...reasons.map((one) => `${one}.`)];
    if (proof) claim.push("Saved as JSON the plan holds its proof, which tutti check works out again.");
    return claim.join(" ");
  }

  async function showEnd(job) {
    const { answer, content } = await ask(place(job.id, "/plan"), { headers: { Accept: "application/json" } });
    if (job.id !== shown) return;
    if (job.progress) showProgress(job.progress);
    say(ending(job));
    at("detail").textContent = answer.ok ? proven(content) : "";
    if (at("running").contains(document.activeElement)) at("job-title").focus(); // else it would be nowhere
    at("running").hidden = at("percent").hidden = true;
    at("plans").hidden = !answer.ok;
  }

  function showGoing({ status, route_count, progress }) {
    at("running").hidden = at("percent").hidden = false;
    at("plans").hidden = true;
    at("percent").removeAttribute("value");
    at("figures").replaceChildren();
    at("detail").textContent = "";
    const routes = count(route_count, "route", "routes");
    say(status === "queued" ? `Waiting for a turn: ${routes}` : `Planning ${routes}`);
    if (progress) showProgress(progress);
  }

  function later(what) {
    const id = shown;
    timer = setTimeout(() => id === shown && what(), AGAIN_MS);
  }

  // The job as it is now, and from then on its events; again and again while the service is away.
  async function look() {
    const id = shown;
    try {
      const { answer, content } = await ask(place(id));
      if (id !== shown) return;
      if (answer.status === 404) return unknown(content);
      if (!answer.ok) throw new Error(content.detail);
      trouble("");
      if (ENDED.includes(content.status)) return await showEnd(content);
      showGoing(content);
      follow(id);
    } catch (error) {
      if (id !== shown) return;
      trouble(`${error.message} Trying again; the job is not lost.`);
      later(look);
    }
  }

  function unknown(problem) {
    trouble(`${problem.detail}.`);
    showStart(true);
  }

  function showStart(isStart) {
    form.hidden = at("columns").hidden = !isStart;
    job.hidden = isStart;
  }

  function follow(id) {
    stream = new EventSource(here(place(id, `/events?after=${last}`)));
    for (const kind of ["progress", "incumbent", "bound"]) {
      stream.addEventListener(kind, (event) => {
        last = event.lastEventId;
        showProgress(JSON.parse(event.data));
      });
    }
    stream.addEventListener("started", () => say("Planning"));
    stream.addEventListener("queued", () => say("Waiting for a turn"));
    for (const kind of ENDED) stream.addEventListener(kind, () => { leave(); look(); });
    stream.addEventListener("open", () => trouble(""));
    stream.addEventListener("error", () => {
      trouble(`${AWAY} Trying again; the job is not lost.`);
      leave(); // what follows an answer other than 200 is left to the page anyway
      later(look);
    });
  }

  function leave() {
    if (stream) stream.close();
    stream = null;
    clearTimeout(timer);
  }

  async function tell(part, method) {
    try {
      const { answer, content } = await ask(place(shown, part), { method });
      trouble(answer.ok ? "" : content.detail);
      if (answer.ok && part) at("detail").textContent = "It ends soon, with the best plan so far";
    } catch (error) {
      trouble(`${error.message} Press it again.`);
    }
  }

  at("stop").addEventListener("click", () => tell("/stop", "POST"));
  at("cancel").addEventListener("click", () => tell("", "DELETE"));

  // A link can't say which form it wants: the script asks for it, and gives it to the browser to save.
  async function save({ type, name, query = "" }) {
    const answer = await fetch(here(place(shown, "/plan") + query), { headers: { Accept: type } }).catch(() => null);
    if (!answer || !answer.ok) return trouble(`${AWAY} Press it again.`);
    trouble("");
    const link = document.createElement("a");
    const mark = type === "text/csv" ? "\ufeff" : ""; // without it Excel takes UTF-8 for the code page of Windows
    link.href = URL.createObjectURL(new Blob([mark, await answer.blob()], { type }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), AGAIN_MS);
  }

  for (const button of document.querySelectorAll("button[data-type]")) {
    button.addEventListener("click", () => save(button.dataset));
  }
  // Spreadsheets show a table in one column if it has not the separator of their country.
  if ((1.5).toLocaleString(navigator.language).includes(",")) {
    at("table").dataset.query = "?separator=semicolon";
    at("stops").dataset.query += "&separator=semicolon";
  }

  function open() {
    leave();
    trouble("");
    shown = location.hash.slice(1);
    last = "0";
    at("wrong").hidden = true;
    showStart(!shown);
    document.title = "Tutti";
    if (!shown) return file.focus();
    say("Looking for the job");
    at("timeline").href = place(shown, "/plan");
    for (const part of ["running", "percent", "plans"]) at(part).hidden = true;
    at("figures").replaceChildren();
    at("warnings").hidden = !warnings.length;
    at("warnings").open = true;
    at("warnings").querySelector("summary").textContent = count(warnings.length, "warning", "warnings");
    fill(at("warnings").querySelector("ul"), warnings);
    warnings = [];
    at("job-title").focus();
    look();
  }

  addEventListener("hashchange", open);
  newKey();
  open();
})();
