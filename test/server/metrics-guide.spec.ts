import { metrics } from '@opentelemetry/api';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { register } from 'prom-client';
import type { TokenEventListener } from '../../src/server.js';
import { companion } from './support/companion.js';

async function someOperations(onEvent: TokenEventListener): Promise<void> {
  const { tokens } = companion({ onEvent });
  const { refresh_token } = await tokens.issue({ sub: 'ada' });
  await tokens.refresh({ refreshToken: refresh_token });
  await tokens.refresh({ refreshToken: 'x' }).catch(() => undefined);
}

describe('the guide to metrics', () => {
  it('counts events and measures operations for Prometheus', async () => {
    const { prometheus } = await import('../../doc/guides/server-operations/prometheus.js');
    await someOperations(prometheus);
    const text = await register.metrics();
    expect(text).toContain('auth_events_total{type="issued",reason=""} 1');
    expect(text).toContain('auth_events_total{type="rejected",reason="not_a_refresh_token"} 1');
    expect(text).toContain('auth_operation_seconds_count{operation="refresh",outcome="ok"} 1');
    expect(text).toContain('auth_operation_seconds_count{operation="refresh",outcome="invalid_grant"} 1');
    expect(text).toContain('auth_operation_seconds_count{operation="store.rotate",outcome="ok"} 1');
  });

  it('counts events and measures operations for OpenTelemetry', async () => {
    const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
    const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
    metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }));
    const { openTelemetry } = await import('../../doc/guides/server-operations/opentelemetry.js');
    await someOperations(openTelemetry);
    await reader.forceFlush();
    const points = exporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics }) => metrics));
    const attributes = points.flatMap(({ dataPoints }) => dataPoints.map(point => point.attributes));
    expect(points.map(({ descriptor }) => descriptor.name)).toEqual(['auth.events', 'auth.operation.duration']);
    expect(attributes).toContain({ type: 'rotated', reason: '' });
    expect(attributes).toContain({ operation: 'issue', outcome: 'ok' });
    await reader.shutdown();
    metrics.disable();
  });
});
