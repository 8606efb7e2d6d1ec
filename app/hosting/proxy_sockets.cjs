// Loaded into the proxy before its own program (node --require).
//
// Requests over a Unix socket leave the proxy with "Connection: close" and no agent. Node then ends a
// request that has a body with one more, empty, write. Over TCP nobody notices when the other side has
// answered and closed by then; over a Unix socket that write fails with EPIPE, and a request that was
// answered well becomes a 503. So these connections are kept, and used again.
"use strict";

const http = require("node:http");

const IDLE_MILLISECONDS = 30000;
const kept = new http.Agent({ keepAlive: true, timeout: IDLE_MILLISECONDS });
const request = http.request;

http.request = function (options, ...rest) {
  const upgrades = options && options.headers && options.headers.upgrade;
  if (options && options.socketPath && !options.agent && !upgrades) {
    options.agent = kept;
    if (options.headers) options.headers.connection = "keep-alive";
  }
  return request.call(this, options, ...rest);
};
