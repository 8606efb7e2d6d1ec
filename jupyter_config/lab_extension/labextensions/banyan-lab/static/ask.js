/* Questions to her own server, in her language. */

export class Trouble extends Error {
  /* `status` is HTTP's, 0 when nobody answered; `code` is for programs, `message` for her. */
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }

  /* Whether the same question may be answered later. */
  get isAway() {
    return this.status === 0 || this.status >= 500;
  }
}

/* PATH below the server's base address; `query` and `json` as objects. Throws Trouble. */
export async function ask({ ServerConnection }, path, { method = 'GET', query = {}, json, locale } = {}) {
  const settings = ServerConnection.makeSettings();
  const address = new URL(`banyan/${path}`, settings.baseUrl);
  Object.entries({ ...query, locale }).forEach(([key, value]) => address.searchParams.set(key, value));
  const init = { method, cache: 'no-store' };
  if (json !== undefined) {
    init.body = JSON.stringify(json);
    init.headers = { 'Content-Type': 'application/json' };
  }
  let response;
  try {
    response = await ServerConnection.makeRequest(address.href, init, settings);
  } catch (error) {
    throw new Trouble(0, 'server_away', String(error));
  }
  const answer = await response.json().catch(() => null);
  if (!response.ok || answer === null) {
    throw new Trouble(response.status, answer?.error?.code ?? '', answer?.error?.message ?? '');
  }
  return answer;
}
