// The rep editor's screen. It draws, and asks Python for every change: what is an edit, what it does to the report and where it is saved is decided there.
// Text is only ever put in as text; nothing is loaded from anywhere.

const PLACES = ["start", "bottom", "end"];
const LEAST_S = 0.02; // of a lowering or a raise, while dragging
const GAP = -32768;
const NEAR_PX = 7;
const SHOWN_REPS = 7;
const KEYS = [
  ["← →", "move the chosen boundary by 10 ms, with Shift by 100 ms (in a field: ↑ ↓)"],
  ["Tab", "next boundary or field"],
  ["N, P", "next and previous rep"],
  ["A", "add a rep: where you clicked last, else after the chosen one"],
  ["X", "leave the rep out, or take it back in"],
  ["U, R", "undo, redo"],
  ["?", "show or hide these keys"],
];

/** Make an element with attributes, a text and children. */
function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  for (const child of children) node.append(child);
  return node;
}

const clamp = (value, low, high) => Math.max(low, Math.min(high, value));
const round10ms = (seconds) => Math.round(seconds * 100) / 100;
const inWords = (side) => side.charAt(0).toUpperCase() + side.slice(1);

function render({ model, el }) {
  const trace = readTrace(model.get("trace"));
  let state = model.get("state");
  let selected = state.reps.find((rep) => rep.keep)?.rep ?? state.reps[0]?.rep ?? null;
  let asked = 0; // messages sent; what Python says before it has seen the last one is out of date
  let waiting = null;
  let cursorS = null; // where A adds
  let held = null; // a repetition whose boundary is being moved, and its times: { rep, i, times, before }
  const view = Math.random().toString(36).slice(2); // one notebook may show the same editor twice

  // --- What is on screen ---------------------------------------------------------------------------------------------------------------------
  const title = make("h3", { class: "hh-title" });
  const sign = make("span", { class: "hh-sign", "aria-hidden": "true" });
  const status = make("span", { class: "hh-status", role: "status", "aria-live": "polite" });
  const buttons = {
    add: button("Add rep", "A", () => addRep()),
    keep: button("Leave out", "X", () => toggleKept()),
    undo: button("Undo", "U", () => ask({ do: "undo" })),
    redo: button("Redo", "R", () => ask({ do: "redo" })),
    help: button("Help", "?", () => toggleHelp()),
  };
  buttons.help.setAttribute("aria-expanded", "false");
  const help = make("dl", { class: "hh-help", hidden: "" });
  for (const [key, words] of KEYS) help.append(make("dt", {}, key), make("dd", {}, words));
  const panels = state.sides.map(makePanel);
  const repTitle = make("h4", { class: "hh-rep" });
  const told = make("div", { class: "hh-told" });
  const fields = PLACES.map(makeField);
  const keepBox = make("input", { type: "checkbox", class: "hh-keep" });
  keepBox.addEventListener("change", () => toggleKept());
  const reset = make("button", { type: "button", class: "hh-reset" }, "Back to automatic");
  reset.addEventListener("click", () => selected !== null && ask({ do: "reset", rep: selected }));
  const done = make("button", { type: "button", class: "hh-done" }, "Done");
  done.addEventListener("click", () => ask({ do: "done" }));
  const rows = make("tbody");
  const heads = ["edit", "side", "rep", "what changed", "before", "after", "effect on the report"];
  const table = make("table", {}, make("thead", {}, make("tr", {}, ...heads.map((head) => make("th", { scope: "col" }, head)))), rows);
  const hint = "Arrow keys 10 ms; with Shift 100 ms. Tab: next field. N and P: next and previous rep. Everything the mouse does, the keys do.";
  const root = make(
    "div",
    { class: "hh-editor", role: "group", tabindex: "-1", "data-lm-suppress-shortcuts": "true" },
    make("div", { class: "hh-head" }, title, make("p", {}, sign, status), make("div", { class: "hh-tools" }, ...Object.values(buttons))),
    help,
    make("div", { class: "hh-panels" }, ...panels.map((panel) => panel.node)),
    make(
      "div",
      { class: "hh-detail" },
      make("div", { class: "hh-words" }, repTitle, told),
      make("div", { class: "hh-fields" }, ...fields.map((field) => field.node), make("p", { class: "hh-hint" }, hint)),
      make("div", { class: "hh-use" }, make("span", { class: "hh-label" }, "use in the report"), make("label", {}, keepBox, "keep this rep")),
      make("div", { class: "hh-last" }, reset, done),
    ),
    make("div", { class: "hh-edits", role: "region", "aria-label": "Edits", tabindex: "0" }, table),
    make("p", { class: "hh-foot" }, "Every edit is a row in the corrections file, so the same report can be made again without the mouse."),
  );
  el.append(root);

  function button(words, key, action) {
    const node = make("button", { type: "button", "aria-keyshortcuts": key }, words, make("kbd", { "aria-hidden": "true" }, key));
    node.addEventListener("click", action);
    return node;
  }

  function makeField(place, i) {
    const input = make("input", { type: "text", inputmode: "decimal", autocomplete: "off", "aria-label": `${place} in seconds` });
    const field = { input, typed: false };
    input.addEventListener("input", () => (field.typed = true));
    field.send = () => {
      const time = Number(input.value.trim().replace(",", "."));
      const rep = chosen();
      const changed = field.typed && rep && input.value.trim() !== "" && Number.isFinite(time) && time.toFixed(2) !== rep.times[i].toFixed(2);
      field.typed = false;
      if (changed) move(rep, i, time);
      else show();
    };
    input.addEventListener("change", field.send);
    field.node = make("label", {}, make("span", { class: "hh-label" }, place), make("span", { class: "hh-unit" }, input, "s"));
    return field;
  }

  function makePanel({ side, stretches }) {
    const heading = make("h4", { class: `hh-side hh-${side}` });
    const plot = make("canvas", { class: "hh-canvas" });
    const handles = PLACES.map((place, i) => makeHandle(side, place, i));
    const frame = make("div", { class: "hh-plot" }, plot, ...handles);
    const strip = make("canvas", { class: "hh-canvas" });
    const thumb = make("div", { class: "hh-window", role: "slider", tabindex: "0", "aria-label": `shown part, ${side} leg` });
    const overview = make("div", { class: "hh-overview" }, strip, thumb);
    const firstS = stretches[0][0];
    const lastS = stretches.at(-1)[1];
    const panel = { side, stretches, firstS, lastS, heading, plot, frame, handles, strip, thumb, overview, from: firstS, span: lastS - firstS };
    panel.node = make("div", { class: "hh-panel" }, heading, frame, overview);
    frame.addEventListener("pointerdown", (event) => grab(panel, event));
    overview.addEventListener("pointerdown", (event) => scrub(panel, event));
    thumb.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -5, PageUp: 5 }[event.key];
      if (!step) return;
      event.preventDefault();
      showFrom(panel, panel.from + (step * panel.span) / 10);
      draw();
    });
    return panel;
  }

  function makeHandle(side, place, i) {
    const tag = make("span", { class: "hh-tag" });
    const node = make("div", { class: `hh-handle hh-at-${place}`, role: "slider", tabindex: "0", "aria-orientation": "horizontal" }, tag);
    node.addEventListener("keydown", (event) => nudge(event, i));
    node.addEventListener("keyup", letGo);
    node.addEventListener("blur", letGo);
    return node;
  }

  // --- What is chosen ------------------------------------------------------------------------------------------------------------------------
  const numbered = (number) => state.reps.find((rep) => rep.rep === number) ?? null;
  const chosen = () => numbered(selected);
  const panelOf = (rep) => panels.find((panel) => panel.side === rep.side);

  function choose(rep) {
    letGo();
    if (!rep) return;
    const place = panels.flatMap((panel) => panel.handles).indexOf(document.activeElement) % 3;
    selected = rep.rep;
    const panel = panelOf(rep);
    const margin = panel.span / 8;
    if (rep.times[0] < panel.from + margin || rep.times[2] > panel.from + panel.span - margin) showFrom(panel, rep.times[1] - panel.span / 2);
    show();
    if (place >= 0) panel.handles[place].focus({ preventScroll: true });
  }

  function step(by) {
    const at = state.reps.findIndex((rep) => rep.rep === selected);
    choose(state.reps[clamp(at + by, 0, state.reps.length - 1)]);
  }

  function showFrom(panel, from) {
    panel.from = clamp(from, panel.firstS, Math.max(panel.firstS, panel.lastS - panel.span));
  }

  // --- What is asked of Python ---------------------------------------------------------------------------------------------------------------
  function ask(message) {
    letGo();
    asked += 1;
    model.send({ ...message, asked: [view, asked] });
    clearTimeout(waiting);
    waiting = setTimeout(() => say("Waiting for the kernel: not saved yet.", true), 2000);
  }

  function move(rep, i, time) {
    const times = rep.times.map((old, k) => (k === i ? time : old));
    if (rep.kind === "aborted" && i === 1 && rep.times[2] === rep.times[1]) times[2] = time; // it has no raise
    rep.times = times;
    show();
    ask({ do: "move", rep: rep.rep, times });
  }

  function toggleKept() {
    const rep = chosen();
    if (rep) ask({ do: "keep", rep: rep.rep, keep: !rep.keep });
  }

  function addRep() {
    const rep = chosen();
    const at = cursorS ?? (rep ? rep.times[2] + 0.01 : panels[0].from + panels[0].span / 2);
    cursorS = null;
    ask({ do: "add", at_s: at });
  }

  function toggleHelp() {
    help.hidden = !help.hidden;
    buttons.help.setAttribute("aria-expanded", String(!help.hidden));
  }

  // --- Moving boundaries ---------------------------------------------------------------------------------------------------------------------
  /** Return the earliest and latest time that boundary `i` of `rep` may have [s]. */
  function limits(rep, i) {
    const [start, bottom, end] = rep.times;
    const stretch = panelOf(rep).stretches.find(([first, last]) => first <= bottom && bottom <= last) ?? [-Infinity, Infinity];
    const others = state.reps.filter((other) => other.keep && other.rep !== rep.rep && other.side === rep.side);
    const before = Math.max(stretch[0], ...others.filter((other) => other.times[1] < bottom).map((other) => other.times[2]));
    const after = Math.min(stretch[1], ...others.filter((other) => other.times[1] > bottom).map((other) => other.times[0]));
    const raised = end > bottom;
    return [
      [before, bottom - LEAST_S],
      [start + LEAST_S, raised ? end - LEAST_S : after],
      [bottom + LEAST_S, after],
    ][i];
  }

  /** Move boundary `i` of the chosen repetition as far as it may go, on screen only. */
  function hold(i, time) {
    const rep = chosen();
    if (held && held.i !== i) letGo();
    const before = held?.before ?? rep.times;
    const [low, high] = limits(rep, i);
    rep.times = rep.times.map((old, k) => (k === i ? clamp(time, low, high) : old));
    held = { rep: rep.rep, i, times: rep.times, before };
    show();
  }

  /** A boundary moved by one drag, or by one press of a key however long, is one edit. */
  function letGo() {
    if (!held) return;
    const { rep, i, times, before } = held;
    held = null;
    if (times[i] !== before[i] && numbered(rep)) move(numbered(rep), i, times[i]);
  }

  function nudge(event, i) {
    const sense = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }[event.key];
    if (!sense || !chosen() || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    hold(i, chosen().times[i] + sense * (event.shiftKey ? 0.1 : 0.01));
  }

  function grab(panel, event) {
    if (event.button !== 0) return;
    const left = panel.frame.getBoundingClientRect().left;
    const timeAt = (x) => panel.from + ((x - left) / panel.frame.clientWidth) * panel.span;
    const time = timeAt(event.clientX);
    const near = (NEAR_PX / panel.frame.clientWidth) * panel.span;
    let i = panel.handles.indexOf(event.target.closest?.(".hh-handle"));
    let rep = i >= 0 ? chosen() : null;
    if (!rep) {
      const own = state.reps.filter((other) => other.side === panel.side && other.keep);
      const edges = own.flatMap((other) => [0, 2].map((k) => ({ other, k, off: Math.abs(other.times[k] - time) }))).filter((edge) => edge.off < near);
      // of two that touch: the one that the pointer is in
      edges.sort((a, b) => within(b.other, time) - within(a.other, time) || a.off - b.off);
      rep = edges[0]?.other ?? state.reps.find((other) => other.side === panel.side && within(other, time)) ?? null;
      i = edges.length ? edges[0].k : -1;
    }
    event.preventDefault();
    cursorS = rep?.keep ? null : time;
    if (rep && rep.rep !== selected) choose(rep);
    if (i < 0) {
      root.focus({ preventScroll: true });
      return draw();
    }
    panel.handles[i].focus({ preventScroll: true });
    follow(panel.frame, event, {
      to: (x) => hold(i, round10ms(timeAt(x))),
      end: letGo,
      cancel: () => {
        if (held && chosen()) chosen().times = held.before;
        held = null;
        show();
      },
    });
  }

  function scrub(panel, event) {
    if (event.button !== 0) return;
    event.preventDefault();
    const box = panel.overview.getBoundingClientRect();
    const to = (x) => {
      showFrom(panel, panel.firstS + ((x - box.left) / box.width) * (panel.lastS - panel.firstS) - panel.span / 2);
      draw();
    };
    panel.thumb.focus({ preventScroll: true });
    to(event.clientX);
    follow(panel.overview, event, { to, end: () => {}, cancel: () => {} });
  }

  /** Follow a pointer until it is let go. */
  function follow(node, event, { to, end, cancel }) {
    node.setPointerCapture(event.pointerId);
    let moved = false;
    const onMove = (next) => {
      moved ||= Math.abs(next.clientX - event.clientX) > 1;
      if (moved) to(next.clientX);
    };
    const stop = (finish) => () => {
      node.removeEventListener("pointermove", onMove);
      node.removeEventListener("pointerup", onUp);
      node.removeEventListener("pointercancel", onCancel);
      finish();
    };
    const onUp = stop(end);
    const onCancel = stop(cancel);
    node.addEventListener("pointermove", onMove);
    node.addEventListener("pointerup", onUp);
    node.addEventListener("pointercancel", onCancel);
  }

  // --- Keys ----------------------------------------------------------------------------------------------------------------------------------
  root.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const field = fields.findIndex(({ input }) => input === event.target);
    if (field >= 0 && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
      if (fields[field].typed) fields[field].send();
      return nudge(event, field);
    }
    if (field >= 0 && event.key === "Enter") return fields[field].send();
    const action = {
      a: () => addRep(),
      x: () => toggleKept(),
      u: () => state.can_undo && ask({ do: "undo" }),
      r: () => state.can_redo && ask({ do: "redo" }),
      n: () => step(1),
      p: () => step(-1),
      "?": () => toggleHelp(),
    }[event.key.toLowerCase()];
    event.stopPropagation();
    if (!action) return;
    event.preventDefault();
    if (fields[field]?.typed) fields[field].send();
    action();
  });
  for (const { input } of fields) {
    input.addEventListener("keyup", letGo);
    input.addEventListener("blur", letGo);
  }

  // --- Showing -------------------------------------------------------------------------------------------------------------------------------
  function say(words, problem) {
    status.textContent = words;
    sign.className = `hh-sign ${problem ? "hh-problem" : "hh-good"}`;
    sign.textContent = problem ? "!" : "✓";
  }

  function show() {
    const rep = chosen();
    title.textContent = state.title;
    root.setAttribute("aria-label", `Rep editor: ${state.title}`);
    repTitle.textContent = rep ? `${inWords(rep.side)} rep ${rep.name}` : "No repetition";
    told.replaceChildren(...(rep?.told ?? []).map((sentence) => make("p", {}, sentence)));
    fields.forEach(({ input, typed }, i) => {
      input.disabled = !rep;
      if (rep && !typed) input.value = rep.times[i].toFixed(2);
    });
    keepBox.checked = Boolean(rep?.keep);
    keepBox.disabled = reset.disabled = buttons.keep.disabled = !rep;
    buttons.keep.firstChild.textContent = rep && !rep.keep ? "Take back" : "Leave out";
    buttons.undo.disabled = !state.can_undo;
    buttons.redo.disabled = !state.can_redo;
    rows.replaceChildren(
      ...state.edits.map((edit, i) => {
        const cells = [edit.side, edit.rep, edit.what, edit.before, edit.after, edit.effect].map((text) => make("td", {}, text));
        return make("tr", {}, make("th", { scope: "row" }, String(i + 1)), ...cells);
      }),
    );
    if (!state.edits.length) rows.append(make("tr", {}, make("td", { colspan: "7" }, "No edit yet: this is what was found automatically.")));
    for (const panel of panels) {
      panel.heading.textContent = state.sides.find(({ side }) => side === panel.side).title;
      panel.handles.forEach((handle, i) => {
        handle.hidden = rep?.side !== panel.side;
        if (handle.hidden) return;
        const [low, high] = limits(rep, i);
        handle.setAttribute("aria-label", `${PLACES[i]} of rep ${rep.name}`);
        handle.setAttribute("aria-valuenow", rep.times[i].toFixed(2));
        handle.setAttribute("aria-valuemin", low.toFixed(2));
        handle.setAttribute("aria-valuemax", high.toFixed(2));
        handle.setAttribute("aria-valuetext", `${rep.times[i].toFixed(2)} seconds`);
        handle.firstChild.textContent = `${PLACES[i]} ${rep.times[i].toFixed(2)} s`;
      });
    }
    draw();
  }

  let frame = 0;
  function draw() {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(() => {
      const colours = readColours(root);
      const scale = chooseScale(trace, state);
      const context = { state, trace, scale, colours, rep: chosen(), cursorS };
      for (const panel of panels) {
        drawPlot(panel, context);
        drawOverview(panel, context);
      }
    });
  }

  // --- Following what Python says, and the size and theme of the page --------------------------------------------------------------------------
  function onState() {
    const next = model.get("state");
    const [whose, upTo] = next.answers ?? [];
    const mine = whose === view;
    if (mine ? upTo < asked : waiting !== null) return; // out of date: an answer to the last question is on its way
    if (mine) clearTimeout(waiting);
    waiting = null;
    const at = state.reps.findIndex((rep) => rep.rep === selected);
    state = next;
    if (held && numbered(held.rep)) numbered(held.rep).times = held.times;
    if (mine && next.select !== null) selected = next.select;
    say(state.status, state.problem);
    if (!chosen()) selected = state.reps[clamp(at, 0, state.reps.length - 1)]?.rep ?? null;
    if (mine && next.select !== null) choose(chosen());
    else show();
  }
  model.on("change:state", onState);
  const resized = new ResizeObserver(draw);
  for (const panel of panels) resized.observe(panel.frame);
  const themed = new MutationObserver(draw);
  themed.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light", "data-jp-theme-name", "class"] });

  for (const panel of panels) {
    const own = state.reps.filter((rep) => rep.side === panel.side);
    const usual = own.length > 1 ? (own.at(-1).times[2] - own[0].times[0]) / own.length : panel.lastS - panel.firstS;
    panel.span = Math.min(panel.lastS - panel.firstS, Math.max(4, usual * SHOWN_REPS * (panels.length > 1 ? 1 : 1.6)));
    if (own.length) showFrom(panel, own[0].times[0] - panel.span / 20);
  }
  say(state.status, state.problem);
  show();

  return () => {
    letGo();
    model.off("change:state", onState);
    clearTimeout(waiting);
    cancelAnimationFrame(frame);
    resized.disconnect();
    themed.disconnect();
  };
}

