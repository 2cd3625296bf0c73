import { userName } from "./observe.js";

/** An answer that was not what the caller hoped for; `status` is 0 when there was none. */
export class ApiError extends Error {
  constructor(message, status) {
    super(message.charAt(0).toUpperCase() + message.slice(1));
    this.name = "ApiError";
    this.status = status;
  }
}

export async function send(method, path, body) {
  const response = await request(path, {
    method,
    headers: { accept: "application/json", "content-type": "application/json" },
    ...(method === "POST" ? { body: JSON.stringify(body ?? {}) } : {}),
  });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new ApiError(messageOf(answer, response), response.status);
  return answer;
}

/** Yields the values of a newline-delimited JSON answer as they arrive. */
export async function* readLines(path) {
  const response = await request(path, { headers: { accept: "application/x-ndjson" } });
  if (!response.ok) throw new ApiError(messageOf({}, response), response.status);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  while (true) {
    const { value, done } = await reader.read();
    if (done) break;
    const lines = (rest + value).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) yield JSON.parse(line);
  }
}

async function request(path, options) {
  const user = userName();
  const headers = { ...options.headers, ...(user && { "x-user": user }) };
  try {
    return await fetch(path, { ...options, headers });
  } catch {
    throw new ApiError("The board does not answer. Is it running?", 0);
  }
}

function messageOf(answer, response) {
  return answer.error?.message ?? `The board answered ${response.status}.`;
}
