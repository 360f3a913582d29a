/** Whether anything of the gateway was reached since the page was opened. */
export class Reach {
  #isReached = false;
  #isAway = false;
  #listeners = new Set<() => void>();

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** The gateway was asked, and has not been reached yet. Once it was, the stream tells of its absence. */
  readonly isAway = (): boolean => this.#isAway;

  /** What became of a request; null where nothing answered it. */
  note(response: Response | null): void {
    if (this.#isReached) return;
    this.#isReached = response !== null && isOfGateway(response);
    if (this.#isAway === !this.#isReached) return;
    this.#isAway = !this.#isReached;
    for (const listener of this.#listeners) listener();
  }
}

/** The gateway names the request in each of its answers; whoever stands before it and can't reach it does not. */
function isOfGateway(response: Response): boolean {
  return response.status < 502 || response.headers.has("x-request-id");
}

export const reach = new Reach();
