import { execFile } from 'node:child_process';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { createCluster } from 'redis';
import { type RunningRedis, startRedis } from './redis-server.js';

/** A Redis Cluster of three masters without replicas. */
export async function startRedisCluster() {
  const nodes = await Promise.all([1, 2, 3].map(() => startRedis('--cluster-enabled', 'yes')));
  const addresses = nodes.map(({ port }) => `127.0.0.1:${port}`);
  await promisify(execFile)('redis-cli', ['--cluster', 'create', ...addresses, '--cluster-yes']);
  await Promise.all(nodes.map(node => joined(node)));
  const cluster = createCluster({ rootNodes: addresses.map(address => ({ url: `redis://${address}` })) });
  cluster.on('error', () => undefined);
  await cluster.connect();
  return {
    cluster,
    /** Deletes the data of one master. */
    async wipeMaster(): Promise<void> {
      const client = await nodes[0]?.connect();
      await client?.flushAll();
    },
    async stop(): Promise<void> {
      cluster.destroy();
      await Promise.all(nodes.map(node => node.stop()));
    },
  };
}

/** Resolves when the node knows that all slots are served: until then it responds that the cluster is down. */
async function joined(node: RunningRedis): Promise<void> {
  const client = await node.connect();
  while (!(await client.clusterInfo()).includes('cluster_state:ok')) await setTimeout(20);
}
