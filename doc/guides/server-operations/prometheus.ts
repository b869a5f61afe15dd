import type { TokenEventListener } from 'aurelia-auth-refresh/server';
import { Counter, Histogram } from 'prom-client';

const events = new Counter({ name: 'auth_events_total', help: 'Token events', labelNames: ['type', 'reason'] });
const operations = new Histogram({
  name: 'auth_operation_seconds',
  help: 'Duration of token operations',
  labelNames: ['operation', 'outcome'],
});

export const prometheus: TokenEventListener = event => {
  if (event.type !== 'completed')
    return events.inc({ type: event.type, reason: 'reason' in event ? event.reason : '' });
  operations.observe({ operation: event.operation, outcome: event.outcome }, event.durationMs / 1000);
};
