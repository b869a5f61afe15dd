import type { IncomingMessage, ServerResponse } from 'node:http';
import { interactionPolicy, type default as Provider } from 'oidc-provider';

const { Check } = interactionPolicy;

/** Adds a check to an interaction policy: users authenticate again until they have the first class of `acr_values`. */
export function requireRequestedAcr(policy: interactionPolicy.DefaultPolicy): interactionPolicy.DefaultPolicy {
  policy.get('login')?.checks.add(
    new Check('acr', 'The user does not have the requested acr.', ({ oidc }) => {
      const requested = firstOf(oidc.params?.['acr_values']);
      return requested !== undefined && oidc.session?.acr !== requested;
    }),
  );
  return policy;
}

/** Signs in and consents in place of the user: as the signed-in user, or as Ann. */
export async function completeInteraction(
  provider: Provider,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { prompt, params, session, grantId } = await provider.interactionDetails(request, response);
  const accountId = session?.accountId ?? 'ann';
  if (prompt.name === 'login') {
    const acr = firstOf(params['acr_values']) ?? 'silver';
    return provider.interactionFinished(request, response, { login: { accountId, acr } });
  }
  const grant =
    (grantId === undefined ? undefined : await provider.Grant.find(grantId)) ??
    new provider.Grant({ accountId, clientId: String(params['client_id']) });
  const { missingOIDCScope = [], missingOIDCClaims = [], missingResourceScopes = {} } = prompt.details as Missing;
  grant.addOIDCScope(missingOIDCScope.join(' '));
  grant.addOIDCClaims(missingOIDCClaims);
  for (const [resource, scopes] of Object.entries(missingResourceScopes))
    grant.addResourceScope(resource, scopes.join(' '));
  const consent = { grantId: await grant.save() };
  await provider.interactionFinished(request, response, { consent }, { mergeWithLastSubmission: true });
}

interface Missing {
  readonly missingOIDCScope?: string[];
  readonly missingOIDCClaims?: string[];
  readonly missingResourceScopes?: Readonly<Record<string, string[]>>;
}

function firstOf(values: unknown): string | undefined {
  return typeof values === 'string' ? values.split(' ')[0] : undefined;
}
