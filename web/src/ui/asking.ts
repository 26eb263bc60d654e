/** Questions to something slow: one at a time, and of those that wait only the newest. */

/** Ask: at most one `run` is in flight; a question that comes meanwhile replaces the one that waits. */
export function latest<Q, A>(
  run: (question: Q) => Promise<A>,
  answered: (question: Q, answer: A) => void,
  failed: (question: Q, error: unknown) => void,
): { ask: (question: Q) => void; drop: () => void; busy: () => boolean } {
  let waiting: { question: Q } | null = null;
  let flying: number | null = null; // which `wanted` the question in flight belongs to
  let wanted = 0; // answers to questions before the last `drop` are not told

  async function next(): Promise<void> {
    while (waiting !== null) {
      const { question } = waiting;
      waiting = null;
      const mine = wanted;
      flying = mine;
      const told = await run(question).then(
        (answer) => () => answered(question, answer), // a stage on the way is shown too, so that dragging moves
        (error: unknown) => () => waiting === null && failed(question, error),
      );
      flying = null;
      if (mine === wanted) told();
    }
  }

  return {
    ask(question) {
      waiting = { question };
      if (flying === null) void next();
    },
    drop() {
      waiting = null;
      wanted += 1;
    },
    busy: () => flying === wanted || waiting !== null,
  };
}

/** Call `act` once nothing has been asked for `wait_ms`. */
export function settled(wait_ms: number, act: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(act, wait_ms);
  };
}
