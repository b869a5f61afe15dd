/**
 * Lets specs send requests over real HTTP: `POST /echo` responds with the request body, byte for byte. The access token `stale`
 * is rejected with `401`.
 */
export function respond(request, response, next) {
  if (!request.url.startsWith('/echo')) return next();
  const chunks = [];
  request.on('data', chunk => chunks.push(chunk));
  request.on('end', () => {
    const status = request.headers.authorization === 'Bearer stale' ? 401 : 200;
    response.writeHead(status, { 'Content-Type': 'application/octet-stream' });
    response.end(Buffer.concat(chunks));
  });
}

export const echo = { 'middleware:echo': ['value', respond] };
