export type { StringStorage } from './callback/string-storage.js';
export { AuthError, type AuthErrorCode } from './errors.js';
export { configure } from './oidc/aurelia-plugin.js';
export { openIdConnectPorts } from './oidc/browser-ports.js';
export type { SignInRequest } from './oidc/code-login.js';
export type { DPoPProofs } from './oidc/dpop.js';
export { type CompletedSignIn, OpenIdConnect, type SignOutRequest } from './oidc/open-id-connect.js';
export type { OpenIdConnectOptions, ProviderMetadata } from './oidc/open-id-connect-options.js';
export type { HiddenFrame, OpenIdConnectPorts, Popup, WindowMessage } from './oidc/ports.js';
