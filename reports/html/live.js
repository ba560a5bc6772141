// The page of a capture that goes on (rungs live --serve): looks again when the program says that there is more.

/** What a call is known by in the next look: its number may be another one. @param {Call|null|undefined} call */
const identityOf = (call) => call && `${call.start} ${call.caller.uri}`;

const newestCall = () => calls.filter((call) => call.kind === 'call').at(-1) ?? calls.at(-1) ?? null;

/** Shows what there is now; whoever looked at the newest call goes on to the newest one. */
async function refresh() {
  const response = await fetch('data', {cache: 'no-store'});
  if (!response.ok) return;
  const next = await response.json();
  const chosen = identityOf(state.call);
  const frame = state.rung?.frame;
  const followed = !chosen || chosen === identityOf(newestCall());
  use(next.analysis, next.ladders.ladders, next.check.checks);
  state.call = followed ? newestCall() : calls.find((call) => identityOf(call) === chosen) ?? null;
  const rungs = state.call ? ladderOf.get(state.call.id)?.rungs ?? [] : [];
  state.rung = (followed ? rungs.at(-1) : rungs.find((rung) => rung.frame === frame)) ?? null;
  state.hits = state.query ? search(state.query) : null;
  drawHeader();
  showCalls();
  showCall();
  showMessage();
  panes.app.dataset.live = String(messages.size);
}

/** One look at a time; what is announced meanwhile is one more. */
function followLive() {
  let looking = false, again = false;
  const look = async () => {
    again = true;
    if (looking) return;
    looking = true;
    while (again) {
      again = false;
      await refresh().catch(() => {}); // the program has ended: what was shown stays
    }
    looking = false;
  };
  new EventSource('events').onmessage = look;
  look();
}