const within = (rep, time) => Number(rep.times[0] <= time && time < rep.times[2]);

/** Return the angle over time: `values` in hundredths of a degree. */
function readTrace({ first_s, step_s, values }) {
  const bytes = values.buffer.slice(values.byteOffset, values.byteOffset + values.byteLength);
  return { firstS: first_s, stepS: step_s, values: new Int16Array(bytes) };
}

/** Return the lowest and highest angle to draw [°], one scale for both legs: that of the repetitions, not of stepping on and off. */
function chooseScale(trace, state) {
  let low = -3;
  let high = state.band_deg === null ? 1 : state.band_deg * 0.8;
  for (const rep of state.reps) {
    const first = Math.max(0, Math.round((rep.times[0] - trace.firstS) / trace.stepS));
    const last = Math.min(trace.values.length - 1, Math.round((rep.times[2] - trace.firstS) / trace.stepS));
    for (let k = first; k <= last; k += 1) {
      if (trace.values[k] === GAP) continue;
      low = Math.min(low, trace.values[k] / 100);
      high = Math.max(high, trace.values[k] / 100);
    }
  }
  const margin = (high - low) * 0.08;
  return { low: low - 2.5 * margin, high: high + margin };
}

const COLOURS = ["paper", "ink", "muted", "rule", "wash", "left", "right", "level", "band", "chosen", "mend"];
function readColours(root) {
  const style = getComputedStyle(root);
  const read = Object.fromEntries(COLOURS.map((name) => [name, style.getPropertyValue(`--hh-${name}`).trim()]));
  return { ...read, font: style.fontFamily };
}

