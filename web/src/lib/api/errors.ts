/** Why a call did not succeed. */
export class ApiError extends Error {
  override readonly name = "ApiError";

  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly fields: Readonly<Record<string, readonly string[]>> = {},
    readonly requestId: string | null = null,
    readonly retryAfterSeconds: number | null = null,
  ) {
    super(message);
  }

  /** The gateway was not reached, or did not answer in time. */
  get isOffline(): boolean {
    return this.status === 0;
  }

  /** Whether asking again may help. */
  get isPassing(): boolean {
    return this.status === 0 || this.status >= 500 || this.status === 429;
  }
}

interface FailureBody {
  message?: string;
  error?: { code?: string; fields?: Record<string, string[]>; request_id?: string };
}

/** Reads the body of a failure; copes with answers that are not ours. */
export function failureOf(response: Response, body: unknown): ApiError {
  const failure = (typeof body === "object" && body !== null ? body : {}) as FailureBody;
  const retryAfter = Number(response.headers.get("retry-after"));
  return new ApiError(
    response.status,
    failure.error?.code ?? "unknown",
    failure.message ?? response.statusText,
    failure.error?.fields ?? {},
    failure.error?.request_id ?? response.headers.get("x-request-id"),
    Number.isFinite(retryAfter) && retryAfter > 0 ? retryAfter : null,
  );
}
