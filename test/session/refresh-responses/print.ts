/** Prints how refresh responses are classified: `npm run refresh-verdicts`. */
import { classifyRefreshResponse } from '../../../src/core.js';
import { refreshResponse } from '../../../src/session/refresh-response.js';
import { type ObservedResponse, responses } from './responses.js';

function classified({ status, contentType, headers, body = '' }: ObservedResponse): string {
  const response = new Response(body, {
    status,
    headers: { ...headers, ...(contentType !== undefined && { 'Content-Type': contentType }) },
  });
  if (contentType === undefined) response.headers.delete('Content-Type');
  return classifyRefreshResponse(refreshResponse(response, body));
}

function described({ headers = {}, contentType, body }: ObservedResponse): string {
  const named = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return [contentType ?? '-', ...named, body ?? '(empty)'].join(' | ');
}

let wrong = 0;
for (const response of responses) {
  const verdict = classified(response);
  const isRight = verdict === response.expected;
  if (!isRight) wrong++;
  const line = [verdict.padEnd(9), response.status, response.cause.padEnd(48), described(response)].join('  ');
  console.log(isRight ? line : `${line}  EXPECTED ${response.expected}`);
}
console.log(`${responses.length} responses, ${wrong} classified otherwise than expected`);
if (wrong > 0) process.exitCode = 1;