/** Fit a canvas to its element and the screen's pixels; return its context, cleared, and its size [px]. */
function prepare(canvas) {
  const { clientWidth: width, clientHeight: height } = canvas;
  const ratio = window.devicePixelRatio || 1;
  if (canvas.width !== Math.round(width * ratio)) canvas.width = Math.round(width * ratio);
  if (canvas.height !== Math.round(height * ratio)) canvas.height = Math.round(height * ratio);
  const pen = canvas.getContext("2d");
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, width, height);
  return { pen, width, height };
}

/** Draw the angle between two times, per pixel its lowest and highest value; a gap stays one. */
function drawTrace(pen, trace, stretches, from, span, width, y) {
  pen.beginPath();
  for (const [first, last] of stretches) {
    const begin = Math.max(0, Math.ceil((Math.max(first, from) - trace.firstS) / trace.stepS));
    const end = Math.min(trace.values.length - 1, Math.floor((Math.min(last, from + span) - trace.firstS) / trace.stepS));
    let down = false;
    let pixel = null;
    let low = 0;
    let high = 0;
    const flush = () => {
      if (pixel !== null && high !== low) {
        pen.lineTo(pixel, y(low / 100));
        pen.lineTo(pixel, y(high / 100));
      }
      pixel = null;
    };
    for (let k = begin; k <= end; k += 1) {
      const value = trace.values[k];
      if (value === GAP) {
        flush();
        down = false;
        continue;
      }
      const x = ((trace.firstS + k * trace.stepS - from) / span) * width;
      if (down && pixel !== null && x - pixel < 0.5) {
        low = Math.min(low, value);
        high = Math.max(high, value);
        continue;
      }
      flush();
      if (down) pen.lineTo(x, y(value / 100));
      else pen.moveTo(x, y(value / 100));
      down = true;
      pixel = x;
      low = high = value;
    }
    flush();
  }
  pen.stroke();
}

