"use strict";
// Shows what a trip is when it is pointed at or has the focus, finds trips, and changes between the two tables.
// Everything said about a trip is read from its row in the timetable, which is there without this script, too.
(() => {
  const main = document.querySelector("main");
  const timeline = document.getElementById("timeline");
  const timetable = document.getElementById("timetable");
  const card = document.getElementById("card");
  const filter = document.getElementById("filter");
  const found = document.getElementById("found");
  const names = [...timetable.tHead.rows[0].cells].map((cell) => cell.textContent);
  const lines = [...timetable.tBodies[0].rows];
  const buses = [...timeline.querySelectorAll("tr.bus")];
  const trips = [...timeline.querySelectorAll(".trip")];
  const tripsOf = new Map(buses.map((bus) => [bus, [...bus.querySelectorAll(".trip")]]));

  for (const trip of trips) {
    const title = trip.querySelector("title"); // the browser's own tooltip would cover the card
    trip.setAttribute("aria-label", title.textContent);
    title.remove();
  }
  for (const tool of document.querySelectorAll(".scripted")) tool.hidden = false;

  function show(trip) {
    const list = document.createElement("dl");
    [...lines[trip.dataset.row].cells].forEach((cell, column) => {
      if (cell.textContent === "") return;
      const [name, value] = [document.createElement("dt"), document.createElement("dd")];
      name.textContent = names[column];
      value.textContent = cell.textContent;
      list.append(name, value);
    });
    card.replaceChildren(list);
    card.hidden = false;
    const at = trip.querySelector("rect").getBoundingClientRect();
    const below = at.bottom + 8 + card.offsetHeight < innerHeight;
    card.style.top = `${Math.max(4, below ? at.bottom + 8 : at.top - 8 - card.offsetHeight)}px`;
    card.style.left = `${Math.max(4, Math.min(at.left, innerWidth - card.offsetWidth - 8))}px`;
    trip.setAttribute("aria-describedby", "card");
  }

  function hide() {
    card.hidden = true;
  }

  timeline.addEventListener("pointerover", (event) => {
    const trip = event.target.closest(".trip");
    if (trip) show(trip);
    else hide();
  });
  timeline.addEventListener("pointerleave", hide);
  main.addEventListener("scroll", hide);
  timeline.addEventListener("focusin", (event) => event.target.matches(".trip") && show(event.target));
  timeline.addEventListener("focusout", hide);

  // One trip can be reached by Tab; the arrow keys go on from there, so that 5000 trips are not 5000 stops.
  let current = trips[0];
  if (current) current.setAttribute("tabindex", "0");

  function go(trip) {
    if (!trip) return;
    current.setAttribute("tabindex", "-1");
    current = trip;
    trip.setAttribute("tabindex", "0");
    trip.scrollIntoView({ block: "nearest", inline: "nearest" });
    trip.focus({ preventScroll: true });
  }

  function nearest(bus, trip) {
    const x = trip.getBoundingClientRect().left;
    const distance = (other) => Math.abs(other.getBoundingClientRect().left - x);
    return tripsOf.get(bus).reduce((best, other) => (distance(other) < distance(best) ? other : best));
  }

  timeline.addEventListener("click", (event) => go(event.target.closest(".trip")));
  timeline.addEventListener("keydown", (event) => {
    if (event.key === "Escape") return hide();
    const trip = event.target.closest(".trip");
    if (!trip) return;
    const bus = trip.closest("tr");
    const row = tripsOf.get(bus);
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const rows = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (step) go(row[row.indexOf(trip) + step]);
    else if (rows) {
      const shown = buses.filter((other) => !other.hidden);
      const next = shown[shown.indexOf(bus) + rows];
      if (next) go(nearest(next, trip));
    } else if (event.key === "Home") go(row[0]);
    else if (event.key === "End") go(row[row.length - 1]);
    else return;
    event.preventDefault();
  });

  // Every word must be in a trip's line; a bus is shown if one of its trips has them all.
  const texts = lines.map((line) => [...line.cells].map((cell) => cell.textContent).join(" ").toLowerCase());
  function find() {
    const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    const hits = texts.map((text) => words.every((word) => text.includes(word)));
    lines.forEach((line, index) => (line.hidden = !hits[index]));
    for (const bus of buses) {
      const row = tripsOf.get(bus);
      bus.hidden = !row.some((trip) => hits[trip.dataset.row]);
      for (const trip of row) trip.classList.toggle("dim", !hits[trip.dataset.row]);
    }
    const count = hits.filter(Boolean).length;
    found.textContent = words.length ? `${count} of ${lines.length} trips` : "";
    const first = trips.find((trip) => hits[trip.dataset.row]);
    if (first && current.closest("tr").hidden) {
      current.setAttribute("tabindex", "-1");
      current = first;
      current.setAttribute("tabindex", "0");
    }
  }

  function findLinked() {
    filter.value = decodeURIComponent(location.hash.slice(1)); // plan.html#B12 is a link to a bus
    find();
  }

  filter.addEventListener("input", find);
  addEventListener("hashchange", findLinked);

  const width = document.getElementById("width");
  width.addEventListener("input", () => timeline.style.setProperty("--width", width.value));

  // A time of which half is seen is another time: it is shown where it is whole.
  const starts = trips.map((trip) => trip.querySelector("text + text"));
  const shares = trips.map((trip) => parseFloat(trip.querySelector("rect").getAttribute("width")) / 100);
  let needed = 0;
  function fit() {
    if (timeline.hidden || !trips.length) return;
    const room = trips[0].ownerSVGElement.clientWidth;
    needed = Math.max(needed, ...starts.slice(0, 9).map((start) => 3 + start.getComputedTextLength()));
    starts.forEach((start, index) => start.classList.toggle("cut", shares[index] * room < needed));
  }

  const buttons = [...document.querySelectorAll("button[data-view]")];
  function view(name) {
    timeline.hidden = name !== "timeline";
    timetable.hidden = name !== "timetable";
    for (const button of buttons) button.setAttribute("aria-pressed", button.dataset.view === name);
  }
  for (const button of buttons) button.addEventListener("click", () => view(button.dataset.view));
  view("timeline");
  fit();
  new ResizeObserver(fit).observe(timeline);
  if (location.hash) findLinked();
})();
