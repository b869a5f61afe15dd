import { createHash, randomUUID } from 'node:crypto';
import express from 'express';
import { type Listening, listen } from './listening.js';

/** The user at a third party. */
export const member = { id: 'guild-7', displayName: 'Grace of the Guild', email: 'grace@guild.example' };

interface IssuedCode {
  readonly clientId: string;
  readonly redirectUri: string;
  readonly challenge: string | undefined;
}

/** A third party with sign-in by OAuth 2.0: a page with two links, and a token endpoint. */
export class ThirdParty {
  /** Queries of the requests for its page. */
  readonly asked: Readonly<Record<string, string>>[] = [];
  private readonly codes = new Map<string, IssuedCode>();

  private constructor(private readonly server: Listening) {}

  static async start(): Promise<ThirdParty> {
    const app = express();
    const server = await listen(app, '127.0.0.1');
    const party = new ThirdParty(server);
    app.get(['/authorize', '/v2.5/dialog/oauth', '/dialog/oauth'], (req, res) => {
      res.send(party.page(req.query as Record<string, string>));
    });
    app.post('/token', express.urlencoded(), (req, res) => {
      const member = party.redeem(req.body);
      if (member) res.json(member);
      else res.status(400).json({ error: 'invalid_grant' });
    });
    return party;
  }

  get origin(): string {
    return this.server.origin;
  }

  close(): Promise<void> {
    return this.server.close();
  }

  private page(query: Readonly<Record<string, string>>): string {
    this.asked.push(query);
    const { client_id: clientId = '', redirect_uri: redirectUri = '', code_challenge: challenge } = query;
    const code = randomUUID();
    this.codes.set(code, { clientId, redirectUri, challenge });
    const back = (answer: Record<string, string>) => {
      const url = new URL(redirectUri);
      for (const [name, value] of Object.entries(answer)) url.searchParams.set(name, value);
      if (query['state'] !== undefined) url.searchParams.set('state', query['state']);
      return url.href.replaceAll('&', '&amp;');
    };
    return `<!doctype html><title>Sign in</title>
      <a id="continue" href="${back({ code })}">Continue as Grace</a>
      <a id="cancel" href="${back({ error: 'access_denied' })}">Cancel</a>`;
  }

  /** Accepts each code once, from its client, for its redirect URI and with a matching code verifier. */
  private redeem(body: Readonly<Record<string, string>>): typeof member | undefined {
    const { code = '', client_id, redirect_uri, code_verifier = '' } = body;
    const issued = this.codes.get(code);
    this.codes.delete(code);
    const answered = createHash('sha256').update(code_verifier).digest('base64url');
    const isProven = issued?.challenge === undefined || issued.challenge === answered;
    return issued?.clientId === client_id && issued?.redirectUri === redirect_uri && isProven ? member : undefined;
  }
}