const valueAt = (trace, time) => {
  const k = clamp(Math.round((time - trace.firstS) / trace.stepS), 0, trace.values.length - 1);
  return trace.values[k] === GAP ? null : trace.values[k] / 100;
};

const BELOW_PX = 26; // for the numbers
function drawPlot(panel, { state, trace, scale, colours, rep: chosen, cursorS }) {
  const { pen, width, height } = prepare(panel.plot);
  const bottom = height - BELOW_PX;
  const x = (time) => ((time - panel.from) / panel.span) * width;
  const y = (degrees) => ((scale.high - degrees) / (scale.high - scale.low)) * bottom;
  const inView = (rep) => rep.side === panel.side && rep.times[2] > panel.from && rep.times[0] < panel.from + panel.span;
  const shown = state.reps.filter((rep) => inView(rep) && (!rep.replaced || rep === chosen));
  pen.save();
  pen.beginPath();
  pen.rect(0, 0, width, bottom);
  pen.clip();
  if (state.band_deg !== null) {
    pen.fillStyle = colours.band;
    pen.fillRect(0, y(state.band_deg), width, y(-state.band_deg) - y(state.band_deg));
  }
  for (const rep of shown) {
    const [start, end] = [x(rep.times[0]), x(rep.times[2])];
    if (rep === chosen) {
      pen.fillStyle = colours.chosen;
      pen.fillRect(start, 0, Math.max(end - start, 1), bottom);
    }
    if (!rep.keep) hatch(pen, start, end, bottom, colours.muted);
    pen.strokeStyle = colours.muted;
    pen.lineWidth = 1;
    pen.setLineDash(rep.kind === "complete" ? [] : [2, 2]);
    for (const edge of [start, end]) line(pen, edge, 0, edge, bottom);
    pen.setLineDash([]);
  }
  if (state.band_deg !== null) {
    pen.strokeStyle = colours.level;
    pen.lineWidth = 1;
    line(pen, 0, y(0), width, y(0));
  }
  pen.strokeStyle = colours[panel.side];
  pen.lineWidth = 2;
  pen.lineJoin = "round";
  drawTrace(pen, trace, panel.stretches, panel.from, panel.span, width, y);
  for (const rep of shown) {
    const depth = valueAt(trace, rep.times[1]);
    if (depth !== null) mark(pen, panel.side, x(rep.times[1]), y(depth), colours, rep.kind === "complete");
  }
  if (chosen && chosen.side === panel.side) drawChosen(pen, chosen, x, bottom, colours);
  if (cursorS !== null && panel.stretches.some(([first, last]) => first <= cursorS && cursorS <= last)) {
    pen.strokeStyle = colours.muted;
    pen.setLineDash([1, 3]);
    line(pen, x(cursorS), 0, x(cursorS), bottom);
    pen.setLineDash([]);
    write(pen, "A adds one here", x(cursorS) + 4, bottom - 8, colours.muted, `11px ${colours.font}`, "left", colours.paper);
  }
  pen.restore();
  pen.strokeStyle = colours.rule;
  pen.strokeRect(0.5, 0.5, width - 1, bottom - 1);
  for (let degrees = Math.ceil(scale.low / 5) * 5; degrees <= scale.high; degrees += 5) {
    if (degrees === 0 && state.band_deg === null) continue;
    const words = degrees === 0 ? "level" : `${degrees < 0 ? "−" : "+"}${Math.abs(degrees)}°`;
    write(pen, words, 5, y(degrees) - 3, colours.muted, `11px ${colours.font}`, "left", colours.paper);
  }
  for (const rep of shown) {
    const at = x((rep.times[0] + rep.times[2]) / 2);
    if (at < 8 || at > width - 8) continue;
    const room = x(rep.times[2]) - x(rep.times[0]) + 12;
    pen.font = `${rep === chosen ? "600 15px" : "12px"} ${colours.font}`;
    if (rep !== chosen && pen.measureText(rep.name).width > room) continue;
    const full = rep.kind === "complete" ? rep.name : `${rep.name} ${rep.kind}`;
    const words = pen.measureText(full).width > room ? rep.name : full; // its dashed outline says the rest
    write(pen, words, at, bottom + 18, rep === chosen ? colours.ink : colours.muted, pen.font, "center", colours.paper);
    if (rep.faults.length) octagon(pen, at + pen.measureText(words).width / 2 + 11, bottom + 13, colours);
  }
  if (chosen) placeHandles(panel, chosen, x, width);
}

