import { metrics } from '@opentelemetry/api';
import type { TokenEventListener } from 'aurelia-auth-refresh/server';

const meter = metrics.getMeter('auth');
const events = meter.createCounter('auth.events');
const operations = meter.createHistogram('auth.operation.duration', { unit: 's' });

export const openTelemetry: TokenEventListener = event => {
  if (event.type !== 'completed')
    return events.add(1, { type: event.type, reason: 'reason' in event ? event.reason : '' });
  operations.record(event.durationMs / 1000, { operation: event.operation, outcome: event.outcome });
};
