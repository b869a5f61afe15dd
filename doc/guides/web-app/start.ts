/** The web application and its provider: `npx tsx doc/guides/web-app/start.ts`, then open what it says. */
import { provider } from './provider.js';
import { webApp } from './web-app.js';

const port = Number(process.env['PORT'] ?? 3000);
const providerPort = Number(process.env['PROVIDER_PORT'] ?? 3001);
const accessTokenSeconds = Number(process.env['ACCESS_TOKEN_SECONDS'] ?? 10);
const baseURL = `http://localhost:${port}`;
const issuer = `http://localhost:${providerPort}`;

provider(issuer, baseURL, accessTokenSeconds).listen(providerPort, () => {
  webApp(issuer, baseURL).listen(port, () => console.log(`Open ${baseURL}/expenses`));
});