/** Draw the boundaries of the chosen repetition, and as dashed ghosts where they were. */
function drawChosen(pen, rep, x, bottom, colours) {
  pen.strokeStyle = colours.ink;
  pen.lineWidth = 2.5;
  line(pen, x(rep.times[0]), 0, x(rep.times[0]), bottom);
  line(pen, x(rep.times[2]), 0, x(rep.times[2]), bottom);
  pen.lineWidth = 1.2;
  pen.setLineDash([1.5, 2.5]);
  line(pen, x(rep.times[1]), 0, x(rep.times[1]), bottom);
  rep.found?.forEach((was, i) => {
    if (Math.abs(was - rep.times[i]) < 0.005) return;
    pen.setLineDash([4, 3]);
    line(pen, x(was), 0, x(was), bottom);
    const toRight = i === 2 || (i === 1 && was > rep.times[1]);
    write(pen, `was ${was.toFixed(2)}`, x(was) + (toRight ? 5 : -5), bottom - 8 - 14 * (i === 1), colours.muted, `11px ${colours.font}`, toRight ? "left" : "right", colours.paper);
  });
  pen.setLineDash([]);
}

function placeHandles(panel, rep, x, width) {
  panel.handles.forEach((handle, i) => {
    const at = x(rep.times[i]);
    handle.style.left = `${clamp(at, 0, width)}px`; // one out of sight keeps the focus, so that the keys stay ours
    handle.classList.toggle("hh-away", at < -1 || at > width + 1);
  });
}

