import { createHash, randomUUID } from 'node:crypto';
import express from 'express';
import { type Listening, listen } from './listening.js';

/** Who is at a third party's page. */
export const member = { id: 'guild-7', displayName: 'Grace of the Guild', email: 'grace@guild.example' };

interface IssuedCode {
  readonly clientId: string;
  readonly redirectUri: string;
  readonly challenge: string | undefined;
}

/** Stands in for a third party that signs users in by OAuth 2.0: a page with two links, and an endpoint that takes codes. */
export class ThirdParty {
  /** The queries with which its page was asked. */
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

  /** Each code once: to the client and for the address it was issued to, and to who knows the verifier of its challenge. */
  private redeem(body: Readonly<Record<string, string>>): typeof member | undefined {
    const { code = '', client_id, redirect_uri, code_verifier = '' } = body;
    const issued = this.codes.get(code);
    this.codes.delete(code);
    const answered = createHash('sha256').update(code_verifier).digest('base64url');
    const isProven = issued?.challenge === undefined || issued.challenge === answered;
    return issued?.clientId === client_id && issued?.redirectUri === redirect_uri && isProven ? member : undefined;
  }
}
