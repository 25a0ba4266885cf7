// SPDX-License-Identifier: GPL-2.0-or-later
// pace.js: how long a page takes to be drawn and to be scrolled, on a machine that may be busy.
//
// The best of several tries counts. A try is a page loaded anew and scrolled by the same steps; a frame's
// time is its least of all tries, so that what the page itself costs stays, and a moment in which the machine
// ran something else goes. In each try the page's main thread also asks for all of a processor: where it is
// given little of it the machine is busy, and then, and only then, the CPU time of the main thread stands for
// the time to draw and for the time of a frame.
"use strict";
const TRIES = 6, FRAMES = 75, FIRST = 3; // the first frames still belong to the load
const SPIN = 200, BUSY = 0.8; // ms of a loop that does nothing; the share of a processor under which the machine is busy
const STEP = 900; // px a frame

const frames = tab => tab.evaluate(([count, first, px]) => new Promise(done => {
  const grid = document.getElementById("grid"), times = [];
  let last = 0, n = 0;
  const step = now => {
    if (n >= first) times.push(now - last);
    last = now;
    grid.scrollTop += px;
    if (++n < count) requestAnimationFrame(step); else done(times);
  };
  requestAnimationFrame(step);
}), [FRAMES, FIRST, STEP]);
const spin = tab => tab.evaluate(ms => { const begun = performance.now(); while (performance.now() - begun < ms); return performance.now() - begun; }, SPIN);

// The most CPU time the main thread spends on one step of a scroll; a step ends when its frame is drawn.
async function dearest(tab, cpu) {
  let most = 0, before = await cpu();
  await tab.evaluate(() => { document.getElementById("grid").scrollTop = 0; });
  for (let n = 0; n < FRAMES; n++) {
    await tab.evaluate(px => new Promise(done => { document.getElementById("grid").scrollTop += px; requestAnimationFrame(() => requestAnimationFrame(done)); }), STEP);
    const now = await cpu();
    if (n >= FIRST) most = Math.max(most, now - before);
    before = now;
  }
  return most;
}

// One try, added to the best of those before it.
async function attempt(context, page, best, drawnMax, frameMax) {
  const tab = await context.newPage(), session = await context.newCDPSession(tab);
  const cpu = async () => (await session.send("Performance.getMetrics")).metrics.find(m => m.name === "ThreadTime").value * 1000;
  await session.send("Performance.enable");
  await tab.goto("file://" + page);
  best.wall = Math.min(best.wall, await tab.evaluate(() => performance.getEntriesByType("navigation")[0].loadEventEnd));
  best.cpu = Math.min(best.cpu, await cpu());
  best.frames = (await frames(tab)).map((t, i) => Math.min(t, best.frames[i] ?? Infinity));
  best.frame = Math.max(...best.frames);
  const before = await cpu(), spun = await spin(tab), share = (await cpu() - before) / spun;
  best.share = Math.min(best.share, share);
  if (best.frame > frameMax && share < BUSY) best.frameCpu = Math.min(best.frameCpu, await dearest(tab, cpu));
  best.drawnWell = best.wall < drawnMax || (best.share < BUSY && best.cpu < drawnMax);
  best.framesWell = best.frame <= frameMax || best.frameCpu <= frameMax;
  await tab.close();
}

// pace(context, page, drawnMax, frameMax): the best of the tries, in ms, and whether each is within its limit.
async function pace(context, page, drawnMax, frameMax) {
  const best = { wall: Infinity, cpu: Infinity, frameCpu: Infinity, share: 1, frames: [], tries: 0 };
  do await attempt(context, page, best, drawnMax, frameMax);
  while (++best.tries < TRIES && !(best.drawnWell && best.framesWell));
  return best;
}

// What was measured, in a line.
const words = s => `drawn in ${Math.round(s.wall)} ms (CPU ${Math.round(s.cpu)} ms), longest frame ${Math.round(s.frame)} ms` +
  (s.frameCpu < Infinity ? ` (CPU ${Math.round(s.frameCpu)} ms)` : "") + `; tries ${s.tries}, share of a processor ${Math.round(s.share * 100)} %`;

module.exports = { pace, words };