function drawOverview(panel, { state, trace, scale, colours }) {
  const { pen, width, height } = prepare(panel.strip);
  const whole = panel.lastS - panel.firstS;
  const x = (time) => ((time - panel.firstS) / whole) * width;
  const y = (degrees) => ((scale.high - clamp(degrees, scale.low, scale.high)) / (scale.high - scale.low)) * (height - 16) + 2;
  for (const rep of state.reps.filter((rep) => rep.side === panel.side && !rep.keep && !rep.replaced)) {
    hatch(pen, x(rep.times[0]), x(rep.times[2]), height - 14, colours.muted);
    write(pen, `${rep.name} left out`, clamp(x(rep.times[1]), 26, width - 26), height - 2, colours.muted, `11px ${colours.font}`, "center");
  }
  pen.strokeStyle = colours[panel.side];
  pen.lineWidth = 0.9;
  drawTrace(pen, trace, panel.stretches, panel.firstS, whole, width, y);
  panel.thumb.style.left = `${x(panel.from)}px`;
  panel.thumb.style.width = `${Math.max(8, x(panel.from + panel.span) - x(panel.from))}px`;
  panel.thumb.setAttribute("aria-valuemin", panel.firstS.toFixed(0));
  panel.thumb.setAttribute("aria-valuemax", panel.lastS.toFixed(0));
  panel.thumb.setAttribute("aria-valuenow", panel.from.toFixed(0));
  panel.thumb.setAttribute("aria-valuetext", `${panel.from.toFixed(0)} to ${(panel.from + panel.span).toFixed(0)} seconds`);
}

function line(pen, fromX, fromY, toX, toY) {
  pen.beginPath();
  pen.moveTo(fromX, fromY);
  pen.lineTo(toX, toY);
  pen.stroke();
}

function write(pen, words, x, y, colour, font, align, behind = null) {
  pen.font = font;
  pen.textAlign = align;
  if (behind) {
    pen.strokeStyle = behind;
    pen.lineWidth = 3;
    const dash = pen.getLineDash();
    pen.setLineDash([]);
    pen.strokeText(words, x, y);
    pen.setLineDash(dash);
  }
  pen.fillStyle = colour;
  pen.fillText(words, x, y);
}

function hatch(pen, from, to, height, colour) {
  pen.save();
  pen.beginPath();
  pen.rect(from, 0, to - from, height);
  pen.clip();
  pen.strokeStyle = colour;
  pen.lineWidth = 0.6;
  for (let at = from - height; at < to; at += 6) line(pen, at, height, at + height, 0);
  pen.restore();
}

/** Mark a lowest point: a disc on the left leg, an open square on the right; hollow where it does not count. */
function mark(pen, side, x, y, colours, counted) {
  pen.beginPath();
  if (side === "left") pen.arc(x, y, 4.2, 0, 2 * Math.PI);
  else pen.rect(x - 3.6, y - 3.6, 7.2, 7.2);
  pen.fillStyle = side === "left" && counted ? colours.left : colours.paper;
  pen.fill();
  pen.strokeStyle = colours[side];
  pen.lineWidth = 1.2;
  pen.stroke();
}

/** The sign of a fault: an octagon with a bar. */
function octagon(pen, x, y, colours) {
  pen.beginPath();
  for (let i = 0; i < 8; i += 1) pen.lineTo(x + 5.5 * Math.cos((Math.PI * (i + 0.5)) / 4), y + 5.5 * Math.sin((Math.PI * (i + 0.5)) / 4));
  pen.closePath();
  pen.fillStyle = colours.mend;
  pen.fill();
  pen.fillStyle = colours.paper;
  pen.fillRect(x - 3, y - 0.9, 6, 1.8);
}

export default { render };
